"""Finding the few runs that a filter can match, from the index of one of its conditions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
import sqlalchemy as sa
from sqlalchemy import FromClause, Select

from runfold.domain.param import as_number
from runfold.search import tree
from runfold.search.tree import Field, Group, Leaf, Node, Operator, Relation, Statistic
from runfold.stores.sql import tables
from runfold.stores.sql.search.conditions import (
    KEYED,
    Conditions,
    Scope,
    as_own,
    stored,
    takes_number,
    test_dataset,
    test_keyed,
)
from runfold.stores.sql.search.joins import left_to_right
from runfold.stores.sql.search.stretches import count_rows
from runfold.stores.sql.search.telling import telling
from runfold.stores.sql.search.values import Test, is_one_of

# SQLite joins at most 500 queries by UNION; long before that, sets are cheaper.
MAX_ARMS = 100

Arm = Select[tuple[int]]
"""Numbers of runs, read from one index."""


class Driver(msgspec.Struct, frozen=True):
    """Where a search can begin: one of the parts that all must hold, and what gives its runs.

    Attributes:
        arms: together they give exactly the runs that satisfy the part, some perhaps twice.
        is_scan: the arms read all values of a key to find few.
    """

    part: Node
    arms: tuple[Arm, ...]
    is_scan: bool


def parts_of(node: Node) -> tuple[Node, ...]:
    """What must all hold."""
    return node.parts if isinstance(node, tree.All) else (node,)


def find_drivers(node: Node, conditions: Conditions) -> list[Driver]:
    """Every part of a filter from whose index a search can begin."""
    drivers = []
    for part in parts_of(node):
        arms = _arms(part, conditions)
        if arms is not None and len(arms) <= MAX_ARMS:
            drivers.append(Driver(part, tuple(arms), any(is_scan(leaf) for leaf in _leaves(part))))
    return drivers


def choose(connection: sa.Connection, drivers: Sequence[Driver], *, at_most: int) -> Driver | None:
    """The driver that gives the fewest runs; None when none gives at most so many."""
    best = None
    for driver in drivers:
        n_runs = count(connection, driver, at_most)
        if n_runs <= at_most:
            best, at_most = driver, n_runs
    return best


def count(connection: sa.Connection, driver: Driver, at_most: int) -> int:
    """How many runs a driver gives, counted up to a limit."""
    n_runs = 0
    for arm in driver.arms:
        n_runs += count_rows(connection, arm, at_most - n_runs)
        if n_runs > at_most:
            break
    return n_runs


def source(driver: Driver, run: FromClause) -> FromClause:
    """The runs of a driver, each once, joined with their rows."""
    if not driver.arms:
        nothing = sa.select(tables.runs.c.id.label("run")).where(sa.false()).subquery()
        return left_to_right(nothing, run, run.c.id == nothing.c.run)
    single = len(driver.arms) == 1
    numbers = driver.arms[0].subquery() if single else sa.union(*driver.arms).subquery()
    return left_to_right(numbers, run, run.c.id == numbers.c.run)


def _arms(node: Node, conditions: Conditions) -> list[Arm] | None:
    match node:
        case tree.Any(parts):
            found: list[Arm] = []
            for part in parts:
                arms = _arms(part, conditions)
                if arms is None:
                    return None
                found += arms
            return found
        case tree.All() | tree.Not():
            return None
    return leaf_arms(node, conditions)


def leaf_arms(leaf: Leaf, conditions: Conditions) -> list[Arm] | None:
    """Queries that together give exactly the runs that satisfy a condition; None where no index does."""
    field = stored(leaf.field)
    if field.relation is not Relation.SELF:
        return _relative_arms(leaf, conditions)
    if field.group in KEYED:
        return _keyed_arms(field, leaf, conditions.scope)
    if field.group is Group.DATASET and not isinstance(leaf, tree.Missing):
        return _dataset_arms(leaf, conditions.scope)
    if field.group is Group.ATTRIBUTE and field.name in ("run_id", "parent_run_id") and _wanted(leaf) is not None:
        return [sa.select(tables.runs.c.id.label("run")).where(tables.runs.c[field.name].in_(_wanted(leaf) or ()))]
    return None


def _dataset_arms(leaf: Test, scope: Scope) -> list[Arm]:
    looked_at = telling(scope.unseen, leaf, scope.experiments)
    if not looked_at:
        return []
    dataset, use = tables.datasets.alias(), tables.dataset_uses.alias()
    is_here = is_one_of(dataset.c.experiment_id, looked_at, is_sqlite=scope.is_sqlite)
    uses = left_to_right(dataset, use, use.c.dataset_id == dataset.c.id)
    found = sa.select(use.c.run.label("run")).select_from(uses).where(is_here, scope.tells(dataset))
    return [found.where(test_dataset(use, dataset, leaf, is_sqlite=scope.is_sqlite)).distinct()]


def _relative_arms(leaf: Leaf, conditions: Conditions) -> list[Arm]:
    """Begins with the runs that have a parent: most stores have few."""
    parent, child = tables.runs.alias(), tables.runs.alias()
    is_child = child.c.parent_run_id > ""
    family = left_to_right(child, parent, parent.c.run_id == child.c.parent_run_id)
    if leaf.field.relation is Relation.CHILDREN:
        found, relative = parent, child
    else:
        found, relative = child, parent
    holds = conditions.leaf_holds(as_own(leaf), relative)
    arm = sa.select(found.c.id.label("run")).select_from(family)
    return [arm.where(is_child, conditions.is_visible(child), conditions.is_visible(parent), holds)]


def _keyed_arms(field: Field, leaf: Leaf, scope: Scope) -> list[Arm] | None:
    key_ids = scope.ids_of(field)
    if isinstance(leaf, tree.Missing) and not leaf.negated:
        return None
    if not key_ids:
        return []
    row = KEYED[field.group][1].alias()
    is_key = is_one_of(row.c.key_id, key_ids, is_sqlite=scope.is_sqlite)
    if isinstance(leaf, tree.Missing):
        present = sa.select(row.c.run.label("run")).where(is_key)
        if field.group is Group.METRIC:
            return [present]
        return [present.where(tables.is_short(row.c.value)), present.where(tables.is_long(row.c.value))]
    arm = sa.select(row.c.run.label("run")).where(is_key, test_keyed(row, field, leaf, is_sqlite=scope.is_sqlite))
    if field.group is Group.METRIC:
        return [arm]
    is_short, is_long = tables.is_short(row.c.value), tables.is_long(row.c.value)
    if field.group is Group.TAG:
        return [arm.where(is_short), arm.where(is_long)]
    if takes_number(leaf):
        return [arm.where(is_short)]
    # The index of params has numbers before texts: say which of them are meant.
    numbers = None if (wanted := _wanted(leaf)) is None else [as_number(text) for text in wanted]
    if numbers is None:
        texts_only = isinstance(leaf, tree.Like) and not leaf.negated and leaf.pattern[:1].isalpha()
        short = arm.where(is_short, row.c.number.is_(None)) if texts_only else arm.where(is_short)
        return [short, arm.where(is_long)]
    return [
        arm.where(is_short, row.c.number.is_(None)),
        arm.where(is_short, row.c.number.in_([number for number in numbers if number is not None])),
        arm.where(is_long),
    ]


def _wanted(leaf: Leaf) -> list[str] | None:
    """The texts of which a value must be one; None where the leaf says something else."""
    match leaf:
        case tree.Comparison(_, Operator.EQUAL, str(value)):
            return [value]
        case tree.Membership(_, values, False):
            return [value for value in values if isinstance(value, str)]
    return None


def is_scan(leaf: Leaf) -> bool:
    """Whether the arms of a condition read all values of a key to find few."""
    if leaf.field.relation is not Relation.SELF:
        return True
    match leaf:
        case tree.Like(_, pattern, ignores_case, negated):
            return negated or ignores_case or pattern[:1] in ("", "%", "_")
        case tree.Comparison(field, operator, _):
            return operator is Operator.DIFFERENT or field.statistic is not Statistic.LAST
        case tree.Membership(field, _, negated) | tree.Between(field, _, _, negated):
            return negated or field.statistic is not Statistic.LAST
    return True


def _leaves(node: Node) -> Iterator[Leaf]:
    match node:
        case tree.Any(parts) | tree.All(parts):
            for part in parts:
                yield from _leaves(part)
        case tree.Not(part):
            yield from _leaves(part)
        case _:
            yield node
