"""Puts 100,000 runs with 12,000 metric keys into the database of a server that is stopped: `many.py <database>`.

Tables and kinds come from the package. Logging as many runs through the client would take minutes.
"""

from __future__ import annotations

import sqlite3
import sys
import time

from runfold.domain.keys import KeyKind
from runfold.domain.states import LifecycleStage, RunStatus
from runfold.stores.sql.tables import change_counter, experiments, keys, latest_metrics, params, runs

N_RUNS = 100_000
N_KEYS = 12_000
EXPERIMENT = 1
ACCURACY, MODEL, FIRST_OWN = 1, 2, 3  # numbers of keys
MODELS = ("cnn", "vit", "mixer")


def main(database: str) -> None:
    start = int(time.time() * 1000) - N_RUNS * 1000
    connection = sqlite3.connect(database)
    connection.execute("PRAGMA synchronous = OFF")
    with connection:
        place = f"mlflow-artifacts:/{EXPERIMENT}"
        row = (EXPERIMENT, "many", place, str(LifecycleStage.ACTIVE), start, start)
        insert(connection, experiments.name, "id, name, artifact_location, lifecycle_stage, creation_time, last_update_time", [row])
        insert(connection, keys.name, "id, experiment_id, kind, key, n_runs", key_rows())
        columns = "id, run_id, experiment_id, name, user_id, status, lifecycle_stage, start_time, end_time, artifact_uri, last_write, change"
        insert(connection, runs.name, columns, (run_row(number, start + 1000 * number) for number in range(1, N_RUNS + 1)))
        columns = "run, key_id, value, step, timestamp, min, max, count"
        insert(connection, latest_metrics.name, columns, (row for number in range(1, N_RUNS + 1) for row in metric_rows(number, start)))
        insert(connection, params.name, "run, key_id, value", ((number, MODEL, MODELS[number % 3]) for number in range(1, N_RUNS + 1)))
        connection.execute(f"UPDATE {change_counter.name} SET value = {N_RUNS}")
    connection.close()


def key_rows() -> list[tuple[int, int, int, str, int]]:
    own = [
        (FIRST_OWN + at, EXPERIMENT, int(KeyKind.METRIC), f"layer{at // 100:03}/weight{at:05}", N_RUNS // N_KEYS)
        for at in range(N_KEYS - 1)
    ]
    usual = [(ACCURACY, EXPERIMENT, int(KeyKind.METRIC), "val/accuracy", N_RUNS), (MODEL, EXPERIMENT, int(KeyKind.PARAM), "model", N_RUNS)]
    return usual + own


def run_row(number: int, start: int) -> tuple[object, ...]:
    run_id = f"{number:032x}"
    place = f"mlflow-artifacts:/{EXPERIMENT}/{run_id}/artifacts"
    state = (int(RunStatus.FINISHED), str(LifecycleStage.ACTIVE))
    return (number, run_id, EXPERIMENT, f"trial-{number:06}", "ada", *state, start, start + 60_000, place, start, number)


def metric_rows(number: int, start: int) -> list[tuple[object, ...]]:
    """The best of all is run 54,321."""
    accuracy = 1 - abs(number - 54_321) / N_RUNS
    own = FIRST_OWN + number % (N_KEYS - 1)
    return [(number, key, value, 0, start, value, value, 1) for key, value in ((ACCURACY, accuracy), (own, number / N_RUNS))]


def insert(connection: sqlite3.Connection, table: str, columns: str, rows: object) -> None:
    marks = ", ".join("?" * len(columns.split(",")))
    connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)


if __name__ == "__main__":
    main(sys.argv[1])
