"""Walks along the index that has the order asked for, and stops when the page is full.

The cheapest way to the first rows of a long list, if the filter lets enough of them through. A walk goes in
windows of growing size: a window is a range of one key's values, so it is complete in itself and is sorted
by the rest of the order alone. Rows that are alike by the first key, and too many for a window, are walked
by the next key.

A walk asks the filter of each run it meets, and gives up when it finds too little for its steps; or it is
told the set of runs beforehand, and goes on to the end.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any, Protocol

import msgspec
import sqlalchemy as sa
from sqlalchemy import FromClause

from runfold.stores.sql.search.ordering import LATER, PRESENT, Position
from runfold.stores.sql.search.run_keys import RunKey
from runfold.stores.sql.search.sets import Bits, numbers_source, read_numbers
from runfold.stores.sql.search.stretches import Start, Stretch
from runfold.stores.sql.search.values import Condition

# Wide enough to reach the end of any list in few steps, small enough to hold.
MAX_WINDOW = 200_000


class Tactics(msgspec.Struct, frozen=True, kw_only=True):
    """When a search changes its way. Answers don't depend on it.

    Attributes:
        few: so few candidates are asked one by one, and sorted.
        some: so few candidates of one condition are a set to walk with, whatever the other conditions.
        first_window: entries in the first window of a walk whose filter may drop some.
        growth: how much wider each window is than the one before.
        max_steps: entries after which a walk that asks run by run gives up.
    """

    few: int = 2_000
    some: int = 50_000
    first_window: int = 256
    growth: int = 4
    max_steps: int = 1_000


DEFAULT_TACTICS = Tactics()


Place = tuple[Position, ...]
Found = tuple[int, Place]


class GivenUp(Exception):
    """The walk found too little for its steps."""


class List(Protocol):
    """Rows of a source that satisfy the filter and a condition, in the order of the keys from one on."""

    def __call__(
        self, source: FromClause, condition: Condition, *, first_key: int, after: Place | None, limit: int
    ) -> list[Found]: ...


class Walk:
    """One walk for one page."""

    def __init__(
        self,
        connection: sa.Connection,
        run: FromClause,
        keys: Sequence[RunKey],
        list_rows: List,
        *,
        first_window: int,
        tactics: Tactics,
        is_filtered: bool,
        among: Bits | None = None,
    ) -> None:
        self._connection = connection
        self._run = run
        self._keys = keys
        self._list_rows = list_rows
        self._window = first_window
        self._tactics = tactics
        self._among = among
        self._is_asking = is_filtered and among is None
        self._steps_left = tactics.max_steps if self._is_asking else sys.maxsize

    def find(self, after: Place | None, limit: int) -> list[Found]:
        """Rows after a place.

        Raises:
            GivenUp: another way is cheaper.
        """
        return self._walk(0, sa.true(), after, limit)

    def _walk(self, number: int, alike: Condition, after: Place | None, limit: int) -> list[Found]:
        """Rows in the order of the keys from `number` on, among those alike by the keys before."""
        if number == len(self._keys):
            return []
        key = self._keys[number]
        found: list[Found] = []
        first_rank, start = PRESENT, None
        if after is not None:
            first_rank, value = after[number]
            found += self._walk_group(number, alike, first_rank, value, after, limit)
            start = Start(value, is_included=False)
        for rank in key.ranks:
            if rank < first_rank or len(found) >= limit:
                continue
            if rank == PRESENT or (rank == LATER and key.sort.later_value is not None):
                begin = start if rank == first_rank else None
                found += self._walk_stretch(number, alike, rank, begin, limit - len(found))
            elif after is None or rank > first_rank:
                found += self._walk_group(number, alike, rank, None, None, limit - len(found))
        return found

    def _walk_stretch(self, number: int, alike: Condition, rank: int, start: Start | None, limit: int) -> list[Found]:
        """Rows of one rank, by value."""
        stretch = self._keys[number].stretches.get(rank)
        if stretch is None or (stretch.is_scan and self._is_asking):
            raise GivenUp
        found: list[Found] = []
        while len(found) < limit:
            edge = stretch.edge(self._connection, start, self._take_window())
            if start is not None and start.is_included and edge == start.value:
                found += self._walk_group(number, alike, rank, edge, None, limit - len(found), is_large=True)
                start = Start(edge, is_included=False)
                continue
            part = stretch.between(start, edge)
            found += self._list(stretch, part, number, alike, None, limit - len(found))
            if edge is None:
                break
            start = Start(edge, is_included=True)
        return found

    def _walk_group(
        self,
        number: int,
        alike: Condition,
        rank: int,
        value: Any,
        after: Place | None,
        limit: int,
        *,
        is_large: bool = False,
    ) -> list[Found]:
        """Rows that are alike by one key too, in the order of the keys behind it."""
        stretch = self._keys[number].stretches.get(rank)
        if stretch is not None and not is_large:
            part, n_entries = stretch.is_at(value), self._window
            if stretch.holds_at_most(self._connection, part, n_entries):
                self._steps_left -= n_entries
                return self._list(stretch, part, number, alike, after, limit)
        alike = sa.and_(alike, self._keys[number].sort.is_at((rank, value)))
        return self._walk(number + 1, alike, after, limit)

    def _list(
        self, stretch: Stretch, part: Condition, number: int, alike: Condition, after: Place | None, limit: int
    ) -> list[Found]:
        if self._among is None:
            source, condition = stretch.source(self._run, part), sa.and_(stretch.is_in(part), alike)
        else:
            numbers = read_numbers(self._connection, stretch.numbers(part))
            numbers = numbers[self._among[numbers]]
            if not len(numbers):
                return []
            source = numbers_source(numbers, self._run, is_sqlite=self._connection.dialect.name == "sqlite")
            condition = alike
        return self._list_rows(source, condition, first_key=number, after=after, limit=limit)

    def _take_window(self) -> int:
        """The size of the next window."""
        if self._steps_left <= 0:
            raise GivenUp
        taken = self._window
        self._steps_left -= taken
        self._window = min(self._window * self._tactics.growth, MAX_WINDOW)
        return taken
