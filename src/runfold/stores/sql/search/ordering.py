"""An order as SQL, and the place in it where a page begins.

Each key of an order becomes a rank and values. The rank puts missing values last in both directions, and
NaN (of params: text that is no number) between them and the others. A place is the ranks and values of one
row; what comes after it is a plain condition, so no page costs more than the first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy import ColumnElement

from runfold.domain.metric import MAX_INT64, MIN_INT64
from runfold.errors import InvalidValue
from runfold.stores.sql import cursors
from runfold.stores.sql.search.values import Condition

# Ranks. A key whose values have one kind needs only the first and the last.
PRESENT, LATER, MISSING = 0, 1, 2

Position = tuple[int, Any]
"""Rank and value of one key; the value is None where the rank has only one."""


class SortKey(msgspec.Struct, frozen=True, kw_only=True):
    """One key of an order.

    Attributes:
        kind: what values are: `float`, `int` or `str`; those of rank LATER, if they have any, are `str`.
        value: of rows with rank PRESENT.
        rank: None: every row is PRESENT.
        later_value: of rows with rank LATER, where those differ from each other.
        is_nowhere: no row has a value; databases take a constant to order by for the number of a column.
    """

    kind: type
    value: ColumnElement[Any]
    rank: ColumnElement[int] | None = None
    later_value: ColumnElement[Any] | None = None
    descending: bool = False
    is_nowhere: bool = False

    def columns(self) -> list[ColumnElement[Any]]:
        """Rank and value, to be read by `read_place`."""
        rank = sa.literal_column("0") if self.rank is None else self.rank
        later = sa.null() if self.later_value is None else self.later_value
        return [rank, self.value, later]

    def order_by(self) -> list[ColumnElement[Any]]:
        if self.is_nowhere:
            return []
        values = [self.value] if self.later_value is None else [self.value, self.later_value]
        directed: list[ColumnElement[Any]] = [value.desc() if self.descending else value.asc() for value in values]
        return directed if self.rank is None else [self.rank, *directed]

    def is_at(self, position: Position) -> Condition:
        rank, value = position
        parts = [] if self.rank is None else [self.rank == rank]
        column = self._column_of(rank)
        if column is not None:
            parts.append(column == value)
        return sa.and_(sa.true(), *parts)

    def is_after(self, position: Position) -> Condition:
        rank, value = position
        later_rank = sa.false() if self.rank is None else self.rank > rank
        column = self._column_of(rank)
        if column is None:
            return later_rank
        beyond = column < value if self.descending else column > value
        if self.rank is not None:
            beyond = sa.and_(self.rank == rank, beyond)
        return sa.or_(later_rank, beyond)

    def _column_of(self, rank: int) -> ColumnElement[Any] | None:
        if rank == PRESENT:
            return self.value
        return self.later_value if rank == LATER else None

    def accepts(self, position: Position) -> bool:
        """Whether a position that came back from a caller is one of this key's."""
        rank, value = position
        if rank == PRESENT:
            if self.kind is int:
                return isinstance(value, int) and not isinstance(value, bool) and MIN_INT64 <= value <= MAX_INT64
            return isinstance(value, self.kind)
        if self.rank is None or rank not in (LATER, MISSING):
            return False
        return isinstance(value, str) if rank == LATER and self.later_value is not None else value is None


def check_max_results(max_results: int) -> None:
    if max_results < 1:
        raise InvalidValue(f"max_results is {max_results}; it must be at least 1.")


def comes_after(keys: Sequence[SortKey], place: Sequence[Position]) -> Condition:
    """That a row comes after a place, by all keys together."""
    alternatives = []
    for number, key in enumerate(keys):
        alike = [other.is_at(position) for other, position in zip(keys[:number], place, strict=False)]
        alternatives.append(sa.and_(*alike, key.is_after(place[number])))
    return sa.or_(*alternatives)


def read_place(keys: Sequence[SortKey], columns: Sequence[Any]) -> tuple[Position, ...]:
    """The place of a row, from its columns as `SortKey.columns` has them."""
    place = []
    for number, key in enumerate(keys):
        rank, value, later = columns[3 * number : 3 * number + 3]
        chosen = value if rank == PRESENT else later if rank == LATER else None
        place.append((int(rank), key.kind(chosen) if rank == PRESENT else chosen))
    return tuple(place)


class Pager:
    """Writes and reads the page tokens of one query. A token of another query is refused.

    Args:
        query: all that decides which rows come in which order.
    """

    def __init__(self, *query: object) -> None:
        self._check = hashlib.blake2b(msgspec.json.encode(query), digest_size=6).hexdigest()

    def write(self, place: Sequence[Position]) -> str:
        return cursors.write_token([self._check, [[rank, _encode(value)] for rank, value in place]])

    def read(self, token: str, keys: Sequence[SortKey]) -> tuple[Position, ...] | None:
        """The place where the page begins; None for the first page.

        Raises:
            InvalidValue: not a token, or that of another query.
        """
        if not token:
            return None
        content = cursors.read_token(token)
        try:
            check, encoded = msgspec.convert(content, tuple[str, list[tuple[int, str | int | None]]])
            place = tuple((rank, _decode(value)) for rank, value in encoded)
        except ValueError:
            check, place = "", ()
        if check != self._check or len(place) != len(keys):
            raise InvalidValue(
                "The page token belongs to another search: pass it back with the same filter, order_by, "
                "experiments and view."
            )
        if not all(key.accepts(position) for key, position in zip(keys, place, strict=True)):
            raise InvalidValue(f"Invalid page token {token[:60]!r}: its place is none of this search.")
        return place


def _encode(value: Any) -> str | int | None:
    """JSON has no infinity: floats travel as text that keeps every bit."""
    return f"f{value.hex()}" if isinstance(value, float) else f"t{value}" if isinstance(value, str) else value


def _decode(value: str | int | None) -> Any:
    if not isinstance(value, str):
        return value
    if value[:1] == "f":
        return float.fromhex(value[1:])
    if value[:1] == "t" and "\x00" not in value:
        return value[1:]
    raise ValueError(value)
