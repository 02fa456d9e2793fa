"""Searches over experiments: few rows, so filters and orders run over the table as it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, FromClause

from runfold.domain.access import ALL_VISIBLE, Visible
from runfold.domain.experiment import Experiment
from runfold.domain.page import Page
from runfold.search import tree
from runfold.search.fields import EXPERIMENTS
from runfold.search.parser import parse_filter, parse_order
from runfold.search.tree import Field, Group, Kind, Leaf, Node, OrderKey
from runfold.stores.base import ExperimentQuery
from runfold.stores.sql import rows
from runfold.stores.sql.search.conditions import stored
from runfold.stores.sql.search.ordering import Pager, SortKey, check_max_results, comes_after, read_place
from runfold.stores.sql.search.values import Condition, test_text, test_whole
from runfold.stores.sql.search.visible import is_visible
from runfold.stores.sql.tables import experiment_tags, experiments
from runfold.stores.sql.workspaces import workspace_of


def search_experiments(
    connection: sa.Connection, query: ExperimentQuery, *, visible: Visible = ALL_VISIBLE
) -> Page[Experiment]:
    """One page of experiments.

    Raises:
        InvalidFilter: the filter or the order does not parse.
        InvalidValue: the page token belongs to another query, or no row is asked for.
    """
    check_max_results(query.max_results)
    node = parse_filter(query.filter, EXPERIMENTS)
    order = parse_order(query.order_by, EXPERIMENTS)
    source, keys = _sort_keys(order)
    pager = Pager(query.filter, query.order_by, query.view_type)
    after = pager.read(query.page_token, keys)
    statement = (
        sa.select(experiments, *(column for key in keys for column in key.columns()))
        .select_from(source)
        .where(
            experiments.c.workspace == workspace_of(connection),
            experiments.c.lifecycle_stage.in_(query.view_type.stages),
            is_visible(connection, visible, experiments.c.id, experiments.c.name),
            _holds(node, is_sqlite=connection.dialect.name == "sqlite"),
        )
        .order_by(*(part for key in keys for part in key.order_by()))
        .limit(query.max_results + 1)
    )
    if after is not None:
        statement = statement.where(comes_after(keys, after))
    found = connection.execute(statement).all()
    page = found[: query.max_results]
    token = ""
    if len(found) > len(page):
        token = pager.write(read_place(keys, page[-1][len(experiments.c) :]))
    return Page(tuple(rows.load_experiments(connection, page)), token)


def _holds(node: Node, *, is_sqlite: bool) -> Condition:
    match node:
        case tree.All(parts):
            return sa.and_(sa.true(), *(_holds(part, is_sqlite=is_sqlite) for part in parts))
        case tree.Any(parts):
            return sa.or_(sa.false(), *(_holds(part, is_sqlite=is_sqlite) for part in parts))
        case tree.Not(part):
            return sa.not_(_holds(part, is_sqlite=is_sqlite))
    return _leaf_holds(node, is_sqlite=is_sqlite)


def _leaf_holds(leaf: Leaf, *, is_sqlite: bool) -> Condition:
    field = stored(leaf.field)
    if field.group is Group.TAG:
        tag = experiment_tags.alias()
        has_tag = sa.exists().where(tag.c.experiment_id == experiments.c.id, tag.c.key == field.name)
        if isinstance(leaf, tree.Missing):
            return has_tag if leaf.negated else sa.not_(has_tag)
        return has_tag.where(test_text(tag.c.value, leaf, is_sqlite=is_sqlite))
    if isinstance(leaf, tree.Missing):
        return sa.true() if leaf.negated else sa.false()
    if field.kind is Kind.TEXT:
        return test_text(_attribute(field), leaf, is_sqlite=is_sqlite)
    return test_whole(_attribute(field), leaf)


def _attribute(field: Field) -> ColumnElement[Any]:
    if field.name == "experiment_id":
        return sa.cast(experiments.c.id, sa.Text)
    column: ColumnElement[Any] = experiments.c[field.name]
    return column


def _sort_keys(order: Sequence[OrderKey]) -> tuple[FromClause, list[SortKey]]:
    source: FromClause = experiments
    keys = []
    for key in order:
        field = stored(key.field)
        if field.group is Group.TAG:
            tag = experiment_tags.alias()
            source = source.outerjoin(tag, (tag.c.experiment_id == experiments.c.id) & (tag.c.key == field.name))
            rank = sa.case((tag.c.key.is_(None), 2), else_=0)
            keys.append(SortKey(kind=str, value=tag.c.value, rank=rank, descending=key.descending))
        elif field.name == "experiment_id":
            keys.append(SortKey(kind=int, value=experiments.c.id, descending=key.descending))
        else:
            kind = str if field.kind is Kind.TEXT else int
            keys.append(SortKey(kind=kind, value=_attribute(field), descending=key.descending))
    if not order:
        keys.append(SortKey(kind=int, value=experiments.c.creation_time, descending=True))
    keys.append(SortKey(kind=int, value=experiments.c.id, descending=bool(order)))
    return source, keys
