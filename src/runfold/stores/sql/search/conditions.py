"""A filter as one SQL condition on a run or an experiment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy import ColumnElement, FromClause

from runfold.domain import known_tags
from runfold.domain.keys import KeyKind
from runfold.domain.states import RunStatus
from runfold.search import evaluate, tree
from runfold.search.tree import Field, Group, Kind, Leaf, Node, Relation
from runfold.stores.sql import tables
from runfold.stores.sql.hidden import NOTHING_UNSEEN, Unseen
from runfold.stores.sql.planner import without_index
from runfold.stores.sql.search.telling import is_told, telling
from runfold.stores.sql.search.values import Condition, Test, is_one_of, test_number, test_text, test_whole
from runfold.stores.sql.transaction import chunks

KEYED = {
    Group.METRIC: (KeyKind.METRIC, tables.latest_metrics),
    Group.PARAM: (KeyKind.PARAM, tables.params),
    Group.TAG: (KeyKind.TAG, tables.tags),
}
# Attributes that can be missing.
_OPTIONAL = {"end_time", "duration", "parent_run_id", "description"}


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """Which runs a search can see, and what it must know of them.

    Attributes:
        experiments: numbers of the experiments searched.
        stages: the lifecycle stages shown.
        key_ids: numbers of a key in these experiments, for every key that the search names.
        unseen: datasets that must not be found.
        lost_before_ms: a running run whose last sign of life is older is lost.
    """

    experiments: tuple[int, ...]
    stages: tuple[str, ...]
    lost_before_ms: int
    is_sqlite: bool
    key_ids: Mapping[tuple[KeyKind, str], tuple[int, ...]]
    unseen: Unseen = NOTHING_UNSEEN

    def holds(self, run: FromClause) -> Condition:
        """That a run is among those the search can see."""
        return sa.and_(
            is_one_of(run.c.experiment_id, self.experiments, is_sqlite=self.is_sqlite),
            is_one_of(run.c.lifecycle_stage, self.stages, is_sqlite=self.is_sqlite),
        )

    def tells(self, dataset: FromClause) -> Condition:
        """That a row of `datasets` may be found."""
        return is_told(self.unseen, dataset.c.name, dataset.c.experiment_id, is_sqlite=self.is_sqlite)

    def tells_of(self, use: FromClause) -> Condition:
        """That the dataset of a row of `dataset_uses` may be found.

        As a value rather than by a join: PostgreSQL then asks it of the uses that it meets on the way of the search,
        where it would else gather all uses of the store that may be found.
        """
        if not self.unseen:
            return sa.true()
        dataset = tables.datasets.alias()
        told: Condition = sa.select(self.tells(dataset)).where(dataset.c.id == use.c.dataset_id).scalar_subquery()
        return told

    def ids_of(self, field: Field) -> tuple[int, ...]:
        kind, _ = KEYED[field.group]
        return self.key_ids.get((kind, field.name), ())


def find_key_ids(
    connection: sa.Connection, experiments: Sequence[int], fields: Iterable[Field]
) -> dict[tuple[KeyKind, str], tuple[int, ...]]:
    """The numbers of all keys that these fields name."""
    wanted = {(KEYED[field.group][0], field.name) for field in map(stored, fields) if field.group in KEYED}
    found: dict[tuple[KeyKind, str], tuple[int, ...]] = {}
    keys = tables.keys
    for kind in {kind for kind, _ in wanted}:
        names = [name for other, name in wanted if other is kind]
        for chunk in chunks(experiments, 1000):
            query = sa.select(keys.c.key, keys.c.id).where(
                keys.c.experiment_id.in_(chunk), keys.c.kind == int(kind), keys.c.key.in_(names)
            )
            for name, number in connection.execute(query):
                found[kind, name] = (*found.get((kind, name), ()), number)
    return found


def fields_of(node: Node) -> Iterator[Field]:
    match node:
        case tree.All(parts) | tree.Any(parts):
            for part in parts:
                yield from fields_of(part)
        case tree.Not(part):
            yield from fields_of(part)
        case _:
            yield node.field


def stored(field: Field) -> Field:
    """The field under which the store keeps a value: the description is a tag."""
    if field.group is Group.ATTRIBUTE and field.name == "description":
        return msgspec.structs.replace(field, group=Group.TAG, name=known_tags.DESCRIPTION)
    return field


def as_own(leaf: Leaf) -> Leaf:
    """What a leaf about a relative asks of the relative itself."""
    return msgspec.structs.replace(leaf, field=msgspec.structs.replace(leaf.field, relation=Relation.SELF))


class Conditions:
    """Translates filters over runs.

    Every condition is true or false, never NULL, so that NOT means what it says.
    """

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def holds(self, node: Node, run: FromClause) -> Condition:
        """That a row of `runs` satisfies a filter."""
        match node:
            case tree.All(parts):
                return sa.and_(sa.true(), *(self.holds(part, run) for part in parts))
            case tree.Any(parts):
                return sa.or_(sa.false(), *(self.holds(part, run) for part in parts))
            case tree.Not(part):
                return sa.not_(self.holds(part, run))
        return self.leaf_holds(node, run)

    def leaf_holds(self, leaf: Leaf, run: FromClause) -> Condition:
        if leaf.field.relation is not Relation.SELF:
            return self._relative_holds(leaf, run)
        field = stored(leaf.field)
        if field.group in KEYED:
            return self._keyed_holds(field, leaf, run)
        if field.group is Group.DATASET:
            return self._dataset_holds(leaf, run)
        return self._attribute_holds(leaf, run)

    def _relative_holds(self, leaf: Leaf, run: FromClause) -> Condition:
        relative = tables.runs.alias()
        if leaf.field.relation is Relation.PARENT:
            is_relative = relative.c.run_id == run.c.parent_run_id
        else:
            is_relative = relative.c.parent_run_id == run.c.run_id
        own = as_own(leaf)
        return sa.exists().where(is_relative, self.is_visible(relative), self.leaf_holds(own, relative))

    def is_visible(self, run: FromClause) -> Condition:
        """As `Scope.holds`, where another index than that of the scope must find the run."""
        if not self.scope.is_sqlite:
            return self.scope.holds(run)
        experiment, stage = (
            without_index(column, is_sqlite=True) for column in (run.c.experiment_id, run.c.lifecycle_stage)
        )
        return sa.and_(
            is_one_of(experiment, self.scope.experiments, is_sqlite=self.scope.is_sqlite),
            is_one_of(stage, self.scope.stages, is_sqlite=self.scope.is_sqlite),
        )

    def _keyed_holds(self, field: Field, leaf: Leaf, run: FromClause) -> Condition:
        key_ids = self.scope.ids_of(field)
        is_missing = isinstance(leaf, tree.Missing) and not leaf.negated
        if not key_ids:
            return sa.true() if is_missing else sa.false()
        row = KEYED[field.group][1].alias()
        has_key = sa.exists().where(row.c.run == run.c.id, self.is_key(row, field, run))
        if isinstance(leaf, tree.Missing):
            return sa.not_(has_key) if is_missing else has_key
        return has_key.where(test_keyed(row, field, leaf, is_sqlite=self.scope.is_sqlite))

    def is_key(self, row: FromClause, field: Field, run: FromClause) -> Condition:
        """That a row of metrics, params or tags has the key that `field` names in the run's experiment."""
        key_ids = self.scope.ids_of(field)
        if len(key_ids) == 1:
            return row.c.key_id == key_ids[0]
        kind, _ = KEYED[field.group]
        keys = tables.keys.alias()
        found = sa.select(keys.c.id).where(
            keys.c.experiment_id == run.c.experiment_id, keys.c.kind == int(kind), keys.c.key == field.name
        )
        return row.c.key_id == found.correlate(run).scalar_subquery()

    def _dataset_holds(self, leaf: Leaf, run: FromClause) -> Condition:
        use, dataset = tables.dataset_uses.alias(), tables.datasets.alias()
        is_used = sa.exists().where(use.c.run == run.c.id)
        if leaf.field.name == "context":
            is_used = is_used.where(self.scope.tells_of(use))
        else:
            is_used = is_used.where(dataset.c.id == use.c.dataset_id, self.scope.tells(dataset))
        if not isinstance(leaf, tree.Missing):
            if self.scope.unseen and not telling(self.scope.unseen, leaf, self.scope.experiments):
                return sa.false()
            return is_used.where(test_dataset(use, dataset, leaf, is_sqlite=self.scope.is_sqlite))
        if leaf.field.name != "context":  # which a dataset need not have, unlike the rest
            return is_used if leaf.negated else sa.not_(self._uses_any(run))
        if leaf.negated:
            return is_used.where(use.c.context != "")
        return sa.or_(sa.not_(self._uses_any(run)), is_used.where(sa.func.coalesce(use.c.context, "") == ""))

    def _uses_any(self, run: FromClause) -> Condition:
        use = tables.dataset_uses.alias()
        return sa.exists().where(use.c.run == run.c.id, self.scope.tells_of(use))

    def _attribute_holds(self, leaf: Leaf, run: FromClause) -> Condition:
        name = leaf.field.name
        if isinstance(leaf, tree.Missing):
            if name not in _OPTIONAL:
                return sa.true() if leaf.negated else sa.false()
            column = self.attribute(leaf.field, run)
            return column.is_not(None) if leaf.negated else column.is_(None)
        if name == "status":
            return run.c.status.in_(_statuses(leaf))
        if name == "state":
            lost = sa.and_(self.is_lost(run), sa.true() if evaluate.holds(leaf, evaluate.LOST) else sa.false())
            return sa.or_(lost, sa.and_(sa.not_(self.is_lost(run)), run.c.status.in_(_statuses(leaf))))
        if name == "lost":
            return self.is_lost(run) if evaluate.holds(leaf, True) else sa.not_(self.is_lost(run))
        column = self.attribute(leaf.field, run)
        if leaf.field.kind is Kind.TEXT:
            found = test_text(column, leaf, is_sqlite=self.scope.is_sqlite)
        else:
            found = test_whole(column, leaf)
        return sa.and_(column.is_not(None), found) if name in _OPTIONAL else found

    def is_lost(self, run: FromClause) -> Condition:
        return sa.and_(
            run.c.status == int(RunStatus.RUNNING),
            run.c.heartbeat.is_not(None),
            run.c.heartbeat < self.scope.lost_before_ms,
        )

    def attribute(self, field: Field, run: FromClause) -> ColumnElement[Any]:
        """The value of an attribute; NULL where it is missing."""
        match field.name:
            case "run_name":
                return run.c.name
            case "duration":
                return run.c.end_time - run.c.start_time
            case "experiment_id":
                return sa.cast(run.c.experiment_id, sa.Text)
            case "status":
                return _status_name(run)
            case "state":
                return sa.case((self.is_lost(run), evaluate.LOST), else_=_status_name(run))
            case "lost":
                return sa.case((self.is_lost(run), 1), else_=0)
        column: ColumnElement[Any] = run.c[field.name]
        return column


def test_keyed(row: FromClause, field: Field, test: Test, *, is_sqlite: bool) -> Condition:
    """A test of the value in a row of metrics, params or tags."""
    match field.group:
        case Group.METRIC:
            if field.kind is Kind.WHOLE:
                return test_whole(row.c.count, test)
            return test_number(metric_value(row, field), test)
        case Group.PARAM if takes_number(test):
            return sa.and_(row.c.number.is_not(None), test_number(row.c.number, test))
    return test_text(row.c.value, test, is_sqlite=is_sqlite)


def test_dataset(use: FromClause, dataset: FromClause, test: Test, *, is_sqlite: bool) -> Condition:
    """A test of what a run uses; a context that is empty is none.

    The column is compared as it is: PostgreSQL knows how often its values occur, but nothing of a function of it.
    """
    if test.field.name == "context":
        return sa.and_(use.c.context != "", test_text(use.c.context, test, is_sqlite=is_sqlite))
    return test_text(dataset.c[test.field.name], test, is_sqlite=is_sqlite)


def metric_value(row: FromClause, field: Field) -> ColumnElement[Any]:
    column: ColumnElement[Any] = row.c["value" if field.statistic is tree.Statistic.LAST else field.statistic.value]
    return column


def takes_number(test: Test) -> bool:
    """Whether a test of a param asks for its number rather than its text."""
    match test:
        case tree.Comparison(_, _, value):
            return not isinstance(value, str)
        case tree.Membership(_, values):
            return not isinstance(values[0], str)
    return isinstance(test, tree.Between)


def _statuses(test: Test) -> list[int]:
    return [int(status) for status in RunStatus if evaluate.holds(test, status.name)]


def _status_name(run: FromClause) -> ColumnElement[Any]:
    return sa.case({int(status): status.name for status in RunStatus}, value=run.c.status)
