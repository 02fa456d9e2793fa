"""The columns of a table of runs: any identifier of the search language."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from runfold.cli import formats
from runfold.cli.tables import Column
from runfold.domain import known_tags
from runfold.errors import InvalidValue

if TYPE_CHECKING:
    from runfold.domain.dataset import DatasetUse
    from runfold.domain.metric import MetricSummary
    from runfold.domain.run import Run
    from runfold.search.tree import Field
    from runfold.stores.base import RunColumns

STATISTICS = ("last", "min", "max", "count")
"""What may follow a metric's key after a dot; a key that ends so is quoted."""

_BARE = re.compile(r"[\w\-/:]+(\.[\w\-/:]+)*")
_WHEN_NOTHING_IS_CHOSEN = ("run_id", "run_name", "state", "start_time", "duration")


class RunTable:
    """Which columns a table of runs has, and how a run becomes a row.

    Attributes:
        names: identifiers of the search language, such as `metrics.loss.min`.
    """

    def __init__(self, names: Sequence[str], *, now_ms: int) -> None:
        """Raises InvalidValue when a name is not a field that a run has one value of."""
        self.names = tuple(names)
        self._fields = [_field(name) for name in names]
        self._now_ms = now_ms

    @property
    def wanted(self) -> RunColumns:
        """What a search has to bring along for this table."""
        from runfold.search.tree import Group
        from runfold.stores.base import RunColumns

        def keys(group: Group) -> tuple[str, ...]:
            return tuple(dict.fromkeys(field.name for field in self._fields if field.group is group))

        return RunColumns(
            metrics=keys(Group.METRIC),
            params=keys(Group.PARAM),
            tags=(*keys(Group.TAG), known_tags.DESCRIPTION),
            datasets=bool(keys(Group.DATASET)),
        )

    @property
    def columns(self) -> list[Column]:
        return [
            Column(_title(name), is_number=_is_number(field))
            for name, field in zip(self.names, self._fields, strict=True)
        ]

    def row(self, run: Run) -> list[str]:
        return [self._cell(run, field) for field in self._fields]

    def _cell(self, run: Run, field: Field) -> str:
        from runfold.search.tree import Group

        if field.group is Group.METRIC:
            summary = run.metrics.get(field.name)
            return "" if summary is None else formats.number(_statistic(summary, field))
        if field.group is Group.PARAM:
            return run.params.get(field.name, "")
        if field.group is Group.TAG:
            return run.tags.get(field.name, "")
        if field.group is Group.DATASET:
            return ", ".join(sorted({_dataset_value(use, field.name) for use in run.datasets}))
        return attribute(run, field.name, now_ms=self._now_ms)


def default_names(asked: Sequence[str], telling: Sequence[str]) -> tuple[str, ...]:
    """The columns of a table for which none were chosen.

    Args:
        asked: fields that the search filters and orders by.
        telling: fields that tell the runs apart.
    """
    return tuple(dict.fromkeys((*_WHEN_NOTHING_IS_CHOSEN, *asked, *telling)))


def asked_fields(filter: str, order_by: Sequence[str]) -> list[str]:
    """The metrics, params and tags of the runs themselves that a search names, in its order.

    Raises:
        InvalidFilter: a text does not parse.
    """
    from runfold.search import tree
    from runfold.search.fields import RUNS
    from runfold.search.parser import parse_filter, parse_order

    fields = [key.field for key in parse_order(order_by, RUNS)]
    pending: list[tree.Node] = [parse_filter(filter, RUNS)]
    while pending:
        match pending.pop(0):
            case tree.All(parts=parts) | tree.Any(parts=parts):
                pending[:0] = parts
            case tree.Not(part=part):
                pending.insert(0, part)
            case leaf:
                fields.append(leaf.field)
    keyed = (tree.Group.METRIC, tree.Group.PARAM, tree.Group.TAG)
    return [identifier(field) for field in fields if field.group in keyed and field.relation is tree.Relation.SELF]


def identifier(field: Field) -> str:
    """A field as the search language spells it."""
    from runfold.search.tree import Group, Statistic

    with_statistic = field.group is Group.METRIC and field.statistic is not Statistic.LAST
    return f"{field.group}.{quote(field.name)}" + (f".{field.statistic}" if with_statistic else "")


def attribute(run: Run, name: str, *, now_ms: int) -> str:
    """An attribute of a run for people: times as ages, durations with units, a silent run as `LOST`."""
    info = run.info
    if name == "run_id":
        return info.run_id
    if name == "start_time":
        return formats.age(info.start_time_ms, now_ms=now_ms)
    if name == "end_time":
        return formats.age(info.end_time_ms, now_ms=now_ms)
    if name == "duration":
        running_ms = now_ms - info.start_time_ms if info.start_time_ms and not info.status.is_finished else None
        return formats.duration(info.duration_ms if info.end_time_ms is not None else running_ms)
    if name in ("status", "state"):
        return "LOST" if info.is_lost and name == "state" else info.status.name
    if name == "lost":
        return "yes" if info.is_lost else "no"
    if name == "description":
        return run.tags.get(known_tags.DESCRIPTION, "")
    return str(getattr(info, name) or "")


def quote(key: str) -> str:
    """A key as the search language spells it: bare when it can be, in backticks otherwise."""
    if _BARE.fullmatch(key) and key.rpartition(".")[2] not in STATISTICS:
        return key
    return "`" + key.replace("`", "``") + "`"


def _field(name: str) -> Field:
    from runfold.search.fields import RUNS, UnknownField, resolve
    from runfold.search.tree import Relation

    try:
        field = resolve(name, RUNS)
    except UnknownField as error:
        raise InvalidValue(f"Column {name!r}: {error.args[0]}") from None
    if field.relation is not Relation.SELF:
        raise InvalidValue(f"Column {name!r} belongs to other runs; use a field of the run itself.")
    return field


def _title(name: str) -> str:
    for prefix in ("metrics.", "params.", "attributes."):
        name = name.removeprefix(prefix)
    return {"run_name": "name", "start_time": "age"}.get(name, name.strip("`"))


def _is_number(field: Field) -> bool:
    from runfold.search.tree import Kind

    return field.kind in (Kind.NUMBER, Kind.WHOLE)


def _statistic(summary: MetricSummary, field: Field) -> float:
    return float(getattr(summary, field.statistic.value))


def _dataset_value(use: DatasetUse, name: str) -> str:
    return use.context if name == "context" else str(getattr(use.dataset, name))
