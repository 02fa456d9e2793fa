"""CatBoost passes the suite of flavours."""

from __future__ import annotations

import pytest
from catboost import CatBoostClassifier, CatBoostRegressor
from sklearn.datasets import load_iris

from runfold.integrations.catboost.flavor import FLAVOR
from runfold.testing.flavours import *  # noqa: F403 - the suite
from runfold.testing.flavours import FlavourCase

ROWS, KINDS = load_iris(return_X_y=True, as_frame=True)
QUIET = {"iterations": 2, "depth": 2, "verbose": 0, "allow_writing_files": False, "thread_count": 1}
MODELS = {
    "classifier": CatBoostClassifier(**QUIET).fit(ROWS, KINDS),
    "regressor": CatBoostRegressor(**QUIET).fit(ROWS, KINDS),
}


@pytest.fixture(params=MODELS)
def case(request: pytest.FixtureRequest) -> FlavourCase:
    model = MODELS[request.param]
    return FlavourCase(FLAVOR, model, ROWS.head(4), lambda model, rows: model.predict(rows), "catboost")
