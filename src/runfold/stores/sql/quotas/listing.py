"""Quotas as they are set and read, and who holds which files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from runfold.domain.quota import DEFAULT, NO_LIMIT, Holder, Owner, OwnerKind, Quota, Usage
from runfold.stores.sql.access.tables import users
from runfold.stores.sql.access.users import get_user
from runfold.stores.sql.access.versions import note_change
from runfold.stores.sql.experiments import DAY_MS
from runfold.stores.sql.quotas import counting
from runfold.stores.sql.quotas.tables import request_counts, usage
from runfold.stores.sql.registry.tables import logged_models
from runfold.stores.sql.tables import runs
from runfold.stores.sql.transaction import Transaction, chunks

N_DAYS = 30
_KEPT_DAYS = 400


def set_quota(transaction: Transaction, owner: Owner, quota: Quota) -> Usage:
    """Processes notice a new rate of requests as they notice grants."""
    quota.check()
    number = get_user(transaction.connection, owner.name).number if owner.kind is OwnerKind.USER else 0
    transaction.next_change()
    counting.write(transaction)
    transaction.run(
        "INSERT INTO usage (owner_kind, owner_id, max_runs, max_bytes, max_requests_per_s) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (owner_kind, owner_id) DO UPDATE SET max_runs = excluded.max_runs, "
        "max_bytes = excluded.max_bytes, max_requests_per_s = excluded.max_requests_per_s",
        (owner.kind.value, number, quota.max_runs, quota.max_bytes, quota.max_requests_per_s),
    )
    note_change(transaction)
    return next(one for one in list_usage(transaction.connection, transaction.now_ms) if one.owner == owner)


def list_usage(connection: sa.Connection, now_ms: int, *, user: str | None = None) -> tuple[Usage, ...]:
    """The default first, then users by name, then nobody. Of one user: that alone."""
    rows: dict[tuple[str, int], sa.Row[Any] | None] = {
        (row.owner_kind, row.owner_id): row for row in connection.execute(sa.select(usage))
    }
    default_row = rows.pop((OwnerKind.DEFAULT.value, 0), None)
    default = _quota_of(default_row)
    names: dict[int, str] = dict(connection.execute(sa.select(users.c.id, users.c.name)).all())
    if user is not None:
        names = {get_user(connection, user).number: user}
        rows = {key: row for key, row in rows.items() if key[0] == OwnerKind.USER.value and key[1] in names}
    requests = _requests(connection, now_ms, names if user is not None else None)
    for number in names:
        rows.setdefault((OwnerKind.USER.value, number), None)
    found = [
        _usage(kind, names.get(number, ""), row, default, requests.get(number, (0, 0)))
        for (kind, number), row in rows.items()
    ]
    found.sort(key=lambda one: (one.owner.kind is OwnerKind.NOBODY, not one.owner.name, one.owner.name))
    head = () if user is not None else (Usage(owner=DEFAULT, own=default, limits=default.or_default(Quota())),)
    return (*head, *found)


def _usage(kind: str, name: str, row: sa.Row[Any] | None, default: Quota, requests: tuple[int, int]) -> Usage:
    own = _quota_of(row)
    is_user = kind == OwnerKind.USER
    return Usage(
        owner=Owner(OwnerKind(kind), name),
        n_runs=row.n_runs if row is not None else 0,
        n_bytes=row.n_bytes if row is not None else 0,
        n_requests_today=requests[0] if is_user else 0,
        n_requests=requests[1] if is_user else 0,
        own=own,
        limits=own.or_default(default if is_user else Quota()),
    )


def _quota_of(row: sa.Row[Any] | None) -> Quota:
    if row is None:
        return Quota()
    return Quota(max_runs=row.max_runs, max_bytes=row.max_bytes, max_requests_per_s=row.max_requests_per_s)


def _requests(connection: sa.Connection, now_ms: int, numbers: Mapping[int, str] | None) -> dict[int, tuple[int, int]]:
    today = now_ms // DAY_MS
    of_today = sa.func.sum(sa.case((request_counts.c.day == today, request_counts.c.n_requests), else_=0))
    query = (
        sa.select(request_counts.c.user_id, of_today, sa.func.sum(request_counts.c.n_requests))
        .where(request_counts.c.day > today - N_DAYS)
        .group_by(request_counts.c.user_id)
    )
    if numbers is not None:
        query = query.where(request_counts.c.user_id.in_(numbers))
    return {user: (int(of_today), int(of_days)) for user, of_today, of_days in connection.execute(query)}


def count_requests(transaction: Transaction, numbers: Mapping[int, int]) -> None:
    """Add to what users have asked today; days of long ago are forgotten."""
    today = transaction.now_ms // DAY_MS
    transaction.run_many(
        "INSERT INTO request_counts AS old (user_id, day, n_requests) VALUES (?, ?, ?) "
        "ON CONFLICT (user_id, day) DO UPDATE SET n_requests = old.n_requests + excluded.n_requests",
        [(user, today, n) for user, n in sorted(numbers.items())],
    )
    transaction.run("DELETE FROM request_counts WHERE day < ?", (today - _KEPT_DAYS,))


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


def find_holders(connection: sa.Connection, names: Sequence[str]) -> tuple[Holder, ...]:
    """The runs and logged models whose ids are among the names, with what their owners may add."""
    asked = [name for name in dict.fromkeys(names) if "\0" not in name]
    found = [row for some in chunks(asked, 500) for row in _records(connection, some)]
    rooms = _rooms(connection, {row.owner_id for row in found if row.owner_id is not None})
    return tuple(
        Holder(
            table=row.table,
            number=row.id,
            key=row.key,
            artifact_uri=row.artifact_uri,
            owner_number=row.owner_id,
            n_bytes=row.n_bytes,
            room=rooms.get(row.owner_id),
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
            ).where(key.in_(names))
        )


def _rooms(connection: sa.Connection, owners: set[int]) -> dict[int | None, int | None]:
    if not owners:
        return {}
    kept = {
        (row.owner_kind, row.owner_id): row
        for row in connection.execute(
            sa.select(usage).where(
                sa.or_(
                    sa.and_(usage.c.owner_kind == OwnerKind.USER.value, usage.c.owner_id.in_(owners)),
                    sa.and_(usage.c.owner_kind == OwnerKind.DEFAULT.value, usage.c.owner_id == 0),
                )
            )
        )
    }
    default = _quota_of(kept.get((OwnerKind.DEFAULT.value, 0)))
    rooms: dict[int | None, int | None] = {}
    for owner in owners:
        row = kept.get((OwnerKind.USER.value, owner))
        limit = _quota_of(row).or_default(default).max_bytes
        n_bytes = row.n_bytes if row is not None else 0
        rooms[owner] = None if limit in (None, NO_LIMIT) else max(0, limit - n_bytes)
    return rooms
