"""Searches over runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlalchemy import FromClause

from runfold.domain.page import Page
from runfold.domain.run import Run, RunChanges
from runfold.search import tree
from runfold.search.fields import RUNS
from runfold.search.parser import parse_filter, parse_order
from runfold.search.tree import Node, OrderKey
from runfold.stores.base import RunColumns, RunQuery
from runfold.stores.sql import rows
from runfold.stores.sql.experiments import parse_id
from runfold.stores.sql.hidden import unseen_in
from runfold.stores.sql.search.conditions import Conditions, Scope, fields_of, find_key_ids
from runfold.stores.sql.search.drivers import Driver, choose, find_drivers, parts_of, source
from runfold.stores.sql.search.ordering import Pager, check_max_results, comes_after, read_place
from runfold.stores.sql.search.run_keys import RunKeys
from runfold.stores.sql.search.sets import Bits, RunSets, numbers_source
from runfold.stores.sql.search.values import Condition
from runfold.stores.sql.search.walk import DEFAULT_TACTICS, Found, GivenUp, Place, Tactics, Walk
from runfold.stores.sql.tables import change_counter, runs
from runfold.stores.sql.transaction import chunks


def search_runs(
    connection: sa.Connection, query: RunQuery, *, lost_before_ms: int, tactics: Tactics = DEFAULT_TACTICS
) -> Page[Run]:
    """One page of runs.

    Raises:
        InvalidFilter: the filter or the order does not parse.
        InvalidValue: the page token belongs to another query, or no row is asked for.
    """
    check_max_results(query.max_results)
    node = parse_filter(query.filter, RUNS)
    order = parse_order(query.order_by, RUNS)
    experiments = tuple(sorted({parse_id(experiment_id) for experiment_id in query.experiment_ids}))
    pager = Pager(query.filter, query.order_by, experiments, query.view_type)
    search = RunSearch(connection, experiments, query.view_type.stages, node, order, lost_before_ms=lost_before_ms)
    after = pager.read(query.page_token, search.sort_keys)
    if not experiments:
        return Page()
    found = search.find(after, query.max_results + 1, tactics)
    page = found[: query.max_results]
    items = rows.load_runs(
        connection, load_rows(connection, [number for number, _ in page]), query.columns, lost_before_ms=lost_before_ms
    )
    has_more = len(found) > len(page)
    return Page(tuple(items), pager.write(page[-1][1]) if has_more else "")


def changed_runs(
    connection: sa.Connection,
    experiment_ids: Sequence[str],
    *,
    after: int,
    max_results: int,
    columns: RunColumns,
    lost_before_ms: int,
) -> RunChanges:
    """Runs whose `change` is greater than `after`, oldest change first; none and the present cursor for -1."""
    if after < 0:
        present = connection.execute(sa.select(change_counter.c.value)).scalar_one()
        return RunChanges(runs=(), cursor=int(present))
    experiments = sorted({parse_id(experiment_id) for experiment_id in experiment_ids})
    statement = (
        sa.select(runs)
        .where(runs.c.experiment_id.in_(experiments), runs.c.change > after)
        .order_by(runs.c.change)
        .limit(max_results)
    )
    found = connection.execute(statement).all()
    cursor = found[-1].change if found else after
    changed = rows.load_runs(connection, found, columns, lost_before_ms=lost_before_ms)
    return RunChanges(runs=tuple(changed), cursor=cursor)


def load_rows(connection: sa.Connection, numbers: Sequence[int]) -> list[sa.Row[Any]]:
    """Rows of `runs` in the order of these numbers."""
    found: dict[int, sa.Row[Any]] = {}
    for chunk in chunks(numbers, rows.MAX_IN):
        found.update((row.id, row) for row in connection.execute(sa.select(runs).where(runs.c.id.in_(chunk))))
    return [found[number] for number in numbers]


class RunSearch:
    """One search: a filter and an order over some experiments.

    Finds a page in the cheapest of three ways: from the index of a condition that few runs satisfy; along the
    index that has the order; or, where neither suffices, from the sets of runs that satisfy the conditions.
    """

    def __init__(
        self,
        connection: sa.Connection,
        experiments: tuple[int, ...],
        stages: Sequence[str],
        node: Node,
        order: Sequence[OrderKey],
        *,
        lost_before_ms: int,
    ) -> None:
        fields = [*fields_of(node), *(key.field for key in order)]
        self.run = runs.alias("r")
        self._connection = connection
        self._scope = Scope(
            experiments=experiments,
            stages=tuple(stages),
            lost_before_ms=lost_before_ms,
            is_sqlite=connection.dialect.name == "sqlite",
            key_ids=find_key_ids(connection, experiments, fields),
            unseen=unseen_in(connection, experiments),
        )
        self._node = node
        self._conditions = Conditions(self._scope)
        maker = RunKeys(connection, self._scope, self.run)
        self.keys = maker.make(order)
        self._joins = maker.joins
        self.sort_keys = [key.sort for key in self.keys]

    def find(self, after: Place | None, limit: int, tactics: Tactics) -> list[Found]:
        """Numbers of runs after a place in the order, with their own places."""
        driver = self._few(tactics.few)
        if driver is not None:
            others = tree.All(tuple(part for part in parts_of(self._node) if part is not driver.part))
            return self._list(source(driver, self.run), sa.true(), others, 0, after, limit)
        try:
            return self._walk(self._node, tactics).find(after, limit)
        except GivenUp:
            return self._find_in_sets(after, limit, tactics)

    def _few(self, at_most: int) -> Driver | None:
        drivers = find_drivers(self._node, self._conditions)
        return choose(self._connection, [driver for driver in drivers if not driver.is_scan], at_most=at_most)

    def _find_in_sets(self, after: Place | None, limit: int, tactics: Tactics) -> list[Found]:
        sets = RunSets(self._connection, self._conditions)
        among, others = sets.narrow(self._node, enough=tactics.few, some=tactics.some)
        n_among = int(np.count_nonzero(among))
        if n_among > tactics.few:
            try:
                return self._walk(others, tactics, among).find(after, limit)
            except GivenUp:
                pass  # no index has the order: everything found must be sorted
        if self._node == tree.EVERYTHING:
            return self._list(self.run, sa.true(), self._node, 0, after, limit)
        numbers = numbers_source(np.flatnonzero(among), self.run, is_sqlite=self._scope.is_sqlite)
        return self._list(numbers, sa.true(), others, 0, after, limit) if n_among else []

    def _walk(self, node: Node, tactics: Tactics, among: Bits | None = None) -> Walk:
        def list_rows(
            source: FromClause, condition: Condition, *, first_key: int, after: Place | None, limit: int
        ) -> list[Found]:
            return self._list(source, condition, node, first_key, after, limit)

        is_filtered = self._node != tree.EVERYTHING
        return Walk(
            self._connection, self.run, self.keys, list_rows, tactics=tactics, is_filtered=is_filtered, among=among
        )

    def _list(
        self, source: FromClause, condition: Condition, node: Node, first_key: int, after: Place | None, limit: int
    ) -> list[Found]:
        for table, is_joined in self._joins:
            source = source.outerjoin(table, is_joined)
        ordering = self.sort_keys[first_key:]
        columns = [column for key in self.sort_keys for column in key.columns()]
        statement = (
            sa.select(self.run.c.id, *columns)
            .select_from(source)
            .where(condition, self._scope.holds(self.run), self._conditions.holds(node, self.run))
            .order_by(*(part for key in ordering for part in key.order_by()))
            .limit(limit)
        )
        if after is not None:
            statement = statement.where(comes_after(ordering, after[first_key:]))
        return [(row[0], read_place(self.sort_keys, row[1:])) for row in self._connection.execute(statement)]
