"""The stores that browsers are pointed at, loaded once and kept."""

from __future__ import annotations

import subprocess
from functools import partial
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.peers.mlflow import Mlflow
from benchmarks.peers.runfold import Runfold
from benchmarks.peers.sqlite_loader import analyze
from benchmarks.peers.system import SeriesPlan, System
from benchmarks.web import mlflow_wide
from benchmarks.web.sizes import WebSizes

_PROJECT = Path(__file__).resolve().parent.parent.parent


def runs_store(bench: Bench, system: System, sizes: WebSizes) -> Path:
    """Experiment 0 with many runs, experiment 1 with many keys; peers get the statistics that SQLite plans by."""
    kind = f"web-{sizes.n_runs}-{sizes.wide_runs}x{sizes.wide_keys}"
    return bench.loaded(system, kind, partial(_load_runs, system, sizes))


def series_store(bench: Bench, system: System, sizes: WebSizes) -> Path:
    plan = SeriesPlan(sizes.n_series, sizes.n_points)
    return bench.loaded(system, plan.label, partial(system.load_series, plan=plan))


def _load_runs(system: System, sizes: WebSizes, data: Path) -> None:
    system.load_runs(data, sizes.n_runs)
    database = system.database(data)
    match system:
        case Runfold():
            arguments = ["-m", "benchmarks.web.runfold_wide", str(database), str(sizes.wide_runs), str(sizes.wide_keys)]
            subprocess.run([str(system.python()), *arguments], cwd=_PROJECT, check=True)
        case Mlflow():
            mlflow_wide.load(database, sizes.wide_runs, sizes.wide_keys)
            analyze(database)
        case _:
            raise NotImplementedError(f"{system.name} has no loader for the wide experiment")
