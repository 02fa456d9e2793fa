"""What SQLite's planner must be told, because its statistics know only averages."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.sql.expression import UnaryExpression
from sqlalchemy.sql.operators import custom_op


def without_index(column: ColumnElement[Any], *, is_sqlite: bool) -> ColumnElement[Any]:
    """The column, but for which SQLite looks into no index: its unary plus changes nothing but the planner's mind."""
    if not is_sqlite:
        return column
    return UnaryExpression(column, operator=custom_op[Any]("+"), type_=column.type)
