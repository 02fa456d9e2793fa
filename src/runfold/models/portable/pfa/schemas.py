"""The Avro types of PFA documents, and values read from JSON by them (specification 0.8.1, chapter "Avro type system").

In JSON a value of a union is written as `{"double": 1.5}` or `{"TreeNode": {...}}`, and `null` plainly. In memory a
record is a dict without a tag: the functions that walk trees tell a node from a score by what it is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from runfold.errors import InvalidValue

PRIMITIVES = ("null", "boolean", "int", "long", "float", "double", "string", "bytes")

Type = Any
"""A name, a list (a union) or a dict with the key `type`, as in the document."""
Reader = Callable[[Any], Any]


class Types:
    """The named types of one document, and readers for values of any type in it.

    Args:
        declared: every place of the document where a type may be declared.
    """

    def __init__(self, declared: list[Type]) -> None:
        self._named: dict[str, dict[str, Any]] = {}
        self._readers: dict[str, Reader] = {}
        for one in declared:
            self._collect(one)

    def reader(self, kind: Type, where: str) -> Reader:
        """A function from plain JSON to a value of this type.

        Raises:
            InvalidValue: the type is not known; the function raises it for values of another type, naming `where`.
        """
        if isinstance(kind, list):
            return self._union(kind, where)
        name = kind["type"] if isinstance(kind, dict) else kind
        if isinstance(name, dict | list):
            return self.reader(name, where)
        match name:
            case "array":
                items = self.reader(kind["items"], f"{where}[]")
                return lambda value: [items(one) for one in _expect(value, list | tuple, "an array", where)]
            case "map":
                values = self.reader(kind["values"], f"{where}{{}}")
                return lambda value: {key: values(one) for key, one in _expect(value, Mapping, "a map", where).items()}
            case "record" | "enum":
                return self._by_name(kind["name"], where)
        if name in PRIMITIVES:
            return lambda value: _primitive(name, value, where)
        if name in self._named:
            return self._by_name(name, where)
        raise InvalidValue(f"The PFA document uses the type {name!r} ({where}), which it does not declare.")

    def record(self, name: str) -> Mapping[str, Type]:
        """The fields of a record type, in order."""
        declared = self._named.get(name, {})
        if declared.get("type") != "record":
            raise InvalidValue(f"The PFA document makes a {name!r}, which is no record that it declares.")
        return {field["name"]: field["type"] for field in declared["fields"]}

    def _collect(self, kind: Type) -> None:
        if isinstance(kind, list):
            for one in kind:
                self._collect(one)
        if not isinstance(kind, dict):
            return
        if kind.get("type") in ("record", "enum"):
            self._named[kind["name"]] = kind
        for field in kind.get("fields", ()):
            self._collect(field["type"])
        for inner in ("items", "values", "type"):
            self._collect(kind.get(inner))

    def _by_name(self, name: str, where: str) -> Reader:
        """Types may hold themselves, so a reader is looked up when it is used."""
        declared = self._named[name]
        if declared["type"] == "enum":
            symbols = frozenset(declared["symbols"])
            return lambda value: _symbol(value, symbols, name, where)

        def read(value: Any) -> Any:
            if name not in self._readers:
                self._readers[name] = self._record_reader(declared)
            return self._readers[name](value)

        return read

    def _record_reader(self, declared: Mapping[str, Any]) -> Reader:
        name = declared["name"]
        fields = [(one["name"], self.reader(one["type"], f"{name}.{one['name']}")) for one in declared["fields"]]

        def read(value: Any) -> dict[str, Any]:
            given = _expect(value, Mapping, f"a {name}", name)
            missing = [key for key, _ in fields if key not in given]
            if missing:
                raise InvalidValue(f"The {name} lacks {', '.join(map(repr, missing[:5]))}.")
            return {key: read_field(given[key]) for key, read_field in fields}

        return read

    def _union(self, branches: list[Type], where: str) -> Reader:
        readers = {_tag(one): self.reader(one, where) for one in branches}

        def read(value: Any) -> Any:
            if value is None and "null" in readers:
                return None
            if isinstance(value, Mapping) and len(value) == 1:
                ((tag, inner),) = value.items()
                if tag in readers:
                    return readers[tag](inner)
            raise InvalidValue(f"{where} is no tagged value of {', '.join(map(repr, readers))}.")

        return read


def _tag(kind: Type) -> str:
    if isinstance(kind, str):
        return kind
    return str(kind["name"]) if kind["type"] in ("record", "enum") else str(kind["type"])


def _expect(value: Any, types: Any, what: str, where: str) -> Any:
    if not isinstance(value, types):
        raise InvalidValue(f"{where} is {_shown(value)}; expected {what}.")
    return value


def _symbol(value: Any, symbols: frozenset[str], name: str, where: str) -> str:
    if value not in symbols:
        raise InvalidValue(f"{where} is {_shown(value)}, which is none of the symbols of {name}.")
    return str(value)


def _primitive(name: str, value: Any, where: str) -> Any:
    if name in ("float", "double") and isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if name in ("float", "double") and value in ("NaN", "inf", "-inf"):
        return float(value)
    if name in ("int", "long") and isinstance(value, int | float) and not isinstance(value, bool):
        if math.isfinite(value) and value == int(value):
            return int(value)
    elif isinstance(value, {"boolean": bool, "string": str, "null": type(None)}.get(name, ())):
        return value
    elif name == "bytes" and isinstance(value, str):
        return value.encode("latin-1")
    raise InvalidValue(f"{where} is {_shown(value)}; expected {name}.")


def _shown(value: Any) -> str:
    return repr(value)[:60]
