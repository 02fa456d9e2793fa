"""From data in memory or in a file to the dataset value that a run notes.

The digest identifies content: equal content has an equal digest, wherever and whenever it was read. It is not
MLflow's digest, which samples rows and changes with the version of pandas.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from runfold.domain import limits
from runfold.domain.dataset import Dataset
from runfold.errors import InvalidValue

if TYPE_CHECKING:
    import numpy
    import pandas
    import polars

_DIGEST_CHARACTERS = 32
_CHUNK_BYTES = 2**20
_SLICE_ROWS = 2**16


def from_pandas(
    df: pandas.DataFrame, source: str = "", targets: str | None = None, name: str = "", digest: str = ""
) -> Dataset:
    """Describe a pandas data frame.

    Args:
        source: where the data came from, such as a path or URI; empty: the code of the run.
        targets: name of the column to predict.
        name: of the dataset; empty: the last part of `source`.
        digest: empty: of the values, column names and types, whatever the index.

    Raises:
        InvalidValue: `targets` is no column.
    """
    columns = [(str(column), str(dtype)) for column, dtype in df.dtypes.items()]
    if targets is not None and targets not in df.columns:
        raise InvalidValue(f"There is no column {targets!r} to predict; the columns are {[one for one, _ in columns]}.")
    if not digest:
        import pandas

        hasher = _hasher(columns)
        hasher.update(pandas.util.hash_pandas_object(df, index=False).to_numpy().tobytes())
        digest = _text_of(hasher)
    profile = {"num_rows": len(df), "num_elements": int(df.size)}
    return _dataset(name, digest, source, _columns_schema(columns), profile)


def from_polars(df: polars.DataFrame, source: str = "", name: str = "", digest: str = "") -> Dataset:
    """Describe a polars data frame; the arguments are those of `from_pandas`."""
    columns = [(column, str(dtype)) for column, dtype in df.schema.items()]
    if not digest:
        hasher = _hasher(columns)
        # As text, since the same values lie in memory in many ways; NaN counts as missing there.
        for rows in df.iter_slices(_SLICE_ROWS):
            hasher.update(rows.write_ndjson().encode())
        digest = _text_of(hasher)
    profile = {"num_rows": df.height, "num_elements": df.height * df.width}
    return _dataset(name, digest, source, _columns_schema(columns), profile)


def from_numpy(
    features: numpy.ndarray[Any, Any],
    source: str = "",
    targets: numpy.ndarray[Any, Any] | None = None,
    name: str = "",
    digest: str = "",
) -> Dataset:
    """Describe arrays of features and, if given, of targets."""
    arrays = {"features": features} | ({} if targets is None else {"targets": targets})
    shapes = {key: {"dtype": str(array.dtype), "shape": list(array.shape)} for key, array in arrays.items()}
    if not digest:
        hasher = _hasher(shapes)
        for array in arrays.values():
            hasher.update(array.tobytes())
        digest = _text_of(hasher)
    profile = {f"{key}_shape": list(array.shape) for key, array in arrays.items()}
    return _dataset(name, digest, source, {"mlflow_tensorspec": shapes}, profile)


def from_rows(rows: Sequence[Mapping[str, Any]], source: str = "", name: str = "", digest: str = "") -> Dataset:
    """Describe rows that JSON can hold, such as those of a CSV or JSON file."""
    columns = [(key, type(value).__name__) for key, value in (rows[0].items() if rows else ())]
    if not digest:
        hasher = _hasher(columns)
        for row in rows:
            hasher.update(json.dumps(row, sort_keys=True, default=str).encode())
        digest = _text_of(hasher)
    return _dataset(name, digest, source, _columns_schema(columns), {"num_rows": len(rows)})


def from_file(path: str | Path, name: str = "") -> Dataset:
    """Describe a file by its bytes, whatever they mean.

    Raises:
        InvalidValue: there is no such file.
    """
    file = Path(path)
    if not file.is_file():
        raise InvalidValue(f"There is no file {str(path)!r}.")
    hasher = hashlib.sha256()
    with file.open("rb") as reader:
        while chunk := reader.read(_CHUNK_BYTES):
            hasher.update(chunk)
    return _dataset(name, _text_of(hasher), file.absolute().as_uri(), None, {"num_bytes": file.stat().st_size})


def _dataset(name: str, digest: str, source: str, schema: object, profile: object) -> Dataset:
    source_type, source_json = _source(source)
    return Dataset(
        name=(name or source.rstrip("/").rpartition("/")[2] or "dataset")[: limits.MAX_DATASET_NAME],
        digest=digest,
        source_type=source_type,
        source=source_json,
        schema="" if schema is None else _json(schema),
        profile=_json(profile),
    )


def _source(source: str) -> tuple[str, str]:
    """Type and JSON text in the form that MLflow's tools read."""
    scheme = source.partition("://")[0].lower() if "://" in source else ""
    if not source:
        return "code", _json({"tags": {}})
    if scheme in ("http", "https"):
        return "http", _json({"url": source})
    return ("local" if scheme in ("", "file") else scheme), _json({"uri": source})


def _columns_schema(columns: Sequence[tuple[str, str]]) -> dict[str, object]:
    return {"mlflow_colspec": [{"type": dtype, "name": column, "required": True} for column, dtype in columns]}


def _hasher(head: object) -> hashlib._Hash:
    """A hash that begins with names and types, so that equal values under other names differ."""
    return hashlib.sha256(_json(head).encode())


def _text_of(hasher: hashlib._Hash) -> str:
    return hasher.hexdigest()[:_DIGEST_CHARACTERS]


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
