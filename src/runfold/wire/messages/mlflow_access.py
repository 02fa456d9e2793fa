"""MLflow's calls about users and permissions (its app `basic-auth`; up to MLflow 3.7 a family of calls for each kind of
record, later one for all, below `/api/3.0`)."""

from __future__ import annotations

import enum

from runfold.wire.messages.base import Message


class PermissionName(enum.StrEnum):
    """MLflow's names of roles.

    USE lies between READ and EDIT; here who may read may use, too. DENY refuses what a wider grant gives;
    NO_PERMISSIONS meant that before, and says that there is none.
    """

    DENY = "DENY"
    NO_PERMISSIONS = "NO_PERMISSIONS"
    READ = "READ"
    USE = "USE"
    EDIT = "EDIT"
    MANAGE = "MANAGE"


class ExperimentPermission(Message, frozen=True, kw_only=True, omit_defaults=False):
    """
    Attributes:
        user_id: 0 where the caller may not look users up.
    """

    experiment_id: str
    user_id: int
    permission: PermissionName


class RegisteredModelPermission(Message, frozen=True, kw_only=True, omit_defaults=False):
    """
    Attributes:
        user_id: 0 where the caller may not look users up.
    """

    name: str
    user_id: int
    permission: PermissionName


class MlflowUser(Message, frozen=True, kw_only=True, omit_defaults=False):
    """A user with the permissions that were granted to the user alone, not to groups or on folders."""

    id: int
    username: str
    is_admin: bool = False
    experiment_permissions: tuple[ExperimentPermission, ...] = ()
    registered_model_permissions: tuple[RegisteredModelPermission, ...] = ()


class MlflowUserReply(Message, frozen=True, kw_only=True):
    user: MlflowUser


class CreateMlflowUser(Message, frozen=True, kw_only=True):
    username: str
    password: str

    def __repr__(self) -> str:
        return f"CreateMlflowUser(username={self.username!r})"


class MlflowUserRef(Message, frozen=True, kw_only=True):
    username: str


class UpdateMlflowPassword(Message, frozen=True, kw_only=True):
    """
    Attributes:
        current_password: has to be right, if it is sent for one's own.
    """

    username: str
    password: str
    current_password: str | None = None

    def __repr__(self) -> str:
        return f"UpdateMlflowPassword(username={self.username!r})"


class UpdateMlflowAdmin(Message, frozen=True, kw_only=True):
    username: str
    is_admin: bool


class ExperimentPermissionRef(Message, frozen=True, kw_only=True):
    experiment_id: str
    username: str


class PutExperimentPermission(Message, frozen=True, kw_only=True):
    experiment_id: str
    username: str
    permission: PermissionName


class ExperimentPermissionReply(Message, frozen=True, kw_only=True):
    experiment_permission: ExperimentPermission


class RegisteredModelPermissionRef(Message, frozen=True, kw_only=True):
    name: str
    username: str


class PutRegisteredModelPermission(Message, frozen=True, kw_only=True):
    name: str
    username: str
    permission: PermissionName


class RegisteredModelPermissionReply(Message, frozen=True, kw_only=True):
    registered_model_permission: RegisteredModelPermission


class ResourceType(enum.StrEnum):
    """The kinds of records that both have."""

    EXPERIMENT = "experiment"
    REGISTERED_MODEL = "registered_model"


class UserPermissionRef(Message, frozen=True, kw_only=True):
    """
    Attributes:
        resource_id: the id of an experiment, or the name of a registered model.
    """

    username: str
    resource_type: ResourceType
    resource_id: str


class PutUserPermission(Message, frozen=True, kw_only=True):
    username: str
    resource_type: ResourceType
    resource_id: str
    permission: PermissionName


class UserPermissionReply(Message, frozen=True, kw_only=True, omit_defaults=False):
    """
    Attributes:
        allowed: whether the user may read it.
        permission: what all grants together come to.
    """

    allowed: bool
    permission: PermissionName
