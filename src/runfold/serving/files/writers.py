"""Predictions written as they come: CSV, JSON, JSON lines and Parquet."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

import msgspec

from runfold.errors import InvalidValue, MissingDependency
from runfold.serving.protocol.answers import plain_values, predictions_json

if TYPE_CHECKING:
    import pandas as pd

COLUMN = "prediction"


class Writer(Protocol):
    """Takes the predictions of one piece after the other."""

    def write(self, predictions: Any, rows: pd.DataFrame | None) -> None:
        """Args: rows: what was predicted, to be written beside the predictions; None: predictions alone."""

    def close(self) -> None:
        """Write what the format has at its end; the file itself stays open."""


class CsvWriter:
    def __init__(self, target: BinaryIO) -> None:
        self._target = target
        self._is_first = True

    def write(self, predictions: Any, rows: pd.DataFrame | None) -> None:
        table(predictions, rows).to_csv(self._target, index=False, header=self._is_first)
        self._is_first = False

    def close(self) -> None:
        """A CSV file has no end."""


class JsonLinesWriter:
    def __init__(self, target: BinaryIO) -> None:
        self._target = target

    def write(self, predictions: Any, rows: pd.DataFrame | None) -> None:
        values = plain_values(predictions if rows is None else table(predictions, rows))
        for value in values if isinstance(values, list) else [values]:
            self._target.write(predictions_json(value, is_bare=True) + b"\n")

    def close(self) -> None:
        """Lines have no end."""


class JsonWriter:
    """The answer of the scoring protocol, `{"predictions": [...]}`, in one piece for the reader."""

    def __init__(self, target: BinaryIO) -> None:
        self._target = target
        self._n_written = 0

    def write(self, predictions: Any, rows: pd.DataFrame | None) -> None:
        content = predictions_json(predictions if rows is None else table(predictions, rows), is_bare=True)
        if not content.startswith(b"["):
            content = b"[" + content + b"]"
        items = content[1:-1]
        self._target.write(b'{"predictions":[' if not self._n_written else b"," if items else b"")
        self._target.write(items)
        self._n_written += 1

    def close(self) -> None:
        self._target.write(b"]}\n" if self._n_written else b'{"predictions":[]}\n')


class ParquetWriter:
    def __init__(self, target: BinaryIO) -> None:
        self._target = target
        self._writer: Any = None

    def write(self, predictions: Any, rows: pd.DataFrame | None) -> None:
        try:
            import pyarrow as pa
            import pyarrow.parquet as pq
        except ImportError:
            raise MissingDependency("pyarrow", needed_for="Writing Parquet", extra="parquet") from None
        piece = pa.Table.from_pandas(table(predictions, rows), preserve_index=False)
        if self._writer is None:
            self._writer = pq.ParquetWriter(self._target, piece.schema)
        self._writer.write_table(piece.cast(self._writer.schema))

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()


WRITERS: dict[str, Callable[[BinaryIO], Writer]] = {
    "csv": CsvWriter,
    "json": JsonWriter,
    "jsonl": JsonLinesWriter,
    "parquet": ParquetWriter,
}


def table(predictions: Any, rows: pd.DataFrame | None) -> pd.DataFrame:
    """Predictions as columns, behind those of the rows where they are given.

    Raises:
        InvalidValue: they are not one for each row.
    """
    import pandas as pd

    values = plain_values(predictions)
    if isinstance(values, dict):
        values = pd.DataFrame(values).to_dict(orient="records")
    if not isinstance(values, list):
        values = [values]
    if values and isinstance(values[0], dict):
        found = pd.DataFrame(values)
    elif values and isinstance(values[0], list):
        found = pd.DataFrame(values)
        found.columns = [f"{COLUMN}_{number}" for number in found.columns]
    else:
        found = pd.DataFrame({COLUMN: values})
    for name in found.columns:
        if found[name].map(lambda value: isinstance(value, list | dict)).any():
            found[name] = found[name].map(lambda value: msgspec.json.encode(value).decode())
    if rows is None:
        return found
    if len(found) != len(rows):
        raise InvalidValue(f"The model answered {len(found)} predictions for {len(rows)} rows; they cannot be joined.")
    taken = {name: f"{COLUMN}_{name}" for name in found.columns if name in rows.columns}
    return pd.concat([rows, found.rename(columns=taken)], axis=1)
