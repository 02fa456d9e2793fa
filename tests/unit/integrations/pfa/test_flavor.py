"""PFA documents pass the suite of flavours, and take columns by name."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from sklearn.datasets import load_iris
from sklearn.linear_model import LinearRegression
from sklearn.tree import DecisionTreeClassifier

from runfold import models
from runfold.errors import InvalidValue
from runfold.integrations.pfa.flavor import FLAVOR, predict
from runfold.models.portable.pfa.engine import Engine
from runfold.models.portable.pfa.write import pfa_document
from runfold.testing.flavours import *  # noqa: F403 - the suite
from runfold.testing.flavours import FlavourCase

ROWS, KINDS = load_iris(return_X_y=True, as_frame=True)


@pytest.fixture
def case() -> FlavourCase:
    engine = Engine(pfa_document(DecisionTreeClassifier(max_depth=2, random_state=1).fit(ROWS, KINDS)))
    return FlavourCase(FLAVOR, engine, ROWS.iloc[::40], predict, "pandas")


def test_an_estimator_is_saved_as_a_document(tmp_path: Path) -> None:
    estimator = LinearRegression().fit(ROWS, KINDS)
    models.save_model(estimator, tmp_path / "model", flavor="pfa", input_example=ROWS.head(3))

    predicted = models.load_model(tmp_path / "model").predict(ROWS)

    assert predicted == pytest.approx(estimator.predict(ROWS))


def test_columns_are_found_by_name() -> None:
    rows = pd.DataFrame({"b (cm)": [1.0, 2.0], "a": [5.0, 3.0]})
    engine = Engine(pfa_document(LinearRegression().fit(rows, [6.0, 5.0])))

    assert predict(engine, rows[["a", "b (cm)"]]) == pytest.approx([6.0, 5.0])
    with pytest.raises(InvalidValue, match="2 columns"):
        predict(engine, rows[["a"]])
