"""From text to tree. Takes linear time, bounds length and depth, and knows the place of every mistake."""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from lark import Lark, Token, v_args
from lark.exceptions import UnexpectedInput, VisitError
from lark.visitors import Transformer_NonRecursive

from runfold.errors import InvalidFilter
from runfold.search import fields, tree
from runfold.search.fields import Language, UnknownField
from runfold.search.mistakes import explain
from runfold.search.tree import Field, Kind, Node, Operator, OrderKey, Value

MAX_TEXT = 16_384
MAX_DEPTH = 40
MAX_CLAUSES = 200
# Databases bound the length of a pattern in bytes.
MAX_PATTERN = 2_000
MAX_ORDER_KEYS = 10

# What databases refuse in a text, or UTF-8 cannot hold.
_NOT_TEXT = re.compile("[\x00\ud800-\udfff]")


def parse_filter(text: str, language: Language) -> Node:
    """Parse a filter; an empty or blank one is `EVERYTHING`.

    Raises:
        InvalidFilter: with the place and what was expected there.
    """
    node: Node = _parse(text, language, start="filter")
    return node


def parse_order(texts: Sequence[str], language: Language) -> tuple[OrderKey, ...]:
    """Parse the items of an `order_by`: `identifier [ASC|DESC]` each.

    Raises:
        InvalidFilter: an item does not parse, names a field of other records, or a field comes twice.
    """
    if len(texts) > MAX_ORDER_KEYS:
        raise InvalidFilter(f"At most {MAX_ORDER_KEYS} order_by items are allowed", text=texts[-1], position=0)
    keys: list[OrderKey] = []
    for text in texts:
        key: OrderKey = _parse(text, language, start="order")
        if _has_several_values(key.field, language):
            raise InvalidFilter(
                f"A {language.record} has no single value of {text.split()[0]} to order by", text=text, position=0
            )
        if any(key.field == other.field for other in keys):
            raise InvalidFilter(f"{text.split()[0]} is ordered by twice", text=text, position=0)
        keys.append(key)
    return tuple(keys)


def parse_field(text: str, language: Language) -> tree.Field:
    """Parse one identifier of a field of the record itself.

    Raises:
        InvalidFilter: it is no identifier, or names a field of other records.
    """
    key: OrderKey = _parse(text, language, start="order")
    if key.field.relation is not tree.Relation.SELF:
        raise InvalidFilter(f"{text} is not a field of the {language.record} itself", text=text, position=0)
    return key.field


def _has_several_values(field: Field, language: Language) -> bool:
    if field.relation is not tree.Relation.SELF or field.group is tree.Group.DATASET:
        return True
    return field.group is tree.Group.ATTRIBUTE and field.name in language.several


class _Literal(NamedTuple):
    """A literal of the text, not yet checked against the field it belongs to."""

    token: Token
    value: Value


class _Name(NamedTuple):
    token: Token
    field: Field


class _Problem(Exception):
    def __init__(self, reason: str, token: Token) -> None:
        self.reason = reason
        self.position = token.start_pos or 0
        super().__init__(reason)


@functools.cache
def _grammar() -> Lark:
    grammar = (Path(__file__).parent / "grammar.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", start=["filter", "order"], maybe_placeholders=True)


def _parse(text: str, language: Language, *, start: str) -> Any:
    if len(text) > MAX_TEXT:
        raise InvalidFilter(
            f"The text has {len(text)} characters; at most {MAX_TEXT} are allowed", text=text, position=MAX_TEXT
        )
    unfit = _NOT_TEXT.search(text)
    if unfit is not None:
        raise InvalidFilter(f"{unfit[0]!r} is not text", text=text, position=unfit.start())
    try:
        parsed = _Builder(language).transform(_grammar().parse(text, start=start))
    except UnexpectedInput as error:
        raise explain(error, text, start) from None
    except VisitError as error:
        if not isinstance(error.orig_exc, _Problem):
            raise
        raise InvalidFilter(error.orig_exc.reason, text=text, position=error.orig_exc.position) from None
    if start == "filter":
        _check_size(parsed, text)
    return parsed


@v_args(inline=True)
class _Builder(Transformer_NonRecursive[Token, Any]):
    """Builds the tree bottom-up, without recursion: brackets may lie deeper than Python's stack."""

    def __init__(self, language: Language) -> None:
        super().__init__()
        self._language = language

    def filter(self, node: Node | None) -> Node:
        return tree.EVERYTHING if node is None else node

    def order(self, name: _Name, direction: Token | None) -> OrderKey:
        return OrderKey(name.field, direction is not None and direction.lower() == "desc")

    def any(self, *nodes: Node | Token) -> Node:
        return tree.Any(tuple(node for node in nodes if not isinstance(node, Token)))

    def all(self, *nodes: Node | Token) -> Node:
        return tree.All(tuple(node for node in nodes if not isinstance(node, Token)))

    def negate(self, _: Token, node: Node) -> Node:
        return tree.Not(node)

    def bracket(self, node: Node) -> Node:
        return node

    def compare(self, name: _Name, operator: Token, literal: _Literal) -> Node:
        value = _checked(name, literal)
        if operator not in ("=", "!="):
            _check_has_place(value, literal)
        if name.field.kind is Kind.PARAM and isinstance(value, str) and operator not in ("=", "!="):
            raise _Problem(f"{operator} compares params as numbers: write the value without quotes", literal.token)
        if name.field.kind in (Kind.TEXT, Kind.TRUTH) and operator not in ("=", "!="):
            allowed = "= != LIKE ILIKE IN" if name.field.kind is Kind.TEXT else "= !="
            raise _Problem(f"{name.token} is {name.field.kind.value} and takes {allowed}, not {operator}", operator)
        return tree.Comparison(name.field, Operator(operator), value)

    def like(self, name: _Name, negation: Token | None, operator: Token, literal: _Literal) -> Node:
        if name.field.kind not in (Kind.TEXT, Kind.PARAM):
            raise _Problem(f"{name.token} is a {name.field.kind.value}; {operator} compares text", operator)
        if not isinstance(literal.value, str):
            raise _Problem(f"Expected a pattern in quotes after {operator}", literal.token)
        if len(literal.value) > MAX_PATTERN:
            raise _Problem(f"A pattern may have {MAX_PATTERN} characters", literal.token)
        ignores_case = operator.lower() == "ilike"
        return tree.Like(name.field, literal.value, ignores_case=ignores_case, negated=negation is not None)

    def member(self, name: _Name, negation: Token | None, _: Token, *literals: _Literal | Token) -> Node:
        given = [literal for literal in literals if isinstance(literal, _Literal)]
        values = tuple(_checked(name, literal) for literal in given)
        for literal, value in zip(given, values, strict=True):
            if isinstance(value, str) != isinstance(values[0], str):
                raise _Problem("A list holds either text or numbers, not both", literal.token)
        return tree.Membership(name.field, values, negated=negation is not None)

    def between(self, name: _Name, negation: Token | None, _: Token, low: _Literal, __: Token, high: _Literal) -> Node:
        return tree.Between(name.field, _bound(name, low), _bound(name, high), negated=negation is not None)

    def missing(self, name: _Name, _: Token, negation: Token | None, __: Token) -> Node:
        return tree.Missing(name.field, negated=negation is not None)

    def identifier(self, token: Token) -> _Name:
        try:
            return _Name(token, fields.resolve(token, self._language))
        except UnknownField as error:
            raise _Problem(error.args[0], token) from None

    def value(self, token: Token) -> _Literal:
        if token.type == "STRING":
            quote = token[0]
            return _Literal(token, token[1:-1].replace(quote * 2, quote))
        if token.type == "WORD":
            return _Literal(token, token.lower() == "true")
        # Python refuses to read whole numbers of thousands of digits.
        is_whole = token.lstrip("+-").isdecimal() and len(token) < 100
        return _Literal(token, int(token) if is_whole else float(token))


def _checked(name: _Name, literal: _Literal) -> Value:
    """The literal as the field compares it."""
    kind, value = name.field.kind, literal.value
    if kind is Kind.TRUTH:
        if isinstance(value, str) and value.lower() in ("true", "false"):
            return value.lower() == "true"
        if not isinstance(value, bool):
            raise _Problem(f"{name.token} is true or false", literal.token)
        return value
    if isinstance(value, bool):
        raise _Problem(f"Expected {_expected_literal(kind)} for {name.token}", literal.token)
    if kind is Kind.TEXT and not isinstance(value, str):
        raise _Problem(f"{name.token} is text: write the value in quotes, '{literal.token}'", literal.token)
    if kind is Kind.TIME and isinstance(value, str):
        return _milliseconds(value, literal.token)
    if kind in (Kind.NUMBER, Kind.WHOLE) and isinstance(value, str):
        raise _Problem(f"{name.token} is a {kind.value}: write the value without quotes", literal.token)
    if kind in (Kind.NUMBER, Kind.PARAM) and not isinstance(value, str):
        return float(value)
    return value


def _bound(name: _Name, literal: _Literal) -> float | int:
    value = _checked(name, literal)
    if isinstance(value, str | bool):
        raise _Problem("BETWEEN compares numbers", literal.token)
    _check_has_place(value, literal)
    return value


def _check_has_place(value: Value, literal: _Literal) -> None:
    if isinstance(value, float) and math.isnan(value):
        raise _Problem("NaN is neither smaller nor greater than a number; use = nan or != nan", literal.token)


def _expected_literal(kind: Kind) -> str:
    return "text in quotes" if kind is Kind.TEXT else "text in quotes or a number" if kind is Kind.PARAM else "a number"


def _milliseconds(text: str, token: Token) -> int:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise _Problem(
            "Expected Unix milliseconds, or a date such as '2026-01-31' or '2026-01-31T12:00:00+01:00'", token
        ) from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def _check_size(node: Node, text: str) -> None:
    n_clauses, waiting = 0, [(node, 1)]
    while waiting:
        part, depth = waiting.pop()
        if depth > MAX_DEPTH:
            raise InvalidFilter(f"Conditions lie more than {MAX_DEPTH} deep", text=text, position=0)
        match part:
            case tree.All(parts) | tree.Any(parts):
                waiting += [(inner, depth + 1) for inner in parts]
            case tree.Not(inner):
                waiting.append((inner, depth + 1))
            case _:
                n_clauses += 1
    if n_clauses > MAX_CLAUSES:
        raise InvalidFilter(
            f"The filter has {n_clauses} conditions; at most {MAX_CLAUSES} are allowed", text=text, position=0
        )
