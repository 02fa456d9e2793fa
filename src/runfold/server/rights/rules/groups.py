"""Who may do what with groups.

Administrators look after groups of the server; the managers of a workspace, who share what lies in it, after the groups
of that workspace. Others see the groups that they are in, and of those no other member.

Who is put into a group gets what it was granted, and who is taken out of it is rid of what it is denied: so both are
for those who can do everything wherever it has a role.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from runfold.domain.access import EVERY_ABILITY, Ability, Group, NumberedGrant, Subject, SubjectKind
from runfold.errors import NotFound, PermissionDenied
from runfold.server.rights.own import MOST_ASKED, own_roles
from runfold.server.rights.permit import Permit
from runfold.server.rights.rules.places import check_place
from runfold.server.rights.rules.rule import Rule, Work, rules, then_look_again


def _create(permit: Permit, needed: Ability, work: Work, name: str, /, *, workspace: str = "", **more: Any) -> Any:
    if workspace:
        permit.check_workspace(workspace, needed)
    else:
        permit.check_admin()
    return then_look_again(permit, work, name, workspace=workspace, **more)


def _update(permit: Permit, needed: Ability, work: Work, name: str, /, **changes: Any) -> Any:
    _check_looks_after(permit, name, needed)
    return then_look_again(permit, work, name, **changes)


def _change_members(permit: Permit, needed: Ability, work: Work, name: str, /, *user: str) -> Any:
    """Or delete it, which takes everybody out."""
    _check_looks_after(permit, name, needed)
    _check_could_grant_the_same(permit, name)
    return then_look_again(permit, work, name, *user)


def _list(permit: Permit, needed: Ability, work: Work) -> Any:
    return _told(permit, work())


def _list_grants(permit: Permit, needed: Ability, work: Work, *, group: str = "", number: int = 0) -> Any:
    told = {one.name for one in _told(permit, permit.store.list_groups())}
    if group and group not in told:
        raise NotFound("group", group)
    found = [one for one in work(group=group, number=number) if one.grant.subject.name in told]
    return tuple(found if permit.caller.rights.administers else _readable(permit, found))


def _readable(permit: Permit, grants: list[NumberedGrant]) -> Iterable[NumberedGrant]:
    """What is granted, and above all denied, on a record does not name it to who may not read it."""
    for start in range(0, len(grants), MOST_ASKED):
        some = grants[start : start + MOST_ASKED]
        answers = own_roles(permit, [one.grant.place.text for one in some])
        yield from (one for one, answer in zip(some, answers, strict=True) if answer.abilities)


def _told(permit: Permit, groups: Iterable[Group]) -> tuple[Group, ...]:
    caller = permit.caller
    if caller.rights.administers:
        return tuple(groups)
    return tuple(found for group in groups if (found := _as_seen(permit, group)) is not None)


def _as_seen(permit: Permit, group: Group) -> Group | None:
    caller = permit.caller
    if _looks_after(permit, group, Ability.SHARE):
        return group
    is_own = caller.user.name in group.members and Ability.READ in caller.rights.most
    if not is_own or caller.rights.within:
        return None
    return msgspec.structs.replace(group, members=(caller.user.name,), member_numbers=(caller.user.number,))


def check_is_known(permit: Permit, subject: Subject) -> None:
    """Groups of workspaces that the caller does not manage are, to grant something to, as if they were not there."""
    if subject.kind is not SubjectKind.GROUP or permit.caller.rights.administers:
        return
    group = next((one for one in permit.store.list_groups() if one.name == subject.name), None)
    if group is not None and group.workspace and _as_seen(permit, group) is None:
        raise NotFound("group", subject.name)


def _looks_after(permit: Permit, group: Group, needed: Ability) -> bool:
    return bool(group.workspace) and needed in permit.caller.rights.on_workspace(group.workspace)


def _check_looks_after(permit: Permit, name: str, needed: Ability) -> None:
    if permit.caller.rights.administers:
        return
    group = next((one for one in permit.store.list_groups() if one.name == name), None)
    if group is None or _as_seen(permit, group) is None:
        raise NotFound("group", name)
    if not group.workspace:
        permit.check_admin()
    if not _looks_after(permit, group, needed):
        raise permit.denied(needed)


def _check_could_grant_the_same(permit: Permit, name: str) -> None:
    if permit.caller.rights.administers:
        return
    for grant in permit.store.list_grants(subject=Subject(SubjectKind.GROUP, name)):
        try:
            check_place(permit, grant.place, EVERY_ABILITY)
        except (NotFound, PermissionDenied):
            raise PermissionDenied(
                f"The group {name!r} has a role where you cannot do everything. Who manages all that it "
                "has a role on, or an administrator, can change it."
            ) from None


GROUPS: Mapping[str, Rule] = {
    **rules(Ability.SHARE, _create, "create_group"),
    **rules(Ability.SHARE, _update, "update_group"),
    **rules(Ability.SHARE, _change_members, "add_member", "remove_member", "delete_group"),
    **rules(Ability.READ, _list, "list_groups"),
    **rules(Ability.READ, _list_grants, "list_group_grants"),
}
