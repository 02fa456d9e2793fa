"""Holding the input of a call to the signature: the right columns or shapes, converted where nothing is lost.

MLflow's rules (3.18, `mlflow/models/utils.py`) decide what is accepted, with two differences: a column of whole
numbers does for one of fractions while each of them is exact as such, and a param that the signature does not know is
an error rather than a line in a log.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import numpy

from runfold.errors import InvalidValue
from runfold.mlmodel.schema import (
    AnyType,
    Array,
    Column,
    ColumnSchema,
    DataType,
    FieldType,
    Map,
    Object,
    Param,
    Schema,
    Tensor,
    TensorSchema,
)

_DTYPES = {
    DataType.BOOLEAN: "bool",
    DataType.INTEGER: "int32",
    DataType.LONG: "int64",
    DataType.FLOAT: "float32",
    DataType.DOUBLE: "float64",
}
_WIDENS = {
    DataType.LONG: {"int8", "int16", "int32", "int64", "uint8", "uint16", "uint32"},
    DataType.INTEGER: {"int8", "int16", "int32", "uint8", "uint16"},
    DataType.FLOAT: {"float16", "float32", "int8", "int16", "uint8", "uint16"},
    DataType.BOOLEAN: {"bool"},
}
_MAX_NAMES_SHOWN = 12
_EXACT = 2**53
"""Whole numbers up to here are exact as 64-bit fractions."""


def enforce_input(data: Any, schema: Schema | None) -> Any:
    """The input as the signature asks for it; as it came, if there is none.

    Raises:
        InvalidValue: it does not fit; the message names the column, the expected and the found type.
    """
    if schema is None:
        return data
    if hasattr(data, "to_pandas") and hasattr(data, "columns"):
        data = data.to_pandas()
    if isinstance(schema, TensorSchema):
        return _tensors(data, schema)
    if not schema.is_named and len(schema.columns) == 1 and isinstance(data, list | str | bytes | int | float):
        return _plain_values(data, schema.columns[0])
    return _frame(data, schema)


def enforce_params(given: Mapping[str, Any] | None, params: tuple[Param, ...]) -> dict[str, Any]:
    """The params of a call, with defaults for those not given.

    Raises:
        InvalidValue: one is not known, or has another type.
    """
    known = {param.name: param for param in params}
    unknown = sorted(set(given or {}) - set(known))
    if unknown:
        names = f"it has {', '.join(known)}" if known else "its signature has none"
        raise InvalidValue(f"The model takes no param {unknown[0]!r}; {names}.")
    return {name: _param(param, (given or {}).get(name, param.default)) for name, param in known.items()}


def _param(param: Param, value: Any) -> Any:
    plain = value.tolist() if hasattr(value, "tolist") else value
    if plain is None and param.default is None:
        return None
    try:
        if param.shape is None:
            return _scalar_param(param.type, plain)
        if not isinstance(plain, list | tuple):
            raise ValueError
        return [_scalar_param(param.type, one) for one in plain]
    except (ValueError, TypeError):
        raise InvalidValue(f"The param {param.name!r} expects {param}; it is {_found(value)}.") from None


def _scalar_param(kind: DataType | Object, value: Any) -> Any:
    if isinstance(kind, Object):
        if not isinstance(value, Mapping):
            raise ValueError
        return dict(value)
    if kind in (DataType.LONG, DataType.INTEGER) and type(value) is int:
        return value
    if kind in (DataType.DOUBLE, DataType.FLOAT) and type(value) in (int, float):
        return float(value)
    if kind is DataType.BOOLEAN and type(value) is bool:
        return value
    if kind is DataType.STRING and isinstance(value, str):
        return value
    if kind is DataType.DATETIME and isinstance(value, str | datetime):
        return numpy.datetime64(value)
    raise ValueError


def _frame(data: Any, schema: ColumnSchema) -> Any:
    frame = _as_frame(data, schema)
    if schema.is_named:
        frame = _with_columns(frame, schema)
    elif frame.shape[1] != len(schema.columns):
        raise InvalidValue(f"The model expects {len(schema.columns)} columns; the input has {frame.shape[1]}.")
    converted = {}
    for index, column in enumerate(schema.columns):
        name = column.name if column.name is not None else frame.columns[index]
        if name in frame.columns:
            converted[name] = _column(frame[name], column, name)
    import pandas

    return pandas.DataFrame(converted, index=frame.index)


def _as_frame(data: Any, schema: ColumnSchema) -> Any:
    import pandas

    if isinstance(data, pandas.DataFrame):
        return data
    if isinstance(data, pandas.Series):
        return data.to_frame()
    if hasattr(data, "toarray"):
        data = data.toarray()
    try:
        if isinstance(data, Mapping):
            is_columns = all(isinstance(one, list | tuple | numpy.ndarray) for one in data.values())
            lists = is_columns and not all(isinstance(column.type, Array) for column in schema.columns)
            return pandas.DataFrame(dict(data) if lists else [dict(data)])
        if isinstance(data, numpy.ndarray):
            shaped = data.reshape(-1, 1) if data.ndim == 1 and len(schema.columns) == 1 else data
            names = [column.name for column in schema.columns]
            has_names = schema.is_named and shaped.ndim == 2 and shaped.shape[1] == len(names)
            return pandas.DataFrame(shaped, columns=names if has_names else None)
        if isinstance(data, list | tuple):
            rows = [*data]
            is_rows = bool(rows) and all(isinstance(row, list | tuple) for row in rows)
            fits = is_rows and all(len(row) == len(schema.columns) for row in rows)
            return pandas.DataFrame(rows, columns=list(schema.names) if fits and schema.is_named else None)
        return pandas.DataFrame([data])
    except (ValueError, TypeError) as error:
        raise InvalidValue(f"The input cannot be read as columns: {error}.") from None


def _with_columns(frame: Any, schema: ColumnSchema) -> Any:
    if not set(frame.columns) & set(schema.names) and {str(name) for name in frame.columns} & set(schema.names):
        frame = frame.rename(columns=str)
    missing = [column.name for column in schema.columns if column.required and column.name not in set(frame.columns)]
    if missing:
        raise InvalidValue(
            f"The input lacks {_listed(missing)} which the model expects; it has {_listed(list(frame.columns))}."
        )
    return frame


def _column(series: Any, column: Column, name: Any) -> Any:
    if column.required and not isinstance(column.type, AnyType) and bool(series.isna().any()):
        rows = int(series.isna().sum())
        raise InvalidValue(f"Column {name!r} expects {column.type} in every row; {rows} of {len(series)} are missing.")
    if isinstance(column.type, DataType):
        return _scalars(series, column.type, name)
    for value in series:
        if value is not None and not (isinstance(value, float) and value != value):
            _check_value(value, column.type, f"Column {name!r}")
    return series


def _scalars(series: Any, kind: DataType, name: Any) -> Any:
    found = str(series.dtype)
    match kind:
        case DataType.DOUBLE | DataType.FLOAT | DataType.LONG | DataType.INTEGER | DataType.BOOLEAN:
            return _numbers(series, kind, name, found)
        case DataType.STRING:
            if series.dtype.kind in "iufbM" or not all(isinstance(one, str) for one in series.dropna()):
                _refuse(name, kind, series)
            return series
        case DataType.BINARY:
            if not all(isinstance(one, bytes | bytearray | str) for one in series.dropna()):
                _refuse(name, kind, series)
            return series
        case DataType.DATETIME:
            return _times(series, kind, name)
        case DataType.SPARK_VECTOR:
            return series


def _numbers(series: Any, kind: DataType, name: Any, found: str) -> Any:
    wanted = _DTYPES[kind]
    if found == wanted:
        return series
    if series.dtype.kind == "O":
        return _boxed_numbers(series, kind, name)
    plain = found.lower()
    if kind is DataType.DOUBLE:
        if not _is_exact(series):
            _refuse(name, kind, series)
    elif plain not in _WIDENS[kind]:
        _refuse(name, kind, series)
    if bool(series.isna().any()):
        return series.astype("float64")
    return series.astype(wanted)


def _is_exact(series: Any) -> bool:
    """Whether numbers can be 64-bit fractions without loss."""
    kind = getattr(series.dtype, "kind", "O")
    if kind == "f":
        return True
    if kind not in "iu":
        return False
    present = series.dropna()
    return len(present) == 0 or (int(present.max()) <= _EXACT and int(present.min()) >= -_EXACT)


def _boxed_numbers(series: Any, kind: DataType, name: Any) -> Any:
    """Numbers as Python objects, such as those with missing values among them."""
    import pandas

    present = series.dropna()
    allowed = {DataType.BOOLEAN: (bool,), DataType.LONG: (int,), DataType.INTEGER: (int,)}.get(kind, (int, float))
    for value in present:
        plain = value.item() if hasattr(value, "item") else value
        if not isinstance(plain, allowed) or (isinstance(plain, bool) and bool not in allowed):
            _refuse(name, kind, series)
    if len(present) == len(series):
        return series.astype(_DTYPES[kind])
    return series if kind is DataType.BOOLEAN else pandas.to_numeric(series).astype("float64")


def _times(series: Any, kind: DataType, name: Any) -> Any:
    import pandas

    if series.dtype.kind == "M":
        return series
    if not all(isinstance(one, str | datetime) for one in series.dropna()):
        _refuse(name, kind, series)
    try:
        return pandas.to_datetime(series)
    except (ValueError, TypeError):
        _refuse(name, kind, series)


def _plain_values(data: Any, column: Column) -> Any:
    """Lists of plain values, for models of texts and the like; they stay lists."""
    for value in data if isinstance(data, list) else [data]:
        if value is not None or column.required:
            _check_value(value, column.type, "The input")
    return data


def _check_value(value: Any, kind: FieldType, place: str) -> None:
    match kind:
        case AnyType():
            return
        case Array(items):
            if not isinstance(value, list | tuple | numpy.ndarray):
                raise InvalidValue(f"{place} expects {kind}; it is {_found(value)}.")
            for one in value:
                _check_value(one, items, f"{place}, an item,")
        case Map(values):
            if not isinstance(value, Mapping):
                raise InvalidValue(f"{place} expects {kind}; it is {_found(value)}.")
            for key, one in value.items():
                _check_value(one, values, f"{place}, at {key!r},")
        case Object():
            _check_object(value, kind, place)
        case DataType():
            if not _is_scalar(value, kind):
                raise InvalidValue(f"{place} expects {kind}; it is {_found(value)}.")


def _check_object(value: Any, kind: Object, place: str) -> None:
    if not isinstance(value, Mapping):
        raise InvalidValue(f"{place} expects {kind}; it is {_found(value)}.")
    for prop in kind.properties:
        if value.get(prop.name) is not None:
            _check_value(value[prop.name], prop.type, f"{place}, property {prop.name!r},")
        elif prop.required:
            raise InvalidValue(f"{place} expects a property {prop.name!r} ({prop.type}); it is missing.")
    known = {prop.name for prop in kind.properties}
    if extra := sorted(set(map(str, value)) - known):
        raise InvalidValue(f"{place} has an unknown property {extra[0]!r}; the model knows {_listed(sorted(known))}.")


def _is_scalar(value: Any, kind: DataType) -> bool:
    plain = value.item() if hasattr(value, "item") and getattr(value, "shape", None) == () else value
    match kind:
        case DataType.BOOLEAN:
            return isinstance(plain, bool)
        case DataType.INTEGER | DataType.LONG:
            return isinstance(plain, int) and not isinstance(plain, bool)
        case DataType.FLOAT | DataType.DOUBLE:
            return isinstance(plain, int | float) and not isinstance(plain, bool)
        case DataType.STRING:
            return isinstance(plain, str)
        case DataType.BINARY:
            return isinstance(plain, bytes | bytearray | str)
        case DataType.DATETIME:
            return isinstance(plain, str | datetime) or hasattr(plain, "isoformat")
        case DataType.SPARK_VECTOR:
            return True


def _tensors(data: Any, schema: TensorSchema) -> Any:
    if not schema.is_named:
        return _tensor(data, schema.tensors[0])
    columns = {name: data[name].to_numpy() for name in data.columns} if hasattr(data, "columns") else data
    if not isinstance(columns, Mapping):
        names = [str(tensor.name) for tensor in schema.tensors]
        raise InvalidValue(f"The model expects a dict of arrays, {_listed(names)}; the input is {_found(data)}.")
    missing = [str(tensor.name) for tensor in schema.tensors if tensor.name not in columns]
    if missing:
        raise InvalidValue(f"The input lacks {_listed(missing)}; it has {_listed(list(columns))}.")
    return {tensor.name: _tensor(columns[tensor.name], tensor) for tensor in schema.tensors}


def _tensor(data: Any, tensor: Tensor) -> Any:
    place = "The input" if tensor.name is None else f"The input {tensor.name!r}"
    if hasattr(data, "indptr"):  # sparse matrices stay as they are
        array = data
    elif hasattr(data, "to_numpy"):
        array = data.to_numpy()
    else:
        array = _array(data, tensor, place)
    shape = tuple(array.shape)
    fits = len(shape) == len(tensor.shape) and all(
        want in (-1, have) for want, have in zip(tensor.shape, shape, strict=True)
    )
    if not fits:
        raise InvalidValue(f"{place} expects the shape {list(tensor.shape)} (-1: any length); it has {list(shape)}.")
    return _with_dtype(array, tensor.dtype, place)


def _array(data: Any, tensor: Tensor, place: str) -> Any:
    if isinstance(data, numpy.ndarray):
        return data
    try:  # lists carry no type of their own: numbers in them are read as what is asked for
        array = numpy.asarray(data)
        return array.astype(tensor.dtype) if tensor.dtype not in ("str", "bytes") else array
    except (ValueError, TypeError):
        raise InvalidValue(f"{place} expects numbers of type {tensor.dtype}; it is {_found(data)}.") from None


def _with_dtype(array: Any, wanted: str, place: str) -> Any:
    found = array.dtype
    if wanted in ("str", "object"):
        if found.kind not in "OUS":
            raise InvalidValue(f"{place} expects values of type {wanted}; it has {found}.")
        return array
    dtype = numpy.dtype(wanted)
    if found == dtype:
        return array
    if found.kind == "O":
        try:
            return array.astype(dtype)
        except (ValueError, TypeError):
            raise InvalidValue(f"{place} expects values of type {wanted}; it has {found}.") from None
    if not numpy.can_cast(found, dtype, casting="safe"):
        raise InvalidValue(
            f"{place} expects values of type {wanted}; it has {found}, which cannot be converted without loss."
        )
    return array.astype(dtype)


def _refuse(name: Any, kind: DataType, series: Any) -> Any:
    found = str(series.dtype)
    hint = ""
    if found in ("object", "str"):
        wrong = next((one for one in series.dropna() if not _is_scalar(one, kind)), None)
        found = f"{found}, such as {wrong!r}" if wrong is not None else found
    elif series.dtype.kind == "f" and kind in (DataType.LONG, DataType.INTEGER):
        hint = " Whole numbers with missing values become fractions in pandas; let the signature say double then."
    raise InvalidValue(f"Column {name!r} expects {kind}; the input has {found}.{hint}")


def _found(value: Any) -> str:
    text = repr(value)
    return f"{type(value).__name__} {text if len(text) <= 60 else text[:60] + '...'}"


def _listed(names: Any) -> str:
    shown = [repr(name) for name in names]
    more = f" and {len(shown) - _MAX_NAMES_SHOWN} more" if len(shown) > _MAX_NAMES_SHOWN else ""
    return ", ".join(shown[:_MAX_NAMES_SHOWN]) + more if shown else "nothing"
