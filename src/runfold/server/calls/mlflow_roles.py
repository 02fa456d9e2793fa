"""MLflow's calls about roles: groups, what is granted to them, and who is in them, in MLflow's words."""

from __future__ import annotations

from collections.abc import Mapping

from runfold.domain.access import Grant, Group, NumberedGrant, Subject, SubjectKind
from runfold.errors import AlreadyExists, InvalidValue, NotFound
from runfold.server.bind import Answer
from runfold.server.services import Services
from runfold.wire import convert
from runfold.wire.messages import mlflow_roles as m
from runfold.wire.messages.base import Empty


def create(services: Services, request: m.CreateMlflowRole) -> m.MlflowRoleReply:
    made = services.store.create_group(
        request.name,
        workspace=convert.workspace_of_group(request.workspace),
        description=request.description or "",
    )
    return m.MlflowRoleReply(role=convert.mlflow_role_out(made, ()))


def get(services: Services, request: m.MlflowRoleRef) -> m.MlflowRoleReply:
    return _reply(services, _group(services, request.role_id))


def list_roles(services: Services, request: m.ListMlflowRoles) -> m.MlflowRolesReply:
    for workspace in request.workspace:
        convert.workspace_of_group(workspace)
    found = services.store.list_groups()
    if request.workspace:
        found = tuple(group for group in found if convert.workspace_of_role(group) in request.workspace)
    return _roles(services, found)


def update(services: Services, request: m.UpdateMlflowRole) -> m.MlflowRoleReply:
    if request.name is None and request.description is None:
        raise InvalidValue("Say what to change: the name, the description, or both.")
    group = _group(services, request.role_id)
    changed = services.store.update_group(group.name, new_name=request.name, description=request.description)
    return _reply(services, changed)


def delete(services: Services, request: m.MlflowRoleRef) -> Empty:
    services.store.delete_group(_group(services, request.role_id).name)
    return Empty()


# --- permissions


def add_permission(services: Services, request: m.AddRolePermission) -> m.RolePermissionReply:
    group = _group(services, request.role_id)
    place = convert.place_of_resource(request.resource_type, request.resource_pattern, convert.workspace_of_role(group))
    grant = Grant(subject=_subject(group), place=place, role=convert.permission_in(request.permission))
    if any(_is_at(one, grant) for one in services.store.list_group_grants(group=group.name)):
        raise AlreadyExists("permission", f"of the role {request.role_id} on {place.text}")
    return _set(services, group, grant)


def update_permission(services: Services, request: m.UpdateRolePermission) -> m.RolePermissionReply:
    kept = _permission(services, request.role_permission_id).grant
    group = next(one for one in services.store.list_groups() if one.name == kept.subject.name)
    role = convert.permission_in(request.permission)
    return _set(services, group, Grant(subject=kept.subject, place=kept.place, role=role))


def remove_permission(services: Services, request: m.RolePermissionRef) -> Empty:
    kept = _permission(services, request.role_permission_id).grant
    services.store.remove_grant(kept.subject, kept.place)
    return Empty()


def list_permissions(services: Services, request: m.MlflowRoleRef) -> m.RolePermissionsReply:
    group = _group(services, request.role_id)
    found = services.store.list_group_grants(group=group.name)
    return m.RolePermissionsReply(role_permissions=tuple(convert.role_permission_out(group, one) for one in found))


def _set(services: Services, group: Group, grant: Grant) -> m.RolePermissionReply:
    services.store.set_grant(grant)
    kept = next(one for one in services.store.list_group_grants(group=group.name) if _is_at(one, grant))
    return m.RolePermissionReply(role_permission=convert.role_permission_out(group, kept))


def _is_at(kept: NumberedGrant, grant: Grant) -> bool:
    return kept.grant.place == grant.place


# --- members


def assign(services: Services, request: m.RoleMember) -> m.RoleAssignmentReply:
    group = services.store.add_member(_group(services, request.role_id).name, request.username)
    number = group.member_numbers[group.members.index(request.username)]
    return m.RoleAssignmentReply(assignment=convert.assignment_out(number, group.number))


def unassign(services: Services, request: m.RoleMember) -> Empty:
    services.store.remove_member(_group(services, request.role_id).name, request.username)
    return Empty()


def list_of_user(services: Services, request: m.MlflowRolesOf) -> m.MlflowRolesReply:
    """Of somebody else, who administers nothing sees no more than that there is nobody of this name."""
    found = tuple(group for group in services.store.list_groups() if request.username in group.members)
    if not found:
        services.store.get_user(request.username)
    return _roles(services, found)


def list_users(services: Services, request: m.MlflowRoleRef) -> m.RoleAssignmentsReply:
    return m.RoleAssignmentsReply(assignments=convert.assignments_out(_group(services, request.role_id)))


# --- what all share


def _group(services: Services, number: int) -> Group:
    found = next((group for group in services.store.list_groups() if group.number == number), None)
    if found is None:
        raise NotFound("role", str(number))
    return found


def _permission(services: Services, number: int) -> NumberedGrant:
    found = services.store.list_group_grants(number=number) if number > 0 else ()
    if not found:
        raise NotFound("role permission", str(number))
    return found[0]


def _subject(group: Group) -> Subject:
    return Subject(SubjectKind.GROUP, group.name)


def _reply(services: Services, group: Group) -> m.MlflowRoleReply:
    grants = services.store.list_group_grants(group=group.name)
    return m.MlflowRoleReply(role=convert.mlflow_role_out(group, grants))


def _roles(services: Services, groups: tuple[Group, ...]) -> m.MlflowRolesReply:
    grants: dict[str, list[NumberedGrant]] = {}
    for one in services.store.list_group_grants() if groups else ():
        grants.setdefault(one.grant.subject.name, []).append(one)
    found = (convert.mlflow_role_out(group, grants.get(group.name, ())) for group in groups)
    return m.MlflowRolesReply(roles=tuple(found))


ANSWERS: Mapping[str, Answer] = {
    "mlflow:roles/create": create,
    "mlflow:roles/get": get,
    "mlflow:roles/list": list_roles,
    "mlflow:roles/update": update,
    "mlflow:roles/delete": delete,
    "mlflow:roles/permissions/add": add_permission,
    "mlflow:roles/permissions/update": update_permission,
    "mlflow:roles/permissions/remove": remove_permission,
    "mlflow:roles/permissions/list": list_permissions,
    "mlflow:roles/assign": assign,
    "mlflow:roles/unassign": unassign,
    "mlflow:users/roles/list": list_of_user,
    "mlflow:roles/users/list": list_users,
}
