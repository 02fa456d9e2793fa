"""What a filter and an order mean: the reference, over values in memory.

Stores answer the same from their indexes; the tests hold them to this module.
"""

from __future__ import annotations

import math
import operator as operators
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol, TypeVar

from runfold.domain import known_tags
from runfold.domain.audit import AuditRecord
from runfold.domain.dataset import DatasetUse
from runfold.domain.experiment import Experiment
from runfold.domain.logged_model import LoggedModel
from runfold.domain.param import as_number
from runfold.domain.registered_model import ModelVersion, RegisteredModel
from runfold.domain.run import Run
from runfold.search import models, patterns, tree
from runfold.search.tree import Field, Group, Kind, Node, Operator, OrderKey, Relation, Value

LOST = "LOST"

Model = RegisteredModel | ModelVersion | LoggedModel
Record = Run | Experiment | Model | AuditRecord
R = TypeVar("R", Run, Experiment, RegisteredModel, ModelVersion, LoggedModel)


class Family(Protocol):
    """The other runs that a search can see: those of the same experiments and lifecycle stages."""

    def parent(self, run: Run) -> Run | None: ...

    def children(self, run: Run) -> Iterable[Run]: ...


class Runs:
    """A `Family` made of the runs at hand."""

    def __init__(self, runs: Iterable[Run]) -> None:
        self._by_id: dict[str, Run] = {}
        self._children: dict[str, list[Run]] = {}
        for run in runs:
            self._by_id[run.info.run_id] = run
            if run.info.parent_run_id is not None:
                self._children.setdefault(run.info.parent_run_id, []).append(run)

    def parent(self, run: Run) -> Run | None:
        return self._by_id.get(run.info.parent_run_id or "")

    def children(self, run: Run) -> Iterable[Run]:
        return self._children.get(run.info.run_id, ())


def matches(node: Node, record: Record, family: Family | None = None) -> bool:
    """Whether a record satisfies a filter.

    Args:
        family: where parents and children are looked up; None: there are none.
    """
    match node:
        case tree.All(parts):
            return all(matches(part, record, family) for part in parts)
        case tree.Any(parts):
            return any(matches(part, record, family) for part in parts)
        case tree.Not(part):
            return not matches(part, record, family)
    values = [value for owner in _owners(node.field, record, family) for value in _values(node.field, owner)]
    if isinstance(node, tree.Missing):
        return any((value is None) is not node.negated for value in values)
    return any(value is not None and holds(node, value) for value in values)


def sort_runs(runs: Iterable[Run], order: Sequence[OrderKey]) -> list[Run]:
    """Runs in the order of a listing; ties: newest start first, then run id.

    Missing values come last in both directions, NaN just before them. Params that are numbers come by
    number, before the others by text, in both directions.
    """
    ordered = sorted(runs, key=lambda run: run.info.run_id)
    ordered.sort(key=lambda run: run.info.start_time_ms, reverse=True)
    return _sort(ordered, order)


def sort_experiments(experiments: Iterable[Experiment], order: Sequence[OrderKey]) -> list[Experiment]:
    """Experiments in the order of a listing.

    Without an order: newest first, then the lowest id. Ties of an order: the highest id first.
    """
    ordered = sorted(experiments, key=lambda experiment: int(experiment.experiment_id), reverse=bool(order))
    if not order:
        ordered.sort(key=lambda experiment: experiment.creation_time_ms, reverse=True)
    return _sort(ordered, order)


def sort_registered_models(found: Iterable[RegisteredModel], order: Sequence[OrderKey]) -> list[RegisteredModel]:
    """Ties, and an empty order: by name."""
    return _sort(sorted(found, key=lambda model: model.name), order)


def sort_model_versions(versions: Iterable[ModelVersion], order: Sequence[OrderKey]) -> list[ModelVersion]:
    """Ties, and an empty order: by name, then the highest number."""
    return _sort(sorted(versions, key=lambda version: (version.name, -version.version)), order)


def sort_logged_models(found: Iterable[LoggedModel], order: Sequence[OrderKey]) -> list[LoggedModel]:
    """Ties, and an empty order: newest first, then model id."""
    return _sort(sorted(found, key=lambda model: (-model.creation_time_ms, model.model_id)), order)


def _sort(ordered: list[R], order: Sequence[OrderKey]) -> list[R]:
    for key in reversed(order):
        ranked = [(_rank(key.field, record), record) for record in ordered]
        ordered = []
        for rank in (0, 1, 2):
            alike = [pair for pair in ranked if pair[0][0] == rank]
            alike.sort(key=lambda pair: pair[0][1], reverse=key.descending)
            ordered += [record for _, record in alike]
    return ordered


def _rank(field: Field, record: Record) -> tuple[int, Any]:
    """Where a record stands by one key: first, second and last group, and the value within."""
    (value,) = models.newest_value(field, record) if isinstance(record, LoggedModel) else _values(field, record)
    if value is None:
        return 2, 0
    if field.kind is Kind.PARAM:
        number = as_number(value)
        return (1, value) if number is None else (0, number)
    if isinstance(value, float) and math.isnan(value):
        return 1, 0
    return 0, int(value) if field.name == "experiment_id" else value


def _owners(field: Field, record: Record, family: Family | None) -> Iterable[Record]:
    if field.relation is Relation.SELF:
        return (record,)
    if family is None or not isinstance(record, Run):
        return ()
    if field.relation is Relation.CHILDREN:
        return family.children(record)
    parent = family.parent(record)
    return () if parent is None else (parent,)


def _values(field: Field, record: Record) -> Sequence[Any]:
    """The values of a field, None where it is missing; several only for datasets."""
    if isinstance(record, AuditRecord):
        return (_of_audit(field.name, record),)
    if field.group is Group.TAG:
        return (record.tags.get(field.name),)
    if isinstance(record, Experiment):
        return (_experiment_attribute(field.name, record),)
    if not isinstance(record, Run):
        return models.values(field, record)
    match field.group:
        case Group.PARAM:
            return (record.params.get(field.name),)
        case Group.METRIC:
            metric = record.metrics.get(field.name)
            return (None if metric is None else getattr(metric, field.statistic.value),)
        case Group.DATASET:
            return [_dataset_property(field.name, use) for use in record.datasets] or [None]
    return (_run_attribute(field.name, record),)


def _of_audit(name: str, record: AuditRecord) -> Any:
    match name:
        case "number":
            return record.number
        case "time":
            return record.time_ms
        case "result":
            return record.act.result.value
    return getattr(record.act, name)


def _dataset_property(name: str, use: DatasetUse) -> str | None:
    return use.context or None if name == "context" else getattr(use.dataset, name)


def _run_attribute(name: str, run: Run) -> Any:
    info = run.info
    match name:
        case "status":
            return info.status.name
        case "state":
            return LOST if info.is_lost else info.status.name
        case "lost":
            return info.is_lost
        case "start_time":
            return info.start_time_ms
        case "end_time":
            return info.end_time_ms
        case "duration":
            return info.duration_ms
        case "description":
            return run.tags.get(known_tags.DESCRIPTION)
        case "lifecycle_stage":
            return info.lifecycle_stage.value
    return getattr(info, name)


def _experiment_attribute(name: str, experiment: Experiment) -> Any:
    match name:
        case "creation_time":
            return experiment.creation_time_ms
        case "last_update_time":
            return experiment.last_update_time_ms
        case "description":
            return experiment.tags.get(known_tags.DESCRIPTION)
        case "lifecycle_stage":
            return experiment.lifecycle_stage.value
    return getattr(experiment, name)


def holds(leaf: tree.Comparison | tree.Like | tree.Membership | tree.Between, value: Any) -> bool:
    """Whether a value that is there passes a test."""
    match leaf:
        case tree.Like(_, pattern, ignores_case, negated):
            return patterns.matches(pattern, value, ignores_case=ignores_case) is not negated
        case tree.Comparison(field, operator, wanted):
            return _compares(_like_literal(field, value, wanted), operator, wanted)
        case tree.Membership(field, wanted_values, negated):
            operand = _like_literal(field, value, wanted_values[0])
            if negated:
                return all(_compares(operand, Operator.DIFFERENT, wanted) for wanted in wanted_values)
            return any(_compares(operand, Operator.EQUAL, wanted) for wanted in wanted_values)
        case tree.Between(field, low, high, negated):
            operand = _like_literal(field, value, low)
            if operand is None or math.isnan(operand):
                return False
            return (low <= operand <= high) is not negated


def _like_literal(field: Field, value: Any, literal: Value) -> Any:
    """A param as what the literal is: its text, or its number, None when it spells none."""
    return as_number(value) if field.kind is Kind.PARAM and not isinstance(literal, str) else value


def _compares(value: Any, operator: Operator, wanted: Any) -> bool:
    """One comparison. NaN equals NaN here, and differs from, or lies beside, no other number."""
    if value is None:
        return False
    if isinstance(wanted, float) and math.isnan(wanted):
        is_nan = isinstance(value, float) and math.isnan(value)
        return is_nan if operator is Operator.EQUAL else operator is Operator.DIFFERENT and not is_nan
    if isinstance(value, float) and math.isnan(value):
        return False
    return bool(_OPERATORS[operator](value, wanted))


_OPERATORS: dict[Operator, Callable[[Any, Any], bool]] = {
    Operator.EQUAL: operators.eq,
    Operator.DIFFERENT: operators.ne,
    Operator.LESS: operators.lt,
    Operator.LESS_OR_EQUAL: operators.le,
    Operator.GREATER: operators.gt,
    Operator.GREATER_OR_EQUAL: operators.ge,
}
