"""What a search may tell of datasets, as conditions.

Names that are hidden are not found by any condition. One that asks for hidden names alone is not even looked up, so it
takes as long as for a name that nobody gave.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from runfold.search import tree
from runfold.search.tree import Leaf, Operator
from runfold.stores.sql.hidden import Unseen
from runfold.stores.sql.search.values import Condition, is_one_of

_FEW = 8


def is_told(unseen: Unseen, name: ColumnElement[str], experiment: ColumnElement[int], *, is_sqlite: bool) -> Condition:
    """That a dataset with this name in this experiment is not hidden."""
    told: list[Condition] = []
    for names in sorted(set(unseen.names.values()), key=sorted):
        is_hidden = is_named(name, names, is_sqlite=is_sqlite)
        if not unseen.is_everywhere:
            there = sorted(number for number, others in unseen.names.items() if others == names)
            is_hidden = sa.and_(is_hidden, is_one_of(experiment, there, is_sqlite=is_sqlite))
        told.append(sa.not_(is_hidden))
    return sa.and_(sa.true(), *told)


def is_named(name: ColumnElement[str], names: Collection[str], *, is_sqlite: bool) -> Condition:
    """That a name is one of these, to be said with NOT.

    PostgreSQL takes each element of an array for a name that is there, so that hundreds, most of which may be used
    elsewhere, seem to leave no dataset, and it would begin with what turn out to be all of them. Of a query it takes
    half to be found, and it hashes its names in a prepared plan, too.
    """
    listed = sorted(names)
    if is_sqlite or len(listed) <= _FEW:
        return is_one_of(name, listed, is_sqlite=is_sqlite)
    return name.in_(sa.select(sa.func.unnest(sa.bindparam(None, listed, sa.ARRAY(name.type)))))


def telling(unseen: Unseen, leaf: Leaf, searched: Sequence[int]) -> tuple[int, ...]:
    """The experiments in which a condition on datasets can find something."""
    return tuple(one for one in searched if not asks_for_hidden(leaf, unseen.of(one))) if unseen else tuple(searched)


def asks_for_hidden(leaf: Leaf, names: Collection[Any]) -> bool:
    """Whether a condition on datasets is about nothing but hidden names."""
    if leaf.field.name != "name":
        return False
    match leaf:
        case tree.Comparison(_, Operator.EQUAL, value):
            return value in names
        case tree.Membership(_, values, False):
            return all(value in names for value in values)
    return False
