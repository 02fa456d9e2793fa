"""Rules and their passes: units and queries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from runfold.domain.access import parse_place
from runfold.domain.audit import Act
from runfold.domain.retention import (
    DAY_MS,
    Going,
    RetentionPass,
    RetentionRule,
    Retires,
    TrashItem,
)
from runfold.errors import InvalidState, NotFound
from runfold.search.fields import RUNS
from runfold.search.parser import parse_filter, parse_order
from runfold.stores.sql.retention.tables import retention_items, retention_passes, retention_rules
from runfold.stores.sql.runs import delete_runs
from runfold.stores.sql.tables import runs
from runfold.stores.sql.transaction import Transaction, chunks

KIND = "retention rule"
_HOUR_MS = 3_600_000
_SOON_MS = 600_000


def save_rule(transaction: Transaction, rule: RetentionRule) -> RetentionRule:
    rule.check()
    parse_filter(rule.filter, RUNS)
    if rule.best_by:
        parse_order([rule.best_by], RUNS)
    values = {
        "place": rule.place.text,
        "filter": rule.filter,
        "best_by": rule.best_by,
        "keep_best": rule.keep_best,
        "keep_last": rule.keep_last,
        "per": rule.per,
        "after_days": rule.after_days,
        "retires": rule.retires.value,
        "path": rule.path,
        "trash_days": rule.trash_days,
        "every_hours": rule.every_hours,
        "is_active": rule.is_active,
        "next_time": rule.next_time_ms or transaction.now_ms + int(rule.every_hours * _HOUR_MS),
    }
    changed = transaction.connection.execute(
        sa.update(retention_rules).where(retention_rules.c.name == rule.name).values(**values)
    )
    if changed.rowcount == 0:
        transaction.connection.execute(sa.insert(retention_rules).values(name=rule.name, **values))
    return get_rule(transaction.connection, rule.name)


def get_rule(connection: sa.Connection, name: str) -> RetentionRule:
    row = None
    if "\0" not in name:
        row = connection.execute(sa.select(retention_rules).where(retention_rules.c.name == name)).first()
    if row is None:
        raise NotFound(KIND, name)
    return _rule_of(row)


def list_rules(connection: sa.Connection) -> tuple[RetentionRule, ...]:
    return tuple(map(_rule_of, connection.execute(sa.select(retention_rules).order_by(retention_rules.c.name))))


def _rule_of(row: sa.Row[Any]) -> RetentionRule:
    return RetentionRule(
        name=row.name,
        place=parse_place(row.place),
        filter=row.filter,
        best_by=row.best_by,
        keep_best=row.keep_best,
        keep_last=row.keep_last,
        per=row.per,
        after_days=row.after_days,
        retires=Retires(row.retires),
        path=row.path,
        trash_days=row.trash_days,
        every_hours=row.every_hours,
        is_active=row.is_active,
        next_time_ms=row.next_time,
    )


def delete_rule(transaction: Transaction, name: str) -> None:
    get_rule(transaction.connection, name)
    for statement in ("DELETE FROM retention_items WHERE rule = ?", "DELETE FROM retention_rules WHERE name = ?"):
        transaction.run(statement, (name,))


def list_passes(connection: sa.Connection, *, rule: str, max_results: int) -> tuple[RetentionPass, ...]:
    query = sa.select(retention_passes).order_by(retention_passes.c.id.desc()).limit(max_results)
    if rule:
        query = query.where(retention_passes.c.rule == rule.replace("\0", ""))
    return tuple(map(_pass_of, connection.execute(query)))


def _pass_of(row: sa.Row[Any]) -> RetentionPass:
    return RetentionPass(
        number=row.id,
        rule=row.rule,
        by=row.started_by,
        start_time_ms=row.start_time,
        end_time_ms=row.end_time,
        n_retired=row.n_retired,
        n_bytes=row.n_bytes,
        n_purged=row.n_purged,
        error=row.error,
    )


def due_rules(connection: sa.Connection, *, now_ms: int) -> tuple[str, ...]:
    found = connection.execute(
        sa.select(retention_rules.c.name)
        .where(
            retention_rules.c.is_active,
            retention_rules.c.next_time <= now_ms,
            retention_rules.c.lease_until < now_ms,
        )
        .order_by(retention_rules.c.next_time)
    )
    return tuple(found.scalars())


def begin_pass(transaction: Transaction, rule: str, holder: str, *, by: str, lease_s: float) -> RetentionPass:
    get_rule(transaction.connection, rule)
    taken = transaction.row(
        "UPDATE retention_rules SET holder = ?, lease_until = ? WHERE name = ? AND lease_until < ? RETURNING name",
        (holder, transaction.now_ms + int(lease_s * 1000), rule, transaction.now_ms),
    )
    if taken is None:
        raise InvalidState(f"A pass of the rule {rule!r} is under way; look at its history for when it ends.")
    made = transaction.connection.execute(
        sa.insert(retention_passes)
        .values(rule=rule, started_by=by, start_time=transaction.now_ms)
        .returning(retention_passes)
    )
    return _pass_of(made.one())


def _hold(transaction: Transaction, of: RetentionPass, holder: str, lease_s: float) -> None:
    """Renew the lease. Whoever lost it, paused for long, must not go on: somebody else has begun anew."""
    held = transaction.row(
        "UPDATE retention_rules SET lease_until = ? WHERE name = ? AND holder = ? RETURNING name",
        (transaction.now_ms + int(lease_s * 1000), of.rule, holder),
    )
    if held is None:
        raise InvalidState(f"The rule {of.rule!r} is gone, or another process carries it out by now.")


def retire(
    transaction: Transaction,
    of: RetentionPass,
    holder: str,
    *,
    going: Sequence[Going],
    path: str,
    lease_s: float,
) -> None:
    _hold(transaction, of, holder, lease_s)
    still = going if path else _active(transaction, going)
    if not path:
        delete_runs(transaction, [one.run_id for one in still])
    transaction.run_many(
        "INSERT INTO retention_items (rule, run_id, path, n_bytes, time) VALUES (?, ?, ?, ?, ?)",
        [(of.rule, one.run_id, path, one.n_bytes, transaction.now_ms) for one in still],
    )
    transaction.run(
        "UPDATE retention_passes SET n_retired = n_retired + ?, n_bytes = n_bytes + ? WHERE id = ?",
        (len(still), sum(one.n_bytes for one in still), of.number),
    )
    _note(transaction, of, "retention/retire", [one.run_id for one in still], path)


def _active(transaction: Transaction, going: Sequence[Going]) -> list[Going]:
    """Those that nobody has deleted, purged or begun to go on with meanwhile."""
    by_id = {one.run_id: one for one in going}
    found: list[Going] = []
    for some in chunks(list(by_id), 500):
        query = sa.select(runs.c.run_id).where(
            runs.c.run_id.in_(some), runs.c.lifecycle_stage == "active", runs.c.end_time.is_not(None) | _is_silent()
        )
        found += [by_id[run_id] for run_id in transaction.connection.execute(query).scalars()]
    return found


def _is_silent() -> sa.ColumnElement[bool]:
    """Of runs without an end only lost ones are candidates; their clients send signs of life no more."""
    return runs.c.heartbeat.is_not(None)


def overdue(connection: sa.Connection, *, rule: str, max_results: int, now_ms: int) -> tuple[TrashItem, ...]:
    days = get_rule(connection, rule).trash_days
    if days is None:
        return ()
    found = connection.execute(
        sa.select(retention_items)
        .where(retention_items.c.rule == rule, retention_items.c.time <= now_ms - int(days * DAY_MS))
        .order_by(retention_items.c.time, retention_items.c.id)
        .limit(max_results)
    )
    return tuple(
        TrashItem(number=row.id, rule=row.rule, run_id=row.run_id, path=row.path, n_bytes=row.n_bytes, time_ms=row.time)
        for row in found
    )


def waiting_files(connection: sa.Connection, *, rule: str) -> frozenset[str]:
    query = sa.select(retention_items.c.run_id).where(retention_items.c.rule == rule, retention_items.c.path != "")
    return frozenset(connection.execute(query).scalars())


def settle(
    transaction: Transaction,
    of: RetentionPass,
    holder: str,
    *,
    items: Sequence[TrashItem],
    n_purged: int,
    lease_s: float,
) -> None:
    _hold(transaction, of, holder, lease_s)
    transaction.run_many("DELETE FROM retention_items WHERE id = ?", [(item.number,) for item in items])
    transaction.run("UPDATE retention_passes SET n_purged = n_purged + ? WHERE id = ?", (n_purged, of.number))
    if n_purged:
        _note(transaction, of, "retention/purge", [item.run_id for item in items], items[0].path)


def end_pass(transaction: Transaction, of: RetentionPass, holder: str, *, error: str) -> RetentionPass:
    every = transaction.row("SELECT every_hours FROM retention_rules WHERE name = ? AND holder = ?", (of.rule, holder))
    if every is not None:
        every_ms = int(every[0] * _HOUR_MS)
        transaction.run(
            "UPDATE retention_rules SET holder = '', lease_until = 0, next_time = ? WHERE name = ?",
            (transaction.now_ms + (min(every_ms, _SOON_MS) if error else every_ms), of.rule),
        )
    ended = transaction.connection.execute(
        sa.update(retention_passes)
        .where(retention_passes.c.id == of.number)
        .values(end_time=transaction.now_ms, error=error)
        .returning(retention_passes)
    )
    return _pass_of(ended.one())


def _note(transaction: Transaction, of: RetentionPass, action: str, run_ids: Sequence[str], path: str) -> None:
    detail = f"rule={of.rule!r} pass={of.number}" + (f" path={path!r}" if path else "")
    transaction.acts += [Act(user=of.by, action=action, object=f"run:{run_id}", detail=detail) for run_id in run_ids]
