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
from typing import Any, NamedTuple, Protocol

import msgspec
import numpy as np
import sqlalchemy as sa
from sqlalchemy import FromClause

from runfold.stores.sql.search.ordering import LATER, MISSING, PRESENT, Position
from runfold.stores.sql.search.run_keys import RunKey
from runfold.stores.sql.search.sets import Bits, numbers_source, read_numbers
from runfold.stores.sql.search.stretches import Start, Stretch
from runfold.stores.sql.search.values import Condition

# Wide enough to reach the end of any list in few steps, small enough to hold.
MAX_WINDOW = 200_000
# Without a filter a walk only gives up in a group of runs that lies far down the order of the next key.
UNFILTERED = 20


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


class Group(NamedTuple):
    """The rows that a part of a walk goes through: alike by the keys so far.

    Attributes:
        alike: says so in SQL.
        among: or as a set, which then holds the filter too.
        last: that they are alike by the key just before.
    """

    alike: Condition
    among: Bits | None
    last: Condition


class Walk:
    """One walk for one page.

    Args:
        is_filtered: the filter may drop some of the runs met.
        among: the runs that the filter lets through; None: ask.
    """

    def __init__(
        self,
        connection: sa.Connection,
        run: FromClause,
        keys: Sequence[RunKey],
        list_rows: List,
        *,
        tactics: Tactics,
        is_filtered: bool,
        among: Bits | None = None,
    ) -> None:
        self._connection = connection
        self._run = run
        self._keys = keys
        self._list_rows = list_rows
        self._tactics = tactics
        self._is_filtered = is_filtered
        self._among = among
        self._window = 0
        self._steps_left = tactics.max_steps * (1 if is_filtered else UNFILTERED) if among is None else sys.maxsize

    def find(self, after: Place | None, limit: int) -> list[Found]:
        """Rows after a place.

        Raises:
            GivenUp: another way is cheaper.
        """
        self._window = self._first_window(self._among, limit)
        return self._walk(0, Group(sa.true(), self._among, sa.true()), after, limit)

    def _first_window(self, among: Bits | None, limit: int) -> int:
        if among is not None:
            return max(self._tactics.first_window, 2 * limit * len(among) // max(1, int(np.count_nonzero(among))))
        # Without a filter every entry counts: a window need not be larger than the page.
        return max(self._tactics.first_window, 2 * limit) if self._is_filtered else limit

    def _walk(self, number: int, group: Group, after: Place | None, limit: int) -> list[Found]:
        """Rows in the order of the keys from `number` on."""
        if number == len(self._keys):
            return []
        key = self._keys[number]
        found: list[Found] = []
        first_rank, start = PRESENT, None
        if after is not None:
            first_rank, value = after[number]
            found += self._walk_alike(number, group, first_rank, value, after, limit)
            start = Start(value, is_included=False)
        for rank in key.ranks:
            if rank < first_rank or len(found) >= limit:
                continue
            if rank == PRESENT or (rank == LATER and key.sort.later_value is not None):
                begin = start if rank == first_rank else None
                found += self._walk_stretch(number, group, rank, begin, limit - len(found))
            elif after is None or rank > first_rank:
                found += self._walk_alike(number, group, rank, None, None, limit - len(found))
        return found

    def _walk_stretch(self, number: int, group: Group, rank: int, start: Start | None, limit: int) -> list[Found]:
        """Rows of one rank, by value."""
        stretch = self._keys[number].stretches.get(rank)
        if stretch is None or (stretch.is_scan and self._is_filtered and group.among is None):
            raise GivenUp
        within = group.last if stretch.is_narrowed else sa.true()
        found: list[Found] = []
        while len(found) < limit:
            edge = stretch.edge(self._connection, start, self._take_window(), within)
            if start is not None and start.is_included and edge == start.value:
                found += self._walk_group(number, group, rank, edge, None, limit - len(found))
                start = Start(edge, is_included=False)
                continue
            part = sa.and_(stretch.between(start, edge), within)
            found += self._list(stretch, part, number, group, None, limit - len(found))
            if edge is None:
                break
            start = Start(edge, is_included=True)
        return found

    def _walk_alike(
        self, number: int, group: Group, rank: int, value: Any, after: Place | None, limit: int
    ) -> list[Found]:
        """Rows that have one value, or none, in one key: as one window, if they are few enough."""
        stretch = self._keys[number].stretches.get(rank)
        if stretch is not None:
            part = sa.and_(stretch.is_at(value), group.last if stretch.is_narrowed else sa.true())
            n_entries = self._window
            if stretch.holds_at_most(self._connection, part, n_entries):
                self._steps_left -= n_entries
                return self._list(stretch, part, number, group, after, limit)
        return self._walk_group(number, group, rank, value, after, limit)

    def _walk_group(
        self, number: int, group: Group, rank: int, value: Any, after: Place | None, limit: int
    ) -> list[Found]:
        """Rows that have one value, or none, in one key, in the order of the keys behind it."""
        is_at = self._keys[number].sort.is_at((rank, value))
        bits = None if group.among is None else self._bits(self._keys[number], rank, value, len(group.among))
        if group.among is None or bits is None:
            return self._walk(number + 1, Group(sa.and_(group.alike, is_at), group.among, is_at), after, limit)
        among = group.among & bits
        if not among.any():
            return []
        window, self._window = self._window, self._first_window(among, limit)
        found = self._walk(number + 1, Group(group.alike, among, is_at), after, limit)
        self._window = window
        return found

    def _bits(self, key: RunKey, rank: int, value: Any, size: int) -> Bits | None:
        """The runs that have one value, or none, in one key; None where no index says."""
        bits = np.zeros(size, np.bool_)
        stretch = key.stretches.get(rank)
        if stretch is not None:
            bits[read_numbers(self._connection, stretch.numbers(stretch.is_at(value)))] = True
            return bits
        if rank != MISSING or any(other not in key.stretches for other in key.ranks if other != MISSING):
            return None
        for present in key.stretches.values():
            bits[read_numbers(self._connection, present.numbers(sa.true()))] = True
        return ~bits

    def _list(
        self, stretch: Stretch, part: Condition, number: int, group: Group, after: Place | None, limit: int
    ) -> list[Found]:
        if group.among is None:
            source, condition = stretch.source(self._run, part), sa.and_(stretch.is_in(part), group.alike)
        else:
            numbers = read_numbers(self._connection, stretch.numbers(part))
            numbers = numbers[group.among[numbers]]
            if not len(numbers):
                return []
            source = numbers_source(numbers, self._run, is_sqlite=self._connection.dialect.name == "sqlite")
            condition = group.alike
        return self._list_rows(source, condition, first_key=number, after=after, limit=limit)

    def _take_window(self) -> int:
        """The size of the next window."""
        if self._steps_left <= 0:
            raise GivenUp
        taken = self._window
        self._steps_left -= taken
        self._window = min(self._window * self._tactics.growth, max(self._window, MAX_WINDOW))
        return taken
