"""Searches over runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import FromClause

from runfold.domain.page import Page
from runfold.domain.run import Run, RunChanges
from runfold.search.fields import RUNS
from runfold.search.parser import parse_filter, parse_order
from runfold.search.tree import Group, Kind, Node, OrderKey
from runfold.stores.base import RunColumns, RunQuery
from runfold.stores.sql import rows
from runfold.stores.sql.experiments import parse_id
from runfold.stores.sql.search.conditions import (
    KEYED,
    Conditions,
    Scope,
    fields_of,
    find_key_ids,
    metric_value,
    stored,
)
from runfold.stores.sql.search.ordering import Pager, Position, SortKey, comes_after, read_place
from runfold.stores.sql.tables import change_counter, runs
from runfold.stores.sql.transaction import chunks


def search_runs(connection: sa.Connection, query: RunQuery, *, lost_before_ms: int) -> Page[Run]:
    """One page of runs.

    Raises:
        InvalidFilter: the filter or the order does not parse.
        InvalidValue: the page token belongs to another query.
    """
    node = parse_filter(query.filter, RUNS)
    order = parse_order(query.order_by, RUNS)
    experiments = tuple(sorted({parse_id(experiment_id) for experiment_id in query.experiment_ids}))
    pager = Pager(query.filter, query.order_by, experiments, query.view_type)
    search = RunSearch(connection, experiments, query.view_type.stages, node, order, lost_before_ms=lost_before_ms)
    after = pager.read(query.page_token, search.keys)
    if not experiments:
        return Page()
    found = search.find(after, query.max_results + 1)
    page = found[: query.max_results]
    items = rows.load_runs(
        connection, load_rows(connection, [number for number, _ in page]), query.columns, lost_before_ms=lost_before_ms
    )
    has_more = len(found) > len(page) and len(page) > 0
    return Page(tuple(items), pager.write(page[-1][1]) if has_more else "")


def changed_runs(
    connection: sa.Connection, experiment_ids: Sequence[str], *, after: int, max_results: int, lost_before_ms: int
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
    changed = rows.load_runs(connection, found, RunColumns(), lost_before_ms=lost_before_ms)
    return RunChanges(runs=tuple(changed), cursor=cursor)


def load_rows(connection: sa.Connection, numbers: Sequence[int]) -> list[sa.Row[Any]]:
    """Rows of `runs` in the order of these numbers."""
    found: dict[int, sa.Row[Any]] = {}
    for chunk in chunks(numbers, rows.MAX_IN):
        found.update((row.id, row) for row in connection.execute(sa.select(runs).where(runs.c.id.in_(chunk))))
    return [found[number] for number in numbers]


class RunSearch:
    """One search: a filter and an order over some experiments."""

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
        scope = Scope(
            experiments=experiments,
            stages=tuple(stages),
            lost_before_ms=lost_before_ms,
            is_sqlite=connection.dialect.name == "sqlite",
            key_ids=find_key_ids(connection, experiments, fields),
        )
        self._connection = connection
        self._scope = scope
        self._node = node
        self._conditions = Conditions(scope)
        self._run = runs.alias("r")
        self._source: FromClause = self._run
        self.keys = [self._sort_key(key) for key in order]
        self.keys.append(SortKey(kind=int, value=self._run.c.start_time, descending=True))
        self.keys.append(SortKey(kind=str, value=self._run.c.run_id))

    def find(self, after: tuple[Position, ...] | None, limit: int) -> list[tuple[int, tuple[Position, ...]]]:
        """Numbers of runs with their places."""
        columns = [column for key in self.keys for column in key.columns()]
        statement = (
            sa.select(self._run.c.id, *columns)
            .select_from(self._source)
            .where(self._scope.holds(self._run), self._conditions.holds(self._node, self._run))
            .order_by(*(part for key in self.keys for part in key.order_by()))
            .limit(limit)
        )
        if after is not None:
            statement = statement.where(comes_after(self.keys, after))
        return [(row[0], read_place(self.keys, row[1:])) for row in self._connection.execute(statement)]

    def _sort_key(self, key: OrderKey) -> SortKey:
        field = stored(key.field)
        if field.group in KEYED:
            return self._keyed_sort_key(key)
        run = self._run
        if field.name == "experiment_id":
            return SortKey(kind=int, value=run.c.experiment_id, descending=key.descending)
        value = self._conditions.attribute(field, run)
        is_optional = field.name in ("end_time", "duration", "parent_run_id")
        return SortKey(
            kind=str if field.kind is Kind.TEXT else int,
            value=value,
            rank=sa.case((value.is_(None), 2), else_=0) if is_optional else None,
            descending=key.descending,
        )

    def _keyed_sort_key(self, key: OrderKey) -> SortKey:
        field = stored(key.field)
        if not self._scope.ids_of(field):
            return SortKey(kind=int, value=sa.null(), rank=sa.literal_column("2"))
        row = KEYED[field.group][1].alias()
        self._source = self._source.outerjoin(
            row, sa.and_(row.c.run == self._run.c.id, self._conditions.is_key(row, field, self._run))
        )
        if field.group is Group.TAG:
            rank = sa.case((row.c.run.is_(None), 2), else_=0)
            return SortKey(kind=str, value=row.c.value, rank=rank, descending=key.descending)
        if field.group is Group.PARAM:
            rank = sa.case((row.c.run.is_(None), 2), (row.c.number.is_(None), 1), else_=0)
            text = sa.case((row.c.number.is_(None), row.c.value))
            return SortKey(kind=float, value=row.c.number, rank=rank, later_value=text, descending=key.descending)
        value = metric_value(row, field)
        rank = sa.case((row.c.run.is_(None), 2), (value.is_(None), 1), else_=0)
        return SortKey(
            kind=int if field.kind is Kind.WHOLE else float, value=value, rank=rank, descending=key.descending
        )
