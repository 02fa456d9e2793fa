"""Who may do what with one record, and by which grants: what `domain.access.weigh` decides, told in full."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from runfold.domain.access import Grant, Place, PlaceKind, Role, Subject, SubjectKind, Token, User, folders_of

_KINDS = (SubjectKind.USER, SubjectKind.GROUP, SubjectKind.EVERYONE)
"""On one place, what is granted to the first of these decides."""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """What one user may do at a place.

    Attributes:
        role: what the grants come to; for an administrator the highest, whatever the grants say.
        before: the role without the change that was asked about; the same as `role` when none was.
        grants: all that concern the user here, the nearest place first.
        deciding: those of them that make the role; none for an administrator, and where nothing is granted.
    """

    user: User
    role: Role
    before: Role
    grants: tuple[Grant, ...] = ()
    deciding: tuple[Grant, ...] = ()


class AccessReport(msgspec.Struct, frozen=True, kw_only=True):
    """
    Attributes:
        way: the places whose grants concern the record, the nearest first.
        grants: all there are on these places, whomever they concern.
        standings: of users, by name.
    """

    way: tuple[Place, ...]
    grants: tuple[Grant, ...]
    standings: tuple[Standing, ...]


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What would be granted, and what taken back."""

    granted: tuple[Grant, ...] = ()
    removed: tuple[tuple[Subject, Place], ...] = ()

    def applied_to(self, grants: Iterable[Grant]) -> tuple[Grant, ...]:
        gone = {*self.removed, *((grant.subject, grant.place) for grant in self.granted)}
        return (*(grant for grant in grants if (grant.subject, grant.place) not in gone), *self.granted)


NO_CHANGE = Change()


def way_of(place: Place, name: str = "", workspace: str = "") -> tuple[Place, ...]:
    """The places whose grants concern one, the nearest first.

    Args:
        name, workspace: of the experiment, if it is one.
    """
    inside = {PlaceKind.EXPERIMENT: name, PlaceKind.FOLDER: place.key}.get(place.kind, "")
    lies_in = workspace or place.workspace
    way = [place, *(Place(PlaceKind.FOLDER, folder, lies_in) for folder in folders_of(inside))]
    if place.kind not in (PlaceKind.EVERYTHING, PlaceKind.WORKSPACE):
        way.append(Place(PlaceKind.WORKSPACE, lies_in))
    return (*way, Place(PlaceKind.EVERYTHING)) if place.kind is not PlaceKind.EVERYTHING else (place,)


def report(
    way: Sequence[Place],
    grants: Iterable[Grant],
    users: Iterable[User],
    groups: Mapping[str, frozenset[str]],
    change: Change = NO_CHANGE,
) -> AccessReport:
    """Who may do what on a way of places, the nearest first.

    Args:
        grants: on these places.
        groups: of each user, by name.
    """
    now = tuple(grants)
    after = tuple(grant for grant in change.applied_to(now) if grant.place in way)
    standings = []
    for user in sorted(users, key=lambda one: one.name):
        own = groups.get(user.name, frozenset())
        before, (role, concerning, deciding) = _weighed(user, own, way, now)[0], _weighed(user, own, way, after)
        standings.append(Standing(user=user, role=role, before=before, grants=concerning, deciding=deciding))
    return AccessReport(way=tuple(way), grants=now, standings=tuple(standings))


_SCOPES = {Role.READER: "read", Role.CONTRIBUTOR: "log", Role.MANAGER: "manage"}


def by_token(role: Role, token: Token, way: Sequence[Place]) -> tuple[Role, str]:
    """What a role is worth by a token, and why it is worth less; empty: it is not.

    Args:
        way: the places whose grants concern the record, the nearest first.
    """
    if token.places and not any(place in token.places for place in way):
        return Role.NONE, f"its token is limited to {', '.join(place.text for place in token.places)}"
    if role > token.scope:
        return token.scope, f"the scope of its token is {_SCOPES[token.scope]}"
    return role, ""


def _weighed(
    user: User, groups: frozenset[str], way: Sequence[Place], grants: Sequence[Grant]
) -> tuple[Role, tuple[Grant, ...], tuple[Grant, ...]]:
    """The role, all grants that concern the user, and those that decide."""
    concerning = tuple(
        grant
        for place in way
        for kind in _KINDS
        for grant in grants
        if grant.place == place and grant.subject.kind is kind and _concerns(grant.subject, user, groups)
    )
    if user.is_admin:
        return Role.MANAGER, concerning, ()
    if not concerning:
        return Role.NONE, (), ()
    nearest = concerning[0]
    same = [one for one in concerning if (one.place, one.subject.kind) == (nearest.place, nearest.subject.kind)]
    roles = [grant.role for grant in same]
    role = Role.NONE if Role.NONE in roles else max(roles)
    return role, concerning, tuple(grant for grant in same if grant.role is role)


def _concerns(subject: Subject, user: User, groups: frozenset[str]) -> bool:
    match subject.kind:
        case SubjectKind.USER:
            return subject.name == user.name
        case SubjectKind.GROUP:
            return subject.name in groups
    return True
