"""Workspaces: tenants of one server, each with names of its own."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator

import msgspec

from runfold.domain.limits import check_text
from runfold.domain.quota import Excess
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
        deleted_time_ms: since when it is in the trash; None: it is not.
    """

    name: str
    description: str = ""
    artifact_root: str = ""
    creation_time_ms: int = 0
    last_update_time_ms: int = 0
    deleted_time_ms: int | None = None


class DeletionMode(enum.StrEnum):
    """What becomes of what a workspace holds when it is deleted."""

    RESTRICT = "restrict"
    """Nothing: who holds something is not deleted."""
    MOVE = "move"
    """It goes to another workspace."""
    TRASH = "trash"
    """It goes to the trash with the workspace, and comes back with it, until somebody purges it."""


class WorkspaceContents(msgspec.Struct, frozen=True, kw_only=True):
    """How much a workspace holds, with what is in the trash.

    Attributes:
        n_running: of the jobs, those that agents have.
        n_bytes: of files, as far as the server stored them.
        n_rules: of retention.
        n_grants: on the workspace and on what lies in it, but for the one that closed it when it was made.
    """

    n_experiments: int = 0
    n_runs: int = 0
    n_models: int = 0
    n_versions: int = 0
    n_projects: int = 0
    n_targets: int = 0
    n_secrets: int = 0
    n_views: int = 0
    n_jobs: int = 0
    n_running: int = 0
    n_rules: int = 0
    n_grants: int = 0
    n_bytes: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether it may be deleted as it is: rules and grants go with it."""
        return not any(self.told())

    def told(self) -> Iterator[str]:
        """`3 experiments`, `1 secret`: of what keeps it from being deleted."""
        for n, word in (
            (self.n_experiments, "experiment"),
            (self.n_models, "registered model"),
            (self.n_projects, "project"),
            (self.n_targets, "target"),
            (self.n_secrets, "secret"),
            (self.n_views, "saved view"),
            (self.n_jobs, "job"),
        ):
            if n:
                yield f"{n} {word}{'' if n == 1 else 's'}"


class WorkspaceDeletion(msgspec.Struct, frozen=True, kw_only=True):
    """What the deletion of a workspace does, or would do when it was a dry run.

    Attributes:
        to: with `DeletionMode.MOVE`, where everything goes.
        clashes: names that keep it from moving, since both workspaces have them: `model:churn`; the first ones.
        n_clashes: of all.
        excesses: what keeps it from moving, since the other workspace may not keep as much.
    """

    name: str
    mode: DeletionMode
    to: str = ""
    contents: WorkspaceContents
    clashes: tuple[str, ...] = ()
    n_clashes: int = 0
    excesses: tuple[Excess, ...] = ()
    is_dry_run: bool = False


class WorkspacePurge(msgspec.Struct, frozen=True, kw_only=True):
    """What goes for good with a workspace of the trash, or would when it was a dry run.

    Attributes:
        n_files, n_bytes: files that go with the records; 0 from a store that knows only records.
        artifact_uris: folders whose files are left for the caller to remove.
    """

    name: str
    contents: WorkspaceContents
    n_files: int = 0
    n_bytes: int = 0
    artifact_uris: tuple[str, ...] = ()
    is_dry_run: bool = True


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
