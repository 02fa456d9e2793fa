"""Registering runs that are over."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor

import pytest

from runfold.domain.dataset import Dataset, DatasetUse
from runfold.domain.metric import Metric
from runfold.domain.run import FinishedRun, NewRun, RunBatch
from runfold.domain.states import RunStatus
from runfold.errors import AlreadyExists, InvalidValue, NotFound, RunfoldError
from runfold.stores.base import TrackingStore
from runfold.testing.stores.records import Point, history, last_of, metrics, new_experiment, new_run, unique


def whole_run(experiment_id: str, run_id: str | None = None, *, key: str = "", **changes: object) -> FinishedRun:
    fields: dict[str, object] = {
        "run": NewRun(
            experiment_id=experiment_id, run_id=run_id, run_name="over", start_time_ms=100, tags={"origin": "elsewhere"}
        ),
        "status": RunStatus.FAILED,
        "end_time_ms": 900,
        "batch": RunBatch(
            metrics=metrics("loss", (0, 100, 1.0), (1, 200, 0.5), (1, 200, 0.5)) + metrics("nan", (0, 100, None)),
            params=(("lr", "0.1"),),
            tags=(("note", "by hand"),),
        ),
        "datasets": (
            DatasetUse(
                dataset=Dataset(name="wine", digest="d1", source_type="local", source="{}"), tags={"split": "train"}
            ),
        ),
        "idempotency_key": key,
        **changes,
    }
    return FinishedRun(**fields)  # type: ignore[arg-type]


def test_a_registered_run_reads_back_whole(store: TrackingStore) -> None:
    experiment_id = new_experiment(store)
    registered = store.register_run(whole_run(experiment_id))
    run = registered.run
    assert registered.is_new
    assert (run.info.status, run.info.start_time_ms, run.info.end_time_ms) == (RunStatus.FAILED, 100, 900)
    assert (run.info.run_name, run.params) == ("over", {"lr": "0.1"})
    assert run.tags == {"mlflow.runName": "over", "note": "by hand", "origin": "elsewhere"}
    assert last_of(run.metrics["loss"]) == (1, 200, 0.5)
    assert run.metrics["loss"].count == 2
    assert math.isnan(run.metrics["nan"].last)
    assert [(use.dataset.name, use.tags) for use in run.datasets] == [("wine", {"split": "train"})]
    assert history(store, run.info.run_id, "loss") == [(0, 100, 1.0), (1, 200, 0.5)]
    assert store.get_run(run.info.run_id).params == run.params


def test_the_caller_may_bring_the_id(store: TrackingStore) -> None:
    run_id, experiment_id = unique("own"), new_experiment(store)
    assert store.register_run(whole_run(experiment_id, run_id)).run.info.run_id == run_id
    with pytest.raises(AlreadyExists):
        store.register_run(whole_run(experiment_id, run_id))


def test_the_same_key_again_gives_the_first_run(store: TrackingStore) -> None:
    experiment_id, key = new_experiment(store), unique("key")
    first = store.register_run(whole_run(experiment_id, key=key))
    again = store.register_run(whole_run(experiment_id, key=key, status=RunStatus.FINISHED))
    assert not again.is_new
    assert (again.run.info.run_id, again.run.params) == (first.run.info.run_id, first.run.params)
    assert again.run.info.status is RunStatus.FAILED


def test_of_many_at_once_with_one_key_exactly_one_is_new(store: TrackingStore) -> None:
    experiment_id, key = new_experiment(store), unique("key")
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _: store.register_run(whole_run(experiment_id, key=key)), range(12)))
    assert sum(answer.is_new for answer in answers) == 1
    assert len({answer.run.info.run_id for answer in answers}) == 1


def test_a_long_history_comes_in_one_call(store: TrackingStore) -> None:
    points: list[Point] = [(step, step, math.cos(step)) for step in range(150_000)]
    batch = RunBatch(metrics=metrics("m", *points) + metrics("short", (0, 0, 1.0)))
    run_id = store.register_run(whole_run(new_experiment(store), batch=batch)).run.info.run_id
    assert history(store, run_id, "m") == points
    assert history(store, run_id, "short") == [(0, 0, 1.0)]


def test_a_registered_run_can_be_written_to(store: TrackingStore) -> None:
    run_id = store.register_run(whole_run(new_experiment(store))).run.info.run_id
    store.log_batch(run_id, RunBatch(metrics=metrics("loss", (1, 200, 0.5), (2, 300, 0.25))))
    assert history(store, run_id, "loss") == [(0, 100, 1.0), (1, 200, 0.5), (2, 300, 0.25)]
    assert last_of(store.get_run(run_id).metrics["loss"]) == (2, 300, 0.25)


BAD_PARTS: dict[str, dict[str, object]] = {
    "metric key": {"batch": RunBatch(metrics=(Metric("a//b", 1.0, 0, 0),))},
    "step": {"batch": RunBatch(metrics=(Metric("m", 1.0, 0, 2**63),))},
    "timestamp": {"batch": RunBatch(metrics=(Metric("m", 1.0, -1, 0),))},
    "param twice": {"batch": RunBatch(params=(("p", "1"), ("p", "1")))},
    "param value": {"batch": RunBatch(params=(("p", "a\x00b"),))},
    "tag key": {"batch": RunBatch(tags=(("", "v"),))},
    "end time": {"end_time_ms": 2**63},
    "dataset": {"datasets": (DatasetUse(dataset=Dataset(name="", digest="d", source_type="", source="")),)},
    "key": {"key": "k" * 300},
    "key with NUL": {"key": "a\x00b"},
}


@pytest.mark.parametrize("changes", BAD_PARTS.values(), ids=list(BAD_PARTS))
def test_one_bad_part_refuses_the_whole_run(store: TrackingStore, changes: dict[str, object]) -> None:
    run_id = unique("half")
    with pytest.raises(InvalidValue):
        store.register_run(whole_run(new_experiment(store), run_id, **changes))  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        store.get_run(run_id)


def test_a_run_of_an_unknown_or_deleted_experiment_is_refused(store: TrackingStore) -> None:
    experiment_id = new_experiment(store)
    store.delete_experiment(experiment_id)
    for wrong in (experiment_id, "999999999"):
        with pytest.raises(RunfoldError) as caught:
            store.register_run(whole_run(wrong))
        assert isinstance(caught.value, InvalidValue | NotFound)


def test_a_key_does_not_hide_a_taken_id(store: TrackingStore) -> None:
    run_id = new_run(store)
    with pytest.raises(AlreadyExists):
        store.register_run(whole_run(new_experiment(store), run_id, key=unique("key")))
