"""Quotas as they are set and read, and who holds which files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from runfold.domain.quota import DEFAULT, DEFAULT_OF_WORKSPACES, NO_LIMIT, Holder, Owner, OwnerKind, Quota, Usage
from runfold.errors import NotFound
from runfold.stores.sql.access.tables import users
from runfold.stores.sql.access.users import get_user
from runfold.stores.sql.access.versions import note_change
from runfold.stores.sql.experiments import DAY_MS
from runfold.stores.sql.quotas import counting
from runfold.stores.sql.quotas.tables import request_counts, usage, workspace_request_counts
from runfold.stores.sql.registry.tables import logged_models
from runfold.stores.sql.tables import experiments, runs, workspaces
from runfold.stores.sql.transaction import Transaction, chunks
from runfold.stores.sql.workspaces import KIND, find_number

N_DAYS = 30
_DEFAULTS = (OwnerKind.DEFAULT.value, OwnerKind.EVERY_WORKSPACE.value)
_KEPT_DAYS = 400


def set_quota(transaction: Transaction, owner: Owner, quota: Quota) -> Usage:
    """Processes notice a new rate of requests as they notice grants."""
    quota.check()
    transaction.next_change()
    number = _number_of(transaction, owner)
    counting.write(transaction)
    transaction.run(
        "INSERT INTO usage (owner_kind, owner_id, max_runs, max_bytes, max_points, max_requests_per_s) "
        "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (owner_kind, owner_id) DO UPDATE SET max_runs = excluded.max_runs, "
        "max_bytes = excluded.max_bytes, max_points = excluded.max_points, "
        "max_requests_per_s = excluded.max_requests_per_s",
        (owner.kind.value, number, quota.max_runs, quota.max_bytes, quota.max_points, quota.max_requests_per_s),
    )
    note_change(transaction)
    if owner.kind is OwnerKind.WORKSPACE:
        return list_workspace_usage(transaction.connection, transaction.now_ms, [owner.name])[0]
    return next(one for one in list_usage(transaction.connection, transaction.now_ms) if one.owner == owner)


def _number_of(transaction: Transaction, owner: Owner) -> int:
    match owner.kind:
        case OwnerKind.USER:
            return get_user(transaction.connection, owner.name).number
        case OwnerKind.WORKSPACE:
            return find_number(transaction.connection, owner.name, to_write=True)
    return 0


def list_usage(connection: sa.Connection, now_ms: int, *, user: str | None = None) -> tuple[Usage, ...]:
    """The defaults first, of users and of workspaces, then users by name, then nobody. Of one user: that alone."""
    rows: dict[tuple[str, int], sa.Row[Any] | None] = {
        (row.owner_kind, row.owner_id): row
        for row in connection.execute(sa.select(usage).where(usage.c.owner_kind != OwnerKind.WORKSPACE.value))
    }
    default_row = rows.pop((OwnerKind.DEFAULT.value, 0), None)
    default = _quota_of(default_row)
    of_workspaces = _quota_of(rows.pop((OwnerKind.EVERY_WORKSPACE.value, 0), None))
    names: dict[int, str] = dict(connection.execute(sa.select(users.c.id, users.c.name)).all())
    if user is not None:
        names = {get_user(connection, user).number: user}
        rows = {key: row for key, row in rows.items() if key[0] == OwnerKind.USER.value and key[1] in names}
    requests = _sum_requests(connection, now_ms, request_counts.c.user_id, names if user is not None else None)
    for number in names:
        rows.setdefault((OwnerKind.USER.value, number), None)
    found = [
        _usage(kind, names.get(number, ""), row, default, requests.get(number, (0, 0)))
        for (kind, number), row in rows.items()
    ]
    found.sort(key=lambda one: (one.owner.kind is OwnerKind.NOBODY, not one.owner.name, one.owner.name))
    if user is not None:
        return tuple(found)
    return (_of_default(DEFAULT, default), _of_default(DEFAULT_OF_WORKSPACES, of_workspaces), *found)


def _of_default(owner: Owner, quota: Quota) -> Usage:
    return Usage(owner=owner, own=quota, limits=quota.or_default(Quota()))


def list_workspace_usage(connection: sa.Connection, now_ms: int, names: Sequence[str]) -> tuple[Usage, ...]:
    """Of these workspaces, or of all, by name. Raises NotFound."""
    query = sa.select(workspaces.c.id, workspaces.c.name).where(workspaces.c.deleted_time.is_(None))
    query = query.order_by(workspaces.c.name)
    if names:
        query = query.where(workspaces.c.name.in_([name.replace("\0", "") for name in names]))
    there: dict[int, str] = dict(connection.execute(query).all())
    for name in names:
        if name not in there.values():
            raise NotFound(KIND, name)
    kept = sa.select(usage).where(usage.c.owner_kind == OwnerKind.WORKSPACE.value, usage.c.owner_id.in_(there))
    rows = {row.owner_id: row for row in connection.execute(kept)}
    default = default_of_workspaces(connection)
    requests = _sum_requests(connection, now_ms, workspace_request_counts.c.workspace, there)
    kind = OwnerKind.WORKSPACE.value
    return tuple(
        _usage(kind, name, rows.get(number), default, requests.get(number, (0, 0))) for number, name in there.items()
    )


def default_of_workspaces(connection: sa.Connection) -> Quota:
    is_it = (usage.c.owner_kind == OwnerKind.EVERY_WORKSPACE.value) & (usage.c.owner_id == 0)
    return _quota_of(connection.execute(sa.select(usage).where(is_it)).one_or_none())


def _usage(kind: str, name: str, row: sa.Row[Any] | None, default: Quota, requests: tuple[int, int]) -> Usage:
    own = _quota_of(row)
    has_default = Owner(OwnerKind(kind), name).default is not None
    n_today, n_requests = requests if kind != OwnerKind.NOBODY else (0, 0)
    return Usage(
        owner=Owner(OwnerKind(kind), name),
        n_runs=row.n_runs if row is not None else 0,
        n_bytes=row.n_bytes if row is not None else 0,
        n_points=row.n_points if row is not None else 0,
        n_requests_today=n_today,
        n_requests=n_requests,
        own=own,
        limits=own.or_default(default if has_default else Quota()),
    )


def _quota_of(row: sa.Row[Any] | None) -> Quota:
    if row is None:
        return Quota()
    return Quota(
        max_runs=row.max_runs,
        max_bytes=row.max_bytes,
        max_points=row.max_points,
        max_requests_per_s=row.max_requests_per_s,
    )


def _sum_requests(
    connection: sa.Connection, now_ms: int, who: sa.Column[int], numbers: Mapping[int, str] | None
) -> dict[int, tuple[int, int]]:
    """Of today and of the last days, by the number in a column of the table of counts; None: of everybody there."""
    today, counts = now_ms // DAY_MS, who.table.c
    of_today = sa.func.sum(sa.case((counts.day == today, counts.n_requests), else_=0))
    query = sa.select(who, of_today, sa.func.sum(counts.n_requests)).where(counts.day > today - N_DAYS).group_by(who)
    if numbers is not None:
        query = query.where(who.in_(numbers))
    return {number: (int(of_today), int(of_days)) for number, of_today, of_days in connection.execute(query)}


def count_requests(transaction: Transaction, numbers: Mapping[int, int], workspaces_asked: Mapping[str, int]) -> None:
    """Add to what was asked today by users, by number, and in workspaces, by name; days of long ago are forgotten."""
    today = transaction.now_ms // DAY_MS
    transaction.run_many(
        "INSERT INTO request_counts AS old (user_id, day, n_requests) VALUES (?, ?, ?) "
        "ON CONFLICT (user_id, day) DO UPDATE SET n_requests = old.n_requests + excluded.n_requests",
        [(user, today, n) for user, n in sorted(numbers.items())],
    )
    transaction.run_many(
        "INSERT INTO workspace_request_counts AS old (workspace, day, n_requests) "
        "SELECT id, CAST(? AS BIGINT), CAST(? AS BIGINT) FROM workspaces WHERE name = ? "
        "ON CONFLICT (workspace, day) DO UPDATE SET n_requests = old.n_requests + excluded.n_requests",
        [(today, n, name) for name, n in sorted(workspaces_asked.items())],
    )
    for table in ("request_counts", "workspace_request_counts"):
        transaction.run(f"DELETE FROM {table} WHERE day < ?", (today - _KEPT_DAYS,))  # noqa: S608 (constants)


def request_limit(connection: sa.Connection, user: int) -> float | None:
    """Requests a second; None: nothing was set."""
    found = connection.execute(
        sa.select(usage.c.owner_kind, usage.c.max_requests_per_s).where(
            sa.or_(
                sa.and_(usage.c.owner_kind == OwnerKind.USER.value, usage.c.owner_id == user),
                sa.and_(usage.c.owner_kind == OwnerKind.DEFAULT.value, usage.c.owner_id == 0),
            )
        )
    )
    limits: dict[str, float | None] = dict(found.all())
    own = limits.get(OwnerKind.USER.value)
    return limits.get(OwnerKind.DEFAULT.value) if own is None else own


def workspace_request_limits(connection: sa.Connection) -> dict[str, float]:
    """Requests a second by name of a workspace, of those that have a limit."""
    is_own = (usage.c.owner_kind == OwnerKind.WORKSPACE.value) & (usage.c.owner_id == workspaces.c.id)
    default = default_of_workspaces(connection).max_requests_per_s
    limit = sa.func.coalesce(usage.c.max_requests_per_s, NO_LIMIT if default is None else default)
    query = sa.select(workspaces.c.name, limit).outerjoin(usage, is_own).where(limit > 0)
    return {name: float(per_s) for name, per_s in connection.execute(query)}


def find_holders(connection: sa.Connection, names: Sequence[str]) -> tuple[Holder, ...]:
    """The runs and logged models whose ids are among the names, with what their owners may add."""
    asked = [name for name in dict.fromkeys(names) if "\0" not in name]
    found = [row for some in chunks(asked, 500) for row in _records(connection, some)]
    rooms = _rooms(connection, found)
    return tuple(
        Holder(
            table=row.table,
            number=row.id,
            key=row.key,
            artifact_uri=row.artifact_uri,
            owner_number=row.owner_id,
            n_bytes=row.n_bytes,
            room=_least(rooms.get((OwnerKind.USER, row.owner_id)), rooms.get((OwnerKind.WORKSPACE, row.workspace))),
        )
        for row in found
    )


def _records(connection: sa.Connection, names: Sequence[str]) -> Iterator[sa.Row[Any]]:
    for table, key in ((runs, runs.c.run_id), (logged_models, logged_models.c.model_id)):
        yield from connection.execute(
            sa.select(
                sa.literal_column(f"'{table.name}'").label("table"),
                table.c.id,
                key.label("key"),
                table.c.artifact_uri,
                table.c.owner_id,
                table.c.n_bytes,
                experiments.c.workspace,
            )
            .join(experiments, experiments.c.id == table.c.experiment_id)
            .where(key.in_(names))
        )


def _rooms(connection: sa.Connection, records: Sequence[sa.Row[Any]]) -> dict[tuple[str, int], int]:
    """Bytes that may still be added, by user and by workspace of some records, where there is a limit."""
    owners = {row.owner_id for row in records if row.owner_id is not None}
    places = {row.workspace for row in records}
    if not records:
        return {}
    kept = {
        (row.owner_kind, row.owner_id): row
        for row in connection.execute(
            sa.select(usage).where(
                sa.or_(
                    sa.and_(usage.c.owner_kind == OwnerKind.USER.value, usage.c.owner_id.in_(owners)),
                    sa.and_(usage.c.owner_kind == OwnerKind.WORKSPACE.value, usage.c.owner_id.in_(places)),
                    sa.and_(usage.c.owner_kind.in_(_DEFAULTS), usage.c.owner_id == 0),
                )
            )
        )
    }
    of_users, of_workspaces = (_quota_of(kept.get((kind, 0))) for kind in _DEFAULTS)
    asked = [(OwnerKind.USER.value, owner, of_users) for owner in owners]
    asked += [(OwnerKind.WORKSPACE.value, place, of_workspaces) for place in places]
    rooms: dict[tuple[str, int], int] = {}
    for kind, number, other in asked:
        row = kept.get((kind, number))
        limit = _quota_of(row).or_default(other).max_bytes
        if limit is not None and limit != NO_LIMIT:
            rooms[(kind, number)] = max(0, limit - (row.n_bytes if row is not None else 0))
    return rooms


def _least(*rooms: int | None) -> int | None:
    return min((room for room in rooms if room is not None), default=None)
