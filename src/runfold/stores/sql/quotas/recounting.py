"""What counting anew would find, and putting right what was counted otherwise, beside servers that go on counting."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import sqlalchemy as sa

from runfold.domain.quota import Holder, Miscount, OwnerKind
from runfold.stores.sql.access.tables import users
from runfold.stores.sql.quotas import counting, points
from runfold.stores.sql.quotas.counting import Account, accounts_of
from runfold.stores.sql.quotas.tables import usage
from runfold.stores.sql.registry.tables import logged_models
from runfold.stores.sql.tables import runs, workspaces
from runfold.stores.sql.transaction import Transaction

_KINDS = (OwnerKind.USER, OwnerKind.WORKSPACE, OwnerKind.NOBODY)


def holders_after(connection: sa.Connection, table: str, after: int, max_results: int) -> tuple[Holder, ...]:
    """The next records of a table, by number of row, deleted ones included."""
    records, key = (runs, runs.c.run_id) if table == runs.name else (logged_models, logged_models.c.model_id)
    columns = records.c
    query = (
        sa.select(columns.id, key.label("key"), columns.artifact_uri, columns.owner_id, columns.n_bytes)
        .where(columns.id > after)
        .order_by(columns.id)
        .limit(max_results)
    )
    return tuple(
        Holder(
            table=table,
            number=row.id,
            key=row.key,
            artifact_uri=row.artifact_uri,
            owner_number=row.owner_id,
            n_bytes=row.n_bytes,
        )
        for row in connection.execute(query)
    )


def correct_files(transaction: Transaction, holder: Holder, n_bytes: int) -> bool:
    """Set what a record was charged with, unless it was charged since it was looked up; says whether it did."""
    transaction.next_change()
    table = counting.CHECKED[holder.table]
    changed = transaction.row(
        f"UPDATE {table} SET n_bytes = ? WHERE id = ? AND n_bytes = ? RETURNING experiment_id",  # noqa: S608 (constants)
        (n_bytes, holder.number, holder.n_bytes),
    )
    if changed is None:
        return False
    workspace = counting.workspace_of_experiment(transaction, changed[0])
    for account in accounts_of(holder.owner_number, workspace):
        counting.add(transaction, account, n_bytes=n_bytes - holder.n_bytes)
    return True


def recount_points(transaction: Transaction, numbers: Sequence[int], *, dry_run: bool) -> dict[int, tuple[int, int]]:
    """By number of run, points as charged and as there are, where that differs."""
    transaction.next_change()
    transaction.hold_runs(numbers)
    found = points.uncounted(transaction, numbers)
    if not dry_run:
        points.count(transaction, numbers)
    return {row.run: (row.before, row.now) for row in found}


def recount_owners(transaction: Transaction, *, dry_run: bool) -> tuple[Miscount, ...]:
    """What owners are said to keep, and what their records add up to."""
    transaction.next_change()
    counting.write(transaction)
    told = _told(transaction)
    found = _added_up(transaction)
    names = _names(transaction.connection)
    miscounts: list[Miscount] = []
    for account in sorted(told.keys() | found.keys()):
        said, there = told.get(account, Counter()), found.get(account, Counter())
        changes = {what: there[what] - said[what] for what in ("runs", "bytes", "points")}
        name = f"{account.kind}:{names.get(account, '')}" if account.kind is not OwnerKind.NOBODY else account.kind
        miscounts += [
            Miscount(record=name, what=what, counted=said[what], found=there[what])
            for what, change in changes.items()
            if change
        ]
        if any(changes.values()) and not dry_run:
            counting.add(
                transaction,
                account,
                n_runs=changes["runs"],
                n_bytes=changes["bytes"],
                n_points=changes["points"],
            )
    return tuple(miscounts)


def _told(transaction: Transaction) -> dict[Account, Counter[str]]:
    query = sa.select(usage).where(usage.c.owner_kind.in_([kind.value for kind in _KINDS]))
    return {
        Account(OwnerKind(row.owner_kind), row.owner_id): Counter(
            runs=row.n_runs, bytes=row.n_bytes, points=row.n_points
        )
        for row in transaction.connection.execute(query)
    }


def _added_up(transaction: Transaction) -> dict[Account, Counter[str]]:
    found: dict[Account, Counter[str]] = {}
    for table, n_runs, n_points in (("runs", "count(*)", "sum(t.n_points)"), ("logged_models", "0", "0")):
        for owner, workspace, runs_there, n_bytes, points_there in transaction.rows(
            f"SELECT t.owner_id, e.workspace, {n_runs}, CAST(sum(t.n_bytes) AS BIGINT), "  # noqa: S608 (constants)
            f"CAST({n_points} AS BIGINT) FROM {table} t JOIN experiments e ON e.id = t.experiment_id "
            "GROUP BY t.owner_id, e.workspace"
        ):
            for account in accounts_of(owner, workspace):
                found.setdefault(account, Counter()).update(runs=runs_there, bytes=n_bytes, points=points_there)
    return found


def _names(connection: sa.Connection) -> dict[Account, str]:
    kinds = ((OwnerKind.USER, users), (OwnerKind.WORKSPACE, workspaces))
    return {
        Account(kind, row.id): row.name
        for kind, table in kinds
        for row in connection.execute(sa.select(table.c.id, table.c.name))
    }
