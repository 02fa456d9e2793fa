"""Answers of a model as a column of Spark: a number or text, a list, or several named ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from runfold.errors import InvalidValue
from runfold.mlmodel.schema import Array, ColumnSchema, DataType, FieldType, Schema

_NAMES = {
    DataType.BOOLEAN: "boolean",
    DataType.INTEGER: "int",
    DataType.LONG: "bigint",
    DataType.FLOAT: "float",
    DataType.DOUBLE: "double",
    DataType.STRING: "string",
    DataType.BINARY: "binary",
    DataType.DATETIME: "timestamp",
}
_INTEGERS = {"tinyint": "int8", "smallint": "int16", "int": "int32", "bigint": "int64"}
_FRACTIONS = {"float": "float32", "double": "float64"}


def type_of_outputs(outputs: Schema | None) -> str:
    """Spark's type for what a signature says comes out; `double` where it says nothing.

    Raises:
        InvalidValue: Spark has no type for it.
    """
    if outputs is None:
        return "double"
    if not isinstance(outputs, ColumnSchema):
        (first, *others) = outputs.tensors
        if others:
            raise InvalidValue("The model gives several tensors; say which result_type to make of them.")
        item = "bigint" if first.dtype.startswith(("int", "uint")) else _of_dtype(first.dtype)
        return (
            item
            if len(first.shape) == 1
            else f"{'array<' * (len(first.shape) - 1)}{item}{'>' * (len(first.shape) - 1)}"
        )
    if len(outputs.columns) == 1:
        return _name(outputs.columns[0].type)
    return f"struct<{', '.join(f'`{one.name}`: {_name(one.type)}' for one in outputs.columns)}>"


def _of_dtype(dtype: str) -> str:
    return {"float32": "float", "bool": "boolean", "str": "string"}.get(dtype, "double")


def _name(kind: FieldType) -> str:
    if isinstance(kind, Array):
        return f"array<{_name(kind.items)}>"
    if isinstance(kind, DataType) and kind in _NAMES:
        return _NAMES[kind]
    raise InvalidValue(f"Spark has no type for {kind}; say which result_type to make of the answers.")


def converter(kind: Any) -> Callable[[Any, int], Any]:
    """From answers for a number of rows to a pandas series, or for a struct a data frame.

    Args:
        kind: a type of Spark.
    """
    wanted = kind.simpleString()
    fields = [(one.name, one.dataType) for one in kind.fields] if kind.typeName() == "struct" else None
    item = kind.elementType if kind.typeName() == "array" else None

    def convert(answer: Any, n_rows: int) -> Any:
        frame = _frame(answer, n_rows)
        if fields is not None:
            return _struct(frame, fields)
        return _lists(frame) if item is not None else _scalar(frame, wanted)

    return convert


def _frame(answer: Any, n_rows: int) -> Any:
    """Answers as columns.

    Raises:
        InvalidValue: they are not one for each row.
    """
    import numpy
    import pandas

    if isinstance(answer, pandas.DataFrame):
        frame = answer.reset_index(drop=True)
    elif isinstance(answer, Mapping):
        frame = pandas.DataFrame({name: _cells(numpy.asarray(one)) for name, one in answer.items()})
    elif isinstance(answer, list):
        is_records = bool(answer) and isinstance(answer[0], Mapping)
        frame = pandas.DataFrame(answer) if is_records else pandas.DataFrame({0: answer})
    else:
        array = numpy.asarray(answer)
        frame = pandas.DataFrame(array) if array.ndim == 2 else pandas.DataFrame({0: _cells(array)})
    if len(frame) != n_rows:
        raise InvalidValue(f"The model gave {len(frame)} answers for {n_rows} rows; a column needs one for each.")
    return frame


def _cells(array: Any) -> Any:
    return array if array.ndim == 1 else list(array)


def _struct(frame: Any, fields: list[tuple[str, Any]]) -> Any:
    """By name; by place where the model gives no names."""
    import pandas

    names = [name for name, _ in fields]
    has_names = any(isinstance(name, str) for name in frame.columns)
    if len(frame) == 0:
        frame = pandas.DataFrame({name: [] for name in names})
    elif not has_names and len(frame.columns) == len(names):
        frame = frame.set_axis(names, axis=1)
    missing = [name for name in names if name not in frame.columns]
    if missing:
        raise InvalidValue(f"The model gives no {missing[0]!r}; it gives {', '.join(map(str, frame.columns))}.")
    parts = {
        name: _lists(frame[[name]]) if kind.typeName() == "array" else _cast(frame[name], kind.simpleString())
        for name, kind in fields
    }
    return pandas.DataFrame(parts)


def _lists(frame: Any) -> Any:
    """All columns of a row as one list; a single column of lists as it is."""
    import pandas

    if len(frame.columns) == 1 and len(frame) and hasattr(frame.iloc[0, 0], "__len__"):
        cells = frame.iloc[:, 0]
        return pandas.Series([one.tolist() if hasattr(one, "tolist") else one for one in cells], dtype=object)
    return pandas.Series(frame.to_numpy().tolist(), dtype=object)


def _scalar(frame: Any, wanted: str) -> Any:
    """The first column of the wanted kind: numbers for numbers, whatever comes first as text."""
    is_number = wanted in _INTEGERS or wanted in _FRACTIONS
    for name in frame.columns:
        cells = frame[name]
        if len(cells) and hasattr(cells.iloc[0], "__len__") and not isinstance(cells.iloc[0], str | bytes):
            if len(cells.iloc[0]) != 1:
                continue
            cells = cells.map(lambda one: one[0])
        if not is_number or cells.dtype.kind in "iufb" or not len(cells):
            return _cast(cells, wanted)
    kinds = ", ".join(f"{name}: {frame[name].dtype}" for name in frame.columns)
    raise InvalidValue(f"Nothing that the model gives ({kinds}) is a {wanted}; say another result_type.")


def _cast(cells: Any, wanted: str) -> Any:
    """
    Raises:
        InvalidValue: something would be lost.
    """
    if wanted == "string":
        return cells.map(lambda one: None if one is None else str(one))
    if wanted in _FRACTIONS:
        return cells.astype(_FRACTIONS[wanted])
    if wanted not in _INTEGERS or not len(cells):
        return cells
    if cells.dtype.kind == "f" and (cells.dropna() % 1 != 0).any():
        raise InvalidValue(f"The model gives fractions, which a {wanted} cannot hold; say result_type='double'.")
    return cells.astype("Int64" if cells.isna().any() else _INTEGERS[wanted])
