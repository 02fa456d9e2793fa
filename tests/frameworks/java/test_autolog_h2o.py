"""H2O logs its training by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import h2o
import numpy as np
import pandas as pd
import pytest
from h2o.automl import H2OAutoML
from h2o.estimators import H2OGradientBoostingEstimator

import runfold
from runfold.tracking.run_view import RunView

FRAME = pd.DataFrame({"a": np.linspace(0, 1, 60), "b": np.linspace(3, 1, 60) ** 2})
FRAME["y"] = 2 * FRAME["a"] + FRAME["b"]
Trained = Callable[[Callable[[], Any]], RunView]


@pytest.fixture(scope="module", autouse=True)
def server() -> Iterator[None]:
    h2o.init(bind_to_localhost=True, verbose=False, nthreads=1, max_mem_size="1G", port=54600)
    h2o.no_progress()
    yield
    h2o.cluster().shutdown()


def test_training_logs_params_measures_data_importances_and_the_model(
    trained: Trained, files_of: Callable[..., set[str]], steps_of: Callable[..., list[int]]
) -> None:
    estimator = H2OGradientBoostingEstimator(ntrees=4, seed=1, score_each_iteration=True, min_rows=2)
    run = trained(lambda: estimator.train(["a", "b"], "y", h2o.H2OFrame(FRAME)))

    assert run.info.status == "FINISHED"
    assert run.data.params["ntrees"] == "4"
    assert run.data.params["response_column"] == "y"
    assert steps_of(run, "training_rmse") == [0, 1, 2, 3, 4]
    assert run.data.metrics["train_rmse"] == pytest.approx(estimator.rmse())
    assert [one.dataset.name for one in run.inputs.dataset_inputs] == ["training data"]
    assert {"model", "feature_importance.json"} <= files_of(run)
    loaded = runfold.models.load_model(f"runs:/{run.info.run_id}/model")
    assert list(loaded.example.data.columns) == ["a", "b"]
    assert len(loaded.predict(FRAME[["b", "a"]])) == 60


def test_automl_logs_its_leaderboard_and_its_leader(trained: Trained, files_of: Callable[..., set[str]]) -> None:
    search = H2OAutoML(max_models=2, seed=1, include_algos=["GLM", "GBM"], nfolds=2)
    run = trained(lambda: search.train(["a", "b"], "y", training_frame=h2o.H2OFrame(FRAME)))

    assert {"model", "leaderboard.csv"} <= files_of(run)
    assert run.data.params["model_id"] == search.leader.model_id
