"""The flavour of Spark ML: the shipped suite, both ways with MLflow, and metadata that names other classes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mlflow
import numpy as np
import pandas as pd
import pytest
from pyspark.ml import Pipeline
from pyspark.ml.feature import StandardScaler, VectorAssembler
from pyspark.ml.regression import LinearRegression
from pyspark.sql import SparkSession

from runfold import models
from runfold.errors import PermissionDenied
from runfold.integrations.spark.flavor import FLAVOR
from runfold.integrations.spark.session import active_or_local
from runfold.testing.flavours import *  # noqa: F403
from runfold.testing.flavours import FlavourCase, forget_digests

FRAME = pd.DataFrame({"a": [1.0, 2.0, 3.0, 4.0], "b": [0.5, 0.1, 0.9, 0.3]})
TARGET = 3 * FRAME["a"] - FRAME["b"] + 2


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkSession]:
    session = active_or_local()
    yield session
    session.stop()


@pytest.fixture(scope="module")
def pipeline(spark: SparkSession) -> Any:
    stages = [
        VectorAssembler(inputCols=["a", "b"], outputCol="raw"),
        StandardScaler(inputCol="raw", outputCol="features"),
        LinearRegression(labelCol="y", featuresCol="features", solver="normal"),
    ]
    return Pipeline(stages=stages).fit(spark.createDataFrame(FRAME.assign(y=TARGET)))


def answer(model: Any, rows: Any) -> Any:
    session = active_or_local()
    return [row.prediction for row in model.transform(session.createDataFrame(rows)).collect()]


@pytest.fixture
def case(pipeline: Any) -> FlavourCase:
    return FlavourCase(
        flavour=FLAVOR,
        model=pipeline,
        example=FRAME,
        predict=answer,
        requirement="pyspark",
        files=("sparkml/metadata/part-00000*",),
    )


def test_mlflow_calls_what_is_saved_here(pipeline: Any, tmp_path: Path) -> None:
    models.save_model(pipeline, tmp_path / "model", input_example=FRAME)

    called = mlflow.pyfunc.load_model(str(tmp_path / "model"))
    native = mlflow.spark.load_model(str(tmp_path / "model"), dfs_tmpdir=str(tmp_path / "dfs"))

    np.testing.assert_allclose(called.predict(FRAME), TARGET, rtol=1e-6)
    np.testing.assert_allclose(answer(native, FRAME), TARGET, rtol=1e-6)


def test_what_mlflow_saved_is_called_here(pipeline: Any, tmp_path: Path) -> None:
    mlflow.spark.save_model(
        pipeline, str(tmp_path / "model"), dfs_tmpdir=str(tmp_path / "dfs"), pip_requirements=["pyspark"]
    )

    np.testing.assert_allclose(models.load_model(tmp_path / "model").predict(FRAME), TARGET, rtol=1e-6)


def test_a_single_stage_takes_vectors_as_lists(spark: SparkSession, pipeline: Any, tmp_path: Path) -> None:
    models.save_model(pipeline.stages[2], tmp_path / "model")
    scaled = pipeline.transform(spark.createDataFrame(FRAME)).select("features").toPandas()
    rows = pd.DataFrame({"features": [list(vector) for vector in scaled["features"]]})

    np.testing.assert_allclose(models.load_model(tmp_path / "model").predict(rows), TARGET, rtol=1e-6)


def test_rows_come_back_in_their_order(pipeline: Any, tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": np.arange(1000.0)[::-1], "b": np.zeros(1000)})
    models.save_model(pipeline, tmp_path / "model")

    predicted = models.load_model(tmp_path / "model").predict(frame)

    np.testing.assert_allclose(predicted, 3 * frame["a"] + 2, rtol=1e-6)


def test_classes_that_are_not_of_spark_are_not_made(pipeline: Any, tmp_path: Path) -> None:
    models.save_model(pipeline, tmp_path / "model")
    forget_digests(tmp_path / "model")
    for path in (tmp_path / "model").rglob("metadata/part-*"):
        path.write_text(path.read_text().replace("org.apache.spark.ml.feature.StandardScalerModel", "os.system"))

    with pytest.raises(PermissionDenied, match=r"os\.system"):
        models.load_model(tmp_path / "model")
