"""What the writers of PFA documents give: the piece of a document that one estimator becomes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from runfold.errors import InvalidValue

Expression = Any
"""As in the document: a symbol, a number, or an object."""

DOUBLES = {"type": "array", "items": "double"}


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """
    Attributes:
        steps: expressions that come before, such as definitions of symbols.
        score: a number; of classifiers an array with the probability of each class.
        cells, functions: what these expressions use.
    """

    steps: tuple[Expression, ...] = ()
    score: Expression
    cells: dict[str, Any] = {}
    functions: dict[str, Any] = {}


def doubles(values: Any) -> list[float]:
    """The numbers of an array, flat and in order."""
    return [float(one) for one in values.ravel()]


def double_array(items: Sequence[Expression]) -> Expression:
    return {"type": DOUBLES, "new": list(items)}


def item(array: str, index: int) -> Expression:
    return {"attr": array, "path": [index]}


def link_to_probabilities(raw: Expression, *, is_binary: bool) -> Expression:
    """Probabilities from a raw score (two classes) or an array of raw scores (more)."""
    if not is_binary:
        return {"m.link.softmax": [raw]}
    positive = {"m.link.logit": [raw]}
    return {"do": [{"let": {"positive_": positive}}, double_array([{"-": [1.0, "positive_"]}, "positive_"])]}


def single_output(model: Any) -> None:
    """
    Raises:
        InvalidValue: the estimator predicts several values at once.
    """
    if getattr(model, "n_outputs_", 1) != 1:
        raise InvalidValue(f"This {type(model).__name__} predicts several values at once; PFA is written for one.")
