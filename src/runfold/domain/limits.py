"""How long and how many: the limits that MLflow's servers enforce, and its clients expect.

Source: the behaviour of MLflow 3.7 and 3.18, where they agree.
"""

from __future__ import annotations

import posixpath
import re

from runfold.errors import InvalidValue, LimitExceeded

MAX_KEY = 250
MAX_PARAM_VALUE = 6000
MAX_TAG_VALUE = 8000
MAX_MODEL_HISTORY = 100_000
MAX_EXPERIMENT_NAME = 500
MAX_EXPERIMENT_TAG_VALUE = 20_000
MAX_BATCH_METRICS = 1000
MAX_BATCH_PARAMS = 100
MAX_BATCH_TAGS = 100
MAX_BATCH_TOTAL = 1000
MAX_INPUT_DATASETS = 1000
MAX_DATASET_NAME = 500
MAX_DATASET_DIGEST = 36
MAX_DATASET_SCHEMA = 1_048_575
MAX_DATASET_SOURCE = 65_535
MAX_DATASET_PROFILE = 16_777_215
MAX_INPUT_TAG_KEY = 255
MAX_INPUT_TAG_VALUE = 500

_KEY = re.compile(r"[/\w.\- :]+")


def check_key(kind: str, key: str) -> None:
    """Check the key of a metric, param or tag.

    Raises:
        InvalidValue: empty, a character outside word characters and `/ . - : space`, or a path that is
            not its own normal form (`a//b`, `/a`, `a/../b`).
        LimitExceeded: longer than 250 characters.
    """
    if len(key) > MAX_KEY:
        raise LimitExceeded(f"{kind} key {key[:40]!r}... has {len(key)} characters; at most {MAX_KEY} are allowed.")
    if _KEY.fullmatch(key) is None:
        raise InvalidValue(
            f"Invalid {kind} key {key!r}: use letters, digits, underscores, dashes, periods, spaces, colons "
            "and slashes, at least one character."
        )
    if is_unsafe_path(key):
        raise InvalidValue(f"Invalid {kind} key {key!r}: as a path it is written {posixpath.normpath(key)!r}.")


def is_unsafe_path(key: str) -> bool:
    """Whether a key, taken as a path, is not its own normal form or leads upwards (MLflow's rule)."""
    normal = posixpath.normpath(key)
    return normal != key or normal == "." or normal.startswith(("..", "/"))


def check_text(what: str, text: str) -> None:
    """Refuse what PostgreSQL cannot hold, on every engine alike, so that a store can move.

    Raises:
        InvalidValue: the text holds a NUL character.
    """
    if "\x00" in text:
        raise InvalidValue(f"The {what} holds a NUL character, which no text may.")


def check_experiment_name(name: str) -> None:
    """Raises InvalidValue when blank or no text, LimitExceeded when longer than 500 characters."""
    if not name.strip():
        raise InvalidValue(f"Invalid experiment name {name!r}: it must not be blank.")
    check_text("experiment name", name)
    if len(name) > MAX_EXPERIMENT_NAME:
        raise LimitExceeded(
            f"Experiment name {name[:40]!r}... has {len(name)} characters; at most {MAX_EXPERIMENT_NAME} are allowed."
        )
