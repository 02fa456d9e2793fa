"""statsmodels passes the suite of flavours."""

from __future__ import annotations

import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf
from sklearn.datasets import load_iris

from runfold.integrations.statsmodels.flavor import FLAVOR
from runfold.testing.flavours import *  # noqa: F403 - the suite
from runfold.testing.flavours import FlavourCase

ROWS, KINDS = load_iris(return_X_y=True, as_frame=True)
TABLE = ROWS.set_axis(["a", "b", "c", "d"], axis=1).assign(kind=KINDS)
MODELS = {
    "least squares": sm.OLS(KINDS, ROWS).fit(),
    "formula": smf.ols("kind ~ a + b", TABLE).fit(),
}
EXAMPLES = {"least squares": ROWS.head(4), "formula": TABLE[["a", "b"]].head(4)}


@pytest.fixture(params=MODELS)
def case(request: pytest.FixtureRequest) -> FlavourCase:
    return FlavourCase(
        FLAVOR, MODELS[request.param], EXAMPLES[request.param], lambda model, rows: model.predict(rows), "statsmodels"
    )
