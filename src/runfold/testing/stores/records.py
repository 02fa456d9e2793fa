"""Short ways to make and read records, for the tests of the suite."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from typing import Any, TypeVar, cast

from runfold.domain.ids import ExperimentId, RunId
from runfold.domain.metric import Metric, MetricSummary, Series
from runfold.domain.registered_model import NewModelVersion
from runfold.domain.run import NewRun, RunBatch
from runfold.stores.base import TrackingStore

LOST_AFTER_S = 0.5
JOB_LEASE_S = 2.0
"""Seconds of silence after which the store under test counts a run as lost."""

T = TypeVar("T")

Point = tuple[int, int, float | None]
"""Step, timestamp, value. A value of None reads and writes as NaN, so that points can be compared."""


def unique(prefix: str) -> str:
    return f"{prefix}-{uuid.uuid4().hex}"


def new_experiment(store: TrackingStore) -> ExperimentId:
    return store.create_experiment(unique("suite/experiment"))


def new_run(store: TrackingStore, experiment_id: ExperimentId | None = None, **fields: Any) -> RunId:
    run = NewRun(experiment_id=experiment_id or new_experiment(store), **fields)
    return store.create_run(run).info.run_id


def new_model(store: TrackingStore, **fields: Any) -> str:
    return store.create_registered_model(unique("model"), **fields).name


def new_version(store: TrackingStore, name: str, **fields: Any) -> int:
    new = NewModelVersion(name=name, source=fields.pop("source", "s3://bucket/model"), **fields)
    return store.create_model_version(new).version


def deleted_run(store: TrackingStore) -> RunId:
    run_id = new_run(store)
    store.delete_runs([run_id])
    return run_id


def metrics(key: str, *points: Point) -> tuple[Metric, ...]:
    return tuple(
        Metric(key, float("nan") if value is None else value, timestamp, step) for step, timestamp, value in points
    )


def log(store: TrackingStore, run_id: RunId, key: str, *points: Point) -> None:
    store.log_batch(run_id, RunBatch(metrics=metrics(key, *points)))


def log_texts(
    store: TrackingStore,
    run_id: RunId,
    *,
    params: dict[str, str] | None = None,
    tags: dict[str, str] | None = None,
) -> None:
    store.log_batch(run_id, RunBatch(params=tuple((params or {}).items()), tags=tuple((tags or {}).items())))


def point(step: int, timestamp_ms: int, value: float) -> Point:
    return step, timestamp_ms, None if value != value else value


def history(store: TrackingStore, run_id: RunId, key: str) -> list[Point]:
    """The whole history, in the order in which the store gives it."""
    page = store.get_metric_history(run_id, key)
    assert page.next_token == "", "a history asked for without a limit comes whole"
    return [point(metric.step, metric.timestamp_ms, metric.value) for metric in page.items]


def points_of(series: Series) -> list[Point]:
    columns: list[list[Any]] = [
        list(cast("Any", column).tolist()) for column in (series.steps, series.timestamps_ms, series.values)
    ]
    return [point(*row) for row in zip(*columns, strict=True)]


def last_of(summary: MetricSummary) -> Point:
    return point(summary.step, summary.timestamp_ms, summary.last)


def model(artifact_path: str, **more: object) -> dict[str, object]:
    """What `runs/log-model` takes, with no more in it than it asks for."""
    return {"artifact_path": artifact_path, "flavors": {}, "utc_time_created": "now", "run_id": "r", **more}


def wait_for(condition: Callable[[], T | None], *, within_s: float = 15.0) -> T:
    """What `condition` returns once that is something."""
    deadline = time.monotonic() + within_s
    while True:
        found = condition()
        if found:
            return found
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)
