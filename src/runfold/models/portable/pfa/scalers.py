"""Scalers of columns as PFA: `a.zipmap` of the features with two arrays, in the order scikit-learn computes them."""

from __future__ import annotations

from typing import Any

from runfold.errors import InvalidValue
from runfold.models.portable.pfa.parts import DOUBLES, Expression, doubles


def scaled(scaler: Any, kind: str, features: str, cell: str) -> tuple[Expression, dict[str, Any]]:
    """The scaled features, and the cells that this needs.

    Args:
        kind: the name of the scaler's class.
        features: the symbol of the array to scale.
        cell: begins the names of the cells.
    """
    first, second, formula = _FORMULAS[kind](scaler)
    cells = {
        f"{cell}_{name}": {"type": DOUBLES, "init": values} for name, values in (("first", first), ("second", second))
    }
    function = {"params": [{"x": "double"}, {"a": "double"}, {"b": "double"}], "ret": "double", "do": formula}
    return {"a.zipmap": [features, *({"cell": name} for name in cells), function]}, cells


_SHIFT_THEN_DIVIDE = {"/": [{"-": ["x", "a"]}, "b"]}
_MULTIPLY_THEN_SHIFT = {"+": [{"*": ["x", "a"]}, "b"]}

Formula = tuple[list[float], list[float], Expression]


def _standard(scaler: Any) -> Formula:
    return _shift(scaler.mean_, scaler), _scale(scaler.scale_, scaler), _SHIFT_THEN_DIVIDE


def _robust(scaler: Any) -> Formula:
    return _shift(scaler.center_, scaler), _scale(scaler.scale_, scaler), _SHIFT_THEN_DIVIDE


def _max_abs(scaler: Any) -> Formula:
    return _shift(None, scaler), doubles(scaler.scale_), _SHIFT_THEN_DIVIDE


def _min_max(scaler: Any) -> Formula:
    if scaler.clip:
        raise InvalidValue("This MinMaxScaler clips what it scales, which has no PFA document yet.")
    return doubles(scaler.scale_), doubles(scaler.min_), _MULTIPLY_THEN_SHIFT


def _shift(values: Any, scaler: Any) -> list[float]:
    return [0.0] * int(scaler.n_features_in_) if values is None else doubles(values)


def _scale(values: Any, scaler: Any) -> list[float]:
    return [1.0] * int(scaler.n_features_in_) if values is None else doubles(values)


_FORMULAS = {"StandardScaler": _standard, "RobustScaler": _robust, "MaxAbsScaler": _max_abs, "MinMaxScaler": _min_max}
SCALERS = tuple(_FORMULAS)
