"""Correcting what was recorded: removing a series or its end, and moving runs to another experiment."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from runfold.domain.dataset import Dataset, DatasetUse
from runfold.domain.keys import KeyKind
from runfold.errors import InvalidValue, NotFound
from runfold.stores.sql.access.versions import note_change
from runfold.stores.sql.batches import find_open_run, summarize
from runfold.stores.sql.datasets import intern_dataset
from runfold.stores.sql.experiments import parse_id
from runfold.stores.sql.fold import pack, write_chunks, write_gathered
from runfold.stores.sql.points import EMPTY, Columns, decode, in_step_order
from runfold.stores.sql.quotas.counting import count_moved_runs
from runfold.stores.sql.series import Target, read_points
from runfold.stores.sql.tables import dataset_uses, datasets, metric_chunks, metric_journal
from runfold.stores.sql.transaction import Transaction


def delete_metric(transaction: Transaction, run_id: str, key: str, *, after_step: int | None) -> None:
    """Remove a series from a run, or its points after a step."""
    run = find_open_run(transaction, run_id, alone=True)
    found = transaction.row(
        "SELECT l.key_id FROM latest_metrics l JOIN keys k ON k.id = l.key_id "
        "WHERE l.run = ? AND k.kind = ? AND k.key = ?",
        (run.id, int(KeyKind.METRIC), key),
    )
    if found is None:
        raise NotFound("metric", key)
    key_id = int(found[0])
    kept = EMPTY
    if after_step is not None:
        target = Target(run_id, key, run.id, key_id)
        points = in_step_order(read_points(transaction.connection, [target]).get(target, EMPTY))
        is_kept = points.steps <= after_step
        kept = Columns(points.steps[is_kept], points.timestamps[is_kept], points.values[is_kept])
    _forget_series(transaction, run.id, key_id)
    if kept:
        write_chunks(transaction, run.id, [(key_id, row) for row in pack(kept)])
        summary = summarize(kept.steps.tolist(), kept.timestamps.tolist(), kept.values.tolist())
        transaction.run(
            "INSERT INTO latest_metrics (run, key_id, value, step, timestamp, min, max, count) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (run.id, key_id, *summary),
        )
    else:
        transaction.count_new([key_id], by=-1)
    transaction.touched.add(run.id)


def _forget_series(transaction: Transaction, run: int, key_id: int) -> None:
    transaction.run("DELETE FROM latest_metrics WHERE run = ? AND key_id = ?", (run, key_id))
    transaction.run("DELETE FROM metric_chunks WHERE run = ? AND key_id = ?", (run, key_id))
    table = metric_journal.c
    for row in transaction.connection.execute(sa.select(table.seq, table.payload).where(table.run == run)).all():
        series = decode(row.payload)
        if series.pop(key_id, None) is None:
            continue
        transaction.run("DELETE FROM metric_journal WHERE seq = ?", (row.seq,))
        if series:
            write_gathered(transaction, run, series)


def move_runs(transaction: Transaction, run_ids: Sequence[str], experiment_id: str) -> None:
    """Put runs into another experiment: their keys and datasets are interned there, and their models go with them."""
    target = parse_id(experiment_id)
    found = transaction.row("SELECT lifecycle_stage, workspace FROM experiments WHERE id = ?", (target,))
    if found is None:
        raise NotFound("experiment", experiment_id)
    if found[0] != "active":
        raise InvalidValue(f"The experiment {experiment_id!r} is deleted and takes no runs; restore it first.")
    change = transaction.next_change()
    moving = {run_id: find_open_run(transaction, run_id, alone=True) for run_id in dict.fromkeys(run_ids)}
    moving = {run_id: run for run_id, run in moving.items() if run.experiment != target}
    count_moved_runs(transaction, [run.id for run in moving.values()], to=found[1])
    for run_id, run in moving.items():
        _move_keys(transaction, run.id, target)
        _move_datasets(transaction, run.id, target)
        # Who may no longer read the run must not read what it made.
        transaction.run(
            "UPDATE logged_models SET experiment_id = ? WHERE source_run_id = ? AND experiment_id = ?",
            (target, run_id, run.experiment),
        )
        transaction.run("UPDATE runs SET experiment_id = ?, change = ? WHERE id = ?", (target, change, run.id))
    note_change(transaction)


def _move_keys(transaction: Transaction, run: int, target: int) -> None:
    new_numbers: dict[int, int] = {}
    for table, kind in (("latest_metrics", KeyKind.METRIC), ("params", KeyKind.PARAM), ("tags", KeyKind.TAG)):
        query = f"SELECT k.id, k.key FROM {table} t JOIN keys k ON k.id = t.key_id WHERE t.run = ?"  # noqa: S608
        names = dict(transaction.rows(query, (run,)))
        ids = transaction.key_ids(target, kind, names.values())
        moved = {old: ids[name] for old, name in names.items()}
        transaction.run_many(
            f"UPDATE {table} SET key_id = ? WHERE run = ? AND key_id = ?",  # noqa: S608 (table is a constant)
            [(new, run, old) for old, new in moved.items()],
        )
        transaction.count_new(moved, by=-1)
        transaction.count_new(moved.values())
        if kind is KeyKind.METRIC:
            new_numbers = moved
    connection = transaction.connection
    for row in connection.execute(
        sa.select(metric_journal.c.seq, metric_journal.c.payload).where(metric_journal.c.run == run)
    ).all():
        transaction.run("DELETE FROM metric_journal WHERE seq = ?", (row.seq,))
        write_gathered(
            transaction, run, {new_numbers[key_id]: points for key_id, points in decode(row.payload).items()}
        )
    for old, new in new_numbers.items():
        connection.execute(
            sa.update(metric_chunks).where(metric_chunks.c.run == run, metric_chunks.c.key_id == old).values(key_id=new)
        )


def _move_datasets(transaction: Transaction, run: int, target: int) -> None:
    for row in transaction.connection.execute(
        sa.select(datasets, dataset_uses.c.id.label("use_id"))
        .join(dataset_uses, dataset_uses.c.dataset_id == datasets.c.id)
        .where(dataset_uses.c.run == run)
    ).all():
        dataset = Dataset(
            name=row.name,
            digest=row.digest,
            source_type=row.source_type,
            source=row.source,
            schema=row.schema,
            profile=row.profile,
        )
        number = intern_dataset(transaction, target, DatasetUse(dataset=dataset))
        transaction.run("UPDATE dataset_uses SET dataset_id = ? WHERE id = ?", (number, row.use_id))
