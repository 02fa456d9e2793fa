"""Correcting what was recorded: removing series or their ends, and moving runs."""

from __future__ import annotations

import pytest

from runfold.domain.dataset import Dataset, DatasetUse
from runfold.domain.run import FinishedRun, NewRun, RunBatch
from runfold.errors import InvalidValue, NotFound
from runfold.stores.base import TrackingStore
from runfold.testing.stores.records import (
    Point,
    history,
    last_of,
    log,
    log_texts,
    metrics,
    new_experiment,
    new_run,
)


def long_run(store: TrackingStore, points: list[Point]) -> str:
    """A run whose series `m` came whole, so that it is stored as a long series is."""
    batch = RunBatch(metrics=metrics("m", *points) + metrics("other", (0, 0, 1.0)))
    run = FinishedRun(run=NewRun(experiment_id=new_experiment(store)), batch=batch)
    return store.register_run(run).run.info.run_id


def short_run(store: TrackingStore, points: list[Point]) -> str:
    run_id = new_run(store)
    store.log_batch(run_id, RunBatch(metrics=metrics("m", *points[:3]) + metrics("other", (0, 0, 1.0))))
    log(store, run_id, "m", *points[3:])
    return run_id


@pytest.mark.parametrize(("make", "n"), [(short_run, 10), (long_run, 1_000)], ids=["short", "long"])
def test_a_deleted_series_is_gone_and_others_stay(store: TrackingStore, make: object, n: int) -> None:
    run_id = make(store, [(step, 0, float(step)) for step in range(n)])  # type: ignore[operator]
    store.delete_metric(run_id, "m")
    assert history(store, run_id, "m") == []
    assert store.get_series([run_id], ["m"]) == ()
    assert list(store.get_run(run_id).metrics) == ["other"]
    assert history(store, run_id, "other") == [(0, 0, 1.0)]
    with pytest.raises(NotFound):
        store.delete_metric(run_id, "m")


@pytest.mark.parametrize(("make", "n"), [(short_run, 10), (long_run, 1_000)], ids=["short", "long"])
def test_the_end_of_a_series_can_be_cut_off(store: TrackingStore, make: object, n: int) -> None:
    run_id = make(store, [(step, 7, float(step)) for step in range(n)])  # type: ignore[operator]
    store.delete_metric(run_id, "m", after_step=4)
    assert history(store, run_id, "m") == [(step, 7, float(step)) for step in range(5)]
    summary = store.get_run(run_id).metrics["m"]
    assert last_of(summary) == (4, 7, 4.0)
    assert (summary.min, summary.max, summary.count) == (0.0, 4.0, 5)


def test_cutting_after_the_end_changes_nothing_and_before_the_start_removes_all(store: TrackingStore) -> None:
    run_id = new_run(store)
    log(store, run_id, "m", (5, 0, 1.0))
    store.delete_metric(run_id, "m", after_step=5)
    assert history(store, run_id, "m") == [(5, 0, 1.0)]
    store.delete_metric(run_id, "m", after_step=-1)
    assert store.get_run(run_id).metrics == {}


def test_deleted_points_can_be_logged_again(store: TrackingStore) -> None:
    run_id = new_run(store)
    points: list[Point] = [(step, 0, float(step)) for step in range(5)]
    log(store, run_id, "m", *points)
    store.delete_metric(run_id, "m", after_step=2)
    log(store, run_id, "m", *points)
    assert history(store, run_id, "m") == points
    store.delete_metric(run_id, "m")
    log(store, run_id, "m", *points)
    assert history(store, run_id, "m") == points
    assert store.get_run(run_id).metrics["m"].count == 5


def test_a_moved_run_takes_everything_along(store: TrackingStore) -> None:
    source, target = new_experiment(store), new_experiment(store)
    run_id = new_run(store, source, run_name="mover")
    stays = new_run(store, source)
    for some in (run_id, stays):
        log_texts(store, some, params={"p": "1"}, tags={"t": "2"})
        log(store, some, "m", *[(step, 0, float(step)) for step in range(1000)])
        log(store, some, "short", (0, 0, 1.0))
    use = DatasetUse(dataset=Dataset(name="wine", digest="d", source_type="local", source="{}"), tags={"a": "b"})
    store.log_inputs(run_id, [use])
    before, other = store.get_run(run_id), store.get_run(stays)
    store.move_runs([run_id], target)
    after = store.get_run(run_id)
    assert after.info.experiment_id == target
    assert after.info.artifact_uri == before.info.artifact_uri
    assert (after.params, after.tags, after.datasets) == (before.params, before.tags, before.datasets)
    assert after.metrics == before.metrics
    assert [step for step, _, _ in history(store, run_id, "m")] == list(range(1000))
    assert history(store, run_id, "short") == [(0, 0, 1.0)]
    unmoved = store.get_run(stays)
    assert (unmoved.params, unmoved.tags, unmoved.metrics) == (other.params, other.tags, other.metrics)
    assert len(history(store, stays, "m")) == 1000


def test_a_moved_run_takes_writes_and_can_come_back(store: TrackingStore) -> None:
    source, target = new_experiment(store), new_experiment(store)
    run_id = new_run(store, source)
    log(store, run_id, "m", (0, 0, 1.0))
    log_texts(store, run_id, params={"p": "1"})
    store.move_runs([run_id], target)
    log(store, run_id, "m", (0, 0, 1.0), (1, 0, 2.0))
    with pytest.raises(InvalidValue):
        log_texts(store, run_id, params={"p": "2"})
    store.move_runs([run_id], source)
    log(store, run_id, "m", (2, 0, 3.0))
    assert history(store, run_id, "m") == [(0, 0, 1.0), (1, 0, 2.0), (2, 0, 3.0)]
    assert last_of(store.get_run(run_id).metrics["m"]) == (2, 0, 3.0)


def test_moving_to_the_same_experiment_changes_nothing(store: TrackingStore) -> None:
    experiment_id = new_experiment(store)
    run_id = new_run(store, experiment_id)
    log(store, run_id, "m", (0, 0, 1.0))
    store.move_runs([run_id, run_id], experiment_id)
    assert history(store, run_id, "m") == [(0, 0, 1.0)]


def test_runs_move_all_or_none(store: TrackingStore) -> None:
    source, target = new_experiment(store), new_experiment(store)
    run_id = new_run(store, source)
    with pytest.raises(NotFound):
        store.move_runs([run_id, "absent"], target)
    assert store.get_run(run_id).info.experiment_id == source


def test_runs_do_not_move_to_where_nothing_may_be_written(store: TrackingStore) -> None:
    run_id, deleted = new_run(store), new_experiment(store)
    store.delete_experiment(deleted)
    with pytest.raises(InvalidValue):
        store.move_runs([run_id], deleted)
    with pytest.raises(NotFound):
        store.move_runs([run_id], "999999999")
