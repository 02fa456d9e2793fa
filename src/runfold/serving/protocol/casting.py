"""Columns and tensors of a request brought to the types of the signature; what does not fit names its column.

MLflow's rules (numbers may come as text, binary as base64, times as ISO text), except where it would silently change
a value: 1.5 for a whole number and the text "false" for a truth value are refused.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any

import numpy as np

from runfold.errors import InvalidValue
from runfold.serving.payload import Array
from runfold.serving.protocol.errors import UnreadableInput
from runfold.serving.schema import SCALARS, Schema, Tensor

if TYPE_CHECKING:
    import pandas as pd

_WHOLE = {"long": np.int64, "integer": np.int32}


def cast_table(frame: pd.DataFrame, schema: Schema) -> pd.DataFrame:
    """Give the columns that the schema knows its types; others stay as they are.

    Raises:
        UnreadableInput: a value cannot become its column's type.
    """
    if len(schema.tensors) == 1 and not schema.tensors[0].name:
        return frame
    if any(isinstance(name, int) for name in schema.names):  # in JSON, names of columns are texts
        numbers = {str(name): name for name in schema.names}
        frame = frame.rename(columns=lambda name: numbers.get(str(name), name))
    types: dict[Any, str] = schema.types or {tensor.name: tensor.dtype for tensor in schema.tensors}
    if not any(name in frame.columns for name in types) and len(types) == len(frame.columns):
        if list(frame.columns) == list(range(len(types))):
            frame = frame.set_axis(list(types), axis=1)  # columns without names go by their place
        else:
            types = dict(zip(frame.columns, types.values(), strict=True))
    required = {column.name for column in schema.columns if column.required}
    for name, kind in types.items():
        if name in frame.columns and kind in SCALARS:
            frame[name] = cast_column(frame[name], str(name), kind, is_required=name in required)
        elif name in required and name not in frame.columns:
            raise InvalidValue(f"Column '{name}': expected {kind}, and it is missing. Found: {_names(frame)}.")
    return frame


def cast_column(column: pd.Series[Any], name: str, kind: str, *, is_required: bool = True) -> pd.Series[Any]:
    """Raises UnreadableInput: a value cannot become this type."""
    if kind in _WHOLE and is_required and column.isna().any():
        place = int(column.isna().to_numpy().argmax())
        raise UnreadableInput(f"Column '{name}': expected {kind}, and in row {place} it is missing.")
    try:
        return _cast(column, kind)
    except (ValueError, TypeError, OverflowError, binascii.Error) as error:
        found = next((value for value in column if not _fits(value, kind)), None)
        raise UnreadableInput(
            f"Column '{name}': expected {kind}, found {_word(found)}. ({_first_line(error)})"
        ) from None


def cast_tensor(values: Any, tensor: Tensor) -> Array:
    """Raises InvalidValue: the values are not an array of the tensor's type and shape."""
    label = f"Tensor '{tensor.name}'" if tensor.name else "The input tensor"
    try:
        array = np.array(values, dtype=tensor.dtype)
    except (ValueError, TypeError, OverflowError) as error:
        raise UnreadableInput(f"{label}: expected {tensor.dtype}: {_first_line(error)}.") from None
    fits = array.ndim == len(tensor.shape) and all(
        wanted in (-1, size) for wanted, size in zip(tensor.shape, array.shape, strict=True)
    )
    if not fits:
        raise InvalidValue(f"{label}: expected shape {tensor.shape}, found {array.shape}.")
    return array


def _cast(column: pd.Series[Any], kind: str) -> pd.Series[Any]:
    import pandas as pd

    if kind in _WHOLE:
        return _whole(column, _WHOLE[kind])
    if kind == "boolean":
        return _truth(column)
    if kind == "binary":
        return column.map(lambda value: value if value is None else base64.b64decode(str(value), validate=True))
    if kind == "datetime":
        return pd.to_datetime(column).astype("datetime64[ns]")
    if kind == "string":
        return column if isinstance(column.dtype, pd.StringDtype) else column.astype(object)
    return column.astype(SCALARS[kind])


def _whole(column: pd.Series[Any], wanted: Any) -> pd.Series[Any]:
    if column.dtype == object:
        column = column.map(lambda value: int(value) if isinstance(value, str) else value)
    if column.isna().any():
        return column  # whether a value may be missing is for the signature to say
    cast = column.astype(wanted)
    if not (cast == column).all():
        raise ValueError("the value is not a whole number of this size")
    return cast


def _truth(column: pd.Series[Any]) -> pd.Series[Any]:
    if not column.map(lambda value: value in (True, False, None) or value != value).all():
        raise ValueError("only true and false are truth values")
    return column if column.isna().any() else column.astype(bool)


def _fits(value: Any, kind: str) -> bool:
    import pandas as pd

    try:
        _cast(pd.Series([value]), kind)
    except (ValueError, TypeError, OverflowError, binascii.Error):
        return False
    return True


def _names(frame: pd.DataFrame) -> str:
    names = [str(name)[:40] for name in frame.columns[:10]]
    return ", ".join(f"'{name}'" for name in names) + (", ..." if len(frame.columns) > 10 else "") if names else "none"


def _word(value: Any) -> str:
    names = {str: "text", bool: "truth value", int: "whole number", float: "number", dict: "object", list: "array"}
    text = repr(value)
    return f"{names.get(type(value), type(value).__name__)} {text if len(text) < 60 else text[:57] + '...'}"


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200].rstrip(".")
