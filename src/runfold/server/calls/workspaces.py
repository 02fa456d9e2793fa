"""Workspaces, and what MLflow's clients ask before they use them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from starlette.types import Receive, Scope, Send

from runfold.domain.workspace import DeletionMode
from runfold.server.bind import Answer, Handler
from runfold.server.calls.housekeeping import sweep
from runfold.server.services import Services
from runfold.server.web.http import send_bytes
from runfold.wire import convert
from runfold.wire.decode import RequestReader
from runfold.wire.endpoints import Endpoint
from runfold.wire.messages import workspaces as m
from runfold.wire.messages.base import Empty

_deletion = RequestReader(m.DeleteMlflowWorkspace)
_MODES = {
    m.MlflowDeletionMode.RESTRICT: DeletionMode.RESTRICT,
    m.MlflowDeletionMode.SET_DEFAULT: DeletionMode.MOVE,
    m.MlflowDeletionMode.CASCADE: DeletionMode.TRASH,
}


def list_all(services: Services, request: Empty) -> m.WorkspacesReply:
    return m.WorkspacesReply(workspaces=tuple(map(convert.workspace_out, services.store.list_workspaces())))


def create(services: Services, request: m.CreateWorkspace) -> m.WorkspaceReply:
    services.files.check_location(request.default_artifact_root)
    made = services.store.create_workspace(
        request.name, description=request.description, artifact_root=request.default_artifact_root
    )
    return m.WorkspaceReply(workspace=convert.workspace_out(made))


def get(services: Services, request: m.WorkspaceRef) -> m.WorkspaceReply:
    return m.WorkspaceReply(workspace=convert.workspace_out(services.store.get_workspace(request.workspace_name)))


def update(services: Services, request: m.UpdateWorkspace) -> m.WorkspaceReply:
    services.files.check_location(request.default_artifact_root or "")
    changed = services.store.update_workspace(
        request.workspace_name, description=request.description, artifact_root=request.default_artifact_root
    )
    return m.WorkspaceReply(workspace=convert.workspace_out(changed))


async def delete_as_mlflow(services: Services, endpoint: Endpoint, scope: Scope, receive: Receive, send: Send) -> None:
    """Answers 204: MLflow's clients take nothing else for success."""
    request = _deletion.read_query(str(scope["query_string"], "latin-1"), scope["path_fields"])
    delete = services.store.delete_workspace
    await services.in_thread(partial(delete, request.workspace_name, mode=_MODES[request.mode]))
    await send_bytes(send, 204, b"", b"application/json")


def delete(services: Services, request: m.DeleteWorkspace) -> m.DeletionReply:
    done = services.store.delete_workspace(
        request.workspace_name, mode=DeletionMode(request.mode.value), to=request.to, dry_run=request.dry_run
    )
    return convert.deletion_out(done)


def list_trashed(services: Services, request: Empty) -> m.TrashedWorkspacesReply:
    found = services.store.list_trashed_workspaces()
    return m.TrashedWorkspacesReply(workspaces=tuple(map(convert.trashed_out, found)))


def restore(services: Services, request: m.WorkspaceRef) -> m.WorkspaceReply:
    return m.WorkspaceReply(workspace=convert.workspace_out(services.store.restore_workspace(request.workspace_name)))


def purge(services: Services, request: m.PurgeWorkspace) -> m.PurgeWorkspaceReply:
    """Records first, then their files, as a purge of anything else."""
    report = services.store.purge_workspace(request.workspace_name, dry_run=request.dry_run)
    swept = sweep(services, report.artifact_uris, dry_run=request.dry_run)
    return convert.workspace_purge_out(
        report, n_files=swept.n_files, n_bytes=swept.n_bytes, unreachable=swept.unreachable
    )


def server_info(services: Services, request: Empty) -> m.MlflowServerInfo:
    return m.MlflowServerInfo(store_type="SqlStore", workspaces_enabled=True)


ANSWERS: Mapping[str, Answer] = {
    "mlflow:GET workspaces": list_all,
    "mlflow:POST workspaces": create,
    "mlflow:GET workspaces/{workspace_name}": get,
    "mlflow:PATCH workspaces/{workspace_name}": update,
    "mlflow:server-info": server_info,
    "workspaces/delete": delete,
    "workspaces/trash": list_trashed,
    "workspaces/restore": restore,
    "workspaces/purge": purge,
}
HANDLERS: Mapping[str, Handler] = {"mlflow:DELETE workspaces/{workspace_name}": delete_as_mlflow}
