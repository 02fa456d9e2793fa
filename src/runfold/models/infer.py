"""Signatures from examples of what goes in and comes out, by MLflow's rules (3.18, `mlflow/types/utils.py`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from runfold.errors import InvalidValue
from runfold.mlmodel.schema import (
    AnyType,
    Array,
    Column,
    ColumnSchema,
    DataType,
    FieldType,
    Object,
    Param,
    Property,
    Schema,
    Signature,
    Tensor,
    TensorSchema,
)

_OF_KIND = {"b": DataType.BOOLEAN, "U": DataType.STRING, "S": DataType.BINARY, "M": DataType.DATETIME}
_ANY = AnyType()


def infer_signature(
    model_input: Any = None, model_output: Any = None, params: Mapping[str, Any] | None = None
) -> Signature:
    """What a model takes and gives, by examples.

    Args:
        model_input: a pandas or polars data frame, an array, a dict of arrays, a list or dict of plain values.
        model_output: likewise.
        params: of a call, with their defaults.

    Raises:
        InvalidValue: the kind of an example is not known, or its values are of several types.

    Example:
        >>> import numpy as np
        >>> from runfold.models import infer_signature
        >>> infer_signature(np.zeros((5, 3))).inputs.tensors[0].shape
        (-1, 3)
    """
    return Signature(
        inputs=infer_schema(model_input),
        outputs=infer_schema(model_output),
        params=tuple(_param(name, default) for name, default in (params or {}).items()),
    )


def infer_schema(data: Any) -> Schema | None:
    """The columns or tensors of an example; None for none."""
    if data is None:
        return None
    if hasattr(data, "to_pandas") and hasattr(data, "columns"):
        data = data.to_pandas()
    if _is_frame(data):
        columns = [Column(*_of_series(data[name], name)) for name in data.columns]
        return ColumnSchema(tuple(columns))
    if _is_series(data):
        return ColumnSchema((Column(*_of_series(data, data.name)),))
    if hasattr(data, "shape") and hasattr(data, "dtype"):
        return TensorSchema((_tensor(data, None),))
    if isinstance(data, Mapping):
        return _of_mapping(data)
    if isinstance(data, list | tuple) and data and all(isinstance(row, Mapping) for row in data):
        return _of_records(list(data))
    if isinstance(data, list | tuple):
        return ColumnSchema((_unnamed(list(data)),))
    return ColumnSchema((Column(_of_value(data)),))


def _is_frame(data: Any) -> bool:
    return type(data).__name__ == "DataFrame" and hasattr(data, "dtypes")


def _is_series(data: Any) -> bool:
    return type(data).__name__ == "Series" and hasattr(data, "dtype")


def _of_mapping(data: Mapping[str, Any]) -> Schema:
    arrays = [hasattr(value, "shape") and hasattr(value, "dtype") for value in data.values()]
    if arrays and all(arrays):
        return TensorSchema(tuple(_tensor(value, str(name)) for name, value in data.items()))
    return ColumnSchema(tuple(_field(name, [value]) for name, value in data.items()))


def _of_records(rows: list[Mapping[str, Any]]) -> ColumnSchema:
    names = list(dict.fromkeys(name for row in rows for name in row))
    return ColumnSchema(tuple(_field(name, [row.get(name) for row in rows]) for name in names))


def _field(name: Any, values: list[Any]) -> Column:
    kind, required = _of_values(values)
    return Column(kind, name if isinstance(name, int) else str(name), required)


def _unnamed(values: list[Any]) -> Column:
    kind, required = _of_values(values)
    return Column(kind, None, required)


def _tensor(array: Any, name: str | None) -> Tensor:
    dtype = getattr(array.dtype, "name", str(array.dtype))
    if array.dtype.kind in "OUS" if hasattr(array.dtype, "kind") else False:
        dtype = "str" if array.dtype.kind in "OU" else "bytes"
    shape = tuple(int(length) for length in array.shape)
    return Tensor(dtype, (-1, *shape[1:]) if shape else (-1,), name)


def _of_series(series: Any, name: Any) -> tuple[FieldType, str | int | None, bool]:
    label = None if name is None else name if isinstance(name, int) else str(name)
    required = not bool(series.isna().any())
    dtype = series.dtype
    if hasattr(dtype, "categories"):
        return _of_series(dtype.categories.to_series(), name)[0], label, required
    kind = getattr(dtype, "kind", "O")
    if kind in "iufb":
        return _of_number(kind, int(getattr(dtype, "itemsize", 8)) * 8), label, required
    if kind == "M":
        return DataType.DATETIME, label, required
    found, values_required = _of_values(series.tolist())
    return found, label, required and values_required


def _of_number(kind: str, bits: int) -> DataType:
    if kind == "b":
        return DataType.BOOLEAN
    if kind == "f":
        return DataType.FLOAT if bits <= 32 else DataType.DOUBLE
    if kind == "u":
        return DataType.INTEGER if bits < 32 else DataType.LONG
    return DataType.INTEGER if bits <= 32 else DataType.LONG


def _of_values(values: Sequence[Any]) -> tuple[FieldType, bool]:
    """The type all values share, and whether none is missing."""
    present = [value for value in values if not _is_missing(value)]
    if not present:
        return _ANY, not values
    kind = _of_value(present[0])
    for value in present[1:]:
        kind = _wider(kind, _of_value(value))
    return kind, len(present) == len(values)


def _is_missing(value: Any) -> bool:
    return (
        value is None or (isinstance(value, float) and value != value) or type(value).__name__ in ("NAType", "NaTType")
    )


def _of_value(value: Any) -> FieldType:
    if hasattr(value, "dtype") and hasattr(value, "shape"):
        if value.shape == ():
            kind = value.dtype.kind
            return _OF_KIND[kind] if kind in _OF_KIND else _of_number(kind, value.dtype.itemsize * 8)
        value = value.tolist()
    if isinstance(value, bool):
        return DataType.BOOLEAN
    if isinstance(value, int):
        return DataType.LONG
    if isinstance(value, float):
        return DataType.DOUBLE
    if isinstance(value, str):
        return DataType.STRING
    if isinstance(value, bytes | bytearray):
        return DataType.BINARY
    if isinstance(value, datetime | date):
        return DataType.DATETIME
    if isinstance(value, Mapping):
        fields = [_field(name, [one]) for name, one in value.items()]
        return Object(tuple(Property(str(one.name), one.type, one.required) for one in fields))
    if isinstance(value, list | tuple):
        return Array(_of_values(value)[0])
    raise InvalidValue(
        f"No type of a signature fits a {type(value).__module__}.{type(value).__qualname__}; give numbers, texts, "
        "bytes, times, lists or dicts of them."
    )


def _wider(one: FieldType, other: FieldType) -> FieldType:
    """The type that holds both."""
    if one == other or isinstance(other, AnyType):
        return one
    if isinstance(one, AnyType):
        return other
    numbers = (DataType.INTEGER, DataType.LONG, DataType.FLOAT, DataType.DOUBLE)
    if one in numbers and other in numbers:
        wider = {one, other}
        return DataType.DOUBLE if wider & {DataType.FLOAT, DataType.DOUBLE} else DataType.LONG
    if isinstance(one, Array) and isinstance(other, Array):
        return Array(_wider(one.items, other.items))
    if isinstance(one, Object) and isinstance(other, Object):
        return _joined(one, other)
    raise InvalidValue(f"The example has values of the types {one} and {other} in one place; give one type.")


def _joined(one: Object, other: Object) -> Object:
    mine, theirs = ({prop.name: prop for prop in each.properties} for each in (one, other))
    joined = []
    for name in dict.fromkeys([*mine, *theirs]):
        first, second = mine.get(name), theirs.get(name)
        if first is None or second is None:
            found = first or second
            assert found is not None
            joined.append(Property(name, found.type, False))
        else:
            joined.append(Property(name, _wider(first.type, second.type), first.required and second.required))
    return Object(tuple(joined))


def _param(name: str, default: Any) -> Param:
    if hasattr(default, "tolist"):
        default = default.tolist()
    if isinstance(default, list | tuple):
        kind, _ = _of_values(list(default))
        kind = DataType.STRING if isinstance(kind, AnyType) else kind
        shape: tuple[int, ...] | None = (-1,)
        default = list(default)
    else:
        kind, shape = _of_value(default), None
    if not isinstance(kind, DataType | Object) or kind is DataType.BINARY:
        raise InvalidValue(
            f"The param {name!r} has a default of type {kind}; scalars, dicts and lists of them are known."
        )
    return Param(name, kind, default.isoformat() if isinstance(default, date) else default, shape)
