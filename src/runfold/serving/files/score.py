"""Scores a file: piece by piece through the model, into a file that appears when it is complete."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import msgspec

from runfold.errors import NotFound
from runfold.serving.files.readers import FORMATS, read_pieces
from runfold.serving.files.writers import WRITERS
from runfold.serving.model import ServedModel
from runfold.serving.payload import Table

ROWS_OF_A_PIECE = 10_000
_SUFFIXES = {".ndjson": "jsonl", ".pq": "parquet", ".txt": "csv"}


class Scored(msgspec.Struct, frozen=True):
    """What was done."""

    n_rows: int
    n_pieces: int


def format_of(path: Path) -> str | None:
    """The format that a file's name tells; None when it tells none."""
    suffix = path.suffix.lower()
    name = _SUFFIXES.get(suffix, suffix[1:])
    return name if name in FORMATS else None


def score(
    model: ServedModel,
    source: BinaryIO,
    target: BinaryIO,
    *,
    input_format: str,
    output_format: str,
    with_input: bool = False,
    rows_of_a_piece: int = ROWS_OF_A_PIECE,
    tell: Callable[[int], None] = lambda n_rows: None,
) -> Scored:
    """Predict every row of a file.

    Args:
        with_input: write the columns of the rows before the predictions.
        rows_of_a_piece: how many rows are in memory at a time.
        tell: called with the number of rows that are done, after every piece.

    Raises:
        UnreadableInput: the input is not of its format, or a value does not fit its column.
    """
    writer = WRITERS[output_format](target)
    n_rows = n_pieces = 0
    for payload, params in read_pieces(source, input_format, model.inputs, rows_of_a_piece):
        rows = payload.natural() if with_input and isinstance(payload, Table) else None
        writer.write(model.predict(payload, params), rows)
        n_rows += payload.n_rows
        n_pieces += 1
        tell(n_rows)
    writer.close()
    return Scored(n_rows, n_pieces)


@contextmanager
def appearing(path: Path) -> Iterator[BinaryIO]:
    """A file to write that takes its name when it is complete, and vanishes when something goes wrong.

    Raises:
        NotFound: its folder is not there.
    """
    if not path.parent.is_dir():
        raise NotFound("folder", str(path.parent))
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            yield file
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
