"""The V2 inference protocol (REST): what requests to infer mean for a model, and how it describes itself.

Source: the Open Inference Protocol of KServe; Triton's extension for binary tensors. A model of columns takes one
tensor for each, of shape [n] or [n, 1], or one matrix of shape [n, columns].
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np

from runfold.serving.payload import Array, Matrix, Payload, Table, Tensors
from runfold.serving.protocol.answers import plain_values
from runfold.serving.protocol.casting import cast_table, cast_tensor
from runfold.serving.protocol.errors import UnreadableInput
from runfold.serving.protocol.invocations import Scoring
from runfold.serving.protocol.tensors_v2 import (
    COLUMN_TYPES,
    InferTensor,
    datatype_of,
    read_tensor,
    write_tensor,
)
from runfold.serving.schema import Schema

HEADER = "inference-header-content-length"
EXTENSIONS = ("binary_tensor_data",)
_OUTPUT = "predictions"


class WantedOutput(msgspec.Struct):
    name: str
    parameters: dict[str, Any] | None = None


class InferRequest(msgspec.Struct):
    inputs: list[InferTensor]
    id: str = ""
    parameters: dict[str, Any] | None = None
    outputs: list[WantedOutput] | None = None


class InferAnswer(msgspec.Struct, omit_defaults=True):
    model_name: str
    outputs: list[InferTensor]
    model_version: str = ""
    id: str = ""
    parameters: dict[str, Any] | None = None


class TensorMeta(msgspec.Struct):
    name: str
    datatype: str
    shape: list[int]


class ModelMeta(msgspec.Struct):
    """What GET /v2/models/<name> answers."""

    name: str
    versions: list[str]
    platform: str
    inputs: list[TensorMeta]
    outputs: list[TensorMeta]


def metadata_of(schema: Schema, fallback: str) -> list[TensorMeta]:
    """The tensors of a schema as the protocol describes them.

    Args:
        fallback: the name of a tensor that has none.
    """
    columns = [TensorMeta(str(c.name), COLUMN_TYPES.get(c.type, "BYTES"), [-1]) for c in schema.columns]
    return columns or [
        TensorMeta(tensor.name or fallback, datatype_of(tensor.dtype), list(tensor.shape)) for tensor in schema.tensors
    ]


class InferReader:
    """Reads requests to infer for one model."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._decoder = msgspec.json.Decoder(InferRequest)

    def read(self, body: bytes, header_length: str = "") -> tuple[InferRequest, Scoring]:
        """Read a body.

        Args:
            header_length: the header that says how long the JSON is, when bytes of tensors follow it.

        Raises:
            UnreadableInput: it does not follow the protocol, or does not fit the model.
        """
        head, tail = _cut(body, header_length)
        try:
            request = self._decoder.decode(head)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise UnreadableInput(f"The request cannot be read: {error}.") from None
        except RecursionError:
            raise UnreadableInput("The body is nested too deeply.") from None
        arrays: dict[str, Array] = {}
        for tensor in request.inputs:
            size = (tensor.parameters or {}).get("binary_data_size")
            binary = None
            if size is not None:
                if not isinstance(size, int) or not 0 <= size <= len(tail):
                    raise UnreadableInput(f"Input '{tensor.name}': {size!r} bytes are announced and did not come.")
                binary, tail = tail[:size], tail[size:]
            if tensor.name in arrays:
                raise UnreadableInput(f"Input '{tensor.name}' is there twice.")
            arrays[tensor.name] = read_tensor(tensor, binary)
        if not arrays:
            raise UnreadableInput("The request has no input.")
        return request, Scoring(self._payload(arrays), _params(request.parameters))

    def _payload(self, arrays: dict[str, Array]) -> Payload:
        schema = self._schema
        if schema.columns:
            return self._columns(arrays)
        if schema.tensors and not schema.is_named:
            if len(arrays) > 1:
                raise UnreadableInput("This model takes one tensor; several came.")
            return Tensors(cast_tensor(next(iter(arrays.values())), schema.tensors[0]))
        if schema.tensors:
            missing = [tensor.name for tensor in schema.tensors if tensor.name not in arrays]
            if missing:
                raise UnreadableInput(f"Tensor '{missing[0]}' is missing.")
            return Tensors({t.name: cast_tensor(arrays[t.name], t) for t in schema.tensors})
        return Tensors(next(iter(arrays.values())) if len(arrays) == 1 else arrays)

    def _columns(self, arrays: dict[str, Array]) -> Payload:
        import pandas as pd

        schema = self._schema
        first = next(iter(arrays.values()))
        is_matrix = len(arrays) == 1 and first.ndim == 2 and first.shape[1] == len(schema.names)
        if is_matrix and (len(schema.names) > 1 or next(iter(arrays)) not in schema.types):
            if schema.is_numeric and {c.type for c in schema.columns} == {"double"} and first.dtype.kind == "f":
                return Matrix(first.astype(np.float64, copy=False), schema.names, schema)
            return Table(cast_table(pd.DataFrame(first, columns=list(schema.names)), schema))
        columns = {}
        for name, array in arrays.items():
            if array.ndim not in (1, 2) or (array.ndim == 2 and array.shape[1] != 1):
                raise UnreadableInput(f"Input '{name}': a column has the shape [n] or [n, 1], not {list(array.shape)}.")
            columns[name] = array.ravel()
        if len({len(column) for column in columns.values()}) > 1:
            raise UnreadableInput("The inputs have different numbers of rows.")
        return Table(cast_table(pd.DataFrame(columns), schema))


def answer_of(
    request: InferRequest, predictions: Any, schema: Schema, *, model: str, version: str
) -> tuple[InferAnswer, bytes]:
    """The answer to a request, and the bytes that follow its JSON."""
    arrays = _arrays(predictions, schema)
    wanted = {output.name: output.parameters or {} for output in request.outputs or ()}
    unknown = next((name for name in wanted if name not in arrays), None)
    if unknown is not None:
        raise UnreadableInput(f"The model has no output '{unknown[:100]}'; it has {', '.join(arrays)}.")
    all_binary = bool((request.parameters or {}).get("binary_data_output"))
    outputs, tails = [], []
    for name, array in arrays.items():
        if wanted and name not in wanted:
            continue
        head, tail = write_tensor(name, array, as_binary=bool(wanted.get(name, {}).get("binary_data", all_binary)))
        outputs.append(head)
        tails.append(tail)
    return InferAnswer(model, outputs, version, request.id), b"".join(tails)


def _arrays(predictions: Any, schema: Schema) -> dict[str, Array]:
    """The predictions as arrays by name."""
    if isinstance(predictions, Mapping):
        return {str(name): np.asarray(value) for name, value in predictions.items()}
    if hasattr(predictions, "columns") and hasattr(predictions, "to_numpy"):
        return {str(name): predictions[name].to_numpy() for name in predictions.columns}
    name = str(schema.names[0]) if len(schema.names) == 1 and schema.is_named else _OUTPUT
    if hasattr(predictions, "to_numpy"):
        predictions = predictions.to_numpy()
    if not isinstance(predictions, np.ndarray):
        predictions = _as_array(plain_values(predictions))
    return {"output_0" if name.isdecimal() else name: predictions}


def _as_array(value: Any) -> Array:
    if isinstance(value, Sequence) and value and isinstance(value[0], dict):
        array = np.empty(len(value), dtype=object)
        array[:] = value
        return array
    return np.atleast_1d(np.asarray(value))


def _cut(body: bytes, header_length: str) -> tuple[bytes, bytes]:
    if not header_length:
        return body, b""
    if not header_length.isdecimal() or int(header_length[:12]) > len(body):
        raise UnreadableInput(f"The header {HEADER} is {header_length[:40]!r}, which is not a length of this body.")
    length = int(header_length)
    return body[:length], body[length:]


def _params(parameters: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Parameters for the model: all but those that speak to the server."""
    found = {k: v for k, v in (parameters or {}).items() if k not in ("binary_data_output", "content_type", "headers")}
    return found or None
