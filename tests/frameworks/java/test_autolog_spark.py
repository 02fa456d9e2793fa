"""Spark ML logs its training by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pyspark.ml import Pipeline
from pyspark.ml.evaluation import RegressionEvaluator
from pyspark.ml.feature import VectorAssembler
from pyspark.ml.regression import LinearRegression, RandomForestRegressor
from pyspark.ml.tuning import CrossValidator, ParamGridBuilder
from pyspark.sql import SparkSession

import runfold
from runfold.integrations.spark.session import active_or_local
from runfold.tracking.run_view import RunView

FRAME = pd.DataFrame({"a": np.linspace(0, 1, 40), "b": np.linspace(3, 1, 40) ** 2})
FRAME["y"] = 2 * FRAME["a"] + FRAME["b"]
Trained = Callable[[Callable[[], Any]], RunView]


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkSession]:
    session = active_or_local()
    yield session
    session.stop()


@pytest.fixture(scope="module")
def assembler(spark: SparkSession) -> VectorAssembler:
    return VectorAssembler(inputCols=["a", "b"], outputCol="features")


def test_a_pipeline_logs_the_params_of_its_stages_its_data_and_the_model(
    spark: SparkSession, assembler: VectorAssembler, trained: Trained, files_of: Callable[..., set[str]]
) -> None:
    pipeline = Pipeline(stages=[assembler, RandomForestRegressor(labelCol="y", numTrees=3, seed=1)])
    run = trained(lambda: pipeline.fit(spark.createDataFrame(FRAME)))

    assert run.info.status == "FINISHED"
    assert run.data.params["stages"] == "VectorAssembler, RandomForestRegressor"
    assert run.data.params["RandomForestRegressor.numTrees"] == "3"
    assert [one.dataset.name for one in run.inputs.dataset_inputs] == ["training data"]
    assert {"model", "feature_importance.json"} <= files_of(run)
    loaded = runfold.models.load_model(f"runs:/{run.info.run_id}/model")
    assert list(loaded.example.data.columns) == ["a", "b"]
    assert len(loaded.predict(FRAME[["b", "a"]])) == 40


def test_what_is_minimised_is_logged_at_each_iteration(
    spark: SparkSession, assembler: VectorAssembler, trained: Trained, steps_of: Callable[..., list[int]]
) -> None:
    table = assembler.transform(spark.createDataFrame(FRAME)).select("features", "y")
    run = trained(lambda: LinearRegression(labelCol="y", solver="l-bfgs", regParam=0.01).fit(table))

    assert steps_of(run, "objective") == list(range(len(steps_of(run, "objective"))))
    assert len(steps_of(run, "objective")) > 1
    assert run.data.params["regParam"] == "0.01"


def test_a_search_is_one_run_though_it_trains_in_threads(
    spark: SparkSession, assembler: VectorAssembler, trained: Trained
) -> None:
    regression = LinearRegression(labelCol="y", solver="normal")
    search = CrossValidator(
        estimator=Pipeline(stages=[assembler, regression]),
        estimatorParamMaps=ParamGridBuilder().addGrid(regression.regParam, [0.0, 10.0]).build(),
        evaluator=RegressionEvaluator(labelCol="y"),
        numFolds=2,
        parallelism=2,
    )
    run = trained(lambda: search.fit(spark.createDataFrame(FRAME)))

    assert run.data.tags["estimator_name"] == "CrossValidator"
    assert run.data.params["best_regParam"] == "0.0"
    assert run.data.metrics["best_rmse"] < 0.1
    assert "rmse" not in run.data.metrics


def test_what_evaluators_find_goes_to_the_current_run(
    spark: SparkSession, assembler: VectorAssembler, trained: Trained
) -> None:
    table = assembler.transform(spark.createDataFrame(FRAME)).select("features", "y")

    def train() -> None:
        with runfold.start_run():
            model = LinearRegression(labelCol="y").fit(table)
            RegressionEvaluator(labelCol="y", metricName="r2").evaluate(model.transform(table))

    assert trained(train).data.metrics["r2"] > 0.99
