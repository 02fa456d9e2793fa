"""Filters over the audit: its records have attributes and nothing else, none of which can be missing."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from runfold.search import tree
from runfold.search.tree import Kind, Leaf, Node
from runfold.stores.sql.audit.tables import audit_records
from runfold.stores.sql.search.values import Condition, test_text, test_whole

_COLUMNS: dict[str, sa.ColumnElement[Any]] = {"user": audit_records.c.user_name}


def holds(node: Node, *, is_sqlite: bool) -> Condition:
    match node:
        case tree.All(parts):
            return sa.and_(sa.true(), *(holds(part, is_sqlite=is_sqlite) for part in parts))
        case tree.Any(parts):
            return sa.or_(sa.false(), *(holds(part, is_sqlite=is_sqlite) for part in parts))
        case tree.Not(part):
            return sa.not_(holds(part, is_sqlite=is_sqlite))
    return _leaf_holds(node, is_sqlite=is_sqlite)


def _leaf_holds(leaf: Leaf, *, is_sqlite: bool) -> Condition:
    if isinstance(leaf, tree.Missing):
        return sa.true() if leaf.negated else sa.false()
    name = leaf.field.name
    column = _COLUMNS.get(name, audit_records.c.get(name))
    assert column is not None, "every attribute of the language has a column"
    return test_text(column, leaf, is_sqlite=is_sqlite) if leaf.field.kind is Kind.TEXT else test_whole(column, leaf)
