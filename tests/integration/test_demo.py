import math
import os
import subprocess
import sys
from pathlib import Path

import pytest

from runfold.domain.states import RunStatus
from runfold.stores.base import ExperimentQuery, RunQuery
from runfold.stores.open import open_store
from runfold.stores.registry import ModelQuery

ROOT = Path(__file__).parents[2]


def run_demo(home: Path) -> str:
    command = [sys.executable, "-m", "examples.demo", "--no-serve", "--home", str(home)]
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("RUNFOLD_", "MLFLOW_"))}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.slow
def test_the_demo_logs_what_it_promises_and_only_once(tmp_path):
    run_demo(tmp_path)
    second = run_demo(tmp_path)

    assert "already" in second
    assert "..." not in second, "nothing is trained again"
    store = open_store(f"sqlite:///{tmp_path}/runfold.db")
    experiments = store.search_experiments(ExperimentQuery()).items
    runs = store.search_runs(RunQuery(experiment_ids=tuple(e.experiment_id for e in experiments))).items
    assert len(runs) >= 60
    assert sum("/" in experiment.name for experiment in experiments) >= 5
    assert sum(run.info.status is RunStatus.FAILED for run in runs) == 1
    assert sum(run.info.parent_run_id is not None for run in runs) >= 30
    assert any(math.isnan(run.metrics["loss"].last) for run in runs if "loss" in run.metrics)
    assert sum(max((m.count for m in run.metrics.values()), default=0) >= 200 for run in runs) >= 20
    assert sum(bool(run.datasets) for run in runs) >= 40
    files = [path.name for path in (tmp_path / "artifacts").rglob("*") if path.is_file()]
    assert {"confusion_matrix.png", "model_card.md", "predictions.csv", "mistakes.json", "roc.png"} <= set(files)
    versions = store.search_model_versions(ModelQuery(max_results=10)).items
    assert sorted(version.name for version in versions) == ["diabetes-progression"] * 2 + ["wine-cultivar"] * 3
    card = store.get_model_version_by_alias("diabetes-progression", "champion").card
    assert (card.framework, card.algorithm, card.task) == ("scikit-learn", "gradient boosting", "regression")
    store.close()
