"""Searches over registered models, versions and logged models.

There are far fewer of them than runs, so a filter is one condition over the table as it is, and every leaf an
indexed look at the row or rows that belong to the record.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import FromClause

from runfold.domain.access import ALL_VISIBLE, Visible
from runfold.domain.logged_model import LoggedModel
from runfold.domain.page import Page
from runfold.domain.registered_model import ModelVersion, RegisteredModel
from runfold.search import tree
from runfold.search.models import without_prompts
from runfold.search.parser import parse_filter, parse_order
from runfold.search.tree import Field, Group, Kind, Leaf, Node, OrderKey
from runfold.stores.registry import DatasetRef, LoggedModelQuery, ModelQuery
from runfold.stores.sql.experiments import parse_id
from runfold.stores.sql.hidden import NOTHING_UNSEEN, Unseen, hidden_of, unseen_in
from runfold.stores.sql.registry.rows import load_logged, load_models, load_versions
from runfold.stores.sql.search.conditions import takes_number, test_keyed
from runfold.stores.sql.search.ordering import (
    LATER,
    MISSING,
    PRESENT,
    Pager,
    SortKey,
    check_max_results,
    comes_after,
    read_place,
)
from runfold.stores.sql.search.shapes import LOGGED, MODELS, VERSIONS, Shape
from runfold.stores.sql.search.telling import asks_for_hidden, is_named, is_told
from runfold.stores.sql.search.values import Condition, test_text, test_whole
from runfold.stores.sql.search.visible import is_visible
from runfold.stores.sql.workspaces import name_of, workspace_of


def search_registered_models(
    connection: sa.Connection, query: ModelQuery, *, visible: Visible = ALL_VISIBLE
) -> Page[RegisteredModel]:
    search = Search(MODELS, connection)
    node = without_prompts(parse_filter(query.filter, MODELS.language))
    ties = [SortKey(kind=str, value=MODELS.table.c.name)]
    seen = _is_seen(connection, MODELS.table, visible)
    return _page(search, query, node, ties, load_models, seen, ())


def search_model_versions(
    connection: sa.Connection, query: ModelQuery, *, visible: Visible = ALL_VISIBLE
) -> Page[ModelVersion]:
    search = Search(VERSIONS, connection)
    node = without_prompts(parse_filter(query.filter, VERSIONS.language))
    ties = [
        SortKey(kind=str, value=VERSIONS.columns["name"]),
        SortKey(kind=int, value=VERSIONS.columns["version_number"], descending=True),
    ]
    seen = _is_seen(connection, MODELS.table, visible)
    return _page(search, query, node, ties, load_versions, seen, ())


def _is_seen(connection: sa.Connection, model: sa.FromClause, visible: Visible) -> Condition:
    """That a model lies in the workspace where the search is made, and may be seen there."""
    is_here = model.c.workspace == workspace_of(connection)
    return sa.and_(is_here, is_visible(connection, visible, model.c.name, model.c.name))


def search_logged_models(connection: sa.Connection, query: LoggedModelQuery) -> Page[LoggedModel]:
    """Raises InvalidValue for an experiment id that is none."""
    experiments = sorted({parse_id(experiment_id) for experiment_id in query.experiment_ids})
    unseen = unseen_in(connection, experiments)
    search = Search(LOGGED, connection, query.datasets, query.order_datasets, unseen)
    node = parse_filter(query.filter, LOGGED.language)
    ties = [
        SortKey(kind=int, value=LOGGED.columns["creation_timestamp"], descending=True),
        SortKey(kind=str, value=LOGGED.columns["model_id"]),
    ]
    visible = sa.and_(LOGGED.table.c.deleted_time.is_(None), LOGGED.table.c.experiment_id.in_(experiments))
    scope = (experiments, query.datasets, query.order_datasets)
    return _page(search, query, node, ties, load_logged, visible, scope)


def _page(
    search: Search,
    query: ModelQuery | LoggedModelQuery,
    node: Node,
    ties: list[SortKey],
    load: Callable[[sa.Connection, Sequence[sa.Row[Any]]], list[Any]],
    visible: Condition,
    scope: tuple[object, ...],
) -> Page[Any]:
    """
    Raises:
        InvalidFilter: the order does not parse.
        InvalidValue: the page token belongs to another query, or no row is asked for.
    """
    check_max_results(query.max_results)
    shape = search.shape
    source, keys = search.sort_keys(parse_order(query.order_by, shape.language))
    keys += ties
    pager = Pager(shape.language.record, query.filter, query.order_by, scope)
    after = pager.read(query.page_token, keys)
    statement = (
        sa.select(shape.table, *(column.label(f"key{n}") for n, column in enumerate(_columns(keys))))
        .select_from(source)
        .where(visible, search.holds(node))
        .order_by(*(part for key in keys for part in key.order_by()))
        .limit(query.max_results + 1)
    )
    if after is not None:
        statement = statement.where(comes_after(keys, after))
    found = search.connection.execute(statement).all()
    page = found[: query.max_results]
    token = pager.write(read_place(keys, page[-1][len(shape.table.c) :])) if len(found) > len(page) else ""
    return Page(tuple(load(search.connection, page)), token)


def _columns(keys: Sequence[SortKey]) -> list[sa.ColumnElement[Any]]:
    return [column for key in keys for column in key.columns()]


class Search:
    """Translates filters and orders over one kind of record.

    Args:
        datasets: metrics count only where they were measured on one of these; none: all count.
        order_datasets: per item of the order the same.
        unseen: nor where they were measured on one of these.
    """

    def __init__(
        self,
        shape: Shape,
        connection: sa.Connection,
        datasets: Sequence[DatasetRef] = (),
        order_datasets: Sequence[DatasetRef | None] = (),
        unseen: Unseen = NOTHING_UNSEEN,
    ) -> None:
        self.shape = shape
        self.connection = connection
        self._is_sqlite = connection.dialect.name == "sqlite"
        self._datasets = datasets
        self._order_datasets = order_datasets
        self._unseen = unseen
        self._hidden = hidden_of(connection).in_workspace(name_of(connection))

    def holds(self, node: Node) -> Condition:
        """That a record satisfies a filter; never NULL, so that NOT means what it says."""
        match node:
            case tree.All(parts):
                return sa.and_(sa.true(), *(self.holds(part) for part in parts))
            case tree.Any(parts):
                return sa.or_(sa.false(), *(self.holds(part) for part in parts))
            case tree.Not(part):
                return sa.not_(self.holds(part))
        return self._leaf_holds(node)

    def _leaf_holds(self, leaf: Leaf) -> Condition:
        field = leaf.field
        if field.group is Group.DATASET:
            return self._dataset_holds(leaf)
        if field.group in self.shape.keyed:
            return self._keyed_holds(leaf)
        if field.name in self.shape.several:
            many = self.shape.several[field.name]
            row = many.table.alias()
            return self._some_holds(leaf, sa.exists().where(many.belongs(row)), many.value(row))
        return self._attribute_holds(leaf)

    def _some_holds(self, leaf: Leaf, exists: sa.Exists, value: sa.ColumnElement[Any]) -> Condition:
        if isinstance(leaf, tree.Missing):
            return exists if leaf.negated else sa.not_(exists)
        return exists.where(test_text(value, leaf, is_sqlite=self._is_sqlite))

    def _dataset_holds(self, leaf: Leaf) -> Condition:
        assert self.shape.datasets is not None, "the language has no datasets otherwise"
        table, owner, number = self.shape.datasets
        row, other = table.alias(), table.alias()
        has_any, has_other = (self._has_dataset(one, one.c[owner] == number) for one in (row, other))
        value = sa.func.nullif(row.c[leaf.field.name], "")
        if not isinstance(leaf, tree.Missing):
            if asks_for_hidden(leaf, self._hidden):
                return sa.false()
            return has_any.where(value.is_not(None), test_text(value, leaf, is_sqlite=self._is_sqlite))
        if leaf.negated:
            return has_any.where(value.is_not(None))
        return sa.or_(sa.not_(has_other), has_any.where(value.is_(None)))

    def _has_dataset(self, row: FromClause, belongs: Condition) -> sa.Exists:
        """That a record has a dataset which may be told of."""
        found = sa.exists().where(belongs)
        if not self._hidden:
            return found
        return found.where(sa.not_(is_named(row.c.name, self._hidden, is_sqlite=self._is_sqlite)))

    def _keyed_holds(self, leaf: Leaf) -> Condition:
        field = leaf.field
        row, belongs = self._row_of(field, self._datasets)
        has_key = sa.exists().where(belongs)
        if isinstance(leaf, tree.Missing):
            return has_key if leaf.negated else sa.not_(has_key)
        if field.group is Group.PARAM and takes_number(leaf):
            return has_key.where(row.c.number.is_not(None), test_keyed(row, field, leaf, is_sqlite=self._is_sqlite))
        return has_key.where(test_keyed(row, field, leaf, is_sqlite=self._is_sqlite))

    def _row_of(self, field: Field, datasets: Sequence[DatasetRef]) -> tuple[FromClause, Condition]:
        """A row of tags, params or metrics, and that it is the record's under this key."""
        table, owner, number = self.shape.keyed[field.group]
        row = table.alias()
        belongs = sa.and_(row.c[owner] == number, row.c.key == field.name)
        if field.group is Group.METRIC and datasets:
            belongs = sa.and_(belongs, sa.or_(*(_is_on(row, dataset) for dataset in datasets)))
        if field.group is Group.METRIC and self._unseen:
            experiment = LOGGED.table.c.experiment_id
            told = is_told(self._unseen, row.c.dataset_name, experiment, is_sqlite=self._is_sqlite)
            belongs = sa.and_(belongs, told)
        return row, belongs

    def _attribute_holds(self, leaf: Leaf) -> Condition:
        column = self.shape.columns[leaf.field.name]
        is_required = leaf.field.name in self.shape.required
        if isinstance(leaf, tree.Missing):
            if is_required:
                return sa.true() if leaf.negated else sa.false()
            return column.is_not(None) if leaf.negated else column.is_(None)
        if leaf.field.kind is Kind.TEXT:
            found = test_text(column, leaf, is_sqlite=self._is_sqlite)
        else:
            found = test_whole(column, leaf)
        return found if is_required else sa.and_(column.is_not(None), found)

    def sort_keys(self, order: Sequence[OrderKey]) -> tuple[FromClause, list[SortKey]]:
        source, keys = self.shape.source, []
        for number, item in enumerate(order):
            if item.field.group is Group.ATTRIBUTE:
                keys.append(self._attribute_key(item))
                continue
            dataset = self._order_datasets[number] if number < len(self._order_datasets) else None
            row, belongs = self._row_of(item.field, self._datasets if dataset is None else (dataset,))
            if item.field.group is Group.METRIC and "dataset_name" in row.c:
                belongs = sa.and_(belongs, self._is_newest(row, item.field, dataset))
            source = source.outerjoin(row, belongs)
            keys.append(_keyed_key(item, row))
        return source, keys

    def _attribute_key(self, item: OrderKey) -> SortKey:
        column = self.shape.columns[item.field.name]
        kind = str if item.field.kind is Kind.TEXT else int
        is_required = item.field.name in self.shape.required
        rank = None if is_required else sa.case((column.is_(None), MISSING), else_=PRESENT)
        return SortKey(kind=kind, value=column, rank=rank, descending=item.descending)

    def _is_newest(self, row: FromClause, field: Field, dataset: DatasetRef | None) -> Condition:
        """That of the points of a metric by several runs, or on several datasets, this is the newest."""
        other, belongs = self._row_of(field, self._datasets if dataset is None else (dataset,))
        names = ("timestamp", "step", "run_id", "dataset_name", "dataset_digest")
        here, there = (sa.tuple_(*(some.c[name] for name in names)) for some in (row, other))
        return sa.not_(sa.exists().where(belongs, other.c.model == row.c.model, there > here).correlate_except(other))


def _is_on(row: FromClause, dataset: DatasetRef) -> Condition:
    is_named: Condition = row.c.dataset_name == dataset.name
    return sa.and_(is_named, row.c.dataset_digest == dataset.digest) if dataset.digest else is_named


def _keyed_key(item: OrderKey, row: FromClause) -> SortKey:
    match item.field.group:
        case Group.TAG:
            rank = sa.case((row.c.key.is_(None), MISSING), else_=PRESENT)
            return SortKey(kind=str, value=row.c.value, rank=rank, descending=item.descending)
        case Group.PARAM:
            rank = sa.case((row.c.key.is_(None), MISSING), (row.c.number.is_(None), LATER), else_=PRESENT)
            text = sa.case((row.c.number.is_(None), row.c.value))
            return SortKey(kind=float, value=row.c.number, rank=rank, later_value=text, descending=item.descending)
    rank = sa.case((row.c.key.is_(None), MISSING), (row.c.value.is_(None), LATER), else_=PRESENT)
    return SortKey(kind=float, value=row.c.value, rank=rank, descending=item.descending)
