"""What a model's signature says of its input, in the form that reading requests needs: flat, with numpy's types."""

from __future__ import annotations

from functools import cached_property

import msgspec

from runfold.mlmodel import schema as signatures

# Types of columns and the numpy types they come to.
NUMERIC = {"double": "float64", "float": "float32", "long": "int64", "integer": "int32"}
SCALARS = {**NUMERIC, "boolean": "bool", "string": "object", "binary": "object", "datetime": "datetime64[ns]"}


class Column(msgspec.Struct, frozen=True):
    """One column of a table.

    Attributes:
        name: a whole number in tables that were made from arrays.
        type: one of SCALARS, or a longer word for arrays, objects and the like.
    """

    name: str | int
    type: str
    required: bool = True


class Tensor(msgspec.Struct, frozen=True):
    """One tensor.

    Attributes:
        name: empty when the model has a single tensor without a name.
        dtype: numpy's name.
        shape: -1 stands for any length.
    """

    name: str
    dtype: str
    shape: tuple[int, ...]


class Schema(msgspec.Struct, frozen=True, dict=True):
    """The columns or the tensors that a model takes or gives; neither where the model does not say."""

    columns: tuple[Column, ...] = ()
    tensors: tuple[Tensor, ...] = ()

    @cached_property
    def names(self) -> tuple[str | int, ...]:
        return tuple(item.name for item in self.columns or self.tensors)

    @cached_property
    def types(self) -> dict[str | int, str]:
        return {column.name: column.type for column in self.columns}

    @cached_property
    def is_numeric(self) -> bool:
        """Whether every column is a number that must be there, so that rows are a matrix."""
        return bool(self.columns) and all(c.type in NUMERIC and c.required for c in self.columns)

    @property
    def is_named(self) -> bool:
        return any(name != "" for name in self.names)


def schema_of(schema: signatures.Schema | None) -> Schema:
    """The flat form of one side of a signature; an empty one for None."""
    if isinstance(schema, signatures.TensorSchema):
        return Schema(tensors=tuple(Tensor(tensor.name or "", tensor.dtype, tensor.shape) for tensor in schema.tensors))
    if schema is None:
        return Schema()
    # A column without a name is known by its place, as pandas does for data without a header.
    return Schema(
        tuple(
            Column(place if column.name is None else column.name, str(column.type), column.required)
            for place, column in enumerate(schema.columns)
        )
    )
