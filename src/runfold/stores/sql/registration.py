"""Registering a finished run: one unit, however long its series are."""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa

from runfold.domain.dataset import DatasetUse
from runfold.domain.keys import KeyKind
from runfold.domain.run import FinishedRun, NewRun
from runfold.errors import AlreadyExists, InvalidValue
from runfold.stores.sql.batches import PreparedBatch, PreparedPoints, prepare, upsert_summaries, write_params
from runfold.stores.sql.datasets import check_uses, write_uses
from runfold.stores.sql.fold import ChunkRow, choose_long, pack, write_chunks, write_gathered
from runfold.stores.sql.points import Columns, columns_of, in_step_order
from runfold.stores.sql.quotas.counting import (
    accounts_of,
    count_files_of_new_run,
    count_points_of_new_run,
    workspace_of_experiment,
)
from runfold.stores.sql.runs import complete, insert_run
from runfold.stores.sql.tables import runs
from runfold.stores.sql.transaction import Transaction

MAX_IDEMPOTENCY_KEY = 256


class PreparedSeries(NamedTuple):
    """All points of a run: long series packed, short ones to be gathered in one row."""

    long: dict[str, list[ChunkRow]]
    short: dict[str, Columns]


class PreparedRun(NamedTuple):
    """A finished run, checked and in the shape in which it is written."""

    run: NewRun
    source: FinishedRun
    batch: PreparedBatch
    series: PreparedSeries
    uses: tuple[DatasetUse, ...]


def prepare_run(finished: FinishedRun) -> PreparedRun:
    """Raises InvalidValue for anything in the document that cannot be accepted."""
    if len(finished.idempotency_key) > MAX_IDEMPOTENCY_KEY or "\x00" in finished.idempotency_key:
        raise InvalidValue(f"An idempotency key has at most {MAX_IDEMPOTENCY_KEY} characters, none of them NUL.")
    check_uses(finished.datasets)
    batch = prepare(finished.batch)
    tags = {**batch.tags, **finished.run.tags}
    run = complete(
        NewRun(
            experiment_id=finished.run.experiment_id,
            run_id=finished.run.run_id,
            run_name=finished.run.run_name,
            user_id=finished.run.user_id,
            start_time_ms=finished.run.start_time_ms,
            tags=tags,
            parent_run_id=finished.run.parent_run_id,
        )
    )
    return PreparedRun(run, finished, batch, _prepare_series(batch.points), finished.datasets)


def find_registered(connection: sa.Connection, idempotency_key: str) -> str | None:
    """The id of the run that was registered under this key."""
    found = connection.execute(sa.select(runs.c.run_id).where(runs.c.idempotency_key == idempotency_key)).scalar()
    return None if found is None else str(found)


def register_run(transaction: Transaction, prepared: PreparedRun, *, owner: int | None = None) -> tuple[str, bool]:
    """Write the run; returns its id and whether it is new."""
    key = prepared.source.idempotency_key
    if key:
        before = find_registered(transaction.connection, key)
        if before is not None:
            return before, False
    try:
        opened, run = insert_run(transaction, prepared.run, owner=owner, idempotency_key=key or None)
    except AlreadyExists:
        # Another process may have registered the same document since the look above.
        before = find_registered(transaction.connection, key) if key else None
        if before is None:
            raise
        return before, False
    run_id = run.info.run_id
    accounts = accounts_of(owner, workspace_of_experiment(transaction, opened.experiment))
    if prepared.source.n_bytes:
        count_files_of_new_run(transaction, opened.id, accounts, prepared.source.n_bytes)
    if prepared.batch.points is not None:
        count_points_of_new_run(transaction, opened.id, accounts, sum(prepared.batch.points.counts))
        ids = transaction.key_ids(opened.experiment, KeyKind.METRIC, prepared.batch.points.keys)
        long, short = prepared.series
        write_chunks(transaction, opened.id, [(ids[name], row) for name, packed in long.items() for row in packed])
        if short:
            write_gathered(transaction, opened.id, {ids[name]: points for name, points in short.items()})
        summaries = zip(prepared.batch.points.keys, prepared.batch.points.summaries, strict=True)
        upsert_summaries(transaction, opened.id, {ids[name]: summary for name, summary in summaries})
    if prepared.batch.params:
        write_params(transaction, opened, run_id, prepared.batch.params)
    write_uses(transaction, opened, prepared.uses)
    transaction.run(
        "UPDATE runs SET status = ?, end_time = ? WHERE id = ?",
        (int(prepared.source.status), prepared.source.end_time_ms, opened.id),
    )
    return run_id, True


def _prepare_series(points: PreparedPoints | None) -> PreparedSeries:
    if points is None:
        return PreparedSeries({}, {})
    steps, timestamps, values = columns_of(points.steps, points.timestamps, points.values)
    series: dict[str, Columns] = {}
    start = 0
    for name, n in zip(points.keys, points.counts, strict=True):
        part = slice(start, start + n)
        series[name] = in_step_order(Columns(steps[part], timestamps[part], values[part]))
        start += n
    long = choose_long(series)
    return PreparedSeries(
        long={name: pack(series[name]) for name in sorted(long)},
        short={name: points for name, points in series.items() if name not in long},
    )
