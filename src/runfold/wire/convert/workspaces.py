"""Workspaces."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from runfold.domain.quota import Excess
from runfold.domain.workspace import (
    DeletionMode,
    Workspace,
    WorkspaceContents,
    WorkspaceDeletion,
    WorkspacePurge,
)
from runfold.wire.messages import workspaces as m


def workspace_out(workspace: Workspace) -> m.WorkspaceMessage:
    return m.WorkspaceMessage(
        name=workspace.name, description=workspace.description, default_artifact_root=workspace.artifact_root
    )


def workspace_in(message: m.WorkspaceMessage) -> Workspace:
    return Workspace(name=message.name, description=message.description, artifact_root=message.default_artifact_root)


def trashed_out(workspace: Workspace) -> m.TrashedWorkspace:
    return m.TrashedWorkspace(
        name=workspace.name, description=workspace.description, deleted_time_ms=workspace.deleted_time_ms or 0
    )


def trashed_in(message: m.TrashedWorkspace) -> Workspace:
    return Workspace(name=message.name, description=message.description, deleted_time_ms=message.deleted_time_ms)


def _contents_out(contents: WorkspaceContents) -> m.ContentsMessage:
    return m.ContentsMessage(**msgspec.structs.asdict(contents))


def _contents_in(message: m.ContentsMessage) -> WorkspaceContents:
    return WorkspaceContents(**msgspec.structs.asdict(message))


def deletion_out(deletion: WorkspaceDeletion) -> m.DeletionReply:
    return m.DeletionReply(
        name=deletion.name,
        mode=m.DeletionModeName(deletion.mode.value),
        to=deletion.to,
        contents=_contents_out(deletion.contents),
        clashes=deletion.clashes,
        n_clashes=deletion.n_clashes,
        excesses=tuple(m.ExcessMessage(**msgspec.structs.asdict(one)) for one in deletion.excesses),
        is_dry_run=deletion.is_dry_run,
    )


def deletion_in(message: m.DeletionReply) -> WorkspaceDeletion:
    return WorkspaceDeletion(
        name=message.name,
        mode=DeletionMode(message.mode.value),
        to=message.to,
        contents=_contents_in(message.contents),
        clashes=message.clashes,
        n_clashes=message.n_clashes,
        excesses=tuple(Excess(**msgspec.structs.asdict(one)) for one in message.excesses),
        is_dry_run=message.is_dry_run,
    )


def workspace_purge_out(
    purge: WorkspacePurge, *, n_files: int, n_bytes: int, unreachable: Sequence[str]
) -> m.PurgeWorkspaceReply:
    return m.PurgeWorkspaceReply(
        name=purge.name,
        contents=_contents_out(purge.contents),
        n_files=n_files,
        n_bytes=n_bytes,
        is_dry_run=purge.is_dry_run,
        unreachable=tuple(unreachable),
    )


def workspace_purge_in(message: m.PurgeWorkspaceReply) -> WorkspacePurge:
    return WorkspacePurge(
        name=message.name,
        contents=_contents_in(message.contents),
        n_files=message.n_files,
        n_bytes=message.n_bytes,
        artifact_uris=message.unreachable,
        is_dry_run=message.is_dry_run,
    )
