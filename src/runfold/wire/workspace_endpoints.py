"""The rows of the table that are about workspaces: MLflow's, and what becomes of one that is deleted."""

from __future__ import annotations

from functools import partial

from runfold.wire.endpoint import Endpoint, Family, Permission, call
from runfold.wire.messages import workspaces as m
from runfold.wire.messages.base import Empty

_mlflow = partial(call, Family.MLFLOW_3)
_runfold = partial(call, Family.RUNFOLD)
_shared = partial(call, Family.MLFLOW_3, shares_path=True)
_PUBLIC, _READ, _EDIT, _MANAGE, _ADMIN = Permission

# fmt: off
WORKSPACE_ENDPOINTS: tuple[Endpoint, ...] = (
    _shared("GET", "workspaces", Empty, m.WorkspacesReply,
            _READ, "list_workspaces", "List the workspaces that the caller may enter, by name."),
    _shared("POST", "workspaces", m.CreateWorkspace, m.WorkspaceReply,
            _ADMIN, "create_workspace", "Add a workspace, closed to everyone at first.", status=201),
    _shared("GET", "workspaces/{workspace_name}", m.WorkspaceRef, m.WorkspaceReply,
            _READ, "get_workspace", "Get a workspace."),
    _shared("PATCH", "workspaces/{workspace_name}", m.UpdateWorkspace, m.WorkspaceReply,
            _MANAGE, "update_workspace", "Change the description of a workspace, or where its new files go."),
    _shared("DELETE", "workspaces/{workspace_name}", m.DeleteMlflowWorkspace, Empty,
            _ADMIN, "delete_workspace", "Delete a workspace; what becomes of what it holds goes into the query.",
            status=204),
    _mlflow("GET", "server-info", Empty, m.MlflowServerInfo,
            _PUBLIC, "", "Tell MLflow's clients that there are workspaces."),
    _runfold("POST", "workspaces/delete", m.DeleteWorkspace, m.DeletionReply,
             _ADMIN, "delete_workspace", "Delete a workspace: empty, or what it holds is moved or goes to the trash."),
    _runfold("POST", "workspaces/trash", Empty, m.TrashedWorkspacesReply,
             _ADMIN, "list_trashed_workspaces", "List the workspaces in the trash, by name."),
    _runfold("POST", "workspaces/restore", m.WorkspaceRef, m.WorkspaceReply,
             _ADMIN, "restore_workspace", "Bring a workspace back from the trash, as it was."),
    _runfold("POST", "workspaces/purge", m.PurgeWorkspace, m.PurgeWorkspaceReply,
             _ADMIN, "purge_workspace", "Say what a trashed workspace takes along; with `dry_run: false`, purge it."),
)
# fmt: on
