"""Adds the wide experiment to a loaded Runfold store; run in Runfold's environment."""

from __future__ import annotations

import sqlite3
import sys
from itertools import count
from pathlib import Path

from benchmarks.dataset import FIRST_START_MS
from benchmarks.peers.runfold_loader import add_params_and_tags, run_row
from benchmarks.peers.sqlite_loader import bulk_connection, in_batches, insert
from benchmarks.web.wide import EXPERIMENT, NAME, OWN_KEYS, WideRun, key_names, wide_runs
from runfold.domain.keys import KeyKind
from runfold.stores.sql.tables import change_counter, experiments, keys, latest_metrics, runs


def load(database: Path, n_runs: int, n_keys: int) -> None:
    with bulk_connection(database) as connection:
        columns = "id, name, artifact_location, lifecycle_stage, creation_time, last_update_time"
        place = f"mlflow-artifacts:/{EXPERIMENT}"
        row = (EXPERIMENT, NAME, place, "active", FIRST_START_MS, FIRST_START_MS)
        insert(connection, experiments.name, columns, [row])
        key_ids = _add_keys(connection, n_runs, n_keys)
        numbers = count(_highest(connection, runs.name) + 1)
        for batch in in_batches(wide_runs(n_runs, n_keys)):
            _add_runs(connection, key_ids, [(next(numbers), wide) for wide in batch])
        connection.execute(f"UPDATE {change_counter.name} SET value = {next(numbers)}")


def _add_keys(connection: sqlite3.Connection, n_runs: int, n_keys: int) -> dict[tuple[KeyKind, str], int]:
    first = next(wide_runs(1, n_keys)).run
    own = n_runs * OWN_KEYS // n_keys
    names = [(KeyKind.METRIC, key) for key in key_names(n_keys)]
    names += [(KeyKind.PARAM, key) for key, _ in first.params]
    names += [(KeyKind.TAG, key) for key, _ in first.tags]
    ids = {name: number for number, name in enumerate(names, _highest(connection, keys.name) + 1)}
    usual = {(KeyKind.METRIC, key) for key, _ in next(wide_runs(1, n_keys)).metrics[:10]}
    rows = [
        (number, EXPERIMENT, int(kind), key, n_runs if kind is not KeyKind.METRIC or (kind, key) in usual else own)
        for (kind, key), number in ids.items()
    ]
    insert(connection, keys.name, "id, experiment_id, kind, key, n_runs", rows)
    return ids


def _add_runs(
    connection: sqlite3.Connection, key_ids: dict[tuple[KeyKind, str], int], batch: list[tuple[int, WideRun]]
) -> None:
    made = [(number, wide.run) for number, wide in batch]
    columns = (
        "id, run_id, experiment_id, name, user_id, status, lifecycle_stage, start_time, end_time, artifact_uri, "
        "last_write, change"
    )
    insert(connection, runs.name, columns, (run_row(number, run, EXPERIMENT) for number, run in made))
    latest = (
        (number, key_ids[KeyKind.METRIC, key], value, 0, wide.run.end_ms, value, value, 1)
        for number, wide in batch
        for key, value in wide.metrics
    )
    insert(connection, latest_metrics.name, "run, key_id, value, step, timestamp, min, max, count", latest)
    add_params_and_tags(connection, key_ids, made)


def _highest(connection: sqlite3.Connection, table: str) -> int:
    return int(connection.execute(f"SELECT coalesce(max(id), 0) FROM {table}").fetchone()[0])


if __name__ == "__main__":
    load(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
