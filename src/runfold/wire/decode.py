"""Reads requests as leniently as MLflow's servers do.

Clients of MLflow write the same request in several ways: names in snake_case or lowerCamelCase, int64 as number or
text, `"NaN"` for a number, `null` for an absent field, enums by name or number, a body that is JSON inside a JSON
string, no body at all. Nearly every request is plain, though, so a body first goes straight into its Struct, and
only when that fails is it read again slowly.
"""

from __future__ import annotations

import enum
import functools
import json
import re
from collections.abc import Mapping
from typing import Any, Generic, NoReturn, TypeVar
from urllib.parse import parse_qsl

import msgspec
from msgspec import inspect

from runfold.errors import InvalidValue

T = TypeVar("T", bound=msgspec.Struct)

MAX_QUERY_FIELDS = 2000
_CAMEL_FIELD = re.compile(rb'(?<!\\)"[a-z]+[A-Z][A-Za-z0-9]*"\s*:')
_PLACE = re.compile(r" - at `\$?\.?([^`]*)`$")
_MISSING = re.compile(r"Object missing required field `([^`]+)`")


class RequestReader(Generic[T]):
    """Reads the requests of one call.

    Args:
        kind: the Struct that requests become.
    """

    def __init__(self, kind: type[T]) -> None:
        self.kind = kind
        self._decoder = msgspec.json.Decoder(kind, strict=False)
        self._info = inspect.type_info(kind)
        # A field that may be absent and has two words could be there in camelCase: the fast path would not notice.
        self._may_be_camel = _has_optional_compound(self._info, set())

    def read_body(self, body: bytes, in_path: Mapping[str, str] | None = None) -> T:
        """Read a JSON body.

        Args:
            in_path: fields that stand in the address; they win over the body.

        Raises:
            InvalidValue: it is not JSON, or a field has the wrong type or is missing; the message names the field.
        """
        if in_path:
            return self.read_fields({**_parse_object(body), **in_path})
        if not (self._may_be_camel and _CAMEL_FIELD.search(body)):
            try:
                return self._decoder.decode(body)
            except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
                pass  # read it again slowly: it may be legal in a form that is rarely used
        return self.read_fields(_parse_object(body))

    def read_query(self, query: str, in_path: Mapping[str, str] | None = None) -> T:
        """Read a query string; a field of several values is repeated."""
        try:
            pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=MAX_QUERY_FIELDS, errors="strict")
        except ValueError as error:
            raise InvalidValue(f"The query string cannot be read: {error}.") from None
        fields: dict[str, Any] = {}
        for name, value in pairs:
            fields.setdefault(name, []).append(value)
        fields.update({name: [value] for name, value in (in_path or {}).items()})
        return self.read_fields(fields, from_query=True)

    def read_fields(self, fields: Mapping[str, Any], *, from_query: bool = False) -> T:
        """Read fields that are parsed already."""
        try:
            plain = _normalise(dict(fields), self._info, from_query=from_query)
            return msgspec.convert(plain, self.kind, strict=False)
        except msgspec.ValidationError as error:
            _refuse(str(error))
        except RecursionError:
            raise InvalidValue("The request is nested too deeply.") from None


@functools.cache
def reader_of(kind: type[T]) -> RequestReader[T]:
    """The reader of a kind of request; it has no state, and takes a while to make."""
    return RequestReader(kind)


def _parse_object(body: bytes) -> dict[str, Any]:
    if not body.strip():
        return {}
    try:
        # The standard library's parser is the one that takes bare NaN and Infinity, which some clients send.
        value = json.loads(body)
        if isinstance(value, str):
            value = json.loads(value) if value.strip() else {}
        json.dumps(value, ensure_ascii=False).encode()  # no store takes half a surrogate pair
    except UnicodeEncodeError:
        raise InvalidValue("The body holds text that is not valid Unicode: half of a surrogate pair.") from None
    except ValueError as error:
        raise InvalidValue(f"The body is not valid JSON: {error}.") from None
    except RecursionError:
        raise InvalidValue("The body is nested too deeply.") from None
    if not isinstance(value, dict):
        raise InvalidValue(f"The body must be a JSON object, not {_word_for(value)}.")
    return value


def _normalise(value: Any, info: inspect.Type, *, from_query: bool = False) -> Any:
    """Rewrite a value into the plain form of its type; what does not fit is left for the conversion to refuse."""
    match info:
        case inspect.StructType() if isinstance(value, dict):
            return _normalise_struct(value, info, from_query)
        case inspect.ListType(item_type=item) | inspect.VarTupleType(item_type=item):
            if isinstance(value, list):
                return [_normalise(element, item) for element in value]
            return [] if value == {} else value  # R writes an empty list of names as {}
        case inspect.DictType(value_type=item) if isinstance(value, dict):
            return {key: _normalise(element, item) for key, element in value.items()}
        case inspect.EnumType(cls=cls):
            return _enum_value(value, cls)
        case inspect.UnionType(types=types):
            return _normalise(value, _member_for(value, types))
    return value


def _normalise_struct(value: dict[str, Any], info: inspect.StructType, from_query: bool) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    for field in info.fields:
        name = field.encode_name
        found = value.get(name)
        if found is None:
            found = value.get(_camel(name))
        if found is None:
            continue
        if from_query and not isinstance(field.type, inspect.ListType | inspect.VarTupleType):
            found = found[-1]
        plain[name] = _normalise(found, field.type)
    return plain


def _member_for(value: Any, types: tuple[inspect.Type, ...]) -> inspect.Type:
    """The member of a union that a value is meant to be."""
    wanted: tuple[type[inspect.Type], ...]
    if isinstance(value, dict):
        wanted = (inspect.StructType, inspect.DictType)
    elif isinstance(value, list):
        wanted = (inspect.ListType, inspect.VarTupleType)
    else:
        wanted = (inspect.EnumType,)
    return next((member for member in types if isinstance(member, wanted)), inspect.AnyType())


def _enum_value(value: Any, cls: type[enum.Enum]) -> Any:
    """An enum member may come as its number, counted from 1 in the order of the protocol."""
    members = list(cls)
    text = str(value)
    if not isinstance(value, bool) and text.isascii() and text.isdecimal() and 1 <= int(text[:9]) <= len(members):
        return members[int(text[:9]) - 1].value
    if isinstance(value, str) and all(member.value != value for member in members):
        names = ", ".join(str(member.value) for member in members)
        raise msgspec.ValidationError(f"Invalid value {value[:40]!r}, expected one of {names}")
    return value


def _has_optional_compound(info: inspect.Type, seen: set[type]) -> bool:
    match info:
        case inspect.StructType(cls=cls, fields=fields) if cls not in seen:
            seen.add(cls)
            return any(
                ("_" in field.encode_name and not field.required) or _has_optional_compound(field.type, seen)
                for field in fields
            )
        case inspect.ListType(item_type=item) | inspect.VarTupleType(item_type=item):
            return _has_optional_compound(item, seen)
        case inspect.DictType(value_type=item):
            return _has_optional_compound(item, seen)
        case inspect.UnionType(types=types):
            return any(_has_optional_compound(member, seen) for member in types)
    return False


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)


def _word_for(value: Any) -> str:
    if value is None:
        return "null"
    return {list: "an array", str: "a string", bool: "a boolean"}.get(type(value), "a number")


def _refuse(problem: str) -> NoReturn:
    """Say which field is wrong, from a message of msgspec: `<problem> - at `$.a.b[0]``."""
    found = _PLACE.search(problem)
    place = found.group(1) if found else ""
    text = problem[: found.start()] if found else problem
    missing = _MISSING.fullmatch(text)
    if missing:
        name = f"{place}.{missing.group(1)}" if place else missing.group(1)
        raise InvalidValue(f"Missing value for required parameter '{name}'.")
    text = (text[0].lower() + text[1:]).replace("`", "")
    if place:
        raise InvalidValue(f"Invalid value for parameter '{place}': {text}.")
    raise InvalidValue(f"The request cannot be read: {text}.")
