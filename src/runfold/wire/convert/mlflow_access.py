"""MLflow's words for roles, and its shape of users."""

from __future__ import annotations

from collections.abc import Iterable

from runfold.domain.access import Ability, Grant, PlaceKind, Role, User, level_of
from runfold.wire.messages import mlflow_access as m
from runfold.wire.messages.mlflow_access import PermissionName

_ROLES = {
    PermissionName.DENY: Role.NONE,
    PermissionName.NO_PERMISSIONS: Role.NONE,
    PermissionName.READ: Role.READER,
    PermissionName.USE: Role.READER,
    PermissionName.EDIT: Role.CONTRIBUTOR,
    PermissionName.MANAGE: Role.MANAGER,
}
_NAMES = {role.name: name for name, role in _ROLES.items() if name not in (PermissionName.USE, PermissionName.DENY)}


def permission_in(name: PermissionName) -> Role:
    return _ROLES[name]


def permission_out(abilities: Ability) -> PermissionName:
    """The word for the biggest built-in role that these contain: MLflow has none for others."""
    return _NAMES[level_of(abilities).name]


def mlflow_user_out(user: User, grants: Iterable[Grant]) -> m.MlflowUser:
    """Args: grants: to the user."""
    experiments, models = [], []
    for grant in grants:
        permission = permission_out(grant.role.abilities)
        if grant.place.kind is PlaceKind.EXPERIMENT:
            experiments.append(
                m.ExperimentPermission(experiment_id=grant.place.key, user_id=user.number, permission=permission)
            )
        elif grant.place.kind is PlaceKind.MODEL:
            models.append(m.RegisteredModelPermission(name=grant.place.key, user_id=user.number, permission=permission))
    return m.MlflowUser(
        id=user.number,
        username=user.name,
        is_admin=user.is_admin,
        experiment_permissions=tuple(experiments),
        registered_model_permissions=tuple(models),
    )
