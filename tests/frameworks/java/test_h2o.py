"""The flavour of H2O: the shipped suite, and both ways with MLflow, with a real server in Java."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h2o
import mlflow
import numpy as np
import pandas as pd
import pytest
from h2o.estimators import H2OGradientBoostingEstimator

from runfold import models
from runfold.integrations.h2o.flavor import FLAVOR
from runfold.testing.flavours import *  # noqa: F403
from runfold.testing.flavours import FlavourCase

FRAME = pd.DataFrame({"a": np.linspace(0, 1, 60), "b": np.linspace(3, 1, 60) ** 2})
ROWS = FRAME.iloc[:5]


@pytest.fixture(scope="module", autouse=True)
def server() -> Iterator[None]:
    h2o.init(bind_to_localhost=True, verbose=False, nthreads=1, max_mem_size="1G", port=54500)
    h2o.no_progress()
    yield
    h2o.cluster().shutdown()


@pytest.fixture(scope="module")
def model(server: None) -> Any:
    estimator = H2OGradientBoostingEstimator(ntrees=5, seed=1)
    estimator.train(["a", "b"], "y", h2o.H2OFrame(FRAME.assign(y=FRAME["a"] * 2 + FRAME["b"])))
    return estimator


def answer(model: Any, rows: Any) -> Any:
    return model.predict(h2o.H2OFrame(rows)).as_data_frame()


@pytest.fixture
def case(model: Any) -> FlavourCase:
    file = model.model_id
    return FlavourCase(
        flavour=FLAVOR,
        model=model,
        example=ROWS,
        predict=answer,
        requirement="h2o",
        files=(f"model.h2o/{file}",),
    )


def test_mlflow_calls_what_is_saved_here(model: Any, tmp_path: Path) -> None:
    models.save_model(model, tmp_path / "model", input_example=ROWS)

    called = mlflow.pyfunc.load_model(str(tmp_path / "model"))
    native = mlflow.h2o.load_model(str(tmp_path / "model"))

    np.testing.assert_allclose(called.predict(ROWS), answer(model, ROWS))
    np.testing.assert_allclose(answer(native, ROWS), answer(model, ROWS))


def test_what_mlflow_saved_is_called_here(model: Any, tmp_path: Path) -> None:
    mlflow.h2o.save_model(model, str(tmp_path / "model"), pip_requirements=["h2o"])

    np.testing.assert_allclose(models.load_model(tmp_path / "model").predict(ROWS), answer(model, ROWS))


def test_data_frames_come_back_with_their_index(model: Any, tmp_path: Path) -> None:
    models.save_model(model, tmp_path / "model")
    rows = ROWS.set_axis([9, 7, 5, 3, 1])

    assert list(models.load_model(tmp_path / "model").predict(rows).index) == [9, 7, 5, 3, 1]
