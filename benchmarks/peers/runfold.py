"""Runfold as it is in this working tree, installed from a wheel built on the spot, with its SQLite store."""

from __future__ import annotations

import hashlib
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path

from benchmarks.dataset import FIRST_START_MS, noisy_series
from benchmarks.load import ask, post_json
from benchmarks.mlflow_api import log_batch, metrics_json, new_run_id
from benchmarks.peers.environments import refresh_project
from benchmarks.peers.system import SERIES_KEY, ClientVariant, SeriesPlan, System, sampled_history
from benchmarks.processes import free_port, serving

_BATCH = 1000
_LOADER = "benchmarks.peers.runfold_loader"


class Runfold(System):
    name = "runfold"
    module = "runfold"
    environment = {"DO_NOT_TRACK": "true"}
    plans_without_statistics = True

    def __init__(self, project: Path) -> None:
        self._project = project

    def install(self, home: Path) -> None:
        self._bin = refresh_project(home, self.name, self._project)
        self.version = self._run("-c", "from importlib.metadata import version; print(version('runfold'))").strip()

    def python(self) -> Path:
        return self._bin / "python"

    def command(self, port: int, *, lean: bool) -> list[str]:
        command = [str(self._bin / "runfold"), "server", "--host", "127.0.0.1", "--port", str(port)]
        return [*command, "--store", "sqlite:///records.db", "--artifacts", "./artifacts"]

    def database(self, data: Path) -> Path:
        return data / "records.db"

    def client_variants(self) -> dict[str, ClientVariant]:
        return {"runfold": ClientVariant(lambda sizes: sizes.buffered_calls)}

    def data_version(self) -> str:
        """Changes with the schema, so that data loaded for another one is not served."""
        sql = self._project / "src" / "runfold" / "stores" / "sql"
        loader = self._project / f"{_LOADER.replace('.', '/')}.py"
        made_by = (sql / "tables.py", sql / "schema.py", loader)
        return hashlib.sha256(b"".join(path.read_bytes() for path in made_by)).hexdigest()[:12]

    def load_runs(self, data: Path, n_runs: int) -> None:
        self._run("-m", _LOADER, str(self.database(data)), str(n_runs))

    def load_series(self, data: Path, plan: SeriesPlan) -> None:
        """Over HTTP: nothing but the server knows how it packs points."""
        port = free_port()
        with serving(
            self.command(port, lean=True),
            port=port,
            data=data,
            environment=self.environment,
            health_path=self.health_path,
        ):
            for number in range(plan.n_runs):
                run_id = new_run_id(port, FIRST_START_MS)
                values = list(noisy_series(plan.n_points, seed=number, digits=plan.digits))
                for first in range(0, plan.n_points, _BATCH):
                    points = [
                        (SERIES_KEY, value, FIRST_START_MS + 100 * step, step)
                        for step, value in enumerate(values[first : first + _BATCH], first)
                    ]
                    ask(port, log_batch(run_id, metrics_json(points)))
            _wait_until_folded(self.database(data))

    def chart_requests(self, run_ids: list[str], n_buckets: int) -> dict[str, bytes]:
        wanted = {"run_ids": run_ids, "keys": [SERIES_KEY], "n_buckets": n_buckets}
        return {
            self.name: post_json("/api/runfold/v1/series/sample", wanted),
            f"{self.name}, by MLflow's call": sampled_history(run_ids, n_buckets),
        }

    def _run(self, *arguments: str) -> str:
        done = subprocess.run([str(self.python()), *arguments], cwd=self._project, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{arguments[0]!r} failed in Runfold's environment:\n{done.stderr[-3000:]}")
        return done.stdout


def _wait_until_folded(database: Path, *, at_most_s: float = 120) -> None:
    """Points are first kept as they came; the server packs those of a run once it has been quiet for a while."""
    deadline = time.monotonic() + at_most_s
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        while connection.execute("SELECT count(*) FROM metric_journal WHERE is_folded = 0").fetchone()[0]:
            if time.monotonic() > deadline:
                raise RuntimeError(f"series were not packed in {at_most_s:.0f} s")
            time.sleep(0.5)
