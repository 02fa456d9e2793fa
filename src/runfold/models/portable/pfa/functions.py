"""The library functions of PFA that the scorer knows (specification 0.8.1, part "Library functions").

A function takes evaluated arguments; those that the specification calls `fcn` come as callables. Arithmetic is that of
the specification: `/` always gives a double, `//` keeps integers, comparisons promote numbers.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import Any

from runfold.errors import InvalidValue

Function = Callable[..., Any]


def _divide(x: float, y: float) -> float:
    """IEEE 754, as on the machines that PFA was made for: no error for zero."""
    if y != 0:
        return x / y
    return math.nan if x == 0 or math.isnan(x) else math.copysign(math.inf, x) * math.copysign(1.0, y)


def _power(x: float, y: float) -> float:
    """By floating point, so that a document cannot ask for a number of a million digits."""
    power = math.pow(x, y)
    return int(power) if isinstance(x, int) and isinstance(y, int) and abs(power) < 2**53 and y >= 0 else power


def _exp(x: float) -> float:
    try:
        return math.exp(x)
    except OverflowError:
        return math.inf


def _each(scalar: Callable[[float], float]) -> Function:
    """The link functions take a number, an array or a map."""

    def link(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {key: scalar(one) for key, one in value.items()}
        if isinstance(value, Sequence):
            return [scalar(one) for one in value]
        return scalar(value)

    return link


def _logistic(x: float) -> float:
    """`m.link.logit`, which normalises a prediction: 1 / (1 + exp(-x)), written so that nothing overflows."""
    if x >= 0:
        return 1 / (1 + math.exp(-x))
    power = math.exp(x)
    return power / (1 + power)


def _softmax(values: Any) -> Any:
    if isinstance(values, Mapping):
        return dict(zip(values, _softmax(list(values.values())), strict=True))
    largest = max(values)
    powers = [_exp(one - largest) for one in values]
    total = math.fsum(powers)
    return [one / total for one in powers]


def _linear(datum: Any, model: Mapping[str, Any]) -> Any:
    """`model.reg.linear`: arrays, arrays for several outputs, or maps; a missing name of a map counts as zero."""
    coefficients, constant = model["coeff"], model["const"]
    if isinstance(datum, Mapping):
        return math.fsum(one * datum.get(name, 0.0) for name, one in coefficients.items()) + constant
    if isinstance(constant, Sequence):
        return [_dot(row, datum) + shift for row, shift in zip(coefficients, constant, strict=True)]
    return _dot(coefficients, datum) + constant


def _dot(left: Sequence[float], right: Sequence[float]) -> float:
    if len(left) != len(right):
        raise InvalidValue(f"model.reg.linear got {len(right)} values for {len(left)} coefficients.")
    return math.sumprod(left, right) if hasattr(math, "sumprod") else math.fsum(map(_times, left, right))


def _times(x: float, y: float) -> float:
    return x * y


def _simple_test(datum: Mapping[str, Any], node: Mapping[str, Any]) -> bool:
    """`model.tree.simpleTest`: one comparison of a field with a value."""
    operator = node["operator"]
    if operator in ("alwaysTrue", "alwaysFalse"):
        return bool(operator == "alwaysTrue")
    test = _TESTS.get(operator)
    if test is None:
        raise InvalidValue(f"A tree of the PFA document compares by {operator!r}, which is not known.")
    return test(datum[node["field"]], node["value"])


def _missing_test(datum: Mapping[str, Any], node: Mapping[str, Any]) -> bool | None:
    """`model.tree.missingTest`: the same, and `None` where the field is null."""
    return None if datum[node["field"]] is None else _simple_test(datum, node)


def _walk(datum: Mapping[str, Any], tree: Any, test: Function) -> Any:
    """`model.tree.simpleWalk` and `missingWalk`: follow the branches until something is reached that is no node."""
    node = tree
    while isinstance(node, dict) and "pass" in node:
        outcome = test(datum, node)
        node = node["missing"] if outcome is None else node["pass"] if outcome else node["fail"]
    return node


_TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda x, y: x < y,
    "<=": lambda x, y: x <= y,
    ">": lambda x, y: x > y,
    ">=": lambda x, y: x >= y,
    "==": lambda x, y: x == y,
    "!=": lambda x, y: x != y,
    "in": lambda x, y: x in y,
    "notIn": lambda x, y: x not in y,
}


def _to_float(x: float) -> float:
    """`cast.float`: rounded to 32 bits; what is beyond them becomes infinite."""
    try:
        return float(struct.unpack("f", struct.pack("f", x))[0])
    except OverflowError:
        return math.copysign(math.inf, x)


def _reduce(values: Sequence[Any], join: Function) -> Any:
    if not values:
        raise InvalidValue("a.reduce got an empty array.")
    return reduce(join, values)


def _argmax(values: Any) -> Any:
    if isinstance(values, Mapping):
        return max(values, key=lambda key: values[key])
    return max(range(len(values)), key=lambda index: values[index])


def _zipmap(*arguments: Any) -> list[Any]:
    *arrays, join = arguments
    if len({len(one) for one in arrays}) > 1:
        raise InvalidValue(f"a.zipmap got arrays of lengths {', '.join(str(len(one)) for one in arrays)}.")
    return [join(*row) for row in zip(*arrays, strict=True)]


FUNCTIONS: Mapping[str, Function] = {
    "+": lambda x, y: x + y,
    "-": lambda x, y: x - y,
    "*": _times,
    "/": _divide,
    "//": lambda x, y: x // y,
    "%": lambda x, y: x % y,
    "**": _power,
    "u-": lambda x: -x,
    "<": _TESTS["<"],
    "<=": _TESTS["<="],
    ">": _TESTS[">"],
    ">=": _TESTS[">="],
    "==": _TESTS["=="],
    "!=": _TESTS["!="],
    "!": lambda x: not x,
    "m.exp": _exp,
    "m.ln": lambda x: math.log(x) if x > 0 else (-math.inf if x == 0 else math.nan),
    "m.sqrt": lambda x: math.sqrt(x) if x >= 0 else math.nan,
    "m.abs": abs,
    "m.link.logit": _each(_logistic),
    "m.link.softmax": _softmax,
    "cast.float": _to_float,
    "cast.double": float,
    "cast.int": int,
    "cast.long": int,
    "a.len": len,
    "a.sum": lambda values: math.fsum(values) if any(isinstance(one, float) for one in values) else sum(values),
    "a.mean": lambda values: _divide(math.fsum(values), len(values)),
    "a.max": max,
    "a.min": min,
    "a.argmax": _argmax,
    "map.argmax": _argmax,
    "a.map": lambda values, change: [change(one) for one in values],
    "a.reduce": _reduce,
    "a.zipmap": _zipmap,
    "model.reg.linear": _linear,
    "model.tree.simpleTest": _simple_test,
    "model.tree.missingTest": _missing_test,
    "model.tree.simpleTree": lambda datum, tree: _walk(datum, tree, _simple_test),
    "model.tree.simpleWalk": _walk,
    "model.tree.missingWalk": _walk,
}
