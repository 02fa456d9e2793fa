"""Signatures as the JSON texts that an `MLmodel` file holds, and back.

Source: MLflow 3.18, `mlflow/types/schema.py`. Read as well: `optional` instead of `required` (2.0 to 2.9), `dtype`
instead of `type` for params (2.6), lists instead of texts.

What is written is what most releases read: those to 2.9 fail on the key `required`; later ones take a scalar without
it for required, and a list, map, object or vector without it for optional.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

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
    Property,
    Schema,
    Signature,
    Tensor,
    TensorSchema,
)

_MAX_DEPTH = 32

JsonObject = Mapping[str, Any]


def signature_to_dict(signature: Signature) -> dict[str, str | None]:
    """The three texts of the key `signature`."""
    return {
        "inputs": schema_to_json(signature.inputs),
        "outputs": schema_to_json(signature.outputs),
        "params": json.dumps([_param_to_json(one) for one in signature.params]) if signature.params else None,
    }


def signature_from_dict(value: object) -> Signature:
    """
    Raises:
        InvalidValue: it is no signature; the message names the place.
    """
    if not isinstance(value, Mapping):
        raise InvalidValue(f"The signature is {_shown(value)}; expected inputs, outputs and params.")
    params = _list_of(value.get("params"), "params")
    return Signature(
        inputs=_schema(_list_of(value.get("inputs"), "inputs"), "inputs"),
        outputs=_schema(_list_of(value.get("outputs"), "outputs"), "outputs"),
        params=tuple(_param(one, f"params[{index}]") for index, one in enumerate(params or ())),
    )


def schema_to_json(schema: Schema | None) -> str | None:
    if schema is None:
        return None
    if isinstance(schema, TensorSchema):
        return json.dumps([_tensor_to_json(tensor) for tensor in schema.tensors])
    return json.dumps([_column_to_json(column) for column in schema.columns])


def schema_from_json(text: str) -> Schema | None:
    """Raises InvalidValue as `signature_from_dict` does."""
    return _schema(_list_of(text, "the schema"), "the schema")


def _tensor_to_json(tensor: Tensor) -> dict[str, Any]:
    name = {} if tensor.name is None else {"name": tensor.name}
    return {**name, "type": "tensor", "tensor-spec": {"dtype": tensor.dtype, "shape": list(tensor.shape)}}


def _column_to_json(column: Column) -> dict[str, Any]:
    name = {} if column.name is None else {"name": column.name}
    is_scalar = isinstance(column.type, DataType) and column.type is not DataType.SPARK_VECTOR
    required = {} if column.required and is_scalar else {"required": column.required}
    return {**_type_to_json(column.type), **name, **required}


def _param_to_json(param: Param) -> dict[str, Any]:
    shape = None if param.shape is None else list(param.shape)
    return {"name": param.name, "default": param.default, "shape": shape, **_type_to_json(param.type)}


def _type_to_json(kind: FieldType) -> dict[str, Any]:
    match kind:
        case Array(items):
            return {"type": "array", "items": _type_to_json(items)}
        case Map(values):
            return {"type": "map", "values": _type_to_json(values)}
        case Object(properties):
            inside = {one.name: {**_type_to_json(one.type), "required": one.required} for one in properties}
            return {"type": "object", "properties": inside}
        case AnyType():
            return {"type": "any"}
        case DataType():
            return {"type": kind.value}


def _list_of(value: object, place: str) -> list[Any] | None:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            raise InvalidValue(f"The {place} of the signature are no JSON: {_shown(value)}.") from None
    if value is None or isinstance(value, list):
        return value
    raise InvalidValue(f"The {place} of the signature are {_shown(value)}; expected a list.")


def _schema(specs: list[Any] | None, place: str) -> Schema | None:
    if not specs:
        return None
    if all(isinstance(one, Mapping) and one.get("type") == "tensor" for one in specs):
        return TensorSchema(tuple(_tensor(one, f"{place}[{index}]") for index, one in enumerate(specs)))
    return ColumnSchema(tuple(_column(one, f"{place}[{index}]") for index, one in enumerate(specs)))


def _tensor(spec: JsonObject, place: str) -> Tensor:
    inside = spec.get("tensor-spec")
    if not isinstance(inside, Mapping) or not isinstance(inside.get("dtype"), str):
        raise InvalidValue(f"{place} is {_shown(spec)}; a tensor has a `tensor-spec` with dtype and shape.")
    shape = inside.get("shape")
    if not isinstance(shape, list) or not all(type(one) is int and one >= -1 for one in shape):
        raise InvalidValue(f"{place} has the shape {_shown(shape)}; expected a list of lengths, -1 for any.")
    name = spec.get("name")
    return Tensor(inside["dtype"], tuple(shape), None if name is None else str(name))


def _column(spec: Any, place: str) -> Column:
    name = spec.get("name") if isinstance(spec, Mapping) else None
    if name is not None and not isinstance(name, str | int):
        raise InvalidValue(f"{place} is named {_shown(name)}; names are texts or whole numbers.")
    return Column(_type(spec, place, 0), name, _is_required(spec))


def _param(spec: Any, place: str) -> Param:
    if not isinstance(spec, Mapping) or not isinstance(spec.get("name"), str):
        raise InvalidValue(f"{place} is {_shown(spec)}; a param has a name, a type and a default.")
    kind = _type({"type": spec.get("dtype"), **spec}, place, 0)
    if not isinstance(kind, DataType | Object):
        raise InvalidValue(f"The param {spec['name']!r} has the type {kind}; expected a scalar or an object.")
    shape = spec.get("shape")
    if shape is not None and not (isinstance(shape, list) and all(type(one) is int for one in shape)):
        raise InvalidValue(f"The param {spec['name']!r} has the shape {_shown(shape)}; expected null or [-1].")
    return Param(spec["name"], kind, spec.get("default"), None if shape is None else tuple(shape))


def _type(spec: Any, place: str, depth: int) -> FieldType:
    if depth > _MAX_DEPTH:
        raise InvalidValue(f"{place} is nested more than {_MAX_DEPTH} types deep.")
    if not isinstance(spec, Mapping):
        raise InvalidValue(f"{place} is {_shown(spec)}; expected an object with a `type`.")
    kind = spec.get("type")
    match kind:
        case "array":
            return Array(_type(spec.get("items"), f"{place}.items", depth + 1))
        case "map":
            return Map(_type(spec.get("values"), f"{place}.values", depth + 1))
        case "object":
            return Object(_properties(spec.get("properties"), place, depth + 1))
        case "any":
            return AnyType()
    try:
        return DataType(kind)
    except ValueError:
        known = ", ".join(one.value for one in DataType)
        raise InvalidValue(
            f"{place} has the type {_shown(kind)}; known are {known}, array, map, object and any."
        ) from None


def _properties(spec: Any, place: str, depth: int) -> tuple[Property, ...]:
    if not isinstance(spec, Mapping):
        raise InvalidValue(f"{place} has the properties {_shown(spec)}; expected an object.")
    return tuple(
        Property(str(name), _type(one, f"{place}.{name}", depth), _is_required(one)) for name, one in spec.items()
    )


def _is_required(spec: JsonObject) -> bool:
    return bool(spec.get("required", not spec.get("optional", False)))


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:80] + "..."
