"""Stretches of indexes that hold rows in the order of one key, and how to move along them."""

from __future__ import annotations

from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy import ColumnElement, FromClause

from runfold.search.tree import Operator
from runfold.stores.sql.search.joins import left_to_right
from runfold.stores.sql.search.values import Condition, compare


def count_rows(connection: sa.Connection, query: sa.Select[Any], at_most: int) -> int:
    """The number of rows of a query, or `at_most + 1` if there are more."""
    some = query.limit(at_most + 1).subquery()
    return int(connection.execute(sa.select(sa.func.count()).select_from(some)).scalar_one())


class Start(msgspec.Struct, frozen=True):
    """Where on a stretch to begin."""

    value: Any
    is_included: bool


class Stretch(msgspec.Struct, frozen=True, kw_only=True):
    """The entries of an index for one key of an order, all of one rank, by value.

    Several experiments have their entries in several places of the index: one strand each.

    Attributes:
        row: the indexed table, or `runs` itself.
        value: what the entries are ordered by.
        strands: a table with a row for each strand, those with `is_strand`.
        is_on_strand: that an entry belongs to the strand of the row in question; several where a row stands
            for several strands.
        is_stretch: what else entries have in common, as the index needs it said.
        is_entry: that an entry belongs to any of the strands, `is_stretch` included.
        unsorted: entries that belong to the stretch too but lie in another index without order (long texts).
        is_narrowed: the index has this order among rows with one value of the key before.
        is_scan: the index holds the values but not in this order: each step reads all of it.
    """

    row: FromClause
    value: ColumnElement[Any]
    strands: FromClause
    is_strand: Condition
    is_on_strand: tuple[Condition, ...]
    is_stretch: Condition
    is_entry: Condition
    n_strands: int
    descending: bool
    unsorted: Condition | None = None
    is_scan: bool = False
    is_narrowed: bool = False

    def edge(self, connection: sa.Connection, start: Start | None, n_entries: int, within: Condition) -> Any:
        """A value such that about `n_entries` entries, at most, lie between the start and it.

        Args:
            within: what other entries are passed over for.

        Returns:
            None when all of the rest does.
        """
        order = self.value.desc() if self.descending else self.value.asc()
        # Up to the first of the strands' edges, every strand is complete.
        nearest = sa.func.max if self.descending else sa.func.min
        edges = []
        for is_on_strand in self.is_on_strand:
            nth = (
                sa.select(self.value)
                .where(is_on_strand, self.is_stretch, within, self._is_beyond(start))
                .order_by(order)
                .limit(1)
                # At least one: where values are unique, the edge lies behind the start.
                .offset(max(1, n_entries // self.n_strands))
                .correlate(self.strands)
                .scalar_subquery()
            )
            edges.append(connection.execute(sa.select(nearest(nth)).where(self.is_strand)).scalar())
        found = [edge for edge in edges if edge is not None]
        return None if not found else max(found) if self.descending else min(found)

    def is_at(self, value: Any) -> Condition:
        """A part: the entries with one value; None: all of them, for a stretch that has but one (NaN)."""
        return sa.true() if value is None else compare(self.value, Operator.EQUAL, value)

    def holds_at_most(self, connection: sa.Connection, part: Condition, n_entries: int) -> bool:
        return count_rows(connection, sa.select(self.value).where(self.is_entry, part), n_entries) <= n_entries

    def source(self, run: FromClause, part: Condition) -> FromClause:
        """A part of the stretch joined with its runs."""
        if self.row is run:
            return run
        if self.unsorted is None:
            return left_to_right(self.row, run, run.c.id == self.row.c.run)
        entries = sa.union_all(
            sa.select(self.row.c.run).where(self.is_entry, part), sa.select(self.row.c.run).where(self.unsorted, part)
        ).subquery()
        return left_to_right(entries, run, run.c.id == entries.c.run)

    def numbers(self, part: Condition) -> sa.Select[Any]:
        """The runs of a part of the stretch."""
        number = self.row.c.id if "run_id" in self.row.c else self.row.c.run
        query = sa.select(number).where(self.is_entry, part)
        if self.unsorted is None:
            return query
        both = sa.union_all(query, sa.select(number).where(self.unsorted, part)).subquery()
        return sa.select(both.c[0])

    def is_in(self, part: Condition) -> Condition:
        """What a query over `source` must ask besides."""
        return sa.true() if self.unsorted is not None else sa.and_(self.is_entry, part)

    def between(self, start: Start | None, edge: Any) -> Condition:
        """From the start up to the edge, which is not included; None: to the end."""
        if edge is None:
            return self._is_beyond(start)
        return sa.and_(self._is_beyond(start), self.value > edge if self.descending else self.value < edge)

    def _is_beyond(self, start: Start | None) -> Condition:
        if start is None:
            return sa.true()
        if self.descending:
            return compare(self.value, Operator.LESS_OR_EQUAL if start.is_included else Operator.LESS, start.value)
        return compare(self.value, Operator.GREATER_OR_EQUAL if start.is_included else Operator.GREATER, start.value)
