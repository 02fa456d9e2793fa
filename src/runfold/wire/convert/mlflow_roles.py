"""MLflow's roles: a role of MLflow's is a group here, its permissions are what is granted to the group, and what it is
assigned to are the members.

A group of the server counts as a role of the default workspace. Places that MLflow has no word for keep ours, so that
nothing a group may do is left out: `folder`, `project`, `target`, `dataset`, `new`, `everything`; and what lies in
another workspace than the role's is written as grants are, `workspace:vision/model:churn`.
"""

from __future__ import annotations

from collections.abc import Iterable

from runfold.domain.access import Group, NumberedGrant, Place, PlaceKind, parse_place
from runfold.domain.workspace import DEFAULT_WORKSPACE
from runfold.errors import InvalidValue
from runfold.wire.convert.mlflow_access import permission_out
from runfold.wire.messages import mlflow_roles as m
from runfold.wire.messages.mlflow_access import PermissionName

ALL = "*"
_TYPES = {PlaceKind.MODEL: "registered_model"}
_KINDS = {_TYPES.get(kind, kind.value): kind for kind in PlaceKind}
_OF_ITS_PARENT = {
    **dict.fromkeys(("run", "trace", "assessment", "logged_model", "review_queue", "scorer"), "experiment"),
    **dict.fromkeys(("registered_model_version", "prompt", "prompt_version"), "registered_model"),
}
"""Types of MLflow's which have no rights of their own here, and whose they have."""
_ELSEWHERE = "workspace:"


def workspace_of_role(group: Group) -> str:
    return group.workspace or DEFAULT_WORKSPACE


def workspace_of_group(workspace: str) -> str:
    """Raises InvalidValue for a name that is none."""
    if not workspace.strip():
        raise InvalidValue("A role belongs to a workspace: name one.")
    return "" if workspace == DEFAULT_WORKSPACE else workspace


def mlflow_role_out(group: Group, grants: Iterable[NumberedGrant]) -> m.MlflowRole:
    """Args: grants: to the group."""
    return m.MlflowRole(
        id=group.number,
        name=group.short_name,
        workspace=workspace_of_role(group),
        description=group.description or None,
        permissions=tuple(role_permission_out(group, grant) for grant in grants),
    )


def role_permission_out(group: Group, numbered: NumberedGrant) -> m.RolePermission:
    place, role = numbered.grant.place, numbered.grant.role
    kind, pattern = _resource_of(place, workspace_of_role(group))
    permission = permission_out(role.abilities) if role.abilities else PermissionName.DENY
    if place.kind is PlaceKind.WORKSPACE and permission is PermissionName.READ:
        permission = PermissionName.USE  # MLflow's only word for less than MANAGE there
    return m.RolePermission(
        id=numbered.number, role_id=group.number, resource_type=kind, resource_pattern=pattern, permission=permission
    )


def assignments_out(group: Group) -> tuple[m.RoleAssignment, ...]:
    return tuple(assignment_out(user, group.number) for user in group.member_numbers)


def assignment_out(user: int, role: int) -> m.RoleAssignment:
    """No call takes the number of an assignment; Cantor's pairing gives every pair one of its own."""
    return m.RoleAssignment(id=(user + role) * (user + role + 1) // 2 + role, user_id=user, role_id=role)


def _resource_of(place: Place, home: str) -> tuple[str, str]:
    kind = _TYPES.get(place.kind, place.kind.value)
    if place.kind is PlaceKind.WORKSPACE:
        return kind, ALL if place.key == home else place.key
    if place.is_named and place.workspace != home:
        return kind, f"{_ELSEWHERE}{place.workspace}/{Place(place.kind, place.key).text}"
    return kind, place.key or ALL


def place_of_resource(kind: str, pattern: str, home: str) -> Place:
    """
    Args:
        home: the workspace of the role.

    Raises:
        InvalidValue: there is no such place; the message says what to grant instead.
    """
    found = _KINDS.get(kind)
    if found is None:
        raise InvalidValue(_no_such(kind))
    if not pattern:
        raise InvalidValue(f"The resource_pattern is empty: write an id or name, or {ALL!r}.")
    match found:
        case PlaceKind.WORKSPACE:
            return Place(found, home if pattern == ALL else pattern)
        case PlaceKind.EVERYTHING:
            if pattern != ALL:
                raise InvalidValue(f"{kind!r} takes the pattern {ALL!r} alone.")
            return Place(found)
        case PlaceKind.NEW if pattern == ALL:
            return Place(found, workspace=home)
    if pattern == ALL:
        raise InvalidValue(
            f"A role on all of the type {kind!r}, and on nothing else, cannot be granted: grant it on 'workspace' with "
            f"{ALL!r}, which is all that lies in {home!r}, or on 'folder' with the name of a folder of experiments."
        )
    return _one(found, pattern, home)


def _one(kind: PlaceKind, pattern: str, home: str) -> Place:
    if pattern.startswith(_ELSEWHERE):
        place = parse_place(pattern)
        if place.kind is not kind:
            raise InvalidValue(f"{pattern[:200]!r} is no {_TYPES.get(kind, kind.value)}.")
        return place
    if kind is PlaceKind.EXPERIMENT:
        return Place(kind, str(int(pattern)) if pattern.isascii() and pattern.isdigit() else pattern)
    return Place(kind, parse_place(Place(kind, pattern).text).key, home)


def _no_such(kind: str) -> str:
    parent = _OF_ITS_PARENT.get(kind)
    if parent is not None:
        return f"What is of the type {kind!r} has the rights of what it belongs to: grant them on {parent!r}."
    return f"There is nothing of the type {kind[:80]!r} here; types are {', '.join(sorted(_KINDS))}."
