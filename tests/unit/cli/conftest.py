"""A small SQLite store with three runs, and a way to run commands on it."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from runfold.cli import main
from runfold.domain.dataset import Dataset, DatasetUse
from runfold.domain.metric import Metric
from runfold.domain.run import FinishedRun, NewRun, RunBatch
from runfold.domain.states import RunStatus
from runfold.stores.base import TrackingStore
from runfold.stores.open import open_store

T0 = 1_700_000_000_000
IRIS = Dataset(name="iris", digest="d1", source_type="code", source="{}")


@pytest.fixture
def uri(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/runfold.db"


@pytest.fixture
def store(uri: str, tmp_path: Path) -> Iterator[TrackingStore]:
    """Experiments 1 `vision/a` with runs a1 and a2, and 2 `speech` with the failed run b1."""
    store = open_store(uri, artifact_root=(tmp_path / "files").as_uri())
    vision, speech = store.create_experiment("vision/a"), store.create_experiment("speech")
    for run_id, experiment, status, rate, losses in (
        ("a1" * 16, vision, RunStatus.FINISHED, "0.1", [3.0, 2.0, 1.0]),
        ("a2" * 16, vision, RunStatus.FINISHED, "0.2", [4.0, 2.0, math.nan]),
        ("b1" * 16, speech, RunStatus.FAILED, "0.1", [9.0]),
    ):
        points = tuple(Metric("loss", value, T0 + step, step) for step, value in enumerate(losses))
        store.register_run(
            FinishedRun(
                run=NewRun(experiment_id=experiment, run_id=run_id, run_name=f"run-{run_id[:2]}", start_time_ms=T0),
                status=status,
                end_time_ms=T0 + 90_000,
                batch=RunBatch(metrics=points, params=(("lr", rate), ("depth", "3")), tags=(("team", "x"),)),
                datasets=(DatasetUse(dataset=IRIS, tags={"mlflow.data.context": "training"}),),
            )
        )
    yield store
    store.close()


@pytest.fixture
def run(uri: str, store: TrackingStore) -> Callable[..., Result]:
    """Run `runfold <arguments>` on the store and give the result."""

    def invoke(*arguments: str) -> Result:
        return CliRunner().invoke(main, [*arguments, "-u", uri], catch_exceptions=False)

    return invoke


@pytest.fixture
def run_json(run: Callable[..., Result]) -> Callable[..., object]:
    """Run a command that must succeed, with `--json`, and give the document."""

    def invoke(*arguments: str) -> object:
        result = run(*arguments, "--json")
        assert result.exit_code == 0, result.stderr
        return json.loads(result.stdout)

    return invoke
