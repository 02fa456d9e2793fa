"""Models saved here load in real MLflow, with pyfunc and their own flavour, and models saved there load here."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import catboost
import lightgbm
import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import xgboost
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression

import runfold
from runfold.models.loading import load_model, scan_model

HERE = Path(__file__).parent
ENVIRONMENTS = HERE.parents[2] / ".cache" / "mlflow-models"
VERSIONS = ("2.9.2", "2.22.5", "3.18.0")
ROWS, KINDS = load_iris(return_X_y=True, as_frame=True)
ROWS.columns = ["a", "b", "c", "d"]
EXAMPLE = ROWS.head(4)
# For MLflow before 3.12 estimators are saved as pickles, for MLflow before 2.12 code as well. MLflow 2.9 wants numpy 1,
# which reads no arrays that numpy 2 pickled.
SINCE = {"sklearn-skops": (3, 12), "lightgbm-skops": (3, 12), "python-code": (2, 12), "statsmodels": (2, 10)}

PLAIN_FILE = """
class Sum:
    def predict(self, rows, params=None):
        return rows.sum(axis=1) * (params or {}).get("factor", 1.0)


model = Sum()
"""

pytestmark = pytest.mark.slow


def mlflow(version: str, *arguments: str | Path, home: Path) -> str:
    python = ENVIRONMENTS / version / "bin" / "python"
    assert python.exists(), f"there is no MLflow {version} with frameworks: run `make mlflow-models`"
    done = subprocess.run(
        [python, HERE / "theirs.py", *arguments],
        env={"PATH": os.environ["PATH"], "HOME": str(home), "MLFLOW_DISABLE_TELEMETRY": "true"},
        cwd=home,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def number_of(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2])


def plain(answer: Any) -> list[Any]:
    return pd.DataFrame(answer).to_numpy().ravel().tolist()


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for each kind of model, with all that may be in it."""
    folder = tmp_path_factory.mktemp("ours")
    quiet = {"verbose": -1, "num_threads": 1}
    linear = LogisticRegression(max_iter=1000).fit(ROWS, KINDS)
    with_example: dict[str, Any] = {"input_example": EXAMPLE, "metadata": {"team": "blue"}}
    runfold.sklearn.save_model(linear, folder / "sklearn-pickle", serialization_format="pickle", **with_example)
    runfold.sklearn.save_model(linear, folder / "sklearn-cloud", serialization_format="cloudpickle", **with_example)
    forest = RandomForestClassifier(n_estimators=3).fit(ROWS, KINDS)
    runfold.sklearn.save_model(forest, folder / "sklearn-skops", **with_example)
    booster = xgboost.train({"max_depth": 2}, xgboost.DMatrix(ROWS, KINDS), 2)
    runfold.xgboost.save_model(booster, folder / "xgboost", **with_example)
    runfold.xgboost.save_model(booster, folder / "xgboost-json", serialization_format="json", **with_example)
    estimator = xgboost.XGBClassifier(n_estimators=2).fit(ROWS, KINDS)
    runfold.xgboost.save_model(estimator, folder / "xgboost-estimator", **with_example)
    trees = lightgbm.train(quiet, lightgbm.Dataset(ROWS, KINDS), 2)
    runfold.lightgbm.save_model(trees, folder / "lightgbm", **with_example)
    classifier = lightgbm.LGBMClassifier(n_estimators=2, **quiet).fit(ROWS, KINDS)
    runfold.lightgbm.save_model(classifier, folder / "lightgbm-skops", **with_example)
    runfold.lightgbm.save_model(
        classifier, folder / "lightgbm-pickle", serialization_format="cloudpickle", **with_example
    )
    cat = catboost.CatBoostClassifier(iterations=2, verbose=0, allow_writing_files=False, thread_count=1)
    runfold.catboost.save_model(cat.fit(ROWS, KINDS), folder / "catboost", **with_example)
    fitted = sm.OLS(KINDS.to_numpy(), ROWS.to_numpy()).fit()  # MLflow 2 has another pandas, and this is a pickle
    runfold.statsmodels.save_model(fitted, folder / "statsmodels", serialization_format="pickle", **with_example)
    (folder / "summing.py").write_text(PLAIN_FILE)
    call = (EXAMPLE, {"factor": 2.0})
    runfold.pyfunc.save_model(folder / "python-code", folder / "summing.py", input_example=call)
    runfold.pyfunc.save_model(
        folder / "python-function", lambda rows: rows["a"] * 2, serialization_format="cloudpickle", **with_example
    )
    return folder


@pytest.mark.parametrize("version", VERSIONS)
def test_models_saved_here_answer_alike_in_mlflow(version: str, ours: Path, tmp_path: Path) -> None:
    answers = json.loads(mlflow(version, "load", ours, home=tmp_path).splitlines()[-1])

    for name, ways in answers.items():
        if number_of(version) < SINCE.get(name, (0, 0)):
            continue
        expected = plain(load_model(ours / name, allow_pickle=True).predict(EXAMPLE))
        for how, answer in ways.items():
            assert not isinstance(answer, str), f"{name} by mlflow.{how}: {answer}"
            assert np.allclose(answer, expected, atol=1e-6), f"{name} by mlflow.{how}"
    assert len(answers) == 13


@pytest.mark.parametrize("version", VERSIONS)
def test_models_saved_by_mlflow_answer_alike_here(version: str, tmp_path: Path) -> None:
    mlflow(version, "save", tmp_path, home=tmp_path)
    expected = json.loads((tmp_path / "expected.json").read_text())

    for name, answer in expected.items():
        assert scan_model(tmp_path / name).dangerous == (), name
        model = load_model(tmp_path / name, allow_pickle=True)
        assert np.allclose(plain(model.predict(EXAMPLE)), answer, atol=1e-6), name
        assert model.signature.inputs is not None
        assert model.example is not None
        flavor = name.partition("-")[0]
        if flavor != "python":
            assert runfold.models.load_native(tmp_path / name, flavor, allow_pickle=True) is not None
    assert len(expected) == 9 + (number_of(version) >= SINCE["python-code"])
