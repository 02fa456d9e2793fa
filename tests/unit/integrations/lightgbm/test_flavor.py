"""LightGBM passes the suite of flavours."""

from __future__ import annotations

import lightgbm
import pytest
from sklearn.datasets import load_iris

from runfold.integrations.lightgbm.flavor import FLAVOR
from runfold.testing.flavours import *  # noqa: F403 - the suite
from runfold.testing.flavours import FlavourCase

ROWS, KINDS = load_iris(return_X_y=True, as_frame=True)
QUIET = {"verbose": -1, "num_threads": 1}
MODELS = {
    "booster": lightgbm.train(QUIET, lightgbm.Dataset(ROWS, KINDS), 2),
    "classifier": lightgbm.LGBMClassifier(n_estimators=2, verbose=-1, n_jobs=1).fit(ROWS, KINDS),
}
FORMATS = {"booster": ("text",), "classifier": ("skops", "cloudpickle", "pickle")}


@pytest.fixture(params=MODELS)
def case(request: pytest.FixtureRequest) -> FlavourCase:
    return FlavourCase(
        FLAVOR,
        MODELS[request.param],
        ROWS.head(4),
        lambda model, rows: model.predict(rows),
        "lightgbm",
        serializations=FORMATS[request.param],
    )
