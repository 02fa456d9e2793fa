"""Workspaces."""

from __future__ import annotations

from runfold.domain.workspace import Workspace
from runfold.wire.messages.workspaces import WorkspaceMessage


def workspace_out(workspace: Workspace) -> WorkspaceMessage:
    return WorkspaceMessage(
        name=workspace.name, description=workspace.description, default_artifact_root=workspace.artifact_root
    )


def workspace_in(message: WorkspaceMessage) -> Workspace:
    return Workspace(name=message.name, description=message.description, artifact_root=message.default_artifact_root)
