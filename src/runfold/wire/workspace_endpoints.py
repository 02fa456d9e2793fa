"""The rows of the table that are about workspaces: MLflow's, which say all there is."""

from __future__ import annotations

from functools import partial

from runfold.wire.endpoint import Endpoint, Family, Permission, call
from runfold.wire.messages import workspaces as m
from runfold.wire.messages.base import Empty

_mlflow = partial(call, Family.MLFLOW_3)
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
    _shared("DELETE", "workspaces/{workspace_name}", m.DeleteWorkspace, Empty,
            _ADMIN, "delete_workspace", "Remove a workspace that holds nothing; the mode goes into the query.",
            status=204),
    _mlflow("GET", "server-info", Empty, m.MlflowServerInfo,
            _PUBLIC, "", "Tell MLflow's clients that there are workspaces."),
)
# fmt: on
