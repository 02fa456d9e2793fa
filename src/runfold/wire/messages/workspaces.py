"""Workspaces, as MLflow 3.10 and later have them."""

from __future__ import annotations

import enum

import msgspec

from runfold.wire.messages.base import Message


class WorkspaceMessage(Message, frozen=True, kw_only=True):
    """
    Attributes:
        default_artifact_root: URI below which its new experiments keep their files; absent: where the server does.
    """

    name: str
    description: str = ""
    default_artifact_root: str = ""


class WorkspaceReply(Message, frozen=True, kw_only=True):
    workspace: WorkspaceMessage


class WorkspacesReply(Message, frozen=True, kw_only=True):
    workspaces: tuple[WorkspaceMessage, ...] = ()


class CreateWorkspace(Message, frozen=True, kw_only=True):
    """
    Attributes:
        name: 2 to 63 small letters, digits and hyphens.
    """

    name: str
    description: str = ""
    default_artifact_root: str = ""


class WorkspaceRef(Message, frozen=True, kw_only=True):
    workspace_name: str


class UpdateWorkspace(Message, frozen=True, kw_only=True):
    """What is absent stays."""

    workspace_name: str
    description: str | None = None
    default_artifact_root: str | None = None


class MlflowDeletionMode(enum.StrEnum):
    RESTRICT = "RESTRICT"
    SET_DEFAULT = "SET_DEFAULT"
    CASCADE = "CASCADE"


class DeleteMlflowWorkspace(Message, frozen=True, kw_only=True):
    """
    Attributes:
        mode: what becomes of what it holds. `RESTRICT` refuses unless it holds nothing, `SET_DEFAULT` moves it to the
            default workspace, `CASCADE` sends it to the trash with the workspace.
    """

    workspace_name: str
    mode: MlflowDeletionMode = MlflowDeletionMode.RESTRICT


class DeletionModeName(enum.StrEnum):
    RESTRICT = "restrict"
    MOVE = "move"
    TRASH = "trash"


class DeleteWorkspace(Message, frozen=True, kw_only=True):
    """
    Attributes:
        mode: what becomes of what it holds: `restrict` refuses unless it holds nothing, `move` has it go to another
            workspace, `trash` to the trash with this one.
        to: with `move`: the other workspace.
        dry_run: change nothing and say what it holds, and which names clash.
    """

    workspace_name: str
    mode: DeletionModeName = DeletionModeName.RESTRICT
    to: str = "default"
    dry_run: bool = False


class ContentsMessage(Message, frozen=True, kw_only=True):
    """How much a workspace holds, with what is in the trash.

    Attributes:
        n_running: of the jobs, those that agents have.
        n_rules: of retention.
        n_grants: on the workspace and on what lies in it.
        n_bytes: of files, as far as the server stored them.
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


class ExcessMessage(Message, frozen=True, kw_only=True):
    """What does not fit into the quota of the workspace that everything is to go to.

    Attributes:
        what: runs, bytes or points.
    """

    what: str
    limit: int
    n_kept: int
    n_added: int


class DeletionReply(Message, frozen=True, kw_only=True):
    """
    Attributes:
        clashes: names that keep it from moving, such as `model:churn`: the first 100 of `n_clashes`.
        excesses: what else keeps it from moving.
    """

    name: str
    mode: DeletionModeName
    to: str = ""
    contents: ContentsMessage
    clashes: tuple[str, ...] = ()
    n_clashes: int = 0
    excesses: tuple[ExcessMessage, ...] = ()
    is_dry_run: bool = False


class TrashedWorkspace(Message, frozen=True, kw_only=True):
    name: str
    description: str = ""
    deleted_time_ms: int


class TrashedWorkspacesReply(Message, frozen=True, kw_only=True):
    workspaces: tuple[TrashedWorkspace, ...] = ()


class PurgeWorkspace(Message, frozen=True, kw_only=True):
    """
    Attributes:
        dry_run: change nothing and say what would go.
    """

    workspace_name: str
    dry_run: bool = True


class PurgeWorkspaceReply(Message, frozen=True, kw_only=True):
    """
    Attributes:
        n_files, n_bytes: files that go with the records, as far as this server can reach them.
        unreachable: folders whose files this server does not keep; remove them where they lie.
    """

    name: str
    contents: ContentsMessage
    n_files: int
    n_bytes: int
    is_dry_run: bool
    unreachable: tuple[str, ...] = ()


class MlflowServerInfo(msgspec.Struct, frozen=True, kw_only=True):
    """What MLflow's clients ask for before they send a workspace along. Fields of other features are absent."""

    store_type: str
    workspaces_enabled: bool
