import math
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runfold.config import StoreSettings
from runfold.domain.dataset import Dataset, DatasetUse
from runfold.domain.metric import Metric
from runfold.domain.run import FinishedRun, NewRun, Run, RunBatch
from runfold.domain.states import RunStatus
from runfold.projects.verdict import Comparison, DatasetChange, MetricVerdict, Verdict, compare_runs, explain
from runfold.stores.base import TrackingStore
from runfold.stores.open import open_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[TrackingStore]:
    opened = open_store(f"sqlite:///{tmp_path}/runfold.db", StoreSettings())
    yield opened
    opened.close()


@pytest.fixture
def record(store: TrackingStore) -> Callable[..., Run]:
    def make(*, digest: str = "d1", status: RunStatus = RunStatus.FINISHED, **metrics: list[tuple[int, float]]) -> Run:
        points = tuple(Metric(key, value, 1, step) for key, given in metrics.items() for step, value in given)
        use = DatasetUse(dataset=Dataset(name="iris", digest=digest, source_type="code", source="{}"))
        run = FinishedRun(
            run=NewRun(experiment_id="0"),
            status=status,
            batch=RunBatch(metrics=points),
            datasets=(use,),
        )
        return store.register_run(run).run

    return make


def test_equal_points_are_the_same_nan_included_and_system_metrics_left_out(store, record) -> None:
    points = [(-1, math.nan), (0, 1.0), (1, 0.5)]
    first = record(loss=points, **{"system/cpu": [(0, 1.0)]})
    second = record(loss=points, **{"system/cpu": [(0, 9.0)]})

    assert compare_runs(store, first, second) == Comparison(
        verdict=Verdict.SAME,
        metrics=(MetricVerdict(key="loss", verdict=Verdict.SAME, first=0.5, second=0.5),),
    )


def test_what_differs_most_comes_first(store, record) -> None:
    first = record(a=[(0, 1.0)], b=[(0, 1.0), (5, 1.0)], c=[(0, 1.0)], d=[(0, 1.0), (1, 1.0)])
    second = record(a=[(0, 1.0)], b=[(0, 1.0), (5, 2.0)], d=[(0, 1.5), (1, 1.001)])

    found = compare_runs(store, first, second)

    assert [(metric.key, metric.verdict, metric.diverges_at) for metric in found.metrics] == [
        ("b", Verdict.DIFFERENT, 5),
        ("c", Verdict.DIFFERENT, None),
        ("d", Verdict.WITHIN_NOISE, 0),
        ("a", Verdict.SAME, None),
    ]
    assert found.verdict is Verdict.DIFFERENT


def test_a_longer_series_parts_where_the_shorter_ends(store, record) -> None:
    (metric,) = compare_runs(store, record(x=[(0, 1.0)]), record(x=[(0, 1.0), (3, 1.0)])).metrics

    assert (metric.verdict, metric.diverges_at) == (Verdict.WITHIN_NOISE, 3)


def test_other_data_is_named(store, record) -> None:
    compared = compare_runs(store, record(digest="d1"), record(digest="d2"))

    assert compared.datasets == (DatasetChange(name="iris", first=("d1",), second=("d2",)),)
    assert explain(compared) == ("The data is not the same: iris d1 -> d2.", "Verdict: same")


@pytest.mark.parametrize("last", [math.nan, math.inf, -math.inf])
def test_a_metric_that_is_no_number_in_one_run_alone_is_different(store, record, last: float) -> None:
    first, second = record(loss=[(0, 2.0), (1, 1.0)]), record(loss=[(0, 2.0), (1, last)])

    for one, other in ((first, second), (second, first)):
        (metric,) = compare_runs(store, one, other).metrics
        assert (metric.verdict, metric.diverges_at) == (Verdict.DIFFERENT, 1)
    assert compare_runs(store, second, second).verdict is Verdict.SAME


def test_runs_without_metrics_are_the_same(store, record) -> None:
    assert compare_runs(store, record(), record()).verdict is Verdict.SAME


@pytest.mark.parametrize("status", [RunStatus.FAILED, RunStatus.KILLED])
def test_a_run_that_failed_is_not_the_same_as_one_that_finished(store, record, status: RunStatus) -> None:
    compared = compare_runs(store, record(loss=[(0, 1.0)]), record(loss=[(0, 1.0)], status=status))
    assert compared.verdict is Verdict.DIFFERENT
    assert explain(compared)[0] == f"The first run ended as FINISHED, this one as {status.name}."


def test_two_runs_that_failed_alike_are_the_same(store, record) -> None:
    failed = [record(status=RunStatus.FAILED) for _ in range(2)]
    assert compare_runs(store, *failed).verdict is Verdict.SAME
