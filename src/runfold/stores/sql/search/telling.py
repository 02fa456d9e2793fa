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


def is_told(unseen: Unseen, name: ColumnElement[str], experiment: ColumnElement[int], *, is_sqlite: bool) -> Condition:
    """That a dataset with this name in this experiment is not hidden."""
    told: list[Condition] = []
    for names in sorted(set(unseen.names.values()), key=sorted):
        is_hidden = is_one_of(name, sorted(names), is_sqlite=is_sqlite)
        if not unseen.is_everywhere:
            there = sorted(number for number, others in unseen.names.items() if others == names)
            is_hidden = sa.and_(is_hidden, is_one_of(experiment, there, is_sqlite=is_sqlite))
        told.append(sa.not_(is_hidden))
    return sa.and_(sa.true(), *told)


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
