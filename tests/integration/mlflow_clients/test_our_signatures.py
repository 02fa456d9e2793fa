"""Signatures written here, as unmodified MLflow clients of three release lines read them and hold calls to them."""

from __future__ import annotations

import json
import os
import subprocess
from typing import Any

import pytest

import runfold
from runfold.mlmodel.schema import (
    AnyType,
    Array,
    Column,
    ColumnSchema,
    DataType,
    Map,
    Object,
    Param,
    Property,
    Signature,
    Tensor,
    TensorSchema,
)
from runfold.mlmodel.schema_json import signature_to_dict
from tests.integration.mlflow_clients.test_clients import CLIENTS

pytestmark = pytest.mark.slow

READ_AND_CALL = """
import json, sys, warnings
warnings.filterwarnings("ignore")
import mlflow.pyfunc, numpy as np, pandas as pd

def read(folder):
    signature = mlflow.models.Model.load(folder).signature.to_dict()
    return {key: text and json.loads(text) for key, text in signature.items()}

def answer(model, call):
    rows = pd.DataFrame(call["rows"]) if "rows" in call else np.array(call["array"], dtype=call.get("dtype", "float32"))
    return np.asarray(model.predict(rows, params=call.get("params"))).tolist()

def told(action, *arguments):
    try:
        return action(*arguments)
    except Exception as error:
        return f"{type(error).__name__}: {error}"

report = {}
for name, (folder, calls) in json.loads(sys.argv[1]).items():
    found = told(read, folder)
    model = mlflow.pyfunc.load_model(folder) if isinstance(found, dict) else None
    report[name] = [found, [told(answer, model, call) for call in calls if model is not None]]
print(json.dumps(report))
"""

ROW = {"a": [1.5], "b": [2], "kind": ["x"]}
NUMBERS = (Column(DataType.DOUBLE, "a"), Column(DataType.LONG, "b"), Column(DataType.STRING, "kind"))
KINDS = (
    Array(DataType.DOUBLE),
    Map(Array(DataType.LONG)),
    Object((Property("x", DataType.DOUBLE), Property("y", DataType.STRING, required=False))),
    AnyType(),
    DataType.SPARK_VECTOR,
    DataType.DATETIME,
    DataType.BINARY,
)
SIGNATURES = {
    "columns": Signature(
        ColumnSchema(NUMBERS),
        ColumnSchema((Column(DataType.DOUBLE),)),
        (Param("factor", DataType.DOUBLE, 2.0), Param("among", DataType.STRING, ["x"], (-1,))),
    ),
    "optional": Signature(ColumnSchema((*NUMBERS, Column(DataType.DOUBLE, "more", required=False)))),
    "nested": Signature(
        ColumnSchema(
            (
                *(Column(kind, f"c{at}") for at, kind in enumerate(KINDS)),
                *(Column(kind, f"o{at}", required=False) for at, kind in enumerate(KINDS)),
            )
        ),
        ColumnSchema((Column(Array(DataType.DOUBLE)),)),
    ),
    "tensors": Signature(TensorSchema((Tensor("float32", (-1, 2)),)), TensorSchema((Tensor("float32", (-1,)),))),
}
CALLS: dict[str, list[dict[str, Any]]] = {
    "columns": [
        {"rows": ROW},
        {"rows": {**ROW, "more": [1]}, "params": {"factor": 10.0}},
        {"rows": {"a": [1.5], "kind": ["x"]}},
        {"rows": {**ROW, "b": ["two"]}},
        {"rows": ROW, "params": {"factor": "ten"}},
    ],
    "optional": [{"rows": ROW}, {"rows": {**ROW, "more": [0.5]}}, {"rows": {"a": [1.0]}}],
    "nested": [],
    "tensors": [{"array": [[1, 2]]}, {"array": [[1, 2, 3]]}, {"array": [[1, 2]], "dtype": "int64"}],
}


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """One model of each signature; a name to its folder."""

    class Total:
        def predict(self, rows: Any, params: Any = None) -> Any:
            factor = (params or {}).get("factor", 1.0)
            return rows.sum(axis=1) if not hasattr(rows, "columns") else rows["a"] * factor + rows["b"]

    home = tmp_path_factory.mktemp("models")
    for name, signature in SIGNATURES.items():
        # Of a class that is found nowhere but in the pickle, and knows neither Runfold nor MLflow.
        runfold.pyfunc.save_model(home / name, Total(), signature=signature, serialization_format="cloudpickle")
    return {name: str(home / name) for name in SIGNATURES}


@pytest.fixture(scope="module", params=["2.9.2", "2.22.5", "3.18.0"])
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def report(version: str, folders: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What one client reads of each model, and what it answers to its calls."""
    home = tmp_path_factory.mktemp("client")
    asked = {name: (folder, CALLS[name]) for name, folder in folders.items()}
    done = subprocess.run(
        [CLIENTS / version / "bin" / "python", "-c", READ_AND_CALL, json.dumps(asked)],
        env={"PATH": os.environ["PATH"], "HOME": str(home), "MLFLOW_DISABLE_TELEMETRY": "true"},
        cwd=home,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def as_written(name: str) -> Any:
    texts = signature_to_dict(SIGNATURES[name])
    return without_required({key: text and json.loads(text) for key, text in texts.items()})


def without_required(value: Any) -> Any:
    """Clients write `required` where it goes without saying."""
    if isinstance(value, list):
        return [without_required(one) for one in value]
    if isinstance(value, dict):
        return {key: without_required(one) for key, one in value.items() if key != "required" or not one}
    return value


def test_columns_and_params_are_read_and_held_to(report: dict[str, Any]) -> None:
    read, (fine, with_params, missing, wrong, wrong_param) = report["columns"]

    assert without_required(read) == as_written("columns")
    assert (fine, with_params) == ([5.0], [17.0])
    assert "missing inputs ['b']" in missing
    assert wrong.startswith("MlflowException")
    assert "factor" in wrong_param


def test_columns_that_may_be_left_out_are_read_since_2_10(version: str, report: dict[str, Any]) -> None:
    read, answers = report["optional"]

    if version == "2.9.2":
        assert "required" in read
        return
    assert [column["required"] for column in read["inputs"]] == [True, True, True, False]
    assert answers[:2] == [[3.5], [3.5]]
    assert "missing inputs ['b', 'kind']" in answers[2]


def test_lists_maps_objects_and_vectors_stay_what_they_are(version: str, report: dict[str, Any]) -> None:
    read, _ = report["nested"]

    if version == "2.9.2":
        assert "'items'" in read
        return
    assert [column["required"] for column in read["inputs"]] == [True] * len(KINDS) + [False] * len(KINDS)
    assert without_required(read) == as_written("nested")


def test_tensors_are_read_and_held_to(report: dict[str, Any]) -> None:
    read, (fine, shape, kind) = report["tensors"]

    assert read == as_written("tensors")
    assert fine == [3.0]
    assert "shape" in shape
    assert "float32" in kind
