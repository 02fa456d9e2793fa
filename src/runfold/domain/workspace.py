"""Workspaces: tenants of one server, each with names of its own."""

from __future__ import annotations

import re

import msgspec

from runfold.domain.limits import check_text
from runfold.errors import InvalidValue

DEFAULT_WORKSPACE = "default"
"""Is always there, and holds what nobody put elsewhere."""

MAX_DESCRIPTION = 5000
# As MLflow 3.18 has it (`mlflow/store/workspace/abstract_store.py`): names of Kubernetes' namespaces. Neither a slash
# nor a colon is in them, which the text of a place and addresses of pages rely on.
_NAME = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_RESERVED = frozenset({"workspaces", "api", "ajax-api", "static-files"})


class Workspace(msgspec.Struct, frozen=True, kw_only=True):
    """A tenant: its experiments, models and views are found by names in it alone.

    Attributes:
        artifact_root: URI below which its new experiments keep their files; empty: where the server keeps them.
    """

    name: str
    description: str = ""
    artifact_root: str = ""
    creation_time_ms: int = 0
    last_update_time_ms: int = 0


def check_workspace(name: str, *, description: str = "", artifact_root: str = "") -> None:
    """Raises InvalidValue for what a workspace cannot be called or described by."""
    if not (2 <= len(name) <= 63 and _NAME.fullmatch(name)) or name in _RESERVED:
        raise InvalidValue(
            f"Invalid name of a workspace {name[:80]!r}: 2 to 63 small letters, digits and hyphens, with a letter or "
            "digit at either end, and none of " + ", ".join(sorted(_RESERVED)) + "."
        )
    check_text("description of a workspace", description)
    check_text("artifact root", artifact_root)
    if len(description) > MAX_DESCRIPTION:
        raise InvalidValue(f"A description of {len(description)} characters is too long; give {MAX_DESCRIPTION}.")
