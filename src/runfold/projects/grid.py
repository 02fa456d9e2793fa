"""Several values for a parameter in a line, and all combinations of them: as the web interface's form takes them."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Mapping, Sequence

from runfold.errors import InvalidValue, LimitExceeded

MAX_COMBINATIONS = 1000

_NUMBER = r"[+-]?[\d.]+(?:[eE][+-]?\d+)?"
_RANGE = re.compile(rf"({_NUMBER})\s*\.\.\s*({_NUMBER})(?:\s+(by|x|in)\s+({_NUMBER}))?")
_FORMS = "Write 0.1,0.2 or 1..5 or '0..1 by 0.25' or '0.001..1 x 10' or '0..1 in 5'."


def list_values(text: str) -> tuple[str, ...]:
    """Values with commas between; ranges stand for the numbers in them. Each once, in the order that they come in.

    Raises:
        InvalidValue: a range that is none, or no value at all.
        LimitExceeded: there are too many.
    """
    values: dict[str, None] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        found = _RANGE.fullmatch(part)
        values |= dict.fromkeys(_numbers(part, *found.groups()) if found else [part])
        _check_number(len(values))
    if not values:
        raise InvalidValue(f"{text!r} names no value. {_FORMS}")
    return tuple(values)


def _numbers(part: str, first: str, last: str, how: str | None, step: str | None) -> list[str]:
    try:
        begin, end, by = float(first), float(last), float(step or 1)
    except ValueError:
        raise InvalidValue(f"{part!r} is no range of numbers. {_FORMS}") from None
    is_factor, is_count = how == "x", how == "in"
    too_small = by <= 1 or begin <= 0 if is_factor else by < 2 or by % 1 != 0 if is_count else by <= 0
    if end < begin or too_small or not all(map(math.isfinite, (begin, end, by))):
        raise InvalidValue(f"{part!r} is no range of numbers. {_FORMS}")
    if is_count:
        _check_number(by)
        return [_tidy(begin + (end - begin) * at / (by - 1)) for at in range(int(by))]
    steps = math.log(end / begin) / math.log(by) if is_factor else (end - begin) / by
    _check_number(steps)
    return [_tidy(begin * by**at if is_factor else begin + by * at) for at in range(math.floor(steps + 1e-9) + 1)]


def _tidy(value: float) -> str:
    """Without what binary fractions add behind the twelfth digit."""
    return f"{value:.12g}"


def combinations(values: Mapping[str, Sequence[str]]) -> tuple[dict[str, str], ...]:
    """The last name changes fastest. Raises LimitExceeded when there are too many."""
    _check_number(math.prod(map(len, values.values())))
    return tuple(dict(zip(values, chosen, strict=True)) for chosen in itertools.product(*values.values()))


def _check_number(n: float) -> None:
    if n > MAX_COMBINATIONS:
        raise LimitExceeded(f"These are more than {MAX_COMBINATIONS} values or combinations, which is the most.")
