"""Sets of runs as arrays of bits, for filters that let neither few nor most runs through.

Asking an index for all runs of a condition costs about 0.1 microseconds a run, if they come as one text
rather than as rows; asking a condition of one run after another costs 2. So a set is read whole, combined
with others in memory, and only what remains goes back to the database.
"""

from __future__ import annotations

import functools
import json
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import sqlalchemy as sa
from sqlalchemy import FromClause

from runfold.search import tree
from runfold.search.tree import Group, Leaf, Node, Relation
from runfold.stores.sql.search.conditions import Conditions
from runfold.stores.sql.search.drivers import count, find_drivers, is_scan, leaf_arms, parts_of
from runfold.stores.sql.search.joins import left_to_right
from runfold.stores.sql.tables import runs

Bits = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]


def read_numbers(connection: sa.Connection, query: sa.Select[Any]) -> Numbers:
    """The integers of a query of one column."""
    column = query.subquery().c[0]
    joined = sa.func.aggregate_strings(sa.cast(column, sa.Text), ",")
    text = connection.execute(sa.select(joined)).scalar()
    return np.fromstring(text, np.int64, sep=",") if text else np.empty(0, np.int64)


def numbers_source(numbers: Numbers, run: FromClause, *, is_sqlite: bool) -> FromClause:
    """The runs with these numbers, in one parameter however many they are."""
    if is_sqlite:
        given = sa.func.json_each(json.dumps(numbers.tolist())).table_valued("value", name="given")
        return left_to_right(given, run, run.c.id == given.c.value)
    array = sa.cast(sa.bindparam(None, numbers.tolist(), sa.ARRAY(sa.BigInteger)), sa.ARRAY(sa.BigInteger))
    listed = sa.func.unnest(array).table_valued("value", name="given").render_derived()
    return left_to_right(listed, run, run.c.id == listed.c.value)


class RunSets:
    """Evaluates filters as sets of run numbers."""

    def __init__(self, connection: sa.Connection, conditions: Conditions) -> None:
        self._connection = connection
        self._conditions = conditions
        self._size = int(connection.execute(sa.select(sa.func.max(runs.c.id))).scalar() or 0) + 1

    def narrow(self, node: Node, *, enough: int, some: int) -> tuple[Bits, Node]:
        """The runs that satisfy a filter, or those of its parts that leave few; and the parts left to ask.

        Runs outside the scope may be among them.

        Args:
            enough: when no more runs than this are left, the other parts are left too.
            some: where parts give no more runs than this each, they are taken alone.
        """
        parts = sorted(parts_of(node), key=_cost)
        drivers = [driver for driver in find_drivers(node, self._conditions) if not driver.is_scan]
        small = [driver.part for driver in drivers if count(self._connection, driver, some) <= some]
        if small:
            return self._bits(tree.All(tuple(small))), tree.All(tuple(part for part in parts if part not in small))
        bits = np.ones(self._size, np.bool_)
        for number, part in enumerate(parts):
            bits &= self._bits(part)
            if np.count_nonzero(bits) <= enough:
                return bits, tree.All(tuple(parts[number + 1 :]))
        return bits, tree.EVERYTHING

    def matching(self, node: Node) -> Bits:
        """The runs that satisfy a filter, and perhaps some outside the scope."""
        return self._bits(node)

    def _bits(self, node: Node) -> Bits:
        match node:
            case tree.All(parts):
                return functools.reduce(np.logical_and, map(self._bits, parts), np.ones(self._size, np.bool_))
            case tree.Any(parts):
                return functools.reduce(np.logical_or, map(self._bits, parts), np.zeros(self._size, np.bool_))
            case tree.Not(part):
                return ~self._bits(part)
        return self._leaf_bits(node)

    def _leaf_bits(self, leaf: Leaf) -> Bits:
        # A run with two datasets can lack a property and have it.
        has_one_value = leaf.field.relation is Relation.SELF and leaf.field.group is not Group.DATASET
        if isinstance(leaf, tree.Missing) and not leaf.negated and has_one_value:
            return ~self._leaf_bits(msgspec.structs.replace(leaf, negated=True))
        bits = np.zeros(self._size, np.bool_)
        arms = leaf_arms(leaf, self._conditions)
        if arms is None:
            scope = self._conditions.scope
            arms = [sa.select(runs.c.id).where(scope.holds(runs), self._conditions.leaf_holds(leaf, runs))]
        for arm in arms:
            bits[read_numbers(self._connection, arm)] = True
        return bits


def _cost(node: Node) -> int:
    """Which parts to read first: ranges of indexes, then scans, then what holds several."""
    match node:
        case tree.All() | tree.Any() | tree.Not():
            return 2
    return 1 if is_scan(node) else 0
