"""FastTrackML, a rewrite of MLflow's tracking server in Go, with its SQLite store."""

from __future__ import annotations

import base64
from itertools import count
from pathlib import Path

from benchmarks.dataset import FIRST_START_MS, METRICS, made_runs, noisy_series
from benchmarks.peers.environments import make_environment
from benchmarks.peers.sqlite_loader import bulk_connection, in_batches, insert
from benchmarks.peers.system import SERIES_KEY, SeriesPlan, System

_RUN_COLUMNS = (
    "run_uuid, name, source_type, source_name, user_id, status, start_time, end_time, lifecycle_stage, "
    "artifact_uri, experiment_id, row_num"
)
_DEFAULT_CONTEXT = 1  # the row that the server makes for metrics that were logged without a context


class FastTrackML(System):
    name = "fasttrackml"
    version = "0.6.0"
    proxies_artifacts = False
    environment = {"DO_NOT_TRACK": "true", "FML_LOG_LEVEL": "warn"}

    def install(self, home: Path) -> None:
        self._bin = make_environment(home, self.name, [f"fasttrackml=={self.version}"])

    def python(self) -> Path:
        return self._bin / "python"

    def command(self, port: int, *, lean: bool) -> list[str]:
        command = [str(self._bin / "fml"), "server", "--listen-address", f"127.0.0.1:{port}"]
        return [*command, "--database-uri", "sqlite://records.db", "--default-artifact-root", "./artifacts"]

    def database(self, data: Path) -> Path:
        return data / "records.db"

    def page_token(self, offset: int) -> str:
        """The tokens of 0.6.0 lack their last characters, and it refuses them itself; this is what they mean."""
        return base64.b64encode(f'{{"offset":{offset}}}\n'.encode()).decode()

    def chart_requests(self, run_ids: list[str], n_buckets: int) -> dict[str, bytes]:
        """None: its pages draw through the private calls of another product's UI."""
        return {}

    def load_runs(self, data: Path, n_runs: int) -> None:
        """Metrics go into `latest_metrics` only: searches don't read the history."""
        row_numbers = count(1)
        with bulk_connection(self.database(data)) as connection:
            for runs in in_batches(made_runs(n_runs)):
                rows = (_run_row(r.run_id, r.name, r.start_ms, r.end_ms, next(row_numbers)) for r in runs)
                insert(connection, "runs", _RUN_COLUMNS, rows)
                latest = (
                    (k, v, r.end_ms, 0, False, r.run_id, 1, _DEFAULT_CONTEXT)
                    for r in runs
                    for k, v in zip(METRICS, r.metrics, strict=True)
                )
                columns = "key, value, timestamp, step, is_nan, run_uuid, last_iter, context_id"
                insert(connection, "latest_metrics", columns, latest)
                params = ((k, v, r.run_id) for r in runs for k, v in r.params)
                insert(connection, "params", "key, value_str, run_uuid", params)
                insert(connection, "tags", "key, value, run_uuid", ((k, v, r.run_id) for r in runs for k, v in r.tags))

    def load_series(self, data: Path, plan: SeriesPlan) -> None:
        with bulk_connection(self.database(data)) as connection:
            for number, run in enumerate(made_runs(plan.n_runs)):
                values = list(noisy_series(plan.n_points, seed=number, digits=plan.digits))
                row = _run_row(run.run_id, run.name, run.start_ms, run.end_ms, number + 1)
                insert(connection, "runs", _RUN_COLUMNS, [row])
                points = (
                    (
                        SERIES_KEY,
                        value,
                        FIRST_START_MS + 100 * step,
                        step,
                        False,
                        run.run_id,
                        step + 1,
                        _DEFAULT_CONTEXT,
                    )
                    for step, value in enumerate(values)
                )
                columns = "key, value, timestamp, step, is_nan, run_uuid, iter, context_id"
                insert(connection, "metrics", columns, points)
                last = plan.n_points - 1
                latest = (SERIES_KEY, values[last], FIRST_START_MS + 100 * last, last, False, run.run_id)
                columns = "key, value, timestamp, step, is_nan, run_uuid, last_iter, context_id"
                insert(connection, "latest_metrics", columns, [(*latest, last + 1, _DEFAULT_CONTEXT)])


def _run_row(run_id: str, name: str, start_ms: int, end_ms: int, row_number: int) -> tuple[str | int, ...]:
    artifacts = f"./artifacts/0/{run_id}/artifacts"
    return (run_id, name, "LOCAL", "train.py", "", "FINISHED", start_ms, end_ms, "active", artifacts, 0, row_number)
