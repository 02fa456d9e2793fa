"""Names of ids, and how new ones are made."""

from __future__ import annotations

import re
import uuid

ExperimentId = str
"""A decimal number as text; `"0"` is the experiment named Default."""
RunId = str
"""32 hex digits when made here; callers may bring any id that `is_run_id` accepts."""

DEFAULT_EXPERIMENT_ID: ExperimentId = "0"
DEFAULT_EXPERIMENT_NAME = "Default"
"""Also of the one that other workspaces get when something is recorded there that names none."""
MAX_RUN_ID = 256

_RUN_ID = re.compile(rf"[a-zA-Z0-9][\w-]{{0,{MAX_RUN_ID - 1}}}", re.ASCII)


def new_run_id() -> RunId:
    return uuid.uuid4().hex


def is_run_id(text: str) -> bool:
    """A letter or digit, then word characters or `-`, 256 characters at most (MLflow's rule)."""
    return _RUN_ID.fullmatch(text) is not None
