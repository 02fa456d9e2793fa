"""The models that the recorded requests of `invocations.json` went to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from runfold.errors import InvalidValue
from runfold.mlmodel.document import MLmodel
from runfold.mlmodel.schema import Column, ColumnSchema, DataType, Param, Signature, Tensor, TensorSchema


class Function:
    """A function as a loaded model."""

    def __init__(self, function: Callable[[Any, dict[str, Any]], Any], signature: Signature | None) -> None:
        self.metadata = MLmodel(flavors={"python_function": {}}, signature=signature)
        self._function = function

    def predict(self, data: Any, params: Any = None) -> Any:
        return self._function(data, params or {})

    def unwrap(self) -> Any:
        return self._function


def _numbers(rows: pd.DataFrame, params: dict[str, Any]) -> Any:
    factor = params.get("factor", 1.0)
    if not isinstance(factor, float):
        raise InvalidValue("The param 'factor' is a double.")
    return (rows["a"] + 2 * rows["b"]).to_numpy() * factor


def _mixed(rows: pd.DataFrame, _params: dict[str, Any]) -> Any:
    shown = [f"{name}|{ok}|{at.isoformat()}" for name, ok, at in zip(rows["name"], rows["ok"], rows["at"], strict=True)]
    return pd.DataFrame({"shown": shown, "n": rows["n"] * 2})


NUMBERS = ColumnSchema((Column(DataType.DOUBLE, "a"), Column(DataType.LONG, "b")))
MIXED = ColumnSchema(
    (
        Column(DataType.STRING, "name"),
        Column(DataType.BOOLEAN, "ok"),
        Column(DataType.DATETIME, "at"),
        Column(DataType.INTEGER, "n", required=False),
    )
)

MODELS = {
    "numbers": Function(_numbers, Signature(NUMBERS)),
    "params": Function(_numbers, Signature(NUMBERS, params=(Param("factor", DataType.DOUBLE, 1.0),))),
    "tensor": Function(lambda data, _: data.sum(axis=1), Signature(TensorSchema((Tensor("float32", (-1, 2)),)))),
    "mixed": Function(_mixed, Signature(MIXED)),
    "free": Function(lambda data, _: np.asarray(data).sum(axis=-1), None),
}
