"""Tables as `log_table` keeps them: `{"columns": [...], "data": [[...], ...]}` (pandas: `orient="split"`)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import msgspec

from runfold.errors import InvalidValue


class Table(msgspec.Struct, frozen=True):
    """
    Attributes:
        rows: a value per column in each.
    """

    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()

    @classmethod
    def from_json(cls, content: bytes) -> Table:
        found = json.loads(content)
        return cls(tuple(found["columns"]), tuple(tuple(row) for row in found["data"]))

    def to_json(self) -> str:
        return json.dumps({"columns": self.columns, "data": self.rows}, default=_plain)

    def with_rows(self, more: Table) -> Table:
        """This table with the rows of another below; a column that one of them lacks is null there."""
        columns = tuple(dict.fromkeys(self.columns + more.columns))
        return Table(columns, self._in_order(columns) + more._in_order(columns))

    def _in_order(self, columns: tuple[str, ...]) -> tuple[tuple[Any, ...], ...]:
        if columns == self.columns:
            return self.rows
        named = (dict(zip(self.columns, row, strict=True)) for row in self.rows)
        return tuple(tuple(row.get(column) for column in columns) for row in named)


def from_data(data: Any) -> Table:
    """A table from a pandas data frame, or from a mapping of column names to lists or single values.

    Raises:
        InvalidValue: it is neither, or the columns are not equally long.
    """
    if hasattr(data, "to_dict") and hasattr(data, "columns"):
        data = data.to_dict(orient="list")
    if not isinstance(data, Mapping):
        raise InvalidValue(f"A table is a mapping of columns or a data frame, not {type(data).__name__}.")
    columns = {str(name): _column(values) for name, values in data.items()}
    lengths = {name: len(values) for name, values in columns.items()}
    if len(set(lengths.values())) > 1:
        raise InvalidValue(f"The columns of a table must be equally long; these have {lengths}.")
    return Table(tuple(columns), tuple(zip(*columns.values(), strict=True)))


def _column(values: Any) -> list[Any]:
    if hasattr(values, "tolist"):
        values = values.tolist()
    return list(values) if isinstance(values, list | tuple) else [values]


def _plain(value: Any) -> Any:
    """What JSON has no form for: numpy scalars by their value, all else by its text."""
    return value.item() if hasattr(value, "item") else str(value)
