from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from runfold.config import StoreSettings
from runfold.domain.metric import Bucket, Metric
from runfold.domain.run import NewRun, RunBatch
from runfold.stores.base import SeriesQuery
from runfold.stores.sql.points import Columns, in_step_order, in_time_order
from runfold.stores.sql.series import _buckets
from runfold.stores.sql.store import SqlStore

INT64 = st.integers(-(2**63), 2**63 - 1)
VALUES = st.floats(width=32) | st.just(math.nan)
POINTS = st.lists(st.tuples(st.integers(-5, 5) | INT64, st.integers(0, 5), VALUES), max_size=60)


def columns(points: list[tuple[int, int, float]]) -> Columns:
    steps, timestamps, values = zip(*points, strict=True) if points else ((), (), ())
    return Columns(np.array(steps, np.int64), np.array(timestamps, np.int64), np.array(values, np.float64))


@given(POINTS)
def test_points_come_in_order_and_once_however_they_were_sorted_before(points: list[tuple[int, int, float]]) -> None:
    for sort, order in ((in_step_order, (0, 1)), (in_time_order, (1, 0))):
        for given_points in (points, sorted(points, key=lambda point: (point[order[0]], point[order[1]]))):
            found = sort(columns(given_points))
            pairs = list(zip(found[order[0]].tolist(), found[order[1]].tolist(), strict=True))
            assert pairs == sorted(pairs)
            assert len(found.steps) == len(distinct(found))
            assert distinct(found) == distinct(columns(points))


def distinct(points: Columns) -> set[tuple[int, int, float | str]]:
    """Every NaN is the same value; both zeros differ."""
    values = (str(value) if value != value or value == 0 else value for value in points.values.tolist())
    return set(zip(points.steps.tolist(), points.timestamps.tolist(), values, strict=True))


@given(st.lists(st.tuples(INT64, VALUES), min_size=1, max_size=60), st.integers(1, 8), st.integers(0, 3))
def test_buckets_hold_every_point_in_the_bucket_that_its_place_says(
    points: list[tuple[int, float]], n_buckets: int, margin: int
) -> None:
    points = sorted(points, key=lambda point: point[0])
    axis = [x for x, _ in points]
    low, high = max(axis[0] - margin, -(2**63)), min(axis[-1] + margin, 2**63 - 1)

    found = _buckets(
        np.array(axis, np.int64), np.array([v for _, v in points]), low=low, high=high, n_buckets=n_buckets
    )

    assert [_comparable(bucket) for bucket in found] == [
        _comparable(bucket) for bucket in plain_buckets(points, low=low, high=high, n_buckets=n_buckets)
    ]


def plain_buckets(points: list[tuple[int, float]], *, low: int, high: int, n_buckets: int) -> list[Bucket]:
    """The meaning of a bucket, point by point."""
    if len(points) <= n_buckets:
        groups = [[point] for point in points]
    else:
        by_number: dict[int, list[tuple[int, float]]] = {}
        for x, value in points:
            number = min((x - low) * n_buckets // (high - low), n_buckets - 1) if high > low else 0
            by_number.setdefault(number, []).append((x, value))
        groups = [by_number[number] for number in sorted(by_number)]
    return [plain_bucket(group) for group in groups]


def plain_bucket(group: list[tuple[int, float]]) -> Bucket:
    numbers = [value for _, value in group if value == value]
    n_nan = len(group) - len(numbers)
    if not numbers:
        return Bucket(group[0][0], group[-1][0], len(group), n_nan, None, None, None, None)
    mean = sum(numbers) / len(numbers)
    return Bucket(
        *(group[0][0], group[-1][0], len(group), n_nan),
        *(min(numbers), max(numbers), mean if mean == mean else None, numbers[-1]),
    )


def _comparable(bucket: Bucket) -> tuple[object, ...]:
    """Sums of floats depend on the order in which they are taken, in their last digits."""
    fields = (bucket.x, bucket.x_last, bucket.n, bucket.n_nan, bucket.min, bucket.max, bucket.last)
    return (*fields, bucket.mean if bucket.mean is None else pytest.approx(bucket.mean, rel=1e-6, abs=1e31))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    opened = SqlStore(f"sqlite:///{tmp_path / 'records.db'}", StoreSettings())
    yield opened
    opened.close()


def test_series_of_different_lengths_share_the_buckets_of_one_chart(store: SqlStore) -> None:
    run_ids = []
    for n_points in (1000, 500):
        run_id = store.create_run(NewRun(experiment_id="0", start_time_ms=1)).info.run_id
        points = tuple(Metric(key="loss", value=float(i), timestamp_ms=i, step=i) for i in range(n_points))
        store.log_batch(run_id, RunBatch(metrics=points))
        run_ids.append(run_id)

    long, short = store.sample_series(SeriesQuery(run_ids=tuple(run_ids), keys=("loss",), n_buckets=10))

    assert [(bucket.x, bucket.n) for bucket in long.buckets] == [(100 * i, 100) for i in range(10)]
    assert list(short.buckets) == list(long.buckets[:5])
