"""The input example of a model: as JSON beside it, and back (MLflow 3.18, `mlflow/models/utils.py`)."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from runfold.errors import InvalidValue
from runfold.mlmodel.document import MLmodel, SavedExample
from runfold.mlmodel.schema import TensorSchema
from runfold.models.flavor import file_of

EXAMPLE_FILE = "input_example.json"
SERVING_FILE = "serving_input_example.json"


class Example(msgspec.Struct, frozen=True):
    """What a call of the model looks like.

    Attributes:
        data: a data frame, array, dict, list or plain value.
        params: of the call.
    """

    data: Any
    params: Mapping[str, Any] | None = None


def example_of(given: Any) -> Example:
    """The example as a user gives it: the input, or a pair of input and params."""
    if isinstance(given, tuple) and len(given) == 2 and isinstance(given[1], dict):
        return Example(given[0], given[1])
    return Example(given)


def write_example(example: Example, folder: Path) -> SavedExample:
    """Writes the example for people and programs, and as a body for the scoring server.

    Raises:
        InvalidValue: JSON has no form for it.
    """
    data = example.data
    if hasattr(data, "to_pandas") and hasattr(data, "columns"):
        data = data.to_pandas()
    kind, orient, plain, body = _plain(data)
    if example.params is not None:
        plain = {"inputs": plain, "params": dict(example.params)}
        body = {**body, "params": dict(example.params)}
    try:
        (folder / EXAMPLE_FILE).write_text(json.dumps(plain, default=_as_json), encoding="utf-8")
        (folder / SERVING_FILE).write_text(json.dumps(body, default=_as_json, indent=2), encoding="utf-8")
    except (TypeError, ValueError) as error:
        raise InvalidValue(f"The input example cannot be kept as JSON: {error}.") from None
    return SavedExample(
        artifact_path=EXAMPLE_FILE,
        type=kind,
        pandas_orient=orient,
        serving_input_path=SERVING_FILE,
        has_params=example.params is not None,
    )


def read_example(model: MLmodel, folder: Path) -> Example | None:
    """The example of a saved model, with the types its signature names; None: it has none.

    Raises:
        InvalidValue: the file is damaged.
    """
    info = model.example
    if info is None:
        return None
    try:
        plain = json.loads(file_of(folder, info.artifact_path).read_bytes())
    except (ValueError, RecursionError):
        raise InvalidValue(f"The input example {info.artifact_path!r} is no JSON.") from None
    params = None
    if info.has_params and isinstance(plain, dict):
        params = plain.get("params")
        plain = plain.get("inputs")
    data = _from_plain(info, plain)
    inputs = None if model.signature is None else model.signature.inputs
    return Example(_with_dtypes(data, inputs) if isinstance(inputs, TensorSchema) else data, params)


def _with_dtypes(data: Any, schema: TensorSchema) -> Any:
    """JSON keeps no precision of its own: arrays read from it have that of the signature."""
    if isinstance(data, dict):
        dtypes = {tensor.name: tensor.dtype for tensor in schema.tensors}
        return {name: _with_dtype(value, dtypes.get(name)) for name, value in data.items()}
    return _with_dtype(data, schema.tensors[0].dtype)


def _with_dtype(value: Any, dtype: str | None) -> Any:
    is_number = getattr(getattr(value, "dtype", None), "kind", "") in ("f", "i")
    return value.astype(dtype) if is_number and dtype not in (None, "str", "bytes", "object") else value


def _from_plain(info: SavedExample, plain: Any) -> Any:
    if info.type == "dataframe":
        import pandas

        if info.pandas_orient == "records":
            return pandas.DataFrame(plain)
        if not isinstance(plain, dict) or "data" not in plain:
            return pandas.DataFrame(plain)
        return pandas.DataFrame(plain["data"], columns=plain.get("columns"))
    if info.type in ("ndarray", "sparse_matrix_csc", "sparse_matrix_csr"):
        import numpy

        if info.type.startswith("sparse"):
            return _sparse(info.type, plain)
        if isinstance(plain, dict):
            return {name: numpy.asarray(value) for name, value in plain.items()}
        return numpy.asarray(plain)
    return plain


def _sparse(kind: str, plain: Any) -> Any:
    from scipy import sparse

    maker = sparse.csc_matrix if kind.endswith("csc") else sparse.csr_matrix
    return maker((plain["data"], plain["indices"], plain["indptr"]), shape=tuple(plain["shape"]))


def _plain(data: Any) -> tuple[str, str, Any, dict[str, Any]]:
    """Kind, orientation, JSON form and body of the scoring server."""
    if type(data).__name__ == "Series":
        data = data.to_frame()
    if hasattr(data, "dtypes") and hasattr(data, "columns"):
        frame = {"columns": [_as_name(name) for name in data.columns], "data": _rows(data)}
        return "dataframe", "split", frame, {"dataframe_split": frame}
    if hasattr(data, "indptr"):
        parts = {"data": data.data, "indices": data.indices, "indptr": data.indptr, "shape": list(data.shape)}
        return f"sparse_matrix_{data.format}", "", parts, {"inputs": data.toarray()}
    if hasattr(data, "tolist") and hasattr(data, "shape"):
        return "ndarray", "", data, {"inputs": data}
    if isinstance(data, Mapping) and data and all(hasattr(value, "shape") for value in data.values()):
        return "ndarray", "", dict(data), {"inputs": dict(data)}
    return "json_object", "", data, {"inputs": data}


def _rows(frame: Any) -> list[list[Any]]:
    missing = frame.isna().to_numpy()
    columns = [frame.iloc[:, index].tolist() for index in range(frame.shape[1])]
    return [
        [None if missing[row, index] else columns[index][row] for index in range(len(columns))]
        for row in range(len(frame))
    ]


def _as_name(name: Any) -> Any:
    return name if isinstance(name, str | int) else str(name)


def _as_json(value: Any) -> Any:
    if isinstance(value, bytes | bytearray):
        return base64.b64encode(value).decode()
    if isinstance(value, date):  # datetimes and pandas' timestamps too
        return value.isoformat()
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"it holds a {type(value).__name__}")
