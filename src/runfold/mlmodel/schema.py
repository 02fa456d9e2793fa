"""What a model takes and gives: columns or tensors, and parameters of a call.

The types are those of MLflow 3 (`mlflow/types/schema.py`); signatures of 1.x and 2.x use a part of them.
"""

from __future__ import annotations

from enum import Enum
from typing import Any

import msgspec


class DataType(Enum):
    """A scalar. `LONG` and `INTEGER` have 64 and 32 bits, `DOUBLE` and `FLOAT` too."""

    BOOLEAN = "boolean"
    INTEGER = "integer"
    LONG = "long"
    FLOAT = "float"
    DOUBLE = "double"
    STRING = "string"
    BINARY = "binary"
    DATETIME = "datetime"
    SPARK_VECTOR = "sparkml_vector"

    def __str__(self) -> str:
        return self.value


class AnyType(msgspec.Struct, frozen=True):
    """Whatever comes, missing values included."""

    def __str__(self) -> str:
        return "any"


class Array(msgspec.Struct, frozen=True):
    """A list of values of one type."""

    items: FieldType

    def __str__(self) -> str:
        return f"array<{self.items}>"


class Map(msgspec.Struct, frozen=True):
    """Texts to values of one type."""

    values: FieldType

    def __str__(self) -> str:
        return f"map<string, {self.values}>"


class Property(msgspec.Struct, frozen=True):
    """A named value of an object."""

    name: str
    type: FieldType
    required: bool = True


class Object(msgspec.Struct, frozen=True):
    """Named values, each of its own type, in any order."""

    properties: tuple[Property, ...]

    def __str__(self) -> str:
        inside = ", ".join(f"{one.name}{'' if one.required else '?'}: {one.type}" for one in self.properties)
        return f"object<{inside}>"


FieldType = DataType | Array | Map | Object | AnyType
"""The type of a column, an item or a property."""


class Column(msgspec.Struct, frozen=True):
    """
    Attributes:
        name: `None` where the model takes a single unnamed column. Whole numbers are names too, as in frames made
            from arrays.
        required: a value must be there, and no missing one.
    """

    type: FieldType
    name: str | int | None = None
    required: bool = True


class Tensor(msgspec.Struct, frozen=True):
    """
    Attributes:
        dtype: numpy's name, such as `float32`; `str` for texts.
        shape: -1 for a dimension of any length.
        name: `None` where the model takes a single array.
    """

    dtype: str
    shape: tuple[int, ...]
    name: str | None = None

    def __str__(self) -> str:
        return f"{self.dtype}{list(self.shape)}"


class ColumnSchema(msgspec.Struct, frozen=True):
    columns: tuple[Column, ...]

    @property
    def names(self) -> tuple[str | int, ...]:
        return tuple(column.name for column in self.columns if column.name is not None)

    @property
    def is_named(self) -> bool:
        return bool(self.names)


class TensorSchema(msgspec.Struct, frozen=True):
    tensors: tuple[Tensor, ...]

    @property
    def is_named(self) -> bool:
        return any(tensor.name is not None for tensor in self.tensors)


Schema = ColumnSchema | TensorSchema


class Param(msgspec.Struct, frozen=True):
    """A parameter of a call, such as a threshold.

    Attributes:
        default: used where a call does not give it.
        shape: `None` for a scalar, `(-1,)` for a list.
    """

    name: str
    type: DataType | Object
    default: Any = None
    shape: tuple[int, ...] | None = None

    def __str__(self) -> str:
        return f"array<{self.type}>" if self.shape else str(self.type)


class Signature(msgspec.Struct, frozen=True):
    """
    Attributes:
        params: in the order they were given; a call may give no others.
    """

    inputs: Schema | None = None
    outputs: Schema | None = None
    params: tuple[Param, ...] = ()
