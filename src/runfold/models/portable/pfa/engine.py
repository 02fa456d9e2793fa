"""Scores PFA documents whose method is `map`, one output per input (specification 0.8.1, "PFA document structure").

A document is turned once into nested Python functions; scoring calls them. Only what a document of a model needs is
known: special forms listed in `_Compiler`, functions listed in `functions`. There are no loops, no files, no random
numbers, no writing to cells, so a document of a stranger can do no harm beyond taking time in proportion to its size.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from runfold.errors import InvalidValue
from runfold.models.portable.pfa.functions import FUNCTIONS
from runfold.models.portable.pfa.schemas import PRIMITIVES, Reader, Types

Scope = dict[str, Any]
Step = Callable[[Scope], Any]

MAX_BYTES = 256 * 2**20
_MAX_DEPTH = 400
# What Python says where a document of a stranger has a number for a list, lacks a key or calls itself without end.
_WRONG_SHAPE = (AttributeError, KeyError, IndexError, TypeError, ValueError, ArithmeticError, RecursionError)


class Engine:
    """One document, ready to score.

    Attributes:
        document: as it was given.
        fields: the names of the input record in order; empty where the input is no record.
        features: the same as the model was trained with, where the document tells; else `fields`.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        """
        Raises:
            InvalidValue: it is no PFA document, or it uses what this scorer does not know; the message names it.
        """
        for key in ("input", "output", "action"):
            if key not in document:
                raise InvalidValue(f"The PFA document lacks {key!r}.")
        if document.get("method", "map") != "map":
            raise InvalidValue(f"The PFA document has the method {document['method']!r}; only 'map' is scored.")
        _check_depth(document)
        self.document = document
        try:
            types = Types(list(_declared_types(document)))
            self._read: Reader = types.reader(document["input"], "input")
            self._action = _Compiler(document, types).block(document["action"])
            kind = document["input"]
            is_record = isinstance(kind, dict) and kind["type"] == "record"
            self.fields: tuple[str, ...] = tuple(types.record(kind["name"])) if is_record else ()
            told = tuple(str(document.get("metadata", {}).get("features", "")).split("\t"))
            self.features = told if len(told) == len(self.fields) else self.fields
        except _WRONG_SHAPE as error:
            raise InvalidValue(f"The PFA document is not built as one: {_described(error)}") from None

    def score(self, value: Any) -> Any:
        """The output for one input, as plain values.

        Raises:
            InvalidValue: the input is not of the document's type, or the document's functions do not fit its types.
        """
        read = self._read(value)
        try:
            return self._action({"input": read})
        except _WRONG_SHAPE as error:
            raise InvalidValue(f"The PFA document cannot be scored: {_described(error)}") from None


def read_document(content: str | bytes) -> Engine:
    """
    Raises:
        InvalidValue: see `Engine`.
    """
    if len(content) > MAX_BYTES:
        raise InvalidValue(f"The PFA document has {len(content)} bytes; at most {MAX_BYTES} are read.")
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise InvalidValue(f"The PFA document is not valid JSON: {str(error)[:200]}") from None
    if not isinstance(document, dict):
        raise InvalidValue("The PFA document is no JSON object.")
    return Engine(document)


class _Compiler:
    """Expressions to functions of a scope, which maps symbols to values."""

    def __init__(self, document: Mapping[str, Any], types: Types) -> None:
        self._types = types
        self._cells: dict[str, Any] = {}
        self._functions: dict[str, Callable[..., Any]] = {}
        for name, cell in document.get("cells", {}).items():
            self._cells[name] = types.reader(cell["type"], f"cell {name!r}")(cell["init"])
        # Functions may call each other, so all names are there before any is compiled.
        declared = {f"u.{name}": one for name, one in document.get("fcns", {}).items()}
        for name in declared:
            self._functions[name] = lambda *_: None
        for name, one in declared.items():
            self._functions[name] = self._function(one)({})

    def block(self, expressions: Any) -> Step:
        """Several expressions in order; the value is that of the last."""
        steps = [self.expression(one) for one in (expressions if isinstance(expressions, list) else [expressions])]
        if len(steps) == 1:
            return steps[0]

        def run(scope: Scope) -> Any:
            inner, value = dict(scope), None
            for step in steps:
                value = step(inner)
            return value

        return run

    def expression(self, one: Any) -> Step:
        if isinstance(one, str):
            return self._symbol(one)
        if isinstance(one, bool | int | float) or one is None:
            return lambda _: one
        if isinstance(one, list):
            # A list holding one string is how a string is quoted; JSON literals of other kinds need no quotes.
            if len(one) == 1 and isinstance(one[0], str):
                return lambda _: one[0]
            raise InvalidValue(f"{str(one)[:80]} is no expression of PFA.")
        for form, compile_form in (
            ("value", self._value),
            ("new", self._new),
            ("cell", self._cell),
            ("attr", self._attribute),
            ("let", self._let),
            ("if", self._if),
            ("cond", self._cond),
            ("do", self._do),
            ("string", self._string),
        ):
            if form in one:
                return compile_form(one)
        return self._literal(one) if set(one) <= set(PRIMITIVES) else self._call(one)

    def _symbol(self, name: str) -> Step:
        head, *path = name.split(".")
        if not path:
            return lambda scope: scope[head]
        return lambda scope: _follow(scope[head], path)

    def _value(self, one: Mapping[str, Any]) -> Step:
        value = self._types.reader(one["type"], "value")(one["value"])
        return lambda _: value

    def _literal(self, one: Mapping[str, Any]) -> Step:
        ((kind, inner),) = one.items()
        value = self._types.reader(kind, kind)(inner)
        return lambda _: value

    def _string(self, one: Mapping[str, Any]) -> Step:
        return lambda _: one["string"]

    def _new(self, one: Mapping[str, Any]) -> Step:
        if isinstance(one["new"], list):
            items = [self.expression(item) for item in one["new"]]
            return lambda scope: [item(scope) for item in items]
        fields = {name: self.expression(field) for name, field in one["new"].items()}
        kind = one["type"]
        name = kind if isinstance(kind, str) else kind.get("name")
        if name is not None and set(self._types.record(name)) != set(fields):
            raise InvalidValue(f"The PFA document makes a {name!r} without all of its fields.")
        return lambda scope: {name: field(scope) for name, field in fields.items()}

    def _cell(self, one: Mapping[str, Any]) -> Step:
        if "to" in one:
            raise InvalidValue("The PFA document changes its cells while it scores; only fixed models are scored.")
        if one["cell"] not in self._cells:
            raise InvalidValue(f"The PFA document uses the cell {one['cell']!r}, which it does not declare.")
        value, path = self._cells[one["cell"]], self._path(one)
        return lambda scope: _follow(value, (step(scope) for step in path))

    def _attribute(self, one: Mapping[str, Any]) -> Step:
        start, path = self.expression(one["attr"]), self._path(one)
        return lambda scope: _follow(start(scope), (step(scope) for step in path))

    def _path(self, one: Mapping[str, Any]) -> list[Step]:
        # Strings of a path are quoted, plain ones are symbols, as everywhere.
        return [self.expression(step) for step in one.get("path", ())]

    def _let(self, one: Mapping[str, Any]) -> Step:
        steps = {name: self.expression(value) for name, value in one["let"].items()}

        def let(scope: Scope) -> None:
            scope.update({name: step(scope) for name, step in steps.items()})

        return let

    def _if(self, one: Mapping[str, Any]) -> Step:
        test, then = self.expression(one["if"]), self.block(one["then"])
        otherwise = self.block(one["else"]) if "else" in one else (lambda _: None)
        return lambda scope: then(scope) if test(scope) else otherwise(scope)

    def _cond(self, one: Mapping[str, Any]) -> Step:
        arms = [(self.expression(arm["if"]), self.block(arm["then"])) for arm in one["cond"]]
        otherwise = self.block(one["else"]) if "else" in one else (lambda _: None)

        def choose(scope: Scope) -> Any:
            for test, then in arms:
                if test(scope):
                    return then(scope)
            return otherwise(scope)

        return choose

    def _do(self, one: Mapping[str, Any]) -> Step:
        return self.block(one["do"])

    def _call(self, one: Mapping[str, Any]) -> Step:
        names = [name for name in one if not name.startswith("@")]
        if len(names) != 1:
            raise InvalidValue(f"The PFA document has the form {', '.join(names)[:80]!r}, which is not known.")
        function = self._named(names[0])
        arguments = one[names[0]]
        steps = [self._argument(each) for each in (arguments if isinstance(arguments, list) else [arguments])]
        # Looked up at the call where functions of the document may not be compiled yet.
        if names[0].startswith("u."):
            return lambda scope: self._functions[names[0]](*[step(scope) for step in steps])
        return lambda scope: function(*[step(scope) for step in steps])

    def _argument(self, one: Any) -> Step:
        if isinstance(one, dict) and "params" in one:
            return self._function(one)
        if isinstance(one, dict) and set(one) == {"fcn"}:
            function = self._named(one["fcn"])
            return lambda _: function
        return self.expression(one)

    def _named(self, name: str) -> Callable[..., Any]:
        if name.startswith("u.") and name in self._functions:
            return lambda *arguments: self._functions[name](*arguments)
        if name not in FUNCTIONS:
            raise InvalidValue(f"The PFA document calls {name!r}, which this scorer does not know.")
        return FUNCTIONS[name]

    def _function(self, one: Mapping[str, Any]) -> Step:
        names = [name for param in one["params"] for name in param]
        body = self.block(one["do"])

        def close(scope: Scope) -> Callable[..., Any]:
            return lambda *arguments: body({**scope, **dict(zip(names, arguments, strict=True))})

        return close


def _described(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error)[:200]}"


def _follow(value: Any, path: Iterable[Any]) -> Any:
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            raise InvalidValue(f"The PFA document looks for {step!r} where it is not.") from None
    return value


def _declared_types(document: Mapping[str, Any]) -> Iterable[Any]:
    yield document["input"]
    yield document["output"]
    for cell in document.get("cells", {}).values():
        yield cell["type"]
    waiting: list[Any] = [document["action"], document.get("fcns", {})]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            yield from (one[key] for key in ("type", "ret") if key in one)
            yield from (kind for param in one.get("params", ()) for kind in param.values())
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one


def _check_depth(document: Any) -> None:
    """Trees are read by functions that call themselves; deeper ones than any real model are refused, not run into."""
    waiting = [(document, 0)]
    while waiting:
        one, depth = waiting.pop()
        if depth > _MAX_DEPTH:
            raise InvalidValue(f"The PFA document is nested deeper than {_MAX_DEPTH}.")
        if isinstance(one, dict | list):
            inner = one.values() if isinstance(one, dict) else one
            waiting += [(each, depth + 1) for each in inner]
