"""The flavour of ONNX: the shipped suite, and both ways with MLflow."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import mlflow
import numpy as np
import onnx
import onnxruntime
import pandas as pd
import pytest
from onnx import TensorProto, helper

from runfold import models
from runfold.errors import InvalidValue
from runfold.integrations.onnx.flavor import FLAVOR
from runfold.testing.flavours import *  # noqa: F403
from runfold.testing.flavours import FlavourCase

ROWS = np.linspace(-1, 1, 12, dtype=np.float32).reshape(4, 3)


def sums() -> onnx.ModelProto:
    """The sum of each row."""
    graph = helper.make_graph(
        [helper.make_node("ReduceSum", ["rows", "axes"], ["sum"], keepdims=1)],
        "sums",
        [helper.make_tensor_value_info("rows", TensorProto.FLOAT, [None, 3])],
        [helper.make_tensor_value_info("sum", TensorProto.FLOAT, [None, 1])],
        [helper.make_tensor("axes", TensorProto.INT64, [1], [1])],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def two_inputs() -> onnx.ModelProto:
    inputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [None, 1]) for name in ("a", "b")]
    outputs = [helper.make_tensor_value_info("sum", TensorProto.FLOAT, [None, 1])]
    graph = helper.make_graph([helper.make_node("Add", ["a", "b"], ["sum"])], "add", inputs, outputs)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def answer(model: Any, rows: Any) -> Any:
    session = onnxruntime.InferenceSession(model.SerializeToString())
    return {"sum": session.run(None, {"rows": rows})[0]}


@pytest.fixture
def case() -> FlavourCase:
    return FlavourCase(flavour=FLAVOR, model=sums(), example=ROWS, predict=answer, requirement="onnxruntime")


def test_mlflow_calls_what_is_saved_here(tmp_path: Path) -> None:
    models.save_model(sums(), tmp_path / "model", input_example=ROWS)

    called = mlflow.pyfunc.load_model(str(tmp_path / "model"))
    native = mlflow.onnx.load_model(str(tmp_path / "model"))

    np.testing.assert_allclose(called.predict(ROWS)["sum"], ROWS.sum(axis=1, keepdims=True), rtol=1e-6)
    assert native == sums()


def test_what_mlflow_saved_is_called_here(tmp_path: Path) -> None:
    mlflow.onnx.save_model(
        sums(),
        str(tmp_path / "model"),
        pip_requirements=["onnxruntime"],
        onnx_session_options={"execution_mode": "sequential", "intra_op_num_threads": 1},
    )

    called = models.load_model(tmp_path / "model")

    np.testing.assert_allclose(called.predict(ROWS)["sum"], ROWS.sum(axis=1, keepdims=True), rtol=1e-6)
    assert models.load_native(tmp_path / "model") == sums()


def test_columns_of_a_data_frame_are_the_inputs(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": [1.0, 2.0], "b": [10.0, 20.0]}, index=[7, 3])
    models.save_model(two_inputs(), tmp_path / "model", input_example=frame)

    predicted = models.load_model(tmp_path / "model").predict(frame)

    assert predicted.equals(pd.DataFrame({"sum": np.array([11, 22], np.float32)}, index=[7, 3]))
    with pytest.raises(InvalidValue, match="'b'"):
        models.load_model(tmp_path / "model").predict(frame[["a"]])


def test_providers_that_are_not_there_do_not_matter(tmp_path: Path) -> None:
    models.save_model(sums(), tmp_path / "model", providers=[["TensorrtExecutionProvider", {"device_id": 0}]])

    assert models.load_model(tmp_path / "model").predict(ROWS)["sum"].shape == (4, 1)


def test_a_model_that_is_not_valid_is_not_saved(tmp_path: Path) -> None:
    broken = sums()
    broken.graph.node[0].input[0] = "nothing"

    with pytest.raises(InvalidValue, match="nothing"):
        models.save_model(broken, tmp_path / "model")
