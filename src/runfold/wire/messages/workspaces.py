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


class DeletionMode(enum.StrEnum):
    RESTRICT = "RESTRICT"
    SET_DEFAULT = "SET_DEFAULT"
    CASCADE = "CASCADE"


class DeleteWorkspace(Message, frozen=True, kw_only=True):
    """
    Attributes:
        mode: what becomes of what it holds. Only `RESTRICT` is done, which refuses unless it holds nothing.
    """

    workspace_name: str
    mode: DeletionMode = DeletionMode.RESTRICT


class MlflowServerInfo(msgspec.Struct, frozen=True, kw_only=True):
    """What MLflow's clients ask for before they send a workspace along. Fields of other features are absent."""

    store_type: str
    workspaces_enabled: bool
