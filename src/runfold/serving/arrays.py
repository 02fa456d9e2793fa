"""Calling a model with a numpy array where it would otherwise get a pandas table.

A table costs scikit-learn some 350 us a call, several times what most models need for a row. Estimators that know
their features by name give the same predictions for an array in the same order, as long as nothing inside asks for a
column by its name. So an array is used for models made of known parts only, and only after both ways have answered
alike for some made-up rows.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Protocol

import numpy as np

from runfold.mlmodel.document import MLmodel
from runfold.serving.payload import Array, Matrix, Tensors
from runfold.serving.schema import Schema
from runfold.serving.shortcuts import shortcut

log = logging.getLogger("runfold.serving")

_LIBRARIES = frozenset({"sklearn", "xgboost", "lightgbm"})
_ASK_FOR_NAMES = frozenset({"FunctionTransformer", "ColumnTransformer"})
"""Parts that run functions of their own on a table, or choose columns."""
_PROBE_ROWS = 16


class LoadedModel(Protocol):
    """A model as `runfold.models.load_model` gives it."""

    @property
    def metadata(self) -> MLmodel: ...

    def predict(self, data: Any, params: Any = None) -> Any: ...

    def unwrap(self) -> Any:
        """The framework's own model."""


def array_function(loaded: LoadedModel, inputs: Schema) -> Callable[[Array], Any] | None:
    """A function from (n_rows, n_columns) to predictions that answers as the model does; None where there is none."""
    if not (inputs.is_numeric or (len(inputs.tensors) == 1 and len(inputs.tensors[0].shape) == 2)):
        return None
    native = _native(loaded)
    if native is None:
        return None
    conf = loaded.metadata.pyfunc or {}
    name = str(conf.get("predict_fn") or "predict")
    for function in _functions(native, name, inputs):
        if _agree(function, loaded, inputs):
            return function
    return None


def _native(loaded: LoadedModel) -> Any:
    """The framework's own model, where it and all its parts are of known libraries."""
    if not _LIBRARIES.intersection(loaded.metadata.native_flavors):
        return None
    native = loaded.unwrap()
    known = all(_library(part) in _LIBRARIES and type(part).__name__ not in _ASK_FOR_NAMES for part in _parts(native))
    return native if known else None


def _parts(model: Any) -> Iterator[Any]:
    yield model
    if hasattr(model, "get_params") and not isinstance(model, type):
        yield from (part for part in model.get_params(deep=True).values() if hasattr(part, "fit"))


def _library(part: Any) -> str:
    return type(part).__module__.partition(".")[0]


def _functions(native: Any, name: str, inputs: Schema) -> Iterator[Callable[[Array], Any]]:
    """Ways to call it, the quickest first."""
    for function in (shortcut(native, name), getattr(native, name, None)):
        if function is None:
            continue
        if inputs.columns and all(column.type == "float" for column in inputs.columns):
            yield partial(_with_single_precision, function)
        else:
            # Fitted with names, called without: scikit-learn warns, though the order is right.
            warnings.filterwarnings("ignore", "X does not have valid feature names", UserWarning)
            yield function


def _with_single_precision(function: Callable[[Array], Any], values: Array) -> Any:
    return function(values.astype(np.float32))


def _agree(function: Callable[[Array], Any], loaded: LoadedModel, inputs: Schema) -> bool:
    payload = _made_up(inputs)
    values = payload.values
    assert isinstance(values, np.ndarray)
    try:
        expected, found = loaded.predict(payload.natural()), function(values)
    except Exception as error:  # made-up rows may be out of a model's range; then there is nothing to compare
        log.debug("the model is called with tables: made-up rows fail", exc_info=error)
        return False
    same = (
        type(expected) is np.ndarray
        and type(found) is np.ndarray
        and expected.dtype == found.dtype
        and expected.shape == found.shape
        and np.array_equal(expected, found, equal_nan=expected.dtype.kind == "f")
    )
    if not same:
        log.debug("the model is called with tables: arrays give other predictions")
    return same


def _made_up(inputs: Schema) -> Matrix | Tensors:
    """Rows of small numbers, whole ones where the column is whole."""
    generator = np.random.default_rng(0)
    if inputs.tensors:
        tensor = inputs.tensors[0]
        width = tensor.shape[1] if tensor.shape[1] > 0 else 1
        n_rows = tensor.shape[0] if tensor.shape[0] > 0 else _PROBE_ROWS
        return Tensors(generator.normal(size=(n_rows, width)).astype(tensor.dtype))
    values = generator.normal(size=(_PROBE_ROWS, len(inputs.columns)))
    for place, column in enumerate(inputs.columns):
        if column.type in ("long", "integer"):
            values[:, place] = generator.integers(0, 4, size=_PROBE_ROWS)
        elif column.type == "float":
            values[:, place] = values[:, place].astype(np.float32)
    return Matrix(values, inputs.names, inputs)
