"""Tensors of the V2 inference protocol and numpy arrays, both ways, as JSON or in binary.

Source: the Open Inference Protocol (KServe), "Tensor Data Types", and Triton's extension "Binary Tensor Data".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from runfold.serving.payload import Array
from runfold.serving.protocol.errors import UnreadableInput

DTYPES = {
    "BOOL": "bool",
    "UINT8": "uint8",
    "UINT16": "uint16",
    "UINT32": "uint32",
    "UINT64": "uint64",
    "INT8": "int8",
    "INT16": "int16",
    "INT32": "int32",
    "INT64": "int64",
    "FP16": "float16",
    "FP32": "float32",
    "FP64": "float64",
}
_NAMES = {np.dtype(dtype): name for name, dtype in DTYPES.items()}
COLUMN_TYPES = {
    "double": "FP64",
    "float": "FP32",
    "long": "INT64",
    "integer": "INT32",
    "boolean": "BOOL",
    "string": "BYTES",
    "binary": "BYTES",
    "datetime": "BYTES",
}
_LENGTH_BYTES = 4
_MAX_AXES = 16


class InferTensor(msgspec.Struct, omit_defaults=True):
    """One input of a request, or one output of an answer."""

    name: str
    shape: list[int]
    datatype: str
    parameters: dict[str, Any] | None = None
    data: Any = None


def datatype_of(dtype: str) -> str:
    """The protocol's name of a numpy type; BYTES for what is no number."""
    return _NAMES.get(np.dtype(dtype), "BYTES") if dtype not in ("str", "string") else "BYTES"


def read_tensor(tensor: InferTensor, binary: bytes | None) -> Array:
    """The array that an input holds.

    Args:
        binary: its bytes, where they follow the JSON; None when `data` has the values.

    Raises:
        UnreadableInput: an unknown type, or values that do not fill the shape.
    """
    size = _size(tensor)
    if tensor.datatype == "BYTES":
        values = _texts(tensor, binary)
        array = np.empty(len(values), dtype=object)
        array[:] = values
    elif tensor.datatype not in DTYPES:
        raise UnreadableInput(f"Input '{tensor.name}': unknown datatype {tensor.datatype[:40]!r}.")
    elif binary is not None:
        dtype = np.dtype(DTYPES[tensor.datatype]).newbyteorder("<")
        if len(binary) != size * dtype.itemsize:
            wanted = size * dtype.itemsize
            raise UnreadableInput(f"Input '{tensor.name}': {wanted} bytes fill its shape, {len(binary)} came.")
        array = np.frombuffer(binary, dtype=dtype)
    else:
        array = _numbers(tensor)
    if array.size != size:
        raise UnreadableInput(f"Input '{tensor.name}': {size} values fill its shape, {array.size} came.")
    return array.reshape(tensor.shape)


def write_tensor(name: str, array: Array, *, as_binary: bool) -> tuple[InferTensor, bytes]:
    """An output, and the bytes that follow the JSON for it."""
    if array.dtype.kind in "UOSMm":
        texts = [value if isinstance(value, bytes) else _text(value).encode() for value in array.ravel().tolist()]
        head = InferTensor(name, list(array.shape), "BYTES")
        if not as_binary:
            head.data = [text.decode("utf-8", "replace") for text in texts]
            return head, b""
        tail = b"".join(len(text).to_bytes(_LENGTH_BYTES, "little") + text for text in texts)
    else:
        head = InferTensor(name, list(array.shape), datatype_of(array.dtype.str))
        if not as_binary:
            head.data = array.ravel().tolist()
            return head, b""
        tail = array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes()
    head.parameters = {"binary_data_size": len(tail)}
    return head, tail


def _text(value: object) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _size(tensor: InferTensor) -> int:
    if len(tensor.shape) > _MAX_AXES or any(axis < 0 for axis in tensor.shape):
        raise UnreadableInput(f"Input '{tensor.name}': the shape {tensor.shape[:20]} is not possible.")
    size = 1
    for axis in tensor.shape:
        size *= axis
    return size


def _numbers(tensor: InferTensor) -> Array:
    if not isinstance(tensor.data, list):
        raise UnreadableInput(f"Input '{tensor.name}': 'data' must be an array.")
    dtype = np.dtype(DTYPES[tensor.datatype])
    try:
        array = np.array(tensor.data)
        if array.dtype.kind not in "bif" + "u":
            raise ValueError("not all values are numbers")
        cast = array.astype(dtype)
        if dtype.kind in "iub" and not (cast == array).all():
            raise ValueError(f"a value is not of type {tensor.datatype}")
    except (ValueError, TypeError, OverflowError) as error:
        raise UnreadableInput(f"Input '{tensor.name}': {error}.") from None
    return cast.ravel()


def _texts(tensor: InferTensor, binary: bytes | None) -> Sequence[str | bytes]:
    if binary is None:
        texts = _flatten(tensor.data)
        if not all(isinstance(text, str) for text in texts):
            raise UnreadableInput(f"Input '{tensor.name}': values of type BYTES are texts.")
        return texts
    texts, place = [], 0
    while place < len(binary):
        start = place + _LENGTH_BYTES
        place = start + int.from_bytes(binary[place:start], "little")
        if place > len(binary):
            raise UnreadableInput(f"Input '{tensor.name}': a text is longer than the bytes that came.")
        texts.append(_as_text(binary[start:place]))
    return texts


def _as_text(value: bytes) -> str | bytes:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value


def _flatten(data: Any) -> list[Any]:
    if not isinstance(data, list):
        return [data]
    flat: list[Any] = data
    while any(isinstance(item, list) for item in flat):
        flat = [inner for item in flat for inner in (item if isinstance(item, list) else [item])]
    return flat
