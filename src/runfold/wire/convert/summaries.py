"""Groups of runs, and fields of many runs."""

from __future__ import annotations

from runfold.domain.summary import RunColumn, RunGroup, RunGroups, RunTable, Spread
from runfold.search.fields import RUNS
from runfold.search.parser import parse_field
from runfold.search.tree import Kind
from runfold.wire.convert.values import maybe_number_in, maybe_number_out, number_out
from runfold.wire.messages.runs import (
    GroupRunsReply,
    ReadRunTableReply,
    RunColumnMessage,
    RunGroupMessage,
    SpreadMessage,
)

_NUMBERS = ("mean", "sd", "min", "q1", "median", "q3", "max")


def groups_out(found: RunGroups) -> GroupRunsReply:
    return GroupRunsReply(
        by=found.by, groups=tuple(map(_group_out, found.groups)), n_groups=found.n_groups, n_runs=found.n_runs
    )


def groups_in(reply: GroupRunsReply) -> RunGroups:
    return RunGroups(
        by=reply.by, groups=tuple(map(_group_in, reply.groups)), n_groups=reply.n_groups, n_runs=reply.n_runs
    )


def _group_out(group: RunGroup) -> RunGroupMessage:
    return RunGroupMessage(
        values=group.values, n_runs=group.n_runs, metrics=tuple(map(_spread_out, group.metrics)), run_ids=group.run_ids
    )


def _group_in(message: RunGroupMessage) -> RunGroup:
    return RunGroup(
        values=message.values,
        n_runs=message.n_runs,
        metrics=tuple(map(_spread_in, message.metrics)),
        run_ids=message.run_ids,
    )


def _spread_out(spread: Spread) -> SpreadMessage:
    return SpreadMessage(n=spread.n, **{name: maybe_number_out(getattr(spread, name)) for name in _NUMBERS})


def _spread_in(message: SpreadMessage) -> Spread:
    return Spread(n=message.n, **{name: maybe_number_in(getattr(message, name)) for name in _NUMBERS})


def table_out(table: RunTable) -> ReadRunTableReply:
    return ReadRunTableReply(
        run_ids=table.run_ids,
        run_names=table.run_names,
        columns=tuple(
            RunColumnMessage(
                field=column.field,
                values=tuple(number_out(value) if isinstance(value, float) else value for value in column.values),
            )
            for column in table.columns
        ),
        n_runs=table.n_runs,
    )


def table_in(reply: ReadRunTableReply) -> RunTable:
    return RunTable(
        run_ids=reply.run_ids,
        run_names=reply.run_names,
        columns=tuple(_column_in(column) for column in reply.columns),
        n_runs=reply.n_runs,
    )


def _column_in(message: RunColumnMessage) -> RunColumn:
    """In a column of numbers, text stands for what JSON cannot write."""
    is_number = parse_field(message.field, RUNS).kind in (Kind.NUMBER, Kind.WHOLE, Kind.TIME)
    values = tuple(float(value) if is_number and value is not None else value for value in message.values)
    return RunColumn(field=message.field, values=values)
