"""MLflow with its SQLite store."""

from __future__ import annotations

import base64
from pathlib import Path

from benchmarks.dataset import FIRST_START_MS, METRICS, made_runs, noisy_series
from benchmarks.peers.environments import make_environment
from benchmarks.peers.sqlite_loader import bulk_connection, in_batches, insert
from benchmarks.peers.system import SERIES_KEY, ClientVariant, SeriesPlan, System

RUN_COLUMNS = (
    "run_uuid, name, source_type, source_name, user_id, status, start_time, end_time, lifecycle_stage, "
    "artifact_uri, experiment_id"
)


class Mlflow(System):
    name = "mlflow"
    version = "3.18.0"
    module = "mlflow"
    environment = {
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "DO_NOT_TRACK": "true",
        # Its own packages differ in version here (see install), about which it warns at every import.
        "PYTHONWARNINGS": "ignore",
    }

    def install(self, home: Path) -> None:
        """3.18.0 pins sub-packages that the registry may lack; then it goes over 3.17.2, whose pins resolve."""
        try:
            self._bin = make_environment(home, self.name, [f"mlflow=={self.version}"])
        except RuntimeError:
            self._bin = make_environment(home, self.name, ["mlflow==3.17.2"], ["--no-deps", f"mlflow=={self.version}"])

    def python(self) -> Path:
        return self._bin / "python"

    def command(self, port: int, *, lean: bool) -> list[str]:
        command = [str(self._bin / "mlflow"), "server", "--host", "127.0.0.1", "--port", str(port)]
        command += ["--backend-store-uri", "sqlite:///records.db", "--artifacts-destination", "./artifacts"]
        if lean:
            # env(1) is replaced by the server, so this does not add a process.
            return ["/usr/bin/env", "MLFLOW_SERVER_ENABLE_JOB_EXECUTION=false", *command, "--workers", "1"]
        # A worker that a busy machine keeps silent for five seconds would be killed in the middle of its requests.
        return [*command, "--uvicorn-opts", "--timeout-worker-healthcheck 120"]

    def client_variants(self) -> dict[str, ClientVariant]:
        return {
            "mlflow": ClientVariant(lambda sizes: sizes.waiting_calls),
            "mlflow, asynchronous": ClientVariant(lambda sizes: sizes.queued_calls, ("--asynchronous",)),
        }

    def page_token(self, offset: int) -> str:
        return base64.b64encode(f'{{"offset": {offset}}}'.encode()).decode()

    def database(self, data: Path) -> Path:
        return data / "records.db"

    def load_runs(self, data: Path, n_runs: int) -> None:
        """Metrics go into `latest_metrics` only: searches don't read the history."""
        with bulk_connection(self.database(data)) as connection:
            for runs in in_batches(made_runs(n_runs)):
                insert(connection, "runs", RUN_COLUMNS, (run_row(r.run_id, r.name, r.start_ms, r.end_ms) for r in runs))
                latest = (
                    (k, v, r.end_ms, 0, 0, r.run_id) for r in runs for k, v in zip(METRICS, r.metrics, strict=True)
                )
                insert(connection, "latest_metrics", "key, value, timestamp, step, is_nan, run_uuid", latest)
                insert(
                    connection, "params", "key, value, run_uuid", ((k, v, r.run_id) for r in runs for k, v in r.params)
                )
                insert(connection, "tags", "key, value, run_uuid", ((k, v, r.run_id) for r in runs for k, v in r.tags))

    def load_series(self, data: Path, plan: SeriesPlan) -> None:
        with bulk_connection(self.database(data)) as connection:
            for number, run in enumerate(made_runs(plan.n_runs)):
                values = list(noisy_series(plan.n_points, seed=number, digits=plan.digits))
                insert(connection, "runs", RUN_COLUMNS, [run_row(run.run_id, run.name, run.start_ms, run.end_ms)])
                columns = "key, value, timestamp, step, is_nan, run_uuid"
                points = (
                    (SERIES_KEY, value, FIRST_START_MS + 100 * step, step, 0, run.run_id)
                    for step, value in enumerate(values)
                )
                insert(connection, "metrics", columns, points)
                last = plan.n_points - 1
                latest = (SERIES_KEY, values[last], FIRST_START_MS + 100 * last, last, 0, run.run_id)
                insert(connection, "latest_metrics", columns, [latest])


def run_row(run_id: str, name: str, start_ms: int, end_ms: int, experiment: int = 0) -> tuple[str | int, ...]:
    artifacts = f"mlflow-artifacts:/{experiment}/{run_id}/artifacts"
    return (run_id, name, "LOCAL", "train.py", "", "FINISHED", start_ms, end_ms, "active", artifacts, experiment)
