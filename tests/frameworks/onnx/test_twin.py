"""Models of other frameworks get a twin in ONNX that answers alike, and that MLflow loads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import lightgbm
import mlflow
import pytest
import xgboost
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

from runfold import models
from runfold.models.portable import add_twin

ROWS, KINDS = load_iris(return_X_y=True, as_frame=True)


@pytest.mark.parametrize(
    "model",
    [
        LogisticRegression(max_iter=500),
        xgboost.XGBClassifier(n_estimators=3),
        lightgbm.LGBMClassifier(n_estimators=3, verbose=-1),
    ],
    ids=["scikit-learn", "XGBoost", "LightGBM"],
)
def test_a_twin_answers_as_the_model_does(model: Any, tmp_path: Path) -> None:
    model.fit(ROWS, KINDS)
    models.save_model(model, tmp_path / "model", input_example=ROWS.head(20))

    parity = add_twin(tmp_path / "model", "onnx")

    assert parity.rows == 20
    predicted = models.load_model(tmp_path / "model", flavor="onnx").predict(ROWS)
    assert predicted.iloc[:, 0].tolist() == model.predict(ROWS).tolist()
    assert mlflow.onnx.load_model(str(tmp_path / "model")).graph.output
