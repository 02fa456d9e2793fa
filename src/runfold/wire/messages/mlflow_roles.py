"""MLflow's calls about roles (its app `basic-auth` as of MLflow 3.18, below `/api/3.0`): what is a group here, and
what is granted to it.
"""

from __future__ import annotations

from runfold.wire.messages.base import Message
from runfold.wire.messages.mlflow_access import PermissionName


class RolePermission(Message, frozen=True, kw_only=True, omit_defaults=False):
    """
    Attributes:
        resource_type: `experiment`, `registered_model`, `workspace`, or a kind of place that MLflow does not have.
        resource_pattern: an id or name, or `*` for all of the role's workspace.
    """

    id: int
    role_id: int
    resource_type: str
    resource_pattern: str
    permission: PermissionName


class MlflowRole(Message, frozen=True, kw_only=True, omit_defaults=False):
    id: int
    name: str
    workspace: str
    description: str | None = None
    permissions: tuple[RolePermission, ...] = ()


class RoleAssignment(Message, frozen=True, kw_only=True, omit_defaults=False):
    """
    Attributes:
        id: follows from the other two, and is the same every time.
    """

    id: int
    user_id: int
    role_id: int


class CreateMlflowRole(Message, frozen=True, kw_only=True):
    workspace: str
    name: str
    description: str | None = None


class MlflowRoleRef(Message, frozen=True, kw_only=True):
    role_id: int


class ListMlflowRoles(Message, frozen=True, kw_only=True):
    """
    Attributes:
        workspace: of these; none: of all that the caller sees.
    """

    workspace: tuple[str, ...] = ()


class UpdateMlflowRole(Message, frozen=True, kw_only=True):
    role_id: int
    name: str | None = None
    description: str | None = None


class AddRolePermission(Message, frozen=True, kw_only=True):
    role_id: int
    resource_type: str
    resource_pattern: str
    permission: PermissionName


class RolePermissionRef(Message, frozen=True, kw_only=True):
    role_permission_id: int


class UpdateRolePermission(Message, frozen=True, kw_only=True):
    role_permission_id: int
    permission: PermissionName


class RoleMember(Message, frozen=True, kw_only=True):
    username: str
    role_id: int


class MlflowRolesOf(Message, frozen=True, kw_only=True):
    username: str


class MlflowRoleReply(Message, frozen=True, kw_only=True):
    role: MlflowRole


class MlflowRolesReply(Message, frozen=True, kw_only=True, omit_defaults=False):
    roles: tuple[MlflowRole, ...] = ()


class RolePermissionReply(Message, frozen=True, kw_only=True):
    role_permission: RolePermission


class RolePermissionsReply(Message, frozen=True, kw_only=True, omit_defaults=False):
    role_permissions: tuple[RolePermission, ...] = ()


class RoleAssignmentReply(Message, frozen=True, kw_only=True):
    assignment: RoleAssignment


class RoleAssignmentsReply(Message, frozen=True, kw_only=True, omit_defaults=False):
    assignments: tuple[RoleAssignment, ...] = ()
