"""XGBoost passes the suite of flavours."""

from __future__ import annotations

import pytest
import xgboost
from sklearn.datasets import load_iris

from runfold.integrations.xgboost.flavor import FLAVOR
from runfold.testing.flavours import *  # noqa: F403 - the suite
from runfold.testing.flavours import FlavourCase

ROWS, KINDS = load_iris(return_X_y=True, as_frame=True)
MODELS = {
    "booster": xgboost.train({"max_depth": 2}, xgboost.DMatrix(ROWS, KINDS), 2),
    "classifier": xgboost.XGBClassifier(n_estimators=2, max_depth=2).fit(ROWS, KINDS),
}


@pytest.fixture(params=MODELS)
def case(request: pytest.FixtureRequest) -> FlavourCase:
    is_booster = request.param == "booster"
    return FlavourCase(
        FLAVOR,
        MODELS[request.param],
        ROWS.head(4),
        lambda model, rows: model.predict(xgboost.DMatrix(rows) if is_booster else rows),
        "xgboost-cpu",
    )
