"""One test of one value, as SQL. The meaning is that of `search.evaluate`.

Where the value is missing (the column NULL because there is no row, or no value) a test may give NULL
instead of false; callers put it where both mean the same, or ask for the presence beside it.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from runfold.domain.metric import MAX_INT64, MIN_INT64
from runfold.search import patterns, tree
from runfold.search.tree import Operator

Condition = ColumnElement[bool]
Test = tree.Comparison | tree.Like | tree.Membership | tree.Between

MAX_PARAMETERS = 500

_NOT_SPECIAL = re.compile(r"[\w\s]")


def test_text(column: ColumnElement[Any], test: Test, *, is_sqlite: bool) -> Condition:
    match test:
        case tree.Like(_, pattern, ignores_case, negated):
            found = like(column, pattern, ignores_case=ignores_case, is_sqlite=is_sqlite)
            return sa.not_(found) if negated else found
        case tree.Comparison(_, operator, value):
            return compare(column, operator, value)
        case tree.Membership(_, values, negated):
            return column.not_in(values) if negated else column.in_(values)
    raise AssertionError(f"the parser lets no {type(test).__name__} of text pass")


def test_number(column: ColumnElement[Any], test: Test) -> Condition:
    """A float column whose NULL is NaN."""
    match test:
        case tree.Comparison(_, operator, value):
            if isinstance(value, float) and math.isnan(value):
                return column.is_(None) if operator is Operator.EQUAL else column.is_not(None)
            return compare(column, operator, value)
        case tree.Membership(_, values, negated):
            numbers = [value for value in values if not math.isnan(float(value))]
            if negated:
                return sa.and_(column.is_not(None), column.not_in(numbers))
            return column.in_(numbers) if len(numbers) == len(values) else column.in_(numbers) | column.is_(None)
        case tree.Between(_, low, high, negated):
            found = column.between(low, high)
            return sa.not_(found) if negated else found
    raise AssertionError(f"the parser lets no {type(test).__name__} of a number pass")


def test_whole(column: ColumnElement[Any], test: Test) -> Condition:
    """An integer column against numbers of any kind, exactly."""
    match test:
        case tree.Comparison(_, operator, value):
            return _compare_whole(column, operator, float_or_int(value))
        case tree.Membership(_, values, negated):
            numbers = [int(value) for value in values if is_int64(float_or_int(value))]
            return column.not_in(numbers) if negated else column.in_(numbers)
        case tree.Between(_, low, high, negated):
            found = _compare_whole(column, Operator.GREATER_OR_EQUAL, low) & _compare_whole(
                column, Operator.LESS_OR_EQUAL, high
            )
            return sa.not_(found) if negated else found
    raise AssertionError(f"the parser lets no {type(test).__name__} of a number pass")


def float_or_int(value: tree.Value) -> float | int:
    assert not isinstance(value, str), "the parser lets no text pass for a number"
    return value


def is_int64(value: float | int) -> bool:
    return math.isfinite(value) and value == math.floor(value) and MIN_INT64 <= value <= MAX_INT64


def _compare_whole(column: ColumnElement[Any], operator: Operator, value: float | int) -> Condition:
    if operator in (Operator.EQUAL, Operator.DIFFERENT):
        if is_int64(value):
            return compare(column, operator, int(value))
        return sa.false() if operator is Operator.EQUAL else sa.true()
    is_below = operator in (Operator.LESS, Operator.LESS_OR_EQUAL)
    if value > MAX_INT64 or value < MIN_INT64:
        return sa.true() if (value > 0) is is_below else sa.false()
    # x < 1.5 and x <= 1.5 are both x <= 1; likewise upwards.
    if value != math.floor(value):
        operator = Operator.LESS_OR_EQUAL if is_below else Operator.GREATER_OR_EQUAL
    return compare(column, operator, math.floor(value) if is_below else math.ceil(value))


def compare(column: ColumnElement[Any], operator: Operator, value: object) -> Condition:
    match operator:
        case Operator.EQUAL:
            return column == value
        case Operator.DIFFERENT:
            return column != value
        case Operator.LESS:
            return column < value
        case Operator.LESS_OR_EQUAL:
            return column <= value
        case Operator.GREATER:
            return column > value
    return column >= value


def like(column: ColumnElement[Any], pattern: str, *, ignores_case: bool, is_sqlite: bool) -> Condition:
    """LIKE and ILIKE as `search.patterns` has them, without an escape character.

    SQLite's LIKE ignores the case of ASCII letters, its GLOB none; PostgreSQL's ILIKE does the same in the
    "C" collation that our columns have. Letters beyond ASCII need classes such as `[äÄ]`.
    """
    if ignores_case and not pattern.isascii():
        if is_sqlite:
            return column.bool_op("GLOB")(_glob(pattern, ignores_case=True))
        return column.bool_op("~")(_regular_expression(pattern))
    if is_sqlite:
        if ignores_case:
            return column.bool_op("LIKE")(pattern)
        return _with_prefix(column, pattern, column.bool_op("GLOB")(_glob(pattern, ignores_case=False)))
    found = column.bool_op("ILIKE" if ignores_case else "LIKE")(pattern.replace("\\", "\\\\"))
    return found if ignores_case else _with_prefix(column, pattern, found)


def _with_prefix(column: ColumnElement[Any], pattern: str, found: Condition) -> Condition:
    """Add the range that the pattern's beginning implies, which an index can serve."""
    prefix = re.split("[%_]", pattern, maxsplit=1)[0]
    after = _next_text(prefix)
    if not prefix or after is None:
        return found
    return sa.and_(column >= prefix, column < after, found)


def _next_text(prefix: str) -> str | None:
    """The least text that is greater than every text with this prefix; None when there is none at hand."""
    if not prefix or ord(prefix[-1]) >= 0x10FFFF:
        return None
    following = ord(prefix[-1]) + 1
    # Surrogates are no characters of their own.
    return prefix[:-1] + chr(0xE000 if 0xD800 <= following <= 0xDFFF else following)


def _glob(pattern: str, *, ignores_case: bool) -> str:
    return "".join(_glob_letter(letter, ignores_case) for letter in pattern)


def _glob_letter(letter: str, ignores_case: bool) -> str:
    if letter in "%_":
        return "*" if letter == "%" else "?"
    if letter in "*?[":
        return f"[{letter}]"
    forms = patterns.variants(letter) if ignores_case else {letter}
    return letter if len(forms) == 1 else f"[{''.join(sorted(forms))}]"


def _regular_expression(pattern: str) -> str:
    return f"^{''.join(_expression_letter(letter) for letter in pattern)}$"


def _expression_letter(letter: str) -> str:
    if letter in "%_":
        return ".*" if letter == "%" else "."
    forms = sorted(patterns.variants(letter))
    if len(forms) > 1:
        return f"[{''.join(forms)}]"
    return letter if _NOT_SPECIAL.match(letter) else f"\\{letter}"


def is_one_of(column: ColumnElement[Any], values: Sequence[Any], *, is_sqlite: bool) -> Condition:
    """As IN, for any number of values.

    Below a single value an index is still in the order of its next column. Databases bound the number of
    parameters of a statement, in which the same values may stand several times: many go in one parameter.
    """
    if len(values) == 1:
        found: Condition = column == values[0]
        return found
    if len(values) <= MAX_PARAMETERS:
        return column.in_(values)
    if is_sqlite:
        return column.in_(sa.select(sa.func.json_each(json.dumps(list(values))).table_valued("value").c.value))
    return column == sa.any_(sa.bindparam(None, list(values), sa.ARRAY(column.type)))
