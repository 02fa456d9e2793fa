"""Files of rows, read in pieces: CSV, JSON, JSON lines and Parquet."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO

import msgspec

from runfold.errors import InvalidValue, MissingDependency
from runfold.serving.payload import Payload, Table
from runfold.serving.protocol.casting import cast_table
from runfold.serving.protocol.errors import UnreadableInput
from runfold.serving.protocol.invocations import InvocationReader
from runfold.serving.schema import Schema

if TYPE_CHECKING:
    import pandas as pd

FORMATS = ("csv", "json", "jsonl", "parquet")
_PIECE_CHARACTERS = 1 << 20

Piece = tuple[Payload, dict[str, Any] | None]
"""Rows, and the parameters that came with them."""


def read_pieces(source: BinaryIO, kind: str, schema: Schema, n_rows: int) -> Iterator[Piece]:
    """The rows of a file.

    Args:
        kind: one of FORMATS. JSON is an array of records, which is read in pieces, or one request of the scoring
            protocol, which is read whole.
        n_rows: of a piece at most.

    Raises:
        UnreadableInput: the file is not of this format, or a value does not fit its column.
    """
    reader = _READERS[kind]
    return reader(source, schema, n_rows)


def _csv(source: BinaryIO, schema: Schema, n_rows: int) -> Iterator[Piece]:
    import pandas as pd

    texts = {name: object for name, kind in schema.types.items() if kind in ("string", "binary")}
    try:
        with pd.read_csv(source, dtype=texts, chunksize=n_rows, encoding="utf-8") as pieces:
            for frame in pieces:
                yield _piece(frame, schema)
    except InvalidValue:  # a value that does not fit its column; it is a ValueError too
        raise
    except (ValueError, UnicodeDecodeError) as error:  # every fault of pandas' parser is a ValueError
        raise UnreadableInput(f"The input is not a CSV table with a header: {error}.") from None


def _json_lines(source: BinaryIO, schema: Schema, n_rows: int) -> Iterator[Piece]:
    lines = ((number, line) for number, line in enumerate(source, start=1) if line.strip())
    while batch := list(islice(lines, n_rows)):
        yield _records([_record(line, f"line {number}") for number, line in batch], schema)


def _json(source: BinaryIO, schema: Schema, n_rows: int) -> Iterator[Piece]:
    head = source.read(_PIECE_CHARACTERS)
    if head.lstrip()[:1] != b"[":
        scoring = InvocationReader(schema).read_json(head + source.read())
        yield scoring.payload, scoring.params
        return
    items = _array_items(head.lstrip()[1:], source)
    while batch := list(islice(items, n_rows)):
        yield _records(batch, schema)


def _parquet(source: BinaryIO, schema: Schema, n_rows: int) -> Iterator[Piece]:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise MissingDependency("pyarrow", needed_for="Reading Parquet", extra="parquet") from None
    try:
        for batch in pq.ParquetFile(source).iter_batches(batch_size=n_rows):
            yield _piece(batch.to_pandas(), schema)
    except pa.ArrowInvalid as error:
        raise UnreadableInput(f"The input is not a Parquet file: {error}.") from None


_READERS: dict[str, Callable[[BinaryIO, Schema, int], Iterator[Piece]]] = {
    "csv": _csv,
    "json": _json,
    "jsonl": _json_lines,
    "parquet": _parquet,
}


def _piece(frame: pd.DataFrame, schema: Schema) -> Piece:
    return Table(cast_table(frame.reset_index(drop=True), schema)), None


def _records(records: list[dict[str, Any]], schema: Schema) -> Piece:
    import pandas as pd

    return _piece(pd.DataFrame(records), schema)


def _record(line: bytes, place: str) -> dict[str, Any]:
    try:
        record = msgspec.json.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise UnreadableInput(f"The input's {place} is not JSON: {error}.") from None
    if not isinstance(record, dict):
        raise UnreadableInput(f"The input's {place} is not an object with the columns as names.")
    return record


def _array_items(head: bytes, source: BinaryIO) -> Iterator[dict[str, Any]]:
    """The objects of a JSON array whose opening bracket is read, one by one as the file is read on."""
    decoder, text, place = json.JSONDecoder(), "", 0
    pending, number, is_complete = head, 0, False
    while True:
        text, pending = text[place:] + _decoded(pending, source), b""
        place = 0
        while True:
            while place < len(text) and text[place] in " \t\r\n,":
                place += 1
            if text[place : place + 1] == "]":
                return
            try:
                item, place = decoder.raw_decode(text, place)
            except (ValueError, RecursionError) as error:
                if is_complete or isinstance(error, RecursionError):
                    raise UnreadableInput(f"The input's item {number} is not JSON: {error}.") from None
                break
            if not isinstance(item, dict):
                raise UnreadableInput(f"The input's item {number} is not an object with the columns as names.")
            number += 1
            yield item
        pending = source.read(_PIECE_CHARACTERS)
        is_complete = not pending


def _decoded(piece: bytes, source: BinaryIO) -> str:
    """A piece of UTF-8 as text, with the rest of a character that was cut in two."""
    for _ in range(4):
        try:
            return piece.decode()
        except UnicodeDecodeError as error:
            if error.end < len(piece) or not (more := source.read(1)):
                break
            piece += more
    raise UnreadableInput("The input is not in UTF-8.")
