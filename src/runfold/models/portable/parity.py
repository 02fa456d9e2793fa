"""Whether two forms of a model answer alike."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy

from runfold.errors import InvalidValue


class Parity(msgspec.Struct, frozen=True, kw_only=True):
    """How a twin compares with the model it was made of, on the input example.

    Attributes:
        rows: of the example.
        max_difference: the largest difference of two numbers, relative where they are above 1; 0 for equal labels.
        tolerance: what was allowed.
    """

    rows: int
    max_difference: float
    tolerance: float


def compare(expected: Any, found: Any, *, tolerance: float, kind: str) -> Parity:
    """
    Args:
        expected, found: the answers of the model and of its twin, one per row.
        tolerance: the largest difference that is allowed.
        kind: of the twin, for messages.

    Raises:
        InvalidValue: the answers differ by more; the message shows the first that do.
    """
    left, right = _plain(expected), _plain(found)
    if left.shape != right.shape:
        raise InvalidValue(
            f"The {kind} twin answers with the shape {list(right.shape)}, the model with {list(left.shape)}."
        )
    if left.dtype.kind in "fiu" and right.dtype.kind in "fiu":
        differences = numpy.abs(left.astype(float) - right.astype(float)) / numpy.maximum(1.0, numpy.abs(left))
    else:
        differences = (left.astype(str) != right.astype(str)).astype(float)
    # NaN for NaN is the same answer; NaN for a number is as wrong as can be.
    both = (left != left) & (right != right)
    differences = numpy.where(both, 0.0, numpy.nan_to_num(differences, nan=numpy.inf))
    largest = float(differences.max(initial=0.0))
    if largest > tolerance:
        place = numpy.unravel_index(int(differences.argmax()), differences.shape)
        raise InvalidValue(
            f"The {kind} twin does not answer as the model does: row {int(place[0])} gives {right[place]!r} for "
            f"{left[place]!r}. It is not kept; allow more with tolerance (now {tolerance:g}), or do without."
        )
    return Parity(rows=len(left), max_difference=largest, tolerance=tolerance)


def _plain(answer: Any) -> Any:
    """As an array; a matrix of one column is a list."""
    array = numpy.asarray(answer.to_numpy() if hasattr(answer, "to_numpy") else answer)
    return array.reshape(len(array), -1)[:, 0] if array.ndim > 1 and array[0].size == 1 else array
