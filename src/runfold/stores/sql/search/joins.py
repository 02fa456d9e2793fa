"""Joins whose order is ours to choose."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, FromClause
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.selectable import Join


class LeftToRight(Join):
    """An inner join that SQLite runs with its left side outside, whatever its statistics say or lack.

    SQLite promises this order for CROSS JOIN alone. PostgreSQL plans as it sees fit.
    """

    inherit_cache = True


def left_to_right(left: FromClause, right: FromClause, condition: ColumnElement[bool]) -> Join:
    return LeftToRight(left, right, condition)


@compiles(LeftToRight)
def _compile(join: LeftToRight, compiler: Any, **arguments: Any) -> str:
    return str(compiler.visit_join(join, **arguments))


@compiles(LeftToRight, "sqlite")
def _compile_for_sqlite(join: LeftToRight, compiler: Any, **arguments: Any) -> str:
    inner = arguments | {"asfrom": True}
    left, right = compiler.process(join.left, **inner), compiler.process(join.right, **inner)
    return f"{left} CROSS JOIN {right} ON {compiler.process(join.onclause, **arguments)}"
