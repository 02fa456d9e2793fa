"""The quicker ways answer what the estimators' own `predict` answers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.ensemble import (
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    RandomForestClassifier,
    RandomForestRegressor,
)
from xgboost import XGBClassifier, XGBRegressor

from runfold.serving.shortcuts import shortcut

ROWS = np.random.default_rng(1).normal(size=(300, 4))
TWO, THREE = np.where(ROWS[:, 0] > 0, "yes", "no"), np.digitize(ROWS[:, 1], [-0.5, 0.5])
AMOUNT = ROWS @ np.array([1.0, -2.0, 0.5, 0.0])
SMALL: dict[str, Any] = {"n_estimators": 15, "random_state": 0}


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
    ],
    ids=lambda value: type(value).__name__ if hasattr(value, "fit") else "",
)
def test_a_shortcut_predicts_what_the_estimator_predicts(estimator: Any, target: Any) -> None:
    estimator.fit(ROWS, target)
    quick = shortcut(estimator, "predict")
    assert quick is not None
    fresh = np.random.default_rng(2).normal(size=(200, 4))
    expected = estimator.predict(fresh)
    for found in (quick(fresh), np.concatenate([quick(fresh[at : at + 1]) for at in range(len(fresh))])):
        assert found.dtype == expected.dtype
        assert (found == expected).all()


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


def test_there_is_no_shortcut_for_what_is_not_known() -> None:
    assert shortcut(GradientBoostingClassifier(n_estimators=2).fit(ROWS, TWO), "predict") is None
    assert shortcut(RandomForestClassifier(n_estimators=2).fit(ROWS, TWO), "predict_proba") is None
    two_outputs = RandomForestRegressor(n_estimators=2).fit(ROWS, np.column_stack([AMOUNT, AMOUNT]))
    assert shortcut(two_outputs, "predict") is None
