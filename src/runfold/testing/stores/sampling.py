"""Sampled series: what a chart draws of many points."""

from __future__ import annotations

import math
import random
from typing import Any

import pytest

from runfold.domain.metric import MAX_INT64, MIN_INT64, Bucket, SampledSeries
from runfold.errors import InvalidValue
from runfold.stores.base import SeriesQuery, TrackingStore
from runfold.testing.stores.records import Point, log, new_experiment, new_run


def sample(store: TrackingStore, run_id: str, key: str = "m", **how: Any) -> SampledSeries:
    query = SeriesQuery(run_ids=(run_id,), keys=(key,), **how)
    (found,) = store.sample_series(query)
    assert (found.run_id, found.key) == (run_id, key)
    return found


def single(x: int, value: float | None) -> Bucket:
    """The bucket of one point."""
    return Bucket(x, x, 1, int(value is None), value, value, value, value)


def reduce_slowly(points: list[tuple[int, float | None]], low: int, high: int, n_buckets: int) -> list[Bucket]:
    """Buckets of equal width over low to high, by the definition."""
    width = (high - low) / n_buckets or 1.0
    grouped: dict[int, list[tuple[int, float | None]]] = {}
    for x, value in points:
        grouped.setdefault(min(int((x - low) // width), n_buckets - 1), []).append((x, value))
    buckets = []
    for _, some in sorted(grouped.items()):
        values = [value for _, value in some if value is not None]
        figures = (min(values), max(values), sum(values) / len(values), values[-1]) if values else (None,) * 4
        buckets.append(Bucket(some[0][0], some[-1][0], len(some), len(some) - len(values), *figures))
    return buckets


def rounded(buckets: tuple[Bucket, ...] | list[Bucket]) -> list[tuple[object, ...]]:
    return [
        (b.x, b.x_last, b.n, b.n_nan, b.min, b.max, None if b.mean is None else round(b.mean, 9), b.last)
        for b in buckets
    ]


def test_a_short_series_comes_whole(store: TrackingStore) -> None:
    run_id = new_run(store)
    log(store, run_id, "m", (5, 50, 1.0), (1, 10, 2.0), (3, 30, None), (3, 30, 7.0))
    found = sample(store, run_id, n_buckets=4)
    assert found.n_points == 4
    assert found.buckets == (single(1, 2.0), single(3, 7.0), single(3, None), single(5, 1.0))


def test_buckets_hold_what_the_definition_says(store: TrackingStore) -> None:
    run_id, chance = new_run(store), random.Random(7)  # noqa: S311 (no secret)
    steps = sorted(chance.sample(range(-5_000, 20_000), 900))
    points: list[Point] = [(step, 2 * step + 50_000, chance.choice([None, chance.gauss(0, 9)])) for step in steps]
    log(store, run_id, "m", *points)
    found = sample(store, run_id, n_buckets=37)
    assert found.n_points == 900
    expected = reduce_slowly([(step, value) for step, _, value in points], steps[0], steps[-1], 37)
    assert rounded(found.buckets) == rounded(expected)


def test_time_can_be_the_axis(store: TrackingStore) -> None:
    run_id = new_run(store)
    log(store, run_id, "m", *[(1000 - number, 7 * number, float(number)) for number in range(500)])
    found = sample(store, run_id, n_buckets=10, axis="time")
    expected = reduce_slowly([(7 * number, float(number)) for number in range(500)], 0, 7 * 499, 10)
    assert rounded(found.buckets) == rounded(expected)


@pytest.mark.parametrize("axis", ["step", "time"])
def test_bounds_are_included_and_set_the_width(store: TrackingStore, axis: str) -> None:
    run_id = new_run(store)
    log(store, run_id, "m", *[(number, number, float(number)) for number in range(1000)])
    found = sample(store, run_id, n_buckets=10, axis=axis, start=100, end=299)
    assert found.n_points == 200
    assert rounded(found.buckets) == rounded(reduce_slowly([(n, float(n)) for n in range(100, 300)], 100, 299, 10))


def test_each_bucket_tells_its_place_on_the_other_axis(store: TrackingStore) -> None:
    run_id = new_run(store)
    log(store, run_id, "m", *[(number, 1000 + 7 * number, float(number)) for number in range(100)])
    assert sample(store, run_id, n_buckets=4).other == (1000, 1175, 1350, 1525)
    assert sample(store, run_id, n_buckets=4, axis="time").other == (0, 25, 50, 75)
    assert sample(store, run_id, start=98).other == (1686, 1693)


def test_one_bound_may_be_open(store: TrackingStore) -> None:
    run_id = new_run(store)
    log(store, run_id, "m", *[(number, 0, float(number)) for number in range(10)])
    assert sample(store, run_id, start=7).buckets == (single(7, 7.0), single(8, 8.0), single(9, 9.0))
    assert sample(store, run_id, end=1).buckets == (single(0, 0.0), single(1, 1.0))


def test_a_bucket_of_nothing_but_nan_has_no_figures(store: TrackingStore) -> None:
    run_id = new_run(store)
    log(store, run_id, "m", *[(step, 0, None if step < 50 else 1.0) for step in range(100)])
    first, last = sample(store, run_id, n_buckets=2).buckets
    assert first == Bucket(0, 49, 50, 50, None, None, None, None)
    assert last == Bucket(50, 99, 50, 0, 1.0, 1.0, 1.0, 1.0)


def test_nan_stays_out_of_the_figures(store: TrackingStore) -> None:
    run_id = new_run(store)
    log(store, run_id, "m", (0, 0, 1.0), (1, 0, None), (2, 0, 3.0), (3, 0, None))
    assert sample(store, run_id, n_buckets=1).buckets == (Bucket(0, 3, 4, 2, 1.0, 3.0, 2.0, 3.0),)


def test_infinities_are_extremes_like_others(store: TrackingStore) -> None:
    run_id = new_run(store)
    log(store, run_id, "m", (0, 0, math.inf), (1, 0, 1.0), (2, 0, -math.inf))
    (bucket,) = sample(store, run_id, n_buckets=1).buckets
    assert (bucket.min, bucket.max, bucket.last) == (-math.inf, math.inf, -math.inf)
    assert bucket.mean is None or math.isnan(bucket.mean)


def test_steps_may_span_all_of_64_bits(store: TrackingStore) -> None:
    run_id = new_run(store)
    log(store, run_id, "m", (MIN_INT64, 0, 1.0), (0, 0, 2.0), (1, 0, 3.0), (MAX_INT64, 0, 4.0))
    found = sample(store, run_id, n_buckets=3)
    assert [(bucket.x, bucket.x_last, bucket.n) for bucket in found.buckets] == [
        (MIN_INT64, MIN_INT64, 1),
        (0, 1, 2),
        (MAX_INT64, MAX_INT64, 1),
    ]
    assert sample(store, run_id, start=MIN_INT64, end=MAX_INT64).n_points == 4


def test_many_points_of_one_step_share_a_bucket(store: TrackingStore) -> None:
    run_id = new_run(store)
    log(store, run_id, "m", *[(0, number, float(number)) for number in range(100)])
    assert rounded(sample(store, run_id, n_buckets=10).buckets) == [(0, 0, 100, 0, 0.0, 99.0, 49.5, 99.0)]


def test_series_share_their_buckets(store: TrackingStore) -> None:
    experiment_id = new_experiment(store)
    one, other = new_run(store, experiment_id), new_run(store, experiment_id)
    log(store, one, "m", *[(step, 0, 1.0) for step in range(100)])
    log(store, other, "m", *[(step, 0, 1.0) for step in range(50, 200)])
    found = store.sample_series(SeriesQuery(run_ids=(other, one, "absent"), keys=("absent", "m"), n_buckets=10))
    assert [(series.run_id, series.key, series.n_points) for series in found] == [(other, "m", 150), (one, "m", 100)]
    assert [bucket.x for bucket in found[1].buckets] == [0, 20, 40, 60, 80]


def test_a_series_with_nothing_in_the_range_is_left_out(store: TrackingStore) -> None:
    run_id = new_run(store)
    log(store, run_id, "m", (0, 0, 1.0))
    assert store.sample_series(SeriesQuery(run_ids=(run_id,), keys=("m",), start=1)) == ()


@pytest.mark.parametrize("how", [{"n_buckets": 0}, {"n_buckets": -1}, {"axis": "epoch"}])
def test_a_question_without_sense_is_refused(store: TrackingStore, how: dict[str, Any]) -> None:
    with pytest.raises(InvalidValue):
        sample(store, new_run(store), **how)


@pytest.mark.parametrize("how", [{"start": 10**30}, {"end": -(10**30)}])
def test_a_bound_of_more_than_64_bits_is_refused_or_beyond_every_point(
    store: TrackingStore, how: dict[str, Any]
) -> None:
    run_id = new_run(store)
    log(store, run_id, "m", (0, 0, 1.0))
    try:
        found = store.sample_series(SeriesQuery(run_ids=(run_id,), keys=("m",), **how))
    except InvalidValue:
        return
    assert found == ()
