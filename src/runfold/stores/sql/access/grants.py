"""Grants, and where the records lie that they are about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import msgspec
import sqlalchemy as sa

from runfold.domain import limits
from runfold.domain.access import (
    Grant,
    NumberedGrant,
    Place,
    PlaceKind,
    Rights,
    Role,
    Subject,
    SubjectKind,
    User,
    places_of_new,
    weigh,
    word_for,
)
from runfold.domain.sharing import Sharer, check_shares
from runfold.domain.standing import AccessReport, Change, report, way_of
from runfold.domain.workspace import DEFAULT_WORKSPACE
from runfold.errors import InvalidValue, NotFound, PermissionDenied
from runfold.stores.access import Home
from runfold.stores.sql.access.groups import get_group, list_groups
from runfold.stores.sql.access.roles import find_role, numbers_of, role_of
from runfold.stores.sql.access.tables import grants, group_members, roles, user_groups, users
from runfold.stores.sql.access.users import get_user, list_users
from runfold.stores.sql.access.versions import note_change
from runfold.stores.sql.access.weighed import MANY, WeighedRights
from runfold.stores.sql.experiments import parse_id
from runfold.stores.sql.jobs.tables import registered_projects, targets
from runfold.stores.sql.registry.tables import logged_models, registered_models
from runfold.stores.sql.tables import DEFAULT_WORKSPACE_ID, datasets, experiments, runs, workspaces
from runfold.stores.sql.transaction import Transaction
from runfold.stores.sql.workspaces import find_number, names_of, workspace_of

_AT_A_TIME = 500


def set_grant(transaction: Transaction, grant: Grant, *, sharer: Sharer | None = None) -> None:
    """The role counts by its name."""
    # First, as in all that changes grants: they come one after the other, and never wait for each other in a circle.
    note_change(transaction)
    kind, number = _subject(transaction.connection, grant.subject)
    workspace = check_place(transaction.connection, grant.place)
    if grant.subject.kind is SubjectKind.GROUP:
        _check_is_of_group(transaction.connection, grant, workspace)
    role, role_id = numbers_of(transaction, grant.role)
    if sharer is not None:
        _check_shares(transaction.connection, sharer, grant.place, Change(granted=(grant,)))
    at = (kind, number, grant.place.kind.value, grant.place.key, workspace)
    kept = transaction.row(
        "INSERT INTO grants (subject_kind, subject_id, place_kind, place_key, workspace, role, role_id) "
        "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (subject_kind, subject_id, place_kind, place_key, workspace) "
        "DO UPDATE SET role = excluded.role, role_id = excluded.role_id RETURNING number",
        (*at, role, role_id),
    )
    if grant.subject.kind is SubjectKind.GROUP and kept == (None,):
        _give_number(transaction, at)


def _check_is_of_group(connection: sa.Connection, grant: Grant, workspace: int) -> None:
    """A workspace's managers say who is in its groups, so that must give nobody anything elsewhere."""
    home = get_group(connection, grant.subject.name).workspace
    if not home:
        return
    place = grant.place
    is_inside = place.key == home if place.kind is PlaceKind.WORKSPACE else workspace == _number_of(connection, home)
    if place.kind is PlaceKind.EVERYTHING or not is_inside:
        raise InvalidValue(
            f"{grant.subject.text} is a group of the workspace {home!r}, and {place.text} lies outside of it: choose a "
            "group of the server, which administrators look after."
        )


def _give_number(transaction: Transaction, at: Sequence[object]) -> None:
    counted = transaction.row("UPDATE access_state SET last_grant = last_grant + 1 WHERE id = 0 RETURNING last_grant")
    assert counted is not None, "the row is made with the schema"
    transaction.run(
        "UPDATE grants SET number = ? "
        "WHERE subject_kind = ? AND subject_id = ? AND place_kind = ? AND place_key = ? AND workspace = ?",
        (counted[0], *at),
    )


def grant_on_new(transaction: Transaction, place: Place, *, maker: str) -> None:
    """What is granted on new records, of each subject as the nearest place says, and that who made it manages it."""
    homes = homes_of_experiments(transaction.connection, [place.key]) if place.kind is PlaceKind.EXPERIMENT else {}
    home = homes.get(place.key)
    name, workspace = (place.key, place.workspace) if home is None else (home.name, home.workspace)
    nearest: dict[Subject, Grant] = {}
    for source in places_of_new(place.kind, name, workspace):
        for grant in list_grants(transaction.connection, subject=None, place=source):
            nearest.setdefault(grant.subject, grant)
    own = Grant(subject=Subject(SubjectKind.USER, maker), place=place, role=Role.MANAGER)
    for grant in (nearest | {own.subject: own}).values():
        set_grant(transaction, msgspec.structs.replace(grant, place=place))


def remove_grant(transaction: Transaction, subject: Subject, place: Place, *, sharer: Sharer | None = None) -> None:
    note_change(transaction)
    kind, number = _subject(transaction.connection, subject)
    if sharer is not None:
        check_place(transaction.connection, place)
        _check_shares(transaction.connection, sharer, place, Change(removed=((subject, place),)))
    gone = transaction.connection.execute(
        sa.delete(grants).where(
            grants.c.subject_kind == kind,
            grants.c.subject_id == number,
            _lies_at(transaction.connection, place),
        )
    )
    if gone.rowcount == 0:
        raise NotFound("grant", f"{subject.text} on {place.text}")


def list_grants(connection: sa.Connection, *, subject: Subject | None, place: Place | None) -> tuple[Grant, ...]:
    which: list[sa.ColumnElement[bool]] = []
    if subject is not None:
        kind, number = _subject(connection, subject)
        which += [grants.c.subject_kind == kind, grants.c.subject_id == number]
    if place is not None:
        which.append(_lies_at(connection, place))
    return _select(connection, sa.and_(sa.true(), *which))


def list_group_grants(connection: sa.Connection, *, group: str, number: int) -> tuple[NumberedGrant, ...]:
    which: list[sa.ColumnElement[bool]] = [grants.c.subject_kind == SubjectKind.GROUP.value]
    if group:
        which.append(grants.c.subject_id == get_group(connection, group).number)
    if number:
        which.append(grants.c.number == number)
    return tuple(sorted(_numbered(connection, sa.and_(*which)), key=lambda one: one.number))


def rights_of(connection: sa.Connection, user: User, *, most: Role, before: WeighedRights) -> Rights:
    """By three walks along the primary key: the user's grants, those of the user's groups, and everyone's."""
    of_groups = sa.select(group_members.c.group_id).where(group_members.c.user_id == user.number)
    concerns = sa.or_(
        sa.and_(grants.c.subject_kind == SubjectKind.USER.value, grants.c.subject_id == user.number),
        sa.and_(grants.c.subject_kind == SubjectKind.GROUP.value, grants.c.subject_id.in_(of_groups)),
        sa.and_(grants.c.subject_kind == SubjectKind.EVERYONE.value, grants.c.subject_id == 0),
    )
    found = connection.execute(
        sa.select(
            *(grants.c.subject_kind, grants.c.place_kind, grants.c.place_key, grants.c.role, grants.c.workspace),
            *(roles.c.name, roles.c.abilities),
        )
        .outerjoin(roles, roles.c.id == grants.c.role_id)
        .where(concerns)
    ).all()
    trashed: dict[int, str] = dict(connection.execute(_IN_TRASH).all())
    names = names_of(connection, {row.workspace for row in found})
    weighed = partial(_weighed, user, found, trashed, names, most)
    if len(found) < MANY:
        return weighed()
    facts = (user, [tuple(row) for row in found], trashed, names)
    return before.get((user.number, most), facts, weighed)


def _weighed(
    user: User, found: Sequence[Any], trashed: Mapping[int, str], names: Mapping[int, str], most: Role
) -> Rights:
    """Looks at nothing but its arguments, by which `WeighedRights` knows the answer again."""
    found = [row for row in found if not _lies_in(row, trashed)]
    # Who the grants are to is not told apart further than weighing needs.
    weighed = [
        Grant(
            subject=Subject(SubjectKind(kind)), place=_place(place, key, names[workspace]), role=role_of(number, *own)
        )
        for kind, place, key, number, workspace, *own in found
    ]
    weighed += [
        Grant(subject=_EVERYONE, place=Place(PlaceKind.WORKSPACE, name), role=Role.NONE) for name in trashed.values()
    ]
    elsewhere = {
        row.place_key: names[row.workspace]
        for row in found
        if row.workspace != DEFAULT_WORKSPACE_ID and row.place_kind == PlaceKind.EXPERIMENT.value
    }
    return weigh(user, weighed, most=most.abilities, workspaces=elsewhere)


_EVERYONE = Subject(SubjectKind.EVERYONE)
_IN_TRASH = sa.select(workspaces.c.id, workspaces.c.name).where(workspaces.c.deleted_time.is_not(None))


def _lies_in(grant: Any, trashed: Mapping[int, str]) -> bool:
    """What was granted in a workspace of the trash counts again when it comes back."""
    is_one = grant.place_kind == PlaceKind.WORKSPACE.value and grant.place_key in trashed.values()
    return is_one or grant.workspace in trashed


def _place(kind: str, key: str, workspace: str) -> Place:
    """Of an experiment, which has an id of its own, the text does not say where it lies."""
    place = Place(PlaceKind(kind), key, workspace)
    return place if place.is_named else Place(place.kind, key)


def _lies_at(connection: sa.Connection, place: Place) -> sa.ColumnElement[bool]:
    here = (grants.c.place_kind == place.kind.value) & (grants.c.place_key == place.key.replace("\0", ""))
    return here & (grants.c.workspace == _number_of(connection, place.workspace)) if place.is_named else here


def _number_of(connection: sa.Connection, workspace: str) -> int:
    return DEFAULT_WORKSPACE_ID if workspace == DEFAULT_WORKSPACE else find_number(connection, workspace)


def explain_access(connection: sa.Connection, *, place: Place, user: str, change: Change) -> AccessReport:
    if place.kind is PlaceKind.NEW:
        raise InvalidValue("What is granted on new records counts once there are some: ask about one of them.")
    check_place(connection, place)
    return _report(connection, place, (get_user(connection, user),) if user else list_users(connection), change)


def _check_shares(connection: sa.Connection, sharer: Sharer, place: Place, change: Change) -> None:
    """By what is granted at this moment: nobody else changes it before the commit.

    What new records get depends on where each of them will lie, so it takes everything.
    """
    if place.kind is PlaceKind.NEW:
        raise PermissionDenied("What is granted on new records is for those who can do everything there.")
    found = _report(connection, place, list_users(connection), change)
    changed = {*change.removed, *((grant.subject, grant.place) for grant in change.granted)}
    replaced = [grant.role for grant in found.grants if (grant.subject, grant.place) in changed]
    granted = [find_role(connection, grant.role.name) for grant in change.granted]
    check_shares(sharer, found, [*granted, *replaced])


def _report(connection: sa.Connection, place: Place, asked: Sequence[User], change: Change) -> AccessReport:
    homes = homes_of_experiments(connection, [place.key]) if place.kind is PlaceKind.EXPERIMENT else {}
    home = next(iter(homes.values()), None)
    way = way_of(place) if home is None else way_of(place, home.name, home.workspace)
    found = sa.or_(*(_lies_at(connection, one) for one in way))
    groups: dict[str, set[str]] = {}
    for group in list_groups(connection):
        for member in group.members:
            groups.setdefault(member, set()).add(group.name)
    own = {name: frozenset(of_user) for name, of_user in groups.items()}
    given = (msgspec.structs.replace(one, role=find_role(connection, one.role.name)) for one in change.granted)
    change = msgspec.structs.replace(change, granted=tuple(given))
    return report(way, _select(connection, found), asked, own, change)


def _select(connection: sa.Connection, which: sa.ColumnElement[bool]) -> tuple[Grant, ...]:
    return tuple(one.grant for one in _numbered(connection, which))


def _numbered(connection: sa.Connection, which: sa.ColumnElement[bool]) -> tuple[NumberedGrant, ...]:
    """In the order of places and subjects; the number is 0 where the subject is no group."""
    found = connection.execute(
        sa.select(grants, users.c.name.label("user_name"), user_groups.c.name.label("group_name"), *_OWN_ROLE)
        .outerjoin(users, sa.and_(grants.c.subject_kind == "user", users.c.id == grants.c.subject_id))
        .outerjoin(user_groups, sa.and_(grants.c.subject_kind == "group", user_groups.c.id == grants.c.subject_id))
        .outerjoin(roles, roles.c.id == grants.c.role_id)
        .where(which)
        .order_by(
            *(grants.c.place_kind, grants.c.workspace, grants.c.place_key),
            *(grants.c.subject_kind, users.c.name, user_groups.c.name),
        )
    )
    rows = found.all()
    names = names_of(connection, {row.workspace for row in rows})
    return tuple(
        NumberedGrant(
            number=row.number or 0,
            grant=Grant(
                subject=Subject(SubjectKind(row.subject_kind), row.user_name or row.group_name or ""),
                place=_place(row.place_kind, row.place_key, names[row.workspace]),
                role=role_of(row.role, row.own_role, row.abilities),
            ),
        )
        for row in rows
    )


_OWN_ROLE = (roles.c.name.label("own_role"), roles.c.abilities)


def _subject(connection: sa.Connection, subject: Subject) -> tuple[str, int]:
    match subject.kind:
        case SubjectKind.USER:
            return subject.kind.value, get_user(connection, subject.name).number
        case SubjectKind.GROUP:
            return subject.kind.value, get_group(connection, subject.name).number
    return subject.kind.value, 0


def check_place(connection: sa.Connection, place: Place) -> int:
    """The number of the workspace that the place lies in.

    A folder need not have experiments in it yet, nor a dataset be recorded; another record must be there.
    """
    workspace = _number_of(connection, place.workspace)
    match place.kind:
        case PlaceKind.EXPERIMENT:
            homes = homes_of_experiments(connection, [place.key])
            if not homes:
                raise NotFound("experiment", place.key)
            return _number_of(connection, next(iter(homes.values())).workspace)
        case kind if kind in _TABLES:
            table = _TABLES[kind]
            is_it = (table.c.workspace == workspace) & (table.c.name == place.key)
            if "\0" in place.key or connection.execute(sa.select(table.c.name).where(is_it)).first() is None:
                raise NotFound(word_for(kind), place.key)
        case PlaceKind.WORKSPACE:
            _number_of(connection, place.key)
        case PlaceKind.DATASET:
            limits.check_text("dataset name", place.key)
            if len(place.key) > limits.MAX_DATASET_NAME:
                raise InvalidValue(f"The name of a dataset has at most {limits.MAX_DATASET_NAME} characters.")
        case PlaceKind.FOLDER | PlaceKind.NEW:
            if "\0" in place.key:
                raise NotFound("folder", place.key)
    return workspace


_TABLES = {
    PlaceKind.MODEL: registered_models,
    PlaceKind.PROJECT: registered_projects,
    PlaceKind.TARGET: targets,
}


def homes_of_runs(connection: sa.Connection, run_ids: Sequence[str]) -> dict[str, Home]:
    homes: dict[str, Home] = {}
    asked = [run_id for run_id in run_ids if "\0" not in run_id]
    for start in range(0, len(asked), _AT_A_TIME):
        found = (
            sa.select(runs.c.run_id, runs.c.experiment_id, experiments.c.name, runs.c.artifact_uri, _WORKSPACE)
            .join(experiments, experiments.c.id == runs.c.experiment_id)
            .where(runs.c.run_id.in_(asked[start : start + _AT_A_TIME]))
        )
        homes |= _homes(connection, found)
    return homes


def homes_of_models(connection: sa.Connection, model_ids: Sequence[str]) -> dict[str, Home]:
    model = logged_models.c
    found = (
        sa.select(model.model_id, model.experiment_id, experiments.c.name, model.artifact_uri, _WORKSPACE)
        .join(experiments, experiments.c.id == model.experiment_id)
        .where(model.model_id.in_([model_id for model_id in model_ids if "\0" not in model_id]))
    )
    return _homes(connection, found)


def homes_of_dataset(connection: sa.Connection, name: str) -> tuple[Home, ...]:
    """The experiments of the connection's workspace that have recorded it."""
    one = experiments.c
    found = (
        sa.select(one.id, one.id, one.name, one.artifact_location, _WORKSPACE)
        .where(one.workspace == workspace_of(connection))
        .where(sa.exists().where(datasets.c.experiment_id == one.id, datasets.c.name == name.replace("\0", "")))
    )
    return tuple(_homes(connection, found).values())


def homes_of_experiments(connection: sa.Connection, experiment_ids: Sequence[str]) -> dict[str, Home]:
    """Raises InvalidValue for an id that is none."""
    numbers = sorted({parse_id(experiment_id) for experiment_id in experiment_ids})
    homes: dict[str, Home] = {}
    one = experiments.c
    for start in range(0, len(numbers), _AT_A_TIME):
        found = sa.select(one.id, one.id, one.name, one.artifact_location, _WORKSPACE).where(
            one.id.in_(numbers[start : start + _AT_A_TIME])
        )
        homes |= _homes(connection, found)
    return homes


_WORKSPACE = experiments.c.workspace


def _homes(connection: sa.Connection, query: sa.Select[Any]) -> dict[str, Home]:
    found = connection.execute(query).all()
    names = names_of(connection, {row[4] for row in found})
    return {str(key): Home(str(number), name, uri, names[where]) for key, number, name, uri, where in found}
