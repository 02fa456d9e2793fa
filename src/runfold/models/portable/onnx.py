"""ONNX made of models of other frameworks, by the converter that each has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from importlib import import_module
from typing import Any

from runfold.errors import InvalidValue, MissingDependency


def onnx_model(model: Any, flavor: str, example: Any) -> Any:
    """An `onnx.ModelProto` whose first output is what the model predicts.

    Args:
        flavor: of the model.
        example: a few rows.

    Raises:
        InvalidValue: there is no converter for this kind of model, or it fails; the message says why.
        MissingDependency: the converter is not installed.
    """
    convert = _CONVERTERS.get(flavor)
    if convert is None:
        raise InvalidValue(f"No converter makes ONNX of a {flavor} model. Known are {', '.join(_CONVERTERS)}.")
    try:
        return convert(model, example)
    except (InvalidValue, MissingDependency):
        raise
    except Exception as error:
        reason = (str(error).strip().splitlines() or [""])[0][:300]
        raise InvalidValue(f"This {type(model).__name__} cannot be written as ONNX: {reason}") from error


def _sklearn(model: Any, example: Any) -> Any:
    options = {"zipmap": False} if hasattr(model, "classes_") else None
    return _package("skl2onnx").to_onnx(model, _floats(example)[:1], options=options)


def _booster(function: str) -> Callable[[Any, Any], Any]:
    def convert(model: Any, example: Any) -> Any:
        types = import_module("onnxmltools.convert.common.data_types")
        width = _floats(example).shape[1]
        inputs = [("input", types.FloatTensorType([None, width]))]
        return getattr(_package("onnxmltools"), function)(model, initial_types=inputs)

    return convert


def _xgboost(model: Any, example: Any) -> Any:
    """The converter knows no names of features but its own."""
    unnamed = deepcopy(model)
    booster = unnamed.get_booster() if hasattr(unnamed, "get_booster") else unnamed
    booster.feature_names = None
    return _booster("convert_xgboost")(unnamed, example)


def _pytorch(model: Any, example: Any) -> Any:
    import torch

    _package("onnxscript")
    rows = torch.from_numpy(_floats(example))
    rows = rows if len(rows) > 1 else rows.repeat(2, *([1] * (rows.dim() - 1)))
    program = torch.onnx.export(
        model, (rows,), dynamo=True, verbose=False, dynamic_shapes=({0: torch.export.Dim.DYNAMIC},)
    )
    return program.model_proto


_CONVERTERS: Mapping[str, Callable[[Any, Any], Any]] = {
    "sklearn": _sklearn,
    "xgboost": _xgboost,
    "lightgbm": _booster("convert_lightgbm"),
    "pytorch": _pytorch,
}


def _floats(example: Any) -> Any:
    import numpy

    return numpy.asarray(example.to_numpy() if hasattr(example, "to_numpy") else example, dtype=numpy.float32)


def _package(name: str) -> Any:
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        raise MissingDependency(name, needed_for="Writing this model as ONNX", extra="portable") from error
