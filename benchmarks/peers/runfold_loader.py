"""Puts made runs into a Runfold SQLite store at the speed of bulk inserts; run in Runfold's environment.

Tables, kinds and rules come from the package itself, so a change of the schema shows here at once. Indexes are made
anew after the rows are in: a million random entries go into a sorted index many times faster than one by one.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from benchmarks.dataset import METRICS, MadeRun, made_runs
from benchmarks.peers.sqlite_loader import bulk_connection, in_batches, insert
from runfold.domain.keys import KeyKind
from runfold.domain.param import as_number
from runfold.domain.states import LifecycleStage, RunStatus
from runfold.stores.sql.tables import change_counter, keys, latest_metrics, params, runs, tags

_EXPERIMENT = 0
_FILLED = (runs, params, tags, latest_metrics)


def load(database: Path, n_runs: int) -> None:
    """Metrics go into `latest_metrics` only: searches don't read the history."""
    indexes = [index for table in _FILLED for index in table.indexes]
    with bulk_connection(database) as connection:
        for index in indexes:
            connection.execute(_sql(sa.schema.DropIndex(index)))
        first = next(made_runs(1))
        key_ids = _add_keys(connection, first, n_runs)
        numbers = count(1)
        for batch in in_batches(made_runs(n_runs)):
            _add_runs(connection, key_ids, [(next(numbers), run) for run in batch])
        connection.execute(f"UPDATE {change_counter.name} SET value = {n_runs}")
        for index in indexes:
            connection.execute(_sql(sa.schema.CreateIndex(index)))


def _add_keys(connection: sqlite3.Connection, run: MadeRun, n_runs: int) -> dict[tuple[KeyKind, str], int]:
    """Every run has the same keys, so the first one tells them."""
    names = [(KeyKind.METRIC, key) for key in METRICS]
    names += [(KeyKind.PARAM, key) for key, _ in run.params]
    names += [(KeyKind.TAG, key) for key, _ in run.tags]
    ids = {name: number for number, name in enumerate(names, 1)}
    rows = [(number, _EXPERIMENT, int(kind), key, n_runs) for (kind, key), number in ids.items()]
    insert(connection, keys.name, "id, experiment_id, kind, key, n_runs", rows)
    return ids


def _add_runs(
    connection: sqlite3.Connection, key_ids: dict[tuple[KeyKind, str], int], batch: list[tuple[int, MadeRun]]
) -> None:
    columns = (
        "id, run_id, experiment_id, name, user_id, status, lifecycle_stage, start_time, end_time, artifact_uri, "
        "last_write, change"
    )
    insert(connection, runs.name, columns, (run_row(number, run, _EXPERIMENT) for number, run in batch))
    insert(
        connection, latest_metrics.name, "run, key_id, value, step, timestamp, min, max, count", _latest(key_ids, batch)
    )
    add_params_and_tags(connection, key_ids, batch)


def add_params_and_tags(
    connection: sqlite3.Connection, key_ids: dict[tuple[KeyKind, str], int], batch: list[tuple[int, MadeRun]]
) -> None:
    param_rows = (
        (number, key_ids[KeyKind.PARAM, key], value, as_number(value))
        for number, run in batch
        for key, value in run.params
    )
    insert(connection, params.name, "run, key_id, value, number", param_rows)
    tag_rows = ((number, key_ids[KeyKind.TAG, key], value) for number, run in batch for key, value in run.tags)
    insert(connection, tags.name, "run, key_id, value", tag_rows)


def run_row(number: int, run: MadeRun, experiment: int) -> tuple[Any, ...]:
    user = dict(run.tags)["mlflow.user"]
    artifacts = f"mlflow-artifacts:/{experiment}/{run.run_id}/artifacts"
    return (
        *(number, run.run_id, experiment, run.name, user, int(RunStatus.FINISHED), str(LifecycleStage.ACTIVE)),
        *(run.start_ms, run.end_ms, artifacts, run.end_ms, number),
    )


def _latest(key_ids: dict[tuple[KeyKind, str], int], batch: list[tuple[int, MadeRun]]) -> Iterator[tuple[Any, ...]]:
    for number, run in batch:
        for key, value in zip(METRICS, run.metrics, strict=True):
            yield (number, key_ids[KeyKind.METRIC, key], value, 0, run.end_ms, value, value, 1)


def _sql(element: sa.schema.DDLElement) -> str:
    return str(element.compile(dialect=sqlite.dialect()))


if __name__ == "__main__":
    load(Path(sys.argv[1]), int(sys.argv[2]))
