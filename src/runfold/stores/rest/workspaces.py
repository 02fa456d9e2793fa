"""Workspaces of a server."""

from __future__ import annotations

import copy
from typing import Self

from runfold.domain.workspace import (
    DEFAULT_WORKSPACE,
    DeletionMode,
    Workspace,
    WorkspaceDeletion,
    WorkspacePurge,
)
from runfold.stores.rest.access import WORKSPACE_HEADER
from runfold.stores.rest.connection import Connection
from runfold.wire import convert
from runfold.wire.messages import workspaces as m
from runfold.wire.messages.base import Empty


class RestWorkspaces:
    """`stores.workspaces.WorkspaceStore`."""

    _connection: Connection

    def in_workspace(self, workspace: str) -> Self:
        other = copy.copy(self)
        other._connection = self._connection.with_headers({WORKSPACE_HEADER: workspace})
        return other

    def create_workspace(self, name: str, *, description: str = "", artifact_root: str = "") -> Workspace:
        request = m.CreateWorkspace(name=name, description=description, default_artifact_root=artifact_root)
        reply = self._connection.call("mlflow:POST workspaces", request, m.WorkspaceReply, is_repeatable=False)
        return convert.workspace_in(reply.workspace)

    def get_workspace(self, name: str) -> Workspace:
        request = m.WorkspaceRef(workspace_name=name)
        reply = self._connection.call("mlflow:GET workspaces/{workspace_name}", request, m.WorkspaceReply)
        return convert.workspace_in(reply.workspace)

    def list_workspaces(self) -> tuple[Workspace, ...]:
        reply = self._connection.call("mlflow:GET workspaces", Empty(), m.WorkspacesReply)
        return tuple(map(convert.workspace_in, reply.workspaces))

    def update_workspace(
        self, name: str, *, description: str | None = None, artifact_root: str | None = None
    ) -> Workspace:
        request = m.UpdateWorkspace(workspace_name=name, description=description, default_artifact_root=artifact_root)
        reply = self._connection.call("mlflow:PATCH workspaces/{workspace_name}", request, m.WorkspaceReply)
        return convert.workspace_in(reply.workspace)

    def delete_workspace(
        self,
        name: str,
        *,
        mode: DeletionMode = DeletionMode.RESTRICT,
        to: str = DEFAULT_WORKSPACE,
        dry_run: bool = False,
    ) -> WorkspaceDeletion:
        request = m.DeleteWorkspace(workspace_name=name, mode=m.DeletionModeName(mode.value), to=to, dry_run=dry_run)
        reply = self._connection.call("workspaces/delete", request, m.DeletionReply, is_repeatable=dry_run)
        return convert.deletion_in(reply)

    def list_trashed_workspaces(self) -> tuple[Workspace, ...]:
        reply = self._connection.call("workspaces/trash", Empty(), m.TrashedWorkspacesReply)
        return tuple(map(convert.trashed_in, reply.workspaces))

    def restore_workspace(self, name: str) -> Workspace:
        request = m.WorkspaceRef(workspace_name=name)
        reply = self._connection.call("workspaces/restore", request, m.WorkspaceReply, is_repeatable=False)
        return convert.workspace_in(reply.workspace)

    def purge_workspace(self, name: str, *, dry_run: bool = True) -> WorkspacePurge:
        request = m.PurgeWorkspace(workspace_name=name, dry_run=dry_run)
        reply = self._connection.call("workspaces/purge", request, m.PurgeWorkspaceReply, is_repeatable=dry_run)
        return convert.workspace_purge_in(reply)
