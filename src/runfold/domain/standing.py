"""Who may do what with one record, and by which grants: what `domain.access.weigh` decides, told in full."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from runfold.domain.access import (
    EVERY_ABILITY,
    NOTHING,
    Ability,
    Grant,
    Place,
    PlaceKind,
    Role,
    Subject,
    SubjectKind,
    Token,
    User,
    folders_of,
    level_of,
)


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """What one user may do at a place.

    Attributes:
        role: the name of the role that decides; where several do together, of the biggest built-in one that they
            contain; for an administrator the highest, whatever the grants say.
        abilities: what the grants come to.
        before, abilities_before: the same without the change that was asked about; no different when none was.
        grants: all that concern the user here, the nearest place first.
        deciding: those of them that make the role; none for an administrator, and where nothing is granted.
    """

    user: User
    role: str
    abilities: Ability
    before: str
    abilities_before: Ability
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
    now_at, after_at = _by_place(now), _by_place(after)
    standings = []
    for user in sorted(users, key=lambda one: one.name):
        own = groups.get(user.name, frozenset())
        before, weighed = _weighed(user, own, way, now_at), _weighed(user, own, way, after_at)
        standings.append(
            Standing(
                user=user,
                role=weighed.role,
                abilities=weighed.abilities,
                before=before.role,
                abilities_before=before.abilities,
                grants=weighed.concerning,
                deciding=weighed.deciding,
            )
        )
    return AccessReport(way=tuple(way), grants=now, standings=tuple(standings))


_SCOPES = {Role.READER.name: "read", Role.CONTRIBUTOR.name: "log", Role.MANAGER.name: "manage"}


class ByToken(msgspec.Struct, frozen=True, kw_only=True):
    """What a user may do at a place by a token.

    Attributes:
        role: by name, as of a standing.
        limit: why it is less than without the token; empty: it is not.
    """

    role: str
    abilities: Ability
    limit: str = ""


def by_token(standing: Standing, token: Token, way: Sequence[Place]) -> ByToken:
    """
    Args:
        way: the places whose grants concern the record, the nearest first.
    """
    if token.places and not any(place in token.places for place in way):
        only = f"its token is limited to {', '.join(place.text for place in token.places)}"
        return ByToken(role=Role.NONE.name, abilities=NOTHING, limit=only)
    scope = token.scope
    left = standing.abilities & scope.abilities
    if left == standing.abilities:
        return ByToken(role=standing.role, abilities=left)
    role = scope.name if left == scope.abilities else level_of(left).name
    return ByToken(role=role, abilities=left, limit=f"the scope of its token is {_SCOPES.get(scope.name, scope.name)}")


class _Weighed(msgspec.Struct, frozen=True):
    """What grants come to, by name and in full; all that concern the user, and those that decide."""

    role: str
    abilities: Ability
    concerning: tuple[Grant, ...] = ()
    deciding: tuple[Grant, ...] = ()


_ByPlace = Mapping[Place, Mapping[Subject, Grant]]


def _by_place(grants: Iterable[Grant]) -> _ByPlace:
    """In their order. There may be thousands, and users as well."""
    found: dict[Place, dict[Subject, Grant]] = {}
    for grant in grants:
        found.setdefault(grant.place, {})[grant.subject] = grant
    return found


def _weighed(user: User, groups: frozenset[str], way: Sequence[Place], grants: _ByPlace) -> _Weighed:
    subjects = (
        Subject(SubjectKind.USER, user.name),
        *(Subject(SubjectKind.GROUP, name) for name in sorted(groups)),
        Subject(SubjectKind.EVERYONE),
    )
    concerning = tuple(
        at[subject] for at in (grants.get(place) for place in way) if at for subject in subjects if subject in at
    )
    if user.is_admin:
        return _Weighed(Role.MANAGER.name, EVERY_ABILITY, concerning)
    if not concerning:
        return _Weighed(Role.NONE.name, NOTHING)
    nearest = concerning[0]
    same = [one for one in concerning if (one.place, one.subject.kind) == (nearest.place, nearest.subject.kind)]
    deciding = tuple(grant for grant in same if _decides(grant.role.abilities, same))
    abilities = NOTHING
    for grant in deciding:
        abilities |= grant.role.abilities
    names = {grant.role.name for grant in deciding}
    return _Weighed(names.pop() if len(names) == 1 else level_of(abilities).name, abilities, concerning, deciding)


def _decides(abilities: Ability, same: Sequence[Grant]) -> bool:
    """A denial decides alone; else each role that no other one contains."""
    others = [grant.role.abilities for grant in same]
    if not all(others):
        return not abilities
    return not any(abilities in other and abilities != other for other in others)
