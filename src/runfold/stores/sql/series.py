"""Reading series: chunks and journal merged, whole or reduced for drawing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa

from runfold.domain.keys import KeyKind
from runfold.domain.metric import Bucket, Metric, SampledSeries, Series
from runfold.domain.page import Page
from runfold.errors import InvalidValue
from runfold.stores.base import SeriesQuery
from runfold.stores.sql import cursors
from runfold.stores.sql.points import (
    EMPTY,
    Columns,
    Floats,
    Ints,
    concatenate,
    decode,
    decode_column,
    in_step_order,
    in_time_order,
)
from runfold.stores.sql.tables import keys, metric_chunks, metric_journal, runs
from runfold.stores.sql.transaction import chunks

MAX_IN = 10_000

Indexes = npt.NDArray[np.intp]


class Target(NamedTuple):
    """One series: public names and row numbers."""

    run_id: str
    key: str
    run: int
    key_id: int


def find_targets(connection: sa.Connection, run_ids: Sequence[str], names: Sequence[str]) -> list[Target]:
    """The series that may exist, in the order of runs, then names; unknown runs and keys are passed over."""
    found: dict[str, tuple[int, int]] = {}
    for chunk in chunks(list(dict.fromkeys(run_ids)), MAX_IN):
        for run_id, run, experiment in connection.execute(
            sa.select(runs.c.run_id, runs.c.id, runs.c.experiment_id).where(runs.c.run_id.in_(chunk))
        ):
            found[run_id] = run, experiment
    ids: dict[tuple[int, str], int] = {}
    for chunk in chunks(list(dict.fromkeys(names)), MAX_IN):
        for experiment, name, key_id in connection.execute(
            sa.select(keys.c.experiment_id, keys.c.key, keys.c.id).where(
                keys.c.experiment_id.in_({experiment for _, experiment in found.values()}),
                keys.c.kind == int(KeyKind.METRIC),
                keys.c.key.in_(chunk),
            )
        ):
            ids[(experiment, name)] = key_id
    return [
        Target(run_id, name, found[run_id][0], ids[(found[run_id][1], name)])
        for run_id in dict.fromkeys(run_ids)
        if run_id in found
        for name in dict.fromkeys(names)
        if (found[run_id][1], name) in ids
    ]


def read_points(
    connection: sa.Connection, targets: Sequence[Target], *, steps: tuple[int | None, int | None] = (None, None)
) -> dict[Target, Columns]:
    """Points of these series, unsorted, each distinct point at least once.

    Args:
        steps: chunks that lie wholly outside these steps (both included) are not read.
    """
    wanted = {(target.run, target.key_id): target for target in targets}
    parts: dict[Target, list[Columns]] = {}
    numbers = list({target.run for target in targets})
    key_ids = list({target.key_id for target in targets})
    for some_runs in chunks(numbers, MAX_IN):
        for some_keys in chunks(key_ids, MAX_IN):
            for row in connection.execute(_chunk_query(some_runs, some_keys, steps)):
                target = wanted.get((row.run, row.key_id))
                if target is not None:
                    parts.setdefault(target, []).append(decode_chunk(row))
        for run, payload in connection.execute(
            sa.select(metric_journal.c.run, metric_journal.c.payload)
            .where(metric_journal.c.run.in_(some_runs))
            .order_by(metric_journal.c.seq)
        ):
            for key_id, points in decode(payload).items():
                target = wanted.get((run, key_id))
                if target is not None:
                    parts.setdefault(target, []).append(points)
    return {target: concatenate(found) for target, found in parts.items()}


def _chunk_query(
    numbers: Sequence[int], key_ids: Sequence[int], steps: tuple[int | None, int | None]
) -> sa.Select[Any]:
    table = metric_chunks.c
    query = sa.select(metric_chunks).where(table.run.in_(numbers), table.key_id.in_(key_ids))
    if steps[0] is not None:
        query = query.where(table.last_step >= steps[0])
    if steps[1] is not None:
        query = query.where(table.first_step <= steps[1])
    return query.order_by(table.run, table.key_id, table.first_step)


def decode_chunk(row: sa.Row[Any]) -> Columns:
    """The points of a row of `metric_chunks`."""
    return Columns(
        decode_column(row.steps, row.n_points, is_float=False),
        decode_column(row.timestamps, row.n_points, is_float=False),
        decode_column(row.point_values, row.n_points, is_float=True),
    )


def get_series(connection: sa.Connection, run_ids: Sequence[str], names: Sequence[str]) -> tuple[Series, ...]:
    targets = find_targets(connection, run_ids, names)
    found = read_points(connection, targets)
    series = []
    for target in targets:
        points = in_time_order(found.get(target, EMPTY))
        if points:
            series.append(
                Series(
                    run_id=target.run_id,
                    key=target.key,
                    steps=points.steps,
                    timestamps_ms=points.timestamps,
                    values=points.values,
                )
            )
    return tuple(series)


def get_metric_history(
    connection: sa.Connection, run_id: str, key: str, *, max_results: int | None, page_token: str
) -> Page[Metric]:
    """One page of a history. The token is the number of points before it in time order: points that arrive
    late, with old timestamps, shift what follows, and may then be seen twice but are never missed."""
    if max_results is not None and max_results <= 0:
        raise InvalidValue(f"max_results is {max_results}; it must be at least 1.")
    start = cursors.read_offset(page_token)
    targets = find_targets(connection, [run_id], [key])
    points = in_time_order(read_points(connection, targets).get(targets[0], EMPTY)) if targets else EMPTY
    end = len(points.steps) if max_results is None else min(len(points.steps), start + max_results)
    items = tuple(
        Metric(key, value, timestamp, step)
        for step, timestamp, value in zip(
            points.steps[start:end].tolist(),
            points.timestamps[start:end].tolist(),
            points.values[start:end].tolist(),
            strict=True,
        )
    )
    return Page(items, cursors.write_offset(end) if end < len(points.steps) else "")


def sample_series(connection: sa.Connection, query: SeriesQuery) -> tuple[SampledSeries, ...]:
    if query.axis not in ("step", "time"):
        raise InvalidValue(f"axis is {query.axis!r}; it must be 'step' or 'time'.")
    if query.n_buckets < 1:
        raise InvalidValue(f"n_buckets is {query.n_buckets}; it must be at least 1.")
    targets = find_targets(connection, query.run_ids, query.keys)
    steps = (query.start, query.end) if query.axis == "step" else (None, None)
    found = read_points(connection, targets, steps=steps)
    drawn: list[tuple[Target, Ints, Ints, Floats]] = []
    for target in targets:
        points = in_step_order(found.get(target, EMPTY))
        axis, other, values = _within(points, query)
        if len(axis):
            drawn.append((target, axis, other, values))
    if not drawn:
        return ()
    low = query.start if query.start is not None else min(int(axis[0]) for _, axis, _, _ in drawn)
    high = query.end if query.end is not None else max(int(axis[-1]) for _, axis, _, _ in drawn)
    return tuple(
        SampledSeries(
            run_id=target.run_id,
            key=target.key,
            n_points=len(axis),
            buckets=_buckets(axis, values, low=low, high=high, n_buckets=query.n_buckets),
            other=tuple(other[_bucket_starts(axis, low=low, high=high, n_buckets=query.n_buckets)].tolist()),
        )
        for target, axis, other, values in drawn
    )


def _within(points: Columns, query: SeriesQuery) -> tuple[Ints, Ints, Floats]:
    """The axis asked for, sorted, the other axis and the values along it, cut to the range asked for."""
    axis, other, values = points.steps, points.timestamps, points.values
    if query.axis == "time":
        order = np.argsort(points.timestamps, kind="stable")
        axis, other, values = points.timestamps[order], points.steps[order], points.values[order]
    first = 0 if query.start is None else int(np.searchsorted(axis, query.start, "left"))
    last = len(axis) if query.end is None else int(np.searchsorted(axis, query.end, "right"))
    return axis[first:last], other[first:last], values[first:last]


def _buckets(axis: Ints, values: Floats, *, low: int, high: int, n_buckets: int) -> tuple[Bucket, ...]:
    starts = _bucket_starts(axis, low=low, high=high, n_buckets=n_buckets)
    ends = np.append(starts[1:], len(axis))
    least, most, mean, last, n_nan = _reduce(values, starts, ends)
    columns = (axis[starts], axis[ends - 1], ends - starts, n_nan, least, most, mean, last)
    return tuple(
        Bucket(x, x_last, n, nans, low_value, high_value, average if average == average else None, final)
        if nans < n
        else Bucket(x, x_last, n, nans, None, None, None, None)
        for x, x_last, n, nans, low_value, high_value, average, final in zip(
            *(column.tolist() for column in columns), strict=True
        )
    )


def _reduce(values: Floats, starts: Indexes, ends: Indexes) -> tuple[Floats, Floats, Floats, Floats, Ints]:
    """Min, max, mean and last of the numbers in each bucket, and how many NaN there are beside them."""
    is_nan = np.isnan(values)
    # Infinities meet in sums (inf - inf); the mean is then NaN, which is left out like any other NaN.
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        if not is_nan.any():
            least, most = np.minimum.reduceat(values, starts), np.maximum.reduceat(values, starts)
            mean = np.add.reduceat(values, starts) / (ends - starts)
            return least, most, mean, values[ends - 1], np.zeros(len(starts), np.int64)
        n_nan = np.add.reduceat(is_nan, starts, dtype=np.int64)
        least = np.minimum.reduceat(np.where(is_nan, math.inf, values), starts)
        most = np.maximum.reduceat(np.where(is_nan, -math.inf, values), starts)
        mean = np.add.reduceat(np.where(is_nan, 0.0, values), starts) / (ends - starts - n_nan)
    position = np.maximum.reduceat(np.where(is_nan, -1, np.arange(len(values))), starts)
    return least, most, mean, values[np.maximum(position, 0)], n_nan


def _bucket_starts(axis: Ints, *, low: int, high: int, n_buckets: int) -> Indexes:
    """Where each non-empty bucket begins. A series with few points keeps every one of them."""
    if len(axis) <= n_buckets:
        return np.arange(len(axis))
    # Bucket b holds the x of floor((x - low) * n_buckets / (high - low)) = b, so it begins at the x below. In
    # Python's integers: int64 could overflow for axes that span more than half its range.
    span = high - low
    edges = np.array([low - (-number * span // n_buckets) for number in range(n_buckets)], np.int64)
    starts = np.searchsorted(axis, edges, "left")
    return starts[(np.diff(starts, prepend=-1) > 0) & (starts < len(axis))]
