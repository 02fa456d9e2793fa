"""Metrics: which points are kept, which one is the latest, and histories."""

from __future__ import annotations

import math
import random

import pytest

from runfold.domain.metric import MAX_INT64, MIN_INT64, Metric
from runfold.domain.run import RunBatch
from runfold.errors import InvalidValue
from runfold.stores.base import TrackingStore
from runfold.testing.stores.records import Point, history, last_of, log, metrics, new_experiment, new_run, points_of

INF = math.inf
ODD_DOUBLES = [0.0, -0.0, 1e-320, 5e-324, 1.7976931348623157e308, -1e308, 0.1 + 0.2, INF, -INF, None]


def time_order(point: Point) -> tuple[int, int, float]:
    step, timestamp, value = point
    return timestamp, step, INF if value is None else value


def test_a_history_comes_by_time_then_step_then_value(store: TrackingStore) -> None:
    run_id = new_run(store)
    points = [(3, 10, 0.5), (1, 20, 0.4), (2, 20, 0.3), (2, 20, 0.2), (0, 30, 0.1)]
    shuffled = random.Random(1).sample(points, len(points))  # noqa: S311 (no secret)
    for point in shuffled:
        log(store, run_id, "loss", point)
    assert history(store, run_id, "loss") == [
        (3, 10, 0.5),
        (1, 20, 0.4),
        (2, 20, 0.2),
        (2, 20, 0.3),
        (0, 30, 0.1),
    ]


@pytest.mark.parametrize("value", ODD_DOUBLES)
def test_every_double_is_kept_exactly(store: TrackingStore, value: float | None) -> None:
    run_id = new_run(store)
    log(store, run_id, "m", (0, 0, value))
    assert history(store, run_id, "m") == [(0, 0, value)]
    (series,) = store.get_series([run_id], ["m"])
    assert points_of(series) == [(0, 0, value)]
    summary = store.get_run(run_id).metrics["m"]
    assert last_of(summary) == (0, 0, value)
    if value is None:
        assert math.isnan(summary.min)
        assert math.isnan(summary.max)
    else:
        assert (summary.min, summary.max) == (value, value)


@pytest.mark.parametrize("step", [MIN_INT64, -1, 0, 2**53 + 1, MAX_INT64])
def test_every_step_of_64_bits_is_kept(store: TrackingStore, step: int) -> None:
    run_id = new_run(store)
    log(store, run_id, "m", (step, 0, 1.0))
    assert history(store, run_id, "m") == [(step, 0, 1.0)]
    assert store.get_run(run_id).metrics["m"].step == step


@pytest.mark.parametrize("timestamp", [0, 2**53 + 1, MAX_INT64])
def test_every_time_of_64_bits_is_kept(store: TrackingStore, timestamp: int) -> None:
    run_id = new_run(store)
    log(store, run_id, "m", (0, timestamp, 1.0))
    assert history(store, run_id, "m") == [(0, timestamp, 1.0)]
    assert store.get_run(run_id).metrics["m"].timestamp_ms == timestamp


@pytest.mark.parametrize(
    ("step", "timestamp"),
    [(MAX_INT64 + 1, 0), (MIN_INT64 - 1, 0), (0, MAX_INT64 + 1), (0, -1), (0, MIN_INT64), (10**30, 0)],
)
def test_steps_and_times_outside_are_refused_with_their_whole_batch(
    store: TrackingStore, step: int, timestamp: int
) -> None:
    run_id = new_run(store)
    batch = RunBatch(metrics=metrics("good", (0, 0, 1.0)) + metrics("bad", (0, 0, 1.0), (step, timestamp, 1.0)))
    with pytest.raises(InvalidValue):
        store.log_batch(run_id, batch)
    assert store.get_run(run_id).metrics == {}
    assert history(store, run_id, "good") == []


LATEST_CASES: list[tuple[list[Point], Point]] = [
    ([(1, 100, 1.0), (2, 50, 0.5)], (2, 50, 0.5)),
    ([(2, 50, 0.5), (1, 100, 1.0)], (2, 50, 0.5)),
    ([(1, 100, 9.0), (1, 101, 0.0)], (1, 101, 0.0)),
    ([(1, 100, 2.0), (1, 100, 3.0), (1, 100, 1.0)], (1, 100, 3.0)),
    ([(1, 100, None), (1, 100, -INF)], (1, 100, -INF)),
    ([(1, 100, 5.0), (1, 100, None)], (1, 100, 5.0)),
    ([(1, 100, 5.0), (2, 100, None)], (2, 100, None)),
    ([(-5, 100, 5.0), (-7, 200, 6.0)], (-5, 100, 5.0)),
    ([(0, 100, INF), (0, 100, 1e308)], (0, 100, INF)),
]


@pytest.mark.parametrize(("points", "latest"), LATEST_CASES)
@pytest.mark.parametrize("at_once", [True, False], ids=["one batch", "many batches"])
def test_the_latest_is_the_greatest_by_step_time_and_value(
    store: TrackingStore, points: list[Point], latest: Point, at_once: bool
) -> None:
    run_id = new_run(store)
    if at_once:
        log(store, run_id, "m", *points)
    else:
        for point in points:
            log(store, run_id, "m", point)
    assert last_of(store.get_run(run_id).metrics["m"]) == latest


@pytest.mark.parametrize("at_once", [True, False], ids=["one batch", "many batches"])
def test_the_summary_knows_extremes_and_count_and_passes_over_nan(store: TrackingStore, at_once: bool) -> None:
    run_id = new_run(store)
    points: list[Point] = [(0, 0, None), (1, 0, 3.0), (2, 0, -1.0), (3, 0, None), (4, 0, 2.0)]
    for some in [points] if at_once else [[point] for point in points]:
        log(store, run_id, "m", *some)
    summary = store.get_run(run_id).metrics["m"]
    assert (summary.key, summary.min, summary.max, summary.count) == ("m", -1.0, 3.0, 5)


def test_exact_duplicates_collapse(store: TrackingStore) -> None:
    run_id = new_run(store)
    log(store, run_id, "m", (1, 10, 0.5), (1, 10, 0.5), (2, 10, None), (2, 10, None))
    log(store, run_id, "m", (1, 10, 0.5))
    log(store, run_id, "m", (2, 10, None), (3, 10, 0.1))
    assert history(store, run_id, "m") == [(1, 10, 0.5), (2, 10, None), (3, 10, 0.1)]


def test_points_that_differ_in_anything_are_all_kept(store: TrackingStore) -> None:
    run_id = new_run(store)
    points: list[Point] = [(1, 10, 0.5), (1, 10, 0.25), (1, 11, 0.5), (2, 10, 0.5)]
    log(store, run_id, "m", *points)
    assert history(store, run_id, "m") == sorted(points, key=time_order)


def test_a_repeated_batch_changes_nothing(store: TrackingStore) -> None:
    run_id = new_run(store)
    batch = RunBatch(
        metrics=metrics("m", (0, 0, 1.0), (1, 1, 0.5)) + metrics("n", (0, 0, 2.0)),
        params=(("p", "1"),),
        tags=(("t", "1"),),
    )
    store.log_batch(run_id, batch)
    before = store.get_run(run_id)
    for _ in range(3):
        store.log_batch(run_id, batch)
    after = store.get_run(run_id)
    assert (after.params, after.tags, after.metrics) == (before.params, before.tags, before.metrics)
    assert history(store, run_id, "m") == [(0, 0, 1.0), (1, 1, 0.5)]


def test_what_was_written_is_seen_at_once_through_every_call(store: TrackingStore) -> None:
    run_id = new_run(store)
    for step in range(20):
        log(store, run_id, "m", (step, step, float(step)))
        assert len(history(store, run_id, "m")) == step + 1
        assert store.get_run(run_id).metrics["m"].last == step


def test_a_submitted_batch_is_there_when_its_future_answers(store: TrackingStore) -> None:
    run_id = new_run(store)
    futures = [store.submit_batch(run_id, RunBatch(metrics=metrics("m", (step, 0, 1.0)))) for step in range(50)]
    assert [future.result(timeout=30) for future in futures] == [None] * 50
    assert len(history(store, run_id, "m")) == 50


def test_an_empty_batch_changes_nothing(store: TrackingStore) -> None:
    run_id = new_run(store)
    before = store.get_run(run_id)
    store.log_batch(run_id, RunBatch())
    after = store.get_run(run_id)
    assert (after.params, after.tags, after.metrics) == (before.params, before.tags, {})


def test_a_thousand_keys_fit_in_one_batch(store: TrackingStore) -> None:
    run_id = new_run(store)
    batch = RunBatch(metrics=tuple(Metric(f"layer/{number}/norm", float(number), 7, 3) for number in range(1000)))
    store.log_batch(run_id, batch)
    found = store.get_run(run_id).metrics
    assert {key: summary.last for key, summary in found.items()} == {
        f"layer/{number}/norm": float(number) for number in range(1000)
    }
    assert list(found) == sorted(found)


def test_long_series_come_back_whole(store: TrackingStore) -> None:
    run_id = new_run(store)
    points: list[Point] = [(step, 1_000 + step, math.sin(step)) for step in range(5_000)]
    for start in range(0, len(points), 1000):
        log(store, run_id, "m", *points[start : start + 1000])
    assert history(store, run_id, "m") == points
    assert store.get_run(run_id).metrics["m"].count == 5_000


def test_points_that_come_late_take_their_place(store: TrackingStore) -> None:
    run_id = new_run(store)
    log(store, run_id, "m", *[(step, step, 1.0) for step in range(1000, 2000)])
    log(store, run_id, "m", *[(step, step, 2.0) for step in range(1000)])
    assert [step for step, _, _ in history(store, run_id, "m")] == list(range(2000))
    assert last_of(store.get_run(run_id).metrics["m"]) == (1999, 1999, 1.0)


def test_pages_of_a_history_join_to_the_whole(store: TrackingStore) -> None:
    run_id = new_run(store)
    log(store, run_id, "m", *[(step, 0, float(step)) for step in range(10)])
    pages, token = [], ""
    while True:
        page = store.get_metric_history(run_id, "m", max_results=4, page_token=token)
        pages.append([metric.step for metric in page.items])
        token = page.next_token
        if not token:
            break
    assert pages == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]


def test_a_full_last_page_names_no_further_one(store: TrackingStore) -> None:
    run_id = new_run(store)
    log(store, run_id, "m", *[(step, 0, 1.0) for step in range(4)])
    assert store.get_metric_history(run_id, "m", max_results=4).next_token == ""


@pytest.mark.parametrize("max_results", [0, -1])
def test_a_page_holds_at_least_one_point(store: TrackingStore, max_results: int) -> None:
    with pytest.raises(InvalidValue):
        store.get_metric_history(new_run(store), "m", max_results=max_results)


@pytest.mark.parametrize("token", ["nonsense", "e30=", "W10=", "eyJvZmZzZXQiOi0xfQ==", "é", "a" * 5000])
def test_a_token_from_elsewhere_is_refused(store: TrackingStore, token: str) -> None:
    with pytest.raises(InvalidValue):
        store.get_metric_history(new_run(store), "m", max_results=1, page_token=token)


@pytest.mark.parametrize("name", ["absent", "a//b", "k" * 300])
def test_an_unknown_run_or_key_has_no_points(store: TrackingStore, name: str) -> None:
    run_id = new_run(store)
    log(store, run_id, "m", (0, 0, 1.0))
    assert history(store, name, "m") == []
    assert history(store, run_id, name) == []
    assert store.get_series([name, run_id], [name]) == ()


def test_series_come_in_the_order_of_runs_then_keys(store: TrackingStore) -> None:
    experiment_id = new_experiment(store)
    one, other = new_run(store, experiment_id), new_run(store)
    log(store, one, "a", (0, 1, 1.0))
    log(store, one, "b", (0, 2, 2.0))
    log(store, other, "b", (5, 3, 3.0), (4, 4, 4.0))
    found = store.get_series([other, one, "absent", one], ["b", "a", "c", "b"])
    assert [(series.run_id, series.key) for series in found] == [(other, "b"), (one, "b"), (one, "a")]
    assert points_of(found[0]) == [(5, 3, 3.0), (4, 4, 4.0)]


def test_series_of_many_runs_do_not_mix(store: TrackingStore) -> None:
    experiment_id = new_experiment(store)
    runs = [new_run(store, experiment_id) for _ in range(10)]
    for number, run_id in enumerate(runs):
        log(store, run_id, "m", (0, 0, float(number)))
    found = store.get_series(runs, ["m"])
    assert [points_of(series) for series in found] == [[(0, 0, float(number))] for number in range(10)]
