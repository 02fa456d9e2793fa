"""MLflow's calls about users and permissions: grants to single users, in MLflow's words."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from runfold.domain.access import Grant, Place, PlaceKind, Role, Subject, SubjectKind
from runfold.errors import AlreadyExists, InvalidValue, NotFound
from runfold.server.bind import Answer
from runfold.server.services import Services
from runfold.wire import convert
from runfold.wire.messages import mlflow_access as m
from runfold.wire.messages.base import Empty

# --- users


def create_user(services: Services, request: m.CreateMlflowUser) -> m.MlflowUserReply:
    if not request.password:
        raise InvalidValue("Missing value for required parameter 'password'.")
    made = services.store.create_user(request.username, password=request.password)
    return m.MlflowUserReply(user=convert.mlflow_user_out(made, ()))


def get_user(services: Services, request: m.MlflowUserRef) -> m.MlflowUserReply:
    user = services.store.get_user(request.username)
    grants = services.store.list_grants(subject=_subject(user.name))
    return m.MlflowUserReply(user=convert.mlflow_user_out(user, grants))


async def update_password(services: Services, request: m.UpdateMlflowPassword) -> Empty:
    """The rule of `update_user` refuses who has only a token or session; what is sent along has to be right."""
    caller, current = services.caller, request.current_password
    if current is not None and caller is not None and caller.user.name == request.username:
        await services.known_door.check_password(request.username, current, services.wakeup)
    await services.in_thread(partial(services.store.update_user, request.username, password=request.password))
    return Empty()


def update_admin(services: Services, request: m.UpdateMlflowAdmin) -> Empty:
    services.store.update_user(request.username, is_admin=request.is_admin)
    return Empty()


def delete_user(services: Services, request: m.MlflowUserRef) -> Empty:
    services.store.delete_user(request.username)
    return Empty()


# --- permissions on experiments


def create_of_experiment(services: Services, request: m.PutExperimentPermission) -> m.ExperimentPermissionReply:
    place = Place(PlaceKind.EXPERIMENT, request.experiment_id)
    _put(services, request.username, place, convert.permission_in(request.permission), is_new=True)
    return _experiment_reply(services, request.experiment_id, request.username)


def get_of_experiment(services: Services, request: m.ExperimentPermissionRef) -> m.ExperimentPermissionReply:
    return _experiment_reply(services, request.experiment_id, request.username)


def update_of_experiment(services: Services, request: m.PutExperimentPermission) -> Empty:
    place = Place(PlaceKind.EXPERIMENT, request.experiment_id)
    _put(services, request.username, place, convert.permission_in(request.permission), is_new=False)
    return Empty()


def delete_of_experiment(services: Services, request: m.ExperimentPermissionRef) -> Empty:
    services.store.remove_grant(_subject(request.username), Place(PlaceKind.EXPERIMENT, request.experiment_id))
    return Empty()


def _experiment_reply(services: Services, experiment_id: str, username: str) -> m.ExperimentPermissionReply:
    grant = _get(services, username, Place(PlaceKind.EXPERIMENT, experiment_id))
    found = m.ExperimentPermission(
        experiment_id=experiment_id,
        user_id=_number(services, username),
        permission=convert.permission_out(grant.role.abilities),
    )
    return m.ExperimentPermissionReply(experiment_permission=found)


# --- permissions on registered models


def create_of_model(services: Services, request: m.PutRegisteredModelPermission) -> m.RegisteredModelPermissionReply:
    place = Place(PlaceKind.MODEL, request.name, services.workspace)
    _put(services, request.username, place, convert.permission_in(request.permission), is_new=True)
    return _model_reply(services, request.name, request.username)


def get_of_model(services: Services, request: m.RegisteredModelPermissionRef) -> m.RegisteredModelPermissionReply:
    return _model_reply(services, request.name, request.username)


def update_of_model(services: Services, request: m.PutRegisteredModelPermission) -> Empty:
    place = Place(PlaceKind.MODEL, request.name, services.workspace)
    _put(services, request.username, place, convert.permission_in(request.permission), is_new=False)
    return Empty()


def delete_of_model(services: Services, request: m.RegisteredModelPermissionRef) -> Empty:
    services.store.remove_grant(_subject(request.username), Place(PlaceKind.MODEL, request.name, services.workspace))
    return Empty()


def _model_reply(services: Services, name: str, username: str) -> m.RegisteredModelPermissionReply:
    grant = _get(services, username, Place(PlaceKind.MODEL, name, services.workspace))
    found = m.RegisteredModelPermission(
        name=name, user_id=_number(services, username), permission=convert.permission_out(grant.role.abilities)
    )
    return m.RegisteredModelPermissionReply(registered_model_permission=found)


# --- permissions on any record


def grant_permission(services: Services, request: m.PutUserPermission) -> Empty:
    services.store.get_user(request.username)
    role = convert.permission_in(request.permission)
    services.store.set_grant(Grant(subject=_subject(request.username), place=_place(services, request), role=role))
    return Empty()


def revoke_permission(services: Services, request: m.UserPermissionRef) -> Empty:
    services.store.remove_grant(_subject(request.username), _place(services, request))
    return Empty()


def get_permission(services: Services, request: m.UserPermissionRef) -> m.UserPermissionReply:
    report = services.store.explain_access(_place(services, request), user=request.username)
    (standing,) = report.standings
    abilities = standing.abilities
    return m.UserPermissionReply(allowed=bool(abilities), permission=convert.permission_out(abilities))


def _place(services: Services, request: m.UserPermissionRef | m.PutUserPermission) -> Place:
    if request.resource_type is m.ResourceType.EXPERIMENT:
        return Place(PlaceKind.EXPERIMENT, request.resource_id)
    return Place(PlaceKind.MODEL, request.resource_id, services.workspace)


# --- what all share


def _subject(username: str) -> Subject:
    return Subject(SubjectKind.USER, username)


def _find(services: Services, username: str, place: Place) -> Grant | None:
    subject = _subject(username)
    return next((grant for grant in services.store.list_grants(place=place) if grant.subject == subject), None)


def _get(services: Services, username: str, place: Place) -> Grant:
    found = _find(services, username, place)
    if found is None:
        raise NotFound("permission", f"of {username} on {place.text}")
    return found


def _put(services: Services, username: str, place: Place, role: Role, *, is_new: bool) -> None:
    """MLflow's clients tell a permission that is there from one that is not."""
    if is_new and _find(services, username, place) is not None:
        raise AlreadyExists("permission", f"of {username} on {place.text}")
    if not is_new:
        _get(services, username, place)
    services.store.set_grant(Grant(subject=_subject(username), place=place, role=role))


def _number(services: Services, username: str) -> int:
    try:
        return services.store.get_user(username).number
    except NotFound:
        return 0


ANSWERS: Mapping[str, Answer] = {
    "mlflow:users/create": create_user,
    "mlflow:users/get": get_user,
    "mlflow:users/update-password": update_password,
    "mlflow:users/update-admin": update_admin,
    "mlflow:users/delete": delete_user,
    "mlflow:experiments/permissions/create": create_of_experiment,
    "mlflow:experiments/permissions/get": get_of_experiment,
    "mlflow:experiments/permissions/update": update_of_experiment,
    "mlflow:experiments/permissions/delete": delete_of_experiment,
    "mlflow:registered-models/permissions/create": create_of_model,
    "mlflow:registered-models/permissions/get": get_of_model,
    "mlflow:registered-models/permissions/update": update_of_model,
    "mlflow:registered-models/permissions/delete": delete_of_model,
    "mlflow:users/permissions/grant": grant_permission,
    "mlflow:users/permissions/revoke": revoke_permission,
    "mlflow:users/permissions/get": get_permission,
}
