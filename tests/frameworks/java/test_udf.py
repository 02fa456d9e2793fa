"""Models as functions of Spark's columns, in the Python processes of a real session."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pyspark.errors import PythonException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.functions import array, col, struct
from sklearn.linear_model import LinearRegression, LogisticRegression

import runfold
from runfold.errors import InvalidValue, NotSupported, PermissionDenied
from runfold.integrations.spark.session import active_or_local

FRAME = pd.DataFrame({"a": np.arange(9.0), "b": np.arange(9.0)[::-1], "kind": list("xxxxyyyyy")})
ROWS = FRAME[["a", "b"]]
EXPECTED = (2 * FRAME["a"] - FRAME["b"]).tolist()

CODE = """
import os
import runfold


class Told(runfold.pyfunc.PythonModel):
    def load_context(self, context):
        with open(os.path.join(LOG, str(os.getpid())), "a") as log:
            log.write("loaded\\n")

    def predict(self, context, model_input, params=None):
        answer = model_input.assign(total=model_input["a"] + model_input["b"], by=os.getpid())
        return answer.assign(total=answer["total"] * (params or {}).get("factor", 1.0))


runfold.pyfunc.set_model(Told())
"""


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkSession]:
    session = active_or_local()
    yield session
    session.stop()


@pytest.fixture(scope="module")
def table(spark: SparkSession) -> DataFrame:
    return spark.createDataFrame(FRAME).repartition(3)


@pytest.fixture(scope="module")
def linear(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("linear") / "model"
    runfold.sklearn.save_model(LinearRegression().fit(ROWS, EXPECTED), folder, input_example=ROWS.head(2))
    return folder


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that says in which processes it was loaded, and gives several columns."""
    home = tmp_path_factory.mktemp("told")
    (home / "log").mkdir()
    (home / "told.py").write_text(CODE.replace("LOG", repr(str(home / "log"))))
    outputs = ROWS.head(1).assign(total=1.0, by=1)
    signature = runfold.models.infer_signature(ROWS.head(2), outputs, params={"factor": 1.0})
    runfold.pyfunc.save_model(home / "model", home / "told.py", signature=signature)
    return home


def answers(table: DataFrame, column: Any) -> list[Any]:
    rows = table.select("a", column.alias("answer")).collect()
    return [row.answer for row in sorted(rows, key=lambda row: row.a)]


def test_columns_are_given_by_place_as_a_struct_or_by_the_names_of_the_signature(
    spark: SparkSession, table: DataFrame, linear: Path
) -> None:
    predict = runfold.pyfunc.spark_udf(spark, linear)

    for called in (predict("a", "b"), predict(col("a"), col("b")), predict(struct("b", "a", "kind")), predict()):
        np.testing.assert_allclose(answers(table, called), EXPECTED)


def test_it_can_be_called_from_sql(spark: SparkSession, table: DataFrame, linear: Path) -> None:
    spark.udf.register("predict_linear", runfold.pyfunc.spark_udf(spark, linear))
    table.createOrReplaceTempView("rows")

    found = spark.sql("select predict_linear(a, b) as answer from rows order by a").collect()

    np.testing.assert_allclose([row.answer for row in found], EXPECTED)


@pytest.mark.parametrize(
    ("result_type", "expected"),
    [
        ("string", str),
        ("double", float),
        ("float", float),
        ("array<double>", list),
        ("struct<answer: double>", None),
    ],
)
def test_the_type_of_the_answers_is_the_one_asked_for(
    spark: SparkSession, table: DataFrame, linear: Path, result_type: str, expected: type | None
) -> None:
    found = answers(table, runfold.pyfunc.spark_udf(spark, linear, result_type)("a", "b"))

    if expected is None:
        np.testing.assert_allclose([row.answer for row in found], EXPECTED)
    else:
        assert {type(one) for one in found} == {expected}
        flat = [one[0] if isinstance(one, list) else float(one) for one in found]
        np.testing.assert_allclose(flat, EXPECTED, rtol=1e-5, atol=1e-9)


def test_texts_come_back_as_texts(spark: SparkSession, table: DataFrame, tmp_path: Path) -> None:
    model = LogisticRegression().fit(ROWS, FRAME["kind"])
    runfold.sklearn.save_model(model, tmp_path / "model", input_example=ROWS.head(2))

    found = answers(table, runfold.pyfunc.spark_udf(spark, tmp_path / "model")("a", "b"))

    assert found == model.predict(ROWS).tolist()


def test_models_of_tensors_take_a_column_of_arrays(spark: SparkSession, table: DataFrame, tmp_path: Path) -> None:
    model = LinearRegression().fit(ROWS.to_numpy(), ROWS.to_numpy() * 2)
    runfold.sklearn.save_model(model, tmp_path / "model", input_example=ROWS.to_numpy()[:2])

    predict = runfold.pyfunc.spark_udf(spark, tmp_path / "model")

    np.testing.assert_allclose(answers(table, predict(array("a", "b"))), ROWS.to_numpy() * 2, atol=1e-9)
    np.testing.assert_allclose(answers(table, predict("a", "b")), ROWS.to_numpy() * 2, atol=1e-9)


def test_several_columns_come_as_a_struct_and_params_reach_the_model(
    spark: SparkSession, table: DataFrame, told: Path
) -> None:
    predict = runfold.pyfunc.spark_udf(spark, told / "model", params={"factor": 10.0}, allow_code=True)

    found = answers(table, predict("a", "b"))

    assert [row.total for row in found] == [80.0] * 9
    assert set(found[0].asDict()) == {"a", "b", "total", "by"}
    total = runfold.pyfunc.spark_udf(spark, told / "model", "struct<total: bigint>", allow_code=True)
    assert {row.total for row in answers(table, total("a", "b"))} == {8}


def test_a_process_loads_the_model_once_for_all_its_tasks(spark: SparkSession, table: DataFrame, told: Path) -> None:
    predict = runfold.pyfunc.spark_udf(spark, told / "model", allow_code=True)
    for log in (told / "log").iterdir():
        log.unlink()

    for _ in range(3):
        workers = {row.by for row in answers(table, predict("a", "b"))}

    loads = {int(log.name): len(log.read_text().splitlines()) for log in (told / "log").iterdir()}
    assert workers <= set(loads)
    assert set(loads.values()) == {1}


def test_what_cannot_be_loaded_is_an_error_before_anything_runs(spark: SparkSession, told: Path, linear: Path) -> None:
    with pytest.raises(PermissionDenied, match="allow_code"):
        runfold.pyfunc.spark_udf(spark, told / "model")
    with pytest.raises(InvalidValue, match="factors"):
        runfold.pyfunc.spark_udf(spark, told / "model", params={"factors": 1}, allow_code=True)
    with pytest.raises(NotSupported, match="conda"):
        runfold.pyfunc.spark_udf(spark, linear, env_manager="conda")


@pytest.mark.parametrize(
    ("result_type", "columns", "named"),
    [
        (None, ["a", "kind"], "'b'"),
        (None, ["a", "b", "a"], "2 columns"),
        ("struct<nothing: double, at: double>", ["a", "b"], "nothing"),
    ],
)
def test_an_input_that_does_not_fit_says_why(
    spark: SparkSession, table: DataFrame, linear: Path, result_type: str | None, columns: list[str], named: str
) -> None:
    predict = runfold.pyfunc.spark_udf(spark, linear, result_type)

    with pytest.raises(PythonException, match=named):
        table.select(predict(*columns)).collect()


def test_fractions_are_not_cut_to_whole_numbers(spark: SparkSession, table: DataFrame, linear: Path) -> None:
    predict = runfold.pyfunc.spark_udf(spark, linear, "int")

    with pytest.raises(PythonException, match="fractions"):
        table.select(predict(col("a") + 0.25, "b")).collect()


def test_missing_rows_and_empty_tables_are_no_trouble(spark: SparkSession, table: DataFrame, linear: Path) -> None:
    predict = runfold.pyfunc.spark_udf(spark, linear)

    assert table.where("a < 0").select(predict("a", "b")).collect() == []
    assert table.where("a < 0").select(runfold.pyfunc.spark_udf(spark, linear, "struct<p: int>")()).collect() == []


def test_executors_in_processes_of_their_own_get_the_model(linear: Path, tmp_path: Path) -> None:
    program = """
import json, sys, runfold
from pyspark.sql import SparkSession
spark = (SparkSession.builder.master("local-cluster[1,1,512]").config("spark.ui.enabled", "false")
         .config("spark.executor.memory", "512m")
         .config("spark.driver.host", "127.0.0.1").config("spark.driver.bindAddress", "127.0.0.1").getOrCreate())
predict = runfold.pyfunc.spark_udf(spark, sys.argv[1])
table = spark.createDataFrame([(1.0, 2.0), (3.0, 4.0)], "a double, b double")
print(json.dumps(sorted(row[0] for row in table.select(predict()).collect())))
spark.stop()
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(linear)],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=240,
        env={**os.environ, "PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"},
    )

    assert done.returncode == 0, done.stderr[-3000:]
    rows = pd.DataFrame({"a": [1.0, 3.0], "b": [2.0, 4.0]})
    expected = sorted(runfold.models.load_model(linear).predict(rows))
    np.testing.assert_allclose(json.loads(done.stdout.splitlines()[-1]), expected)
