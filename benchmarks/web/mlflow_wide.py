"""Adds the wide experiment to a loaded MLflow store."""

from __future__ import annotations

from pathlib import Path

from benchmarks.dataset import FIRST_START_MS
from benchmarks.peers.mlflow import RUN_COLUMNS, run_row
from benchmarks.peers.sqlite_loader import bulk_connection, in_batches, insert
from benchmarks.web.wide import EXPERIMENT, NAME, wide_runs


def load(database: Path, n_runs: int, n_keys: int) -> None:
    with bulk_connection(database) as connection:
        columns = "experiment_id, name, artifact_location, lifecycle_stage, creation_time, last_update_time"
        place = f"mlflow-artifacts:/{EXPERIMENT}"
        insert(
            connection, "experiments", columns, [(EXPERIMENT, NAME, place, "active", FIRST_START_MS, FIRST_START_MS)]
        )
        for batch in in_batches(wide_runs(n_runs, n_keys)):
            rows = (run_row(w.run.run_id, w.run.name, w.run.start_ms, w.run.end_ms, EXPERIMENT) for w in batch)
            insert(connection, "runs", RUN_COLUMNS, rows)
            latest = ((k, v, w.run.end_ms, 0, 0, w.run.run_id) for w in batch for k, v in w.metrics)
            insert(connection, "latest_metrics", "key, value, timestamp, step, is_nan, run_uuid", latest)
            params = ((k, v, w.run.run_id) for w in batch for k, v in w.run.params)
            insert(connection, "params", "key, value, run_uuid", params)
            insert(
                connection, "tags", "key, value, run_uuid", ((k, v, w.run.run_id) for w in batch for k, v in w.run.tags)
            )
