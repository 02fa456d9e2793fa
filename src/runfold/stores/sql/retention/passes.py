"""Passes of rules, step by step under a lease, and what waits in the trash because of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from runfold.domain import known_tags
from runfold.domain.audit import Act
from runfold.domain.keys import KeyKind
from runfold.domain.retention import DAY_MS, Going, PassPart, RetentionPass, RuleKey, TrashItem
from runfold.errors import InvalidState
from runfold.stores.sql.experiments import parse_id
from runfold.stores.sql.registry.leftovers import VersionFiles
from runfold.stores.sql.registry.tables import model_versions
from runfold.stores.sql.retention.parts import note_parts, retired_parts, with_parts
from runfold.stores.sql.retention.rules import HOUR_MS, get_rule, number_of
from runfold.stores.sql.retention.tables import SERVER, retention_items, retention_passes, retention_rules
from runfold.stores.sql.runs import delete_runs
from runfold.stores.sql.tables import keys, runs, tags, workspaces
from runfold.stores.sql.transaction import Transaction, chunks

_SOON_MS = 600_000


def list_passes(
    connection: sa.Connection, *, rule: str, workspace: str | None, max_results: int
) -> tuple[RetentionPass, ...]:
    query = _PASSES.order_by(retention_passes.c.id.desc()).limit(max_results)
    if workspace is not None:
        query = query.where(retention_passes.c.workspace == number_of(connection, workspace))
    if rule:
        query = query.where(retention_passes.c.rule == rule.replace("\0", ""))
    return with_parts(connection, map(_pass_of, connection.execute(query)))


# Of a workspace that is gone, nobody is left to ask.
_PASSES = (
    sa.select(retention_passes, sa.func.coalesce(workspaces.c.name, "").label("of"))
    .outerjoin(workspaces, workspaces.c.id == retention_passes.c.workspace)
    .where((retention_passes.c.workspace == SERVER) | workspaces.c.id.is_not(None))
)


def _pass_of(row: sa.Row[Any]) -> RetentionPass:
    return RetentionPass(
        number=row.id,
        rule=row.rule,
        workspace=row.of,
        by=row.started_by,
        start_time_ms=row.start_time,
        end_time_ms=row.end_time,
        n_retired=row.n_retired,
        n_bytes=row.n_bytes,
        n_purged=row.n_purged,
        error=row.error,
    )


def _get_pass(connection: sa.Connection, number: int) -> RetentionPass:
    return _pass_of(connection.execute(_PASSES.where(retention_passes.c.id == number)).one())


def begin_pass(transaction: Transaction, rule: RuleKey, holder: str, *, by: str, lease_s: float) -> RetentionPass:
    get_rule(transaction.connection, rule)
    workspace = number_of(transaction.connection, rule.workspace)
    taken = transaction.row(
        "UPDATE retention_rules SET holder = ?, lease_until = ? WHERE workspace = ? AND name = ? AND lease_until < ? "
        "RETURNING name",
        (holder, transaction.now_ms + int(lease_s * 1000), workspace, rule.name, transaction.now_ms),
    )
    if taken is None:
        raise InvalidState(f"A pass of the rule {rule.name!r} is under way; look at its history for when it ends.")
    made = transaction.connection.execute(
        sa.insert(retention_passes)
        .values(workspace=workspace, rule=rule.name, started_by=by, start_time=transaction.now_ms)
        .returning(retention_passes.c.id)
    )
    return _get_pass(transaction.connection, made.scalar_one())


def _hold(transaction: Transaction, of: RetentionPass, holder: str, lease_s: float) -> int:
    """Renew the lease; the number of the workspace whose rule it is. Whoever lost it, paused for long, must not go on:
    somebody else has begun anew. Nor must anybody in a workspace that went to the trash.
    """
    number_of(transaction.connection, of.workspace)
    held = transaction.connection.execute(
        sa.update(retention_rules)
        .where(_is_rule_of(of), retention_rules.c.holder == holder)
        .values(lease_until=transaction.now_ms + int(lease_s * 1000))
        .returning(retention_rules.c.workspace)
    ).scalar()
    if held is None:
        raise InvalidState(f"The rule {of.rule!r} is gone, or another process carries it out by now.")
    return int(held)


def _is_rule_of(of: RetentionPass) -> sa.ColumnElement[bool]:
    """By the record of the pass, which knows its workspace by number, whatever became of that."""
    whose = sa.select(retention_passes.c.workspace).where(retention_passes.c.id == of.number).scalar_subquery()
    return (retention_rules.c.workspace == whose) & (retention_rules.c.name == of.rule)


def retire(
    transaction: Transaction,
    of: RetentionPass,
    holder: str,
    *,
    going: Sequence[Going],
    path: str,
    lease_s: float,
) -> None:
    workspace = _hold(transaction, of, holder, lease_s)
    still = _still_going(transaction, going, is_whole=not path)
    if not path:
        delete_runs(transaction, [one.run_id for one in still])
    transaction.run_many(
        "INSERT INTO retention_items (workspace, rule, run_id, path, n_bytes, time) VALUES (?, ?, ?, ?, ?, ?)",
        [(workspace, of.rule, one.run_id, path, one.n_bytes, transaction.now_ms) for one in still],
    )
    note_parts(transaction, of, retired_parts(still))
    _note(transaction, of, "retention/retire", [one.run_id for one in still], path)


def _still_going(transaction: Transaction, going: Sequence[Going], *, is_whole: bool) -> list[Going]:
    """Those that nobody has moved elsewhere, nor, of whole runs, deleted, purged, starred, registered or begun to go on
    with, since they were looked at. Files are looked at again before they go.
    """
    connection = transaction.connection
    by_id = {one.run_id: one for one in going}
    versions = VersionFiles(connection) if is_whole else None
    found: list[Going] = []
    for some in chunks(list(by_id), 500):
        query = sa.select(runs.c.run_id, runs.c.experiment_id, runs.c.artifact_uri).where(runs.c.run_id.in_(some))
        if is_whole:
            query = query.where(
                runs.c.lifecycle_stage == "active",
                runs.c.end_time.is_not(None) | _is_silent(),
                ~_is_starred(),
                ~sa.exists().where(model_versions.c.run_id == runs.c.run_id),
            )
        found += [
            by_id[row.run_id]
            for row in connection.execute(query)
            if row.experiment_id == parse_id(by_id[row.run_id].experiment_id)
            and not (versions is not None and versions.lie_in(row.artifact_uri))
        ]
    return found


def _is_silent() -> sa.ColumnElement[bool]:
    """Of runs without an end only lost ones are candidates; their clients send signs of life no more."""
    return runs.c.heartbeat.is_not(None)


def _is_starred() -> sa.ColumnElement[bool]:
    is_star = (keys.c.kind == int(KeyKind.TAG)) & (keys.c.key == known_tags.STARRED)
    is_own = (keys.c.experiment_id == runs.c.experiment_id) & (tags.c.run == runs.c.id)
    return sa.exists().where(keys.c.id == tags.c.key_id, is_star, is_own, tags.c.value != "")


def overdue(
    connection: sa.Connection, *, rule: RuleKey, max_results: int, after: int, now_ms: int
) -> tuple[TrashItem, ...]:
    days = get_rule(connection, rule).trash_days
    if days is None:
        return ()
    found = connection.execute(
        sa.select(retention_items)
        .where(
            _is_item_of(connection, rule),
            retention_items.c.time <= now_ms - int(days * DAY_MS),
            retention_items.c.id > after,
        )
        .order_by(retention_items.c.id)
        .limit(max_results)
    )
    return tuple(
        TrashItem(number=row.id, run_id=row.run_id, path=row.path, n_bytes=row.n_bytes, time_ms=row.time)
        for row in found
    )


def waiting_files(connection: sa.Connection, *, rule: RuleKey) -> frozenset[str]:
    query = sa.select(retention_items.c.run_id).where(_is_item_of(connection, rule), retention_items.c.path != "")
    return frozenset(connection.execute(query).scalars())


def _is_item_of(connection: sa.Connection, rule: RuleKey) -> sa.ColumnElement[bool]:
    workspace = number_of(connection, rule.workspace)
    return (retention_items.c.workspace == workspace) & (retention_items.c.rule == rule.name)


def settle(
    transaction: Transaction,
    of: RetentionPass,
    holder: str,
    *,
    items: Sequence[TrashItem],
    n_purged: Mapping[str, int],
    lease_s: float,
) -> None:
    _hold(transaction, of, holder, lease_s)
    transaction.run_many("DELETE FROM retention_items WHERE id = ?", [(item.number,) for item in items])
    note_parts(transaction, of, [PassPart(experiment_id=one, n_purged=n) for one, n in n_purged.items()])
    if n_purged:
        _note(transaction, of, "retention/purge", [item.run_id for item in items], items[0].path)


def end_pass(
    transaction: Transaction, of: RetentionPass, holder: str, *, error: str, is_soon_again: bool
) -> RetentionPass:
    connection = transaction.connection
    is_held = _is_rule_of(of) & (retention_rules.c.holder == holder)
    every = connection.execute(sa.select(retention_rules.c.every_hours).where(is_held)).scalar()
    if every is not None:
        every_ms = int(every * HOUR_MS)
        next_ms = transaction.now_ms + (min(every_ms, _SOON_MS) if is_soon_again else every_ms)
        given_back = sa.update(retention_rules).where(is_held).values(holder="", lease_until=0, next_time=next_ms)
        connection.execute(given_back)
    ended = sa.update(retention_passes).where(retention_passes.c.id == of.number)
    connection.execute(ended.values(end_time=transaction.now_ms, error=error))
    return msgspec.structs.replace(of, **_outcome(connection, of.number))


def _outcome(connection: sa.Connection, number: int) -> dict[str, Any]:
    """What a pass did; of its rule and workspace it knows itself, which may be gone."""
    columns = retention_passes.c
    query = sa.select(columns.end_time, columns.n_retired, columns.n_bytes, columns.n_purged, columns.error)
    end_ms, n_retired, n_bytes, n_purged, error = connection.execute(query.where(columns.id == number)).one()
    counts = {"n_retired": n_retired, "n_bytes": n_bytes, "n_purged": n_purged}
    return {"end_time_ms": end_ms, "error": error, **counts}


def _note(transaction: Transaction, of: RetentionPass, action: str, run_ids: Sequence[str], path: str) -> None:
    where = f"in={of.workspace} " if of.workspace else ""
    detail = f"{where}rule={of.rule!r} pass={of.number}" + (f" path={path!r}" if path else "")
    transaction.acts += [Act(user=of.by, action=action, object=f"run:{run_id}", detail=detail) for run_id in run_ids]
