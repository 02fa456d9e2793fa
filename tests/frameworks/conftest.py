"""A place to log to, and an older MLflow."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import runfold
from runfold.tracking import active
from runfold.tracking.run_view import RunView

MLFLOW_2 = Path(__file__).parents[2] / ".cache" / "mlflow-2.22"


@pytest.fixture
def mlflow_2(tmp_path: Path) -> Callable[..., Any]:
    """Runs a program with MLflow 2.22 and without Runfold; gives what it prints last, as JSON."""

    def run(program: str, *arguments: str | Path) -> Any:
        assert MLFLOW_2.is_dir(), "there is no MLflow 2.22: run `make frameworks`"
        start = "import json, sys, mlflow\nassert mlflow.__version__.startswith('2.22.')\n"
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", start + program, *arguments],
            env={**os.environ, "PYTHONPATH": str(MLFLOW_2), "HOME": str(tmp_path)},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout.splitlines()[-1])

    return run


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty store in a folder, taken up and left again, and every training logged by itself."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RUNFOLD_CAPTURE_GIT_DIFF", "false")
    runfold.set_tracking_uri(str(tmp_path / "store"))
    runfold.autolog()
    yield tmp_path
    runfold.autolog(disable=True)
    while runfold.active_run() is not None:
        runfold.end_run()
    runfold.set_tracking_uri("")
    for session in active.state.sessions.values():
        session.close()
    active.state.sessions.clear()
    active.state.last_run_id = None


@pytest.fixture
def trained(here: Path) -> Callable[[Callable[[], Any]], RunView]:
    """Trains, and gives the one run that this made."""

    def run_of(train: Callable[[], Any]) -> RunView:
        train()
        (run,) = runfold.search_runs(search_all_experiments=True, output_format="list")
        assert runfold.active_run() is None
        return runfold.get_run(run.info.run_id)

    return run_of


@pytest.fixture
def files_of() -> Callable[[RunView], set[str]]:
    return lambda run: {file.path for file in runfold.list_artifacts(run.info.run_id)}


@pytest.fixture
def steps_of() -> Callable[[RunView, str], list[int]]:
    return lambda run, key: [point.step for point in runfold.Client().get_metric_history(run.info.run_id, key)]
