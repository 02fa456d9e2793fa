"""How registered and logged models may be called, and how long their texts may be.

Source: the behaviour of MLflow 3.18, except where a text without a bound would hurt.
"""

from __future__ import annotations

import posixpath
import re

from runfold.domain.limits import MAX_KEY, check_key, check_text
from runfold.errors import InvalidValue, LimitExceeded

MAX_MODEL_NAME = 256
MAX_MODEL_TAG_VALUE = 100_000
MAX_ALIAS = 255
MAX_SOURCE = 2_000
MAX_DESCRIPTION = 100_000
MAX_CARD_TEXT = 250
MAX_SIGNATURE = 2_000_000
MAX_CARD_ENTRIES = 10_000

_ALIAS = re.compile(r"[\w-]+")
_VERSION_ALIAS = re.compile(r"v\d+", re.IGNORECASE)
_LOGGED_NAME_BANNED = "/:.%\"'"


def check_model_name(name: str) -> None:
    """Raises InvalidValue when blank, with `/` or `:`, or no path component of its own; LimitExceeded when too long."""
    if not name.strip():
        raise InvalidValue(f"Invalid registered model name {name!r}: it must not be blank.")
    check_text("registered model name", name)
    if len(name) > MAX_MODEL_NAME:
        raise LimitExceeded(
            f"Registered model name {name[:40]!r}... has {len(name)} characters; at most {MAX_MODEL_NAME} are allowed."
        )
    if "/" in name or ":" in name or posixpath.normpath(name) in (".", ".."):
        raise InvalidValue(
            f"Invalid registered model name {name!r}: '/' and ':' have a meaning in models:/ URIs, and '.' and '..' "
            "are no names."
        )


def check_alias(alias: str) -> None:
    """Raises InvalidValue for what could be taken for a version, or cannot stand in a URI."""
    if len(alias) > MAX_ALIAS:
        raise LimitExceeded(f"Alias {alias[:40]!r}... has {len(alias)} characters; at most {MAX_ALIAS} are allowed.")
    if _ALIAS.fullmatch(alias) is None:
        raise InvalidValue(f"Invalid alias {alias!r}: use letters, digits, underscores and dashes.")
    if alias.lower() == "latest":
        raise InvalidValue(f"Invalid alias {alias!r}: 'latest' always means the newest version.")
    if _VERSION_ALIAS.fullmatch(alias):
        raise InvalidValue(f"Invalid alias {alias!r}: 'v' and a number look like a version.")


def check_model_tag(kind: str, key: str, value: str) -> None:
    """Args: kind: such as `model version tag`."""
    check_key(kind, key)
    if len(value) > MAX_MODEL_TAG_VALUE:
        raise LimitExceeded(
            f"The value of {kind} {key!r} has {len(value)} characters; at most {MAX_MODEL_TAG_VALUE} are allowed."
        )
    check_text(f"value of {kind} {key!r}", value)


def check_words(what: str, text: str, most: int) -> None:
    """Raises LimitExceeded when longer than `most`, InvalidValue for what no text may hold."""
    if len(text) > most:
        raise LimitExceeded(f"The {what} has {len(text)} characters; at most {most} are allowed.")
    check_text(what, text)


def check_logged_model_name(name: str) -> None:
    """Raises InvalidValue for a name that cannot stand in a URI or a file name."""
    check_words("name of the model", name, MAX_KEY)
    if any(letter in _LOGGED_NAME_BANNED for letter in name):
        raise InvalidValue(
            f"Invalid model name {name!r}: it must not hold any of {' '.join(_LOGGED_NAME_BANNED)}, since it stands "
            "in URIs and file names."
        )


def parse_version(text: str) -> int:
    """A version number as requests name it. Raises InvalidValue when it is none."""
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise InvalidValue(f"Invalid model version {text[:40]!r}: it is a whole number, such as '1'.")
    return int(text)
