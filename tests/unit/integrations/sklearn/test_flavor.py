"""scikit-learn passes the suite of flavours; what is its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.cluster import BisectingKMeans, KMeans
from sklearn.datasets import load_iris
from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestClassifier
from sklearn.feature_selection import SelectKBest
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import runfold
from runfold.artifacts.model_files import card_of
from runfold.errors import InvalidValue, PermissionDenied
from runfold.integrations.sklearn.flavor import FLAVOR
from runfold.testing.flavours import *  # noqa: F403 - the suite
from runfold.testing.flavours import FlavourCase

ROWS, KINDS = load_iris(return_X_y=True, as_frame=True)
MODELS = {
    "pipeline": make_pipeline(StandardScaler(), LogisticRegression()).fit(ROWS, KINDS),
    "forest": RandomForestClassifier(n_estimators=3, random_state=0).fit(ROWS, KINDS),
    "boosting": HistGradientBoostingRegressor(max_iter=3).fit(ROWS, KINDS),
}


@pytest.fixture(params=MODELS)
def case(request: pytest.FixtureRequest) -> FlavourCase:
    return FlavourCase(
        FLAVOR, MODELS[request.param], ROWS.head(4), lambda model, rows: model.predict(rows), "scikit-learn"
    )


class Constant(RegressorMixin, BaseEstimator):
    """A model of the user's own."""

    def __init__(self, value: float = 0.0) -> None:
        self.value = value

    def fit(self, rows: Any, targets: Any = None) -> Constant:
        self.fitted_ = True
        return self

    def predict(self, rows: Any) -> np.ndarray:
        return np.full(len(rows), self.value)


def test_types_of_ones_own_are_vouched_for_when_saving_and_when_loading(tmp_path: Path) -> None:
    model, name = Constant(3.0).fit(ROWS), f"{__name__}.Constant"

    with pytest.raises(InvalidValue, match=r"Constant"):
        runfold.sklearn.save_model(model, tmp_path / "model")
    runfold.sklearn.save_model(model, tmp_path / "model", skops_trusted_types=[name])
    with pytest.raises(PermissionDenied, match="trusted_types"):
        runfold.models.load_model(tmp_path / "model")

    assert runfold.models.load_model(tmp_path / "model", trusted_types=[name]).predict(ROWS.head(1)) == [3.0]
    assert runfold.models.load_model(tmp_path / "model", allow_code=True).predict(ROWS.head(1)) == [3.0]


def test_another_method_can_be_what_is_called(tmp_path: Path) -> None:
    runfold.sklearn.save_model(MODELS["pipeline"], tmp_path / "model", pyfunc_predict_fn="predict_proba")

    answer = runfold.models.load_model(tmp_path / "model").predict(ROWS.head(2))

    assert answer == pytest.approx(MODELS["pipeline"].predict_proba(ROWS.head(2)))


def test_a_model_without_predict_is_saved_but_not_called(tmp_path: Path) -> None:
    scaler = StandardScaler().fit(ROWS)
    runfold.sklearn.save_model(scaler, tmp_path / "model")

    with pytest.raises(runfold.RunfoldError, match="load_native"):
        runfold.models.load_model(tmp_path / "model")
    assert runfold.sklearn.load_model(tmp_path / "model").mean_ == pytest.approx(scaler.mean_)


def test_lists_and_arrays_do_as_examples(tmp_path: Path) -> None:
    model = LogisticRegression(max_iter=1000).fit(ROWS.to_numpy(), KINDS)
    for number, example in enumerate([ROWS.head(2).to_numpy(), ROWS.head(2).to_numpy().tolist()]):
        runfold.sklearn.save_model(model, tmp_path / str(number), input_example=example)
        loaded = runfold.models.load_model(tmp_path / str(number))

        assert loaded.example is not None
        assert len(loaded.predict(loaded.example.data)) == 2
        assert len(loaded.predict(np.asarray(example) if number == 0 else example)) == 2


def test_the_registry_is_told_what_a_model_is_and_does(tmp_path: Path) -> None:
    models = {
        "search": GridSearchCV(make_pipeline(StandardScaler(), LogisticRegression()), {"logisticregression__C": [1.0]}),
        "ridge": Ridge(),
        "means": KMeans(3, n_init=1),
        "scaler": StandardScaler(),
    }
    told = {}
    for name, model in models.items():
        card = card_of(runfold.sklearn.save_model(model.fit(ROWS, KINDS), tmp_path / name))
        told[name] = (card.algorithm, card.task)
    assert told == {
        "search": ("logistic regression", "classification"),
        "ridge": ("linear regression", "regression"),
        "means": ("k-means", "clustering"),
        "scaler": ("", ""),
    }


@pytest.mark.parametrize(
    "model",
    [
        GridSearchCV(LogisticRegression(max_iter=500), {"C": [0.5, 1.0]}, cv=2),
        GridSearchCV(LogisticRegression(max_iter=500), {"C": [1.0]}, scoring="f1_macro", cv=2),
        CalibratedClassifierCV(LogisticRegression(max_iter=500), cv=2),
        make_pipeline(SelectKBest(k=2), LogisticRegression()),
        BisectingKMeans(2, n_init=1),
    ],
    ids=["search", "search by a score", "calibrated", "selection", "bisecting"],
)
def test_what_estimators_of_scikit_learn_hold_needs_nobody_to_vouch_for_it(model: Any, tmp_path: Path) -> None:
    model.fit(ROWS, KINDS)
    runfold.sklearn.save_model(model, tmp_path / "model")
    again = runfold.sklearn.load_model(tmp_path / "model")
    assert (again.predict(ROWS) == model.predict(ROWS)).all()
