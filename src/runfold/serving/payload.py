"""What a request holds once it is read, and how several are joined into one call of the model.

A payload is rows: it can be stacked with others of the same kind and its predictions taken apart again. Numbers
stay a numpy matrix all the way; pandas appears only where a model asks for a table.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from runfold.serving.schema import NUMERIC, Schema

if TYPE_CHECKING:
    import pandas as pd

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Rows of numbers.

    Attributes:
        values: (n_rows, n_columns) float64.
        columns: their names, or None for a matrix without.
        schema: gives columns their types when a table is made.
    """

    values: Array
    columns: tuple[str | int, ...] | None
    schema: Schema

    @property
    def n_rows(self) -> int:
        return len(self.values)

    def join_key(self) -> Hashable:
        return Matrix, self.columns, self.values.shape[1]

    def natural(self) -> Any:
        """The data as `predict` of a model takes it."""
        return self.values if self.columns is None else self.table()

    def table(self) -> pd.DataFrame:
        import pandas as pd

        types = self.schema.types
        wanted = {NUMERIC.get(types.get(name, "double"), "float64") for name in self.columns or ()}
        if wanted <= {"float64"}:
            return pd.DataFrame(self.values, columns=self.columns, copy=False)
        parts = {
            name: self.values[:, place].astype(NUMERIC.get(types.get(name, "double"), "float64"))
            for place, name in enumerate(self.columns or ())
        }
        return pd.DataFrame(parts, copy=False)


@dataclass(frozen=True, slots=True)
class Table:
    """A pandas table, for columns that are not all numbers."""

    frame: pd.DataFrame

    @property
    def n_rows(self) -> int:
        return len(self.frame)

    def join_key(self) -> Hashable:
        return Table, tuple(self.frame.columns), tuple(map(str, self.frame.dtypes))

    def natural(self) -> Any:
        return self.frame


@dataclass(frozen=True, slots=True)
class Tensors:
    """One tensor, or several by name, whose first axis counts rows."""

    values: Array | dict[str, Array]

    @property
    def n_rows(self) -> int:
        first = self.values if isinstance(self.values, np.ndarray) else next(iter(self.values.values()), np.empty(0))
        return len(first) if first.ndim else 1

    def join_key(self) -> Hashable:
        if isinstance(self.values, np.ndarray):
            parts: tuple[Hashable, ...] = (_shape(self.values),)
        else:
            if len({len(array) if array.ndim else -1 for array in self.values.values()}) != 1:
                return None
            parts = tuple((name, *_shape(array)) for name, array in self.values.items())
        return None if any(part is None for part in parts) else (Tensors, parts)

    def natural(self) -> Any:
        return self.values


@dataclass(frozen=True, slots=True)
class Plain:
    """Whatever was sent, for models that take lists and mappings as they are."""

    value: Any

    @property
    def n_rows(self) -> int:
        return len(self.value) if isinstance(self.value, list) else 1

    def join_key(self) -> Hashable:
        return None

    def natural(self) -> Any:
        return self.value


Payload = Matrix | Table | Tensors | Plain


def _shape(array: Array) -> Any:
    """What must be the same of two arrays to be stacked; None for a single value."""
    return (array.dtype.str, array.shape[1:]) if array.ndim and array.dtype != object else None


def join(payloads: Sequence[Payload]) -> Payload:
    """Stack payloads of one join key."""
    first = payloads[0]
    if len(payloads) == 1:
        return first
    if isinstance(first, Matrix):
        return Matrix(np.concatenate([p.values for p in payloads]), first.columns, first.schema)  # type: ignore[union-attr]
    if isinstance(first, Table):
        import pandas as pd

        return Table(pd.concat([p.frame for p in payloads], ignore_index=True))  # type: ignore[union-attr]
    assert isinstance(first, Tensors)
    arrays: list[Any] = [p.values for p in payloads]  # type: ignore[union-attr]
    if isinstance(first.values, np.ndarray):
        return Tensors(np.concatenate(arrays))
    return Tensors({name: np.concatenate([array[name] for array in arrays]) for name in first.values})


def split(predictions: Any, sizes: Sequence[int]) -> list[Any] | None:
    """Take predictions for joined rows apart; None when they are not one for each row."""
    total = sum(sizes)
    if isinstance(predictions, dict):
        parts = [split(value, sizes) for value in predictions.values()]
        if not parts or any(part is None for part in parts):
            return None
        rows = zip(*(part for part in parts if part is not None), strict=True)
        return [dict(zip(predictions, row, strict=True)) for row in rows]
    if not hasattr(predictions, "__len__") or isinstance(predictions, str | bytes) or len(predictions) != total:
        return None
    taken = predictions.iloc if hasattr(predictions, "iloc") else predictions
    pieces, start = [], 0
    for size in sizes:
        piece = taken[start : start + size]
        if hasattr(piece, "reset_index"):
            piece = piece.reset_index(drop=True)
        pieces.append(piece)
        start += size
    return pieces
