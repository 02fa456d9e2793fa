"""The quicker ways answer what the estimators' own `predict` answers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.ensemble import (
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.linear_model import Lasso, LinearRegression, LogisticRegression, Ridge, RidgeClassifier, SGDClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from xgboost import XGBClassifier, XGBRegressor

from runfold.serving.shortcuts import shortcut

ROWS = np.random.default_rng(1).normal(size=(300, 4))
TWO, THREE = np.where(ROWS[:, 0] > 0, "yes", "no"), np.digitize(ROWS[:, 1], [-0.5, 0.5])
AMOUNT = ROWS @ np.array([1.0, -2.0, 0.5, 0.0])
SMALL: dict[str, Any] = {"n_estimators": 15, "random_state": 0}
FITTED: list[Any] = [
    LogisticRegression().fit(ROWS, THREE == 1),
    LogisticRegression().fit(ROWS, THREE),
    LinearRegression().fit(ROWS, AMOUNT),
    make_pipeline(StandardScaler(), LogisticRegression()).fit(ROWS, THREE),
]


@pytest.mark.parametrize(
    ("estimator", "target"),
    [
        (RandomForestClassifier(**SMALL), TWO),
        (RandomForestClassifier(**SMALL, max_depth=3), THREE),
        (ExtraTreesClassifier(**SMALL), TWO),
        (RandomForestRegressor(**SMALL), AMOUNT),
        (ExtraTreesRegressor(**SMALL), AMOUNT),
        (XGBClassifier(**SMALL), (TWO == "yes").astype(int)),
        (XGBClassifier(**SMALL), THREE),
        (XGBRegressor(**SMALL), AMOUNT),
        (LogisticRegression(), TWO),
        (LogisticRegression(), THREE),
        (SGDClassifier(random_state=0), TWO),
        (LinearRegression(), AMOUNT),
        (LinearRegression(), np.column_stack([AMOUNT, -AMOUNT])),
        (Ridge(), AMOUNT),
        (make_pipeline(StandardScaler(), LogisticRegression()), TWO),
        (make_pipeline(StandardScaler(with_std=False), StandardScaler(with_mean=False), LinearRegression()), AMOUNT),
        (make_pipeline(StandardScaler(), RandomForestClassifier(**SMALL)), THREE),
        (make_pipeline(StandardScaler(), XGBRegressor(**SMALL)), AMOUNT),
    ],
    ids=lambda value: type(value).__name__ if hasattr(value, "fit") else "",
)
def test_a_shortcut_predicts_what_the_estimator_predicts(estimator: Any, target: Any) -> None:
    estimator.fit(ROWS, target)
    quick = shortcut(estimator, "predict")
    assert quick is not None
    fresh = np.random.default_rng(2).normal(size=(200, 4))
    expected = estimator.predict(fresh)
    one_by_one = [fresh[at : at + 1] for at in range(len(fresh))]
    assert quick(fresh).dtype == expected.dtype
    assert (quick(fresh) == expected).all()
    for row in one_by_one:  # a single row goes through another product of matrices, here as there
        assert (quick(row) == estimator.predict(row)).all()


def test_early_stopping_counts_the_trees_that_are_used() -> None:
    half = len(ROWS) // 2
    model = XGBRegressor(n_estimators=60, learning_rate=1.0, early_stopping_rounds=2, random_state=0)
    model.fit(ROWS[:half], AMOUNT[:half], eval_set=[(ROWS[half:], AMOUNT[half:])], verbose=False)
    quick = shortcut(model, "predict")
    assert quick is not None
    assert (quick(ROWS) == model.predict(ROWS)).all()


def test_what_a_forest_refuses_is_refused_in_its_own_words() -> None:
    quick = shortcut(RandomForestRegressor(**SMALL).fit(ROWS, AMOUNT), "predict")
    assert quick is not None
    with pytest.raises(ValueError, match="infinity"):
        quick(np.array([[np.nan, np.inf, 0.0, 0.0]]))


@pytest.mark.parametrize("estimator", [LinearRegression(), make_pipeline(StandardScaler(), Lasso())])
@pytest.mark.parametrize(
    "rows", [np.full((1, 4), np.nan), np.full((1, 4), np.inf), np.empty((0, 4)), np.zeros((2, 3))], ids=str
)
def test_what_a_linear_model_refuses_is_refused_in_its_own_words(estimator: Any, rows: Any) -> None:
    quick = shortcut(estimator.fit(ROWS, AMOUNT), "predict")
    assert quick is not None
    with pytest.raises(ValueError) as told:
        estimator.predict(rows)
    with pytest.raises(ValueError) as found:
        quick(rows)
    assert str(found.value) == str(told.value)


@settings(max_examples=200)
@given(rows=arrays(np.float64, st.tuples(st.integers(1, 5), st.just(4)), elements=st.floats(-1e300, 1e300)))
def test_any_rows_get_what_the_long_way_gives(rows: Any) -> None:
    for estimator in FITTED:
        quick = shortcut(estimator, "predict")
        assert quick is not None
        assert quick(rows).tobytes() == estimator.predict(rows).tobytes()


def test_there_is_no_shortcut_for_what_is_not_known() -> None:
    assert shortcut(RidgeClassifier().fit(ROWS, TWO), "predict") is None
    assert shortcut(LogisticRegression().fit(ROWS, TWO).sparsify(), "predict") is None
    assert shortcut(make_pipeline(MinMaxScaler(), LinearRegression()).fit(ROWS, AMOUNT), "predict") is None
    assert shortcut(GradientBoostingClassifier(n_estimators=2).fit(ROWS, TWO), "predict") is None
    assert shortcut(RandomForestClassifier(n_estimators=2).fit(ROWS, TWO), "predict_proba") is None
    two_outputs = RandomForestRegressor(n_estimators=2).fit(ROWS, np.column_stack([AMOUNT, AMOUNT]))
    assert shortcut(two_outputs, "predict") is None
