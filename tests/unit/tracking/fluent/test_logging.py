from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest

import runfold
from runfold.domain.metric import Metric
from runfold.domain.run import RunBatch
from runfold.errors import InvalidValue, NotFound
from runfold.tracking.active_run import ActiveRun

pytestmark = pytest.mark.usefixtures("workspace")


@pytest.fixture
def run() -> Iterator[ActiveRun]:
    with runfold.start_run() as run:
        yield run


def history(run: ActiveRun, key: str) -> list[tuple[int, float]]:
    runfold.flush()
    points = run.session.store.get_metric_history(run.info.run_id, key).items
    return [(point.step, point.value) for point in points]


def test_points_keep_their_step_value_and_time(run: ActiveRun) -> None:
    runfold.log_metric("loss", 0.5, step=3, timestamp=1234)
    runfold.log_metrics({"loss": 0.25, "accuracy": 1}, step=-4, timestamp=1235)

    runfold.flush()
    points = run.session.store.get_metric_history(run.info.run_id, "loss").items
    assert points == (Metric("loss", 0.5, 1234, 3), Metric("loss", 0.25, 1235, -4))
    assert history(run, "accuracy") == [(-4, 1.0)]


def test_values_may_be_anything_that_is_a_number(run: ActiveRun) -> None:
    for step, value in enumerate([np.float32(0.5), np.int64(3), True, math.inf, -math.inf]):
        runfold.log_metric("value", value, step=np.int32(step))

    assert history(run, "value") == [(0, 0.5), (1, 3.0), (2, 1.0), (3, math.inf), (4, -math.inf)]


@pytest.mark.parametrize(
    ("key", "value", "step"),
    [("loss", "0.5", 0), ("loss", None, 0), ("", 1.0, 0), ("a//b", 1.0, 0), ("loss?", 1.0, 0), ("loss", 1.0, 2**63)],
)
def test_what_is_no_point_is_refused_at_once(run: ActiveRun, key: str, value: float, step: int) -> None:
    with pytest.raises(InvalidValue):
        runfold.log_metric(key, value, step=step)


def test_of_metrics_logged_together_all_are_kept_or_none(run: ActiveRun) -> None:
    with pytest.raises(InvalidValue, match="'bad'"):
        runfold.log_metrics({"good": 1.0, "bad": None})  # type: ignore[dict-item]
    runfold.log_metrics({f"m{number}": number for number in range(3000)})

    metrics = runfold.get_run(run.info.run_id).data.metrics
    assert (len(metrics), "good" in metrics) == (3000, False)


def test_params_are_kept_as_text_and_do_not_change(run: ActiveRun) -> None:
    assert runfold.log_param("depth", 3) == 3
    runfold.log_params({"depth": "3", "layers": [1, 2]})
    with pytest.raises(InvalidValue, match="'depth'"):
        runfold.log_param("depth", 4)

    assert runfold.get_run(run.info.run_id).data.params == {"depth": "3", "layers": "[1, 2]"}


def test_more_params_than_a_call_takes_are_sent_in_several(run: ActiveRun) -> None:
    runfold.log_params({f"p{number}": number for number in range(250)})

    assert len(runfold.get_run(run.info.run_id).data.params) == 250


def test_tags_are_replaced_and_deleted(run: ActiveRun) -> None:
    runfold.set_tags({"a": 1, "b": 2})
    runfold.set_tag("a", 3)
    runfold.delete_tag("b")
    with pytest.raises(NotFound):
        runfold.delete_tag("b")

    tags = runfold.get_run(run.info.run_id).data.tags
    assert (tags["a"], "b" in tags) == ("3", False)


def test_a_batch_takes_objects_and_pairs(run: ActiveRun) -> None:
    runfold.log_batch(metrics=[Metric("loss", 1.0, 5, 1)], params=[("lr", "0.1")], tags=[("note", "x")])

    found = runfold.get_run(run.info.run_id)
    assert (found.data.metrics, found.data.params, found.data.tags["note"]) == ({"loss": 1.0}, {"lr": "0.1"}, "x")


def test_one_refused_param_does_not_cost_what_came_with_it(run: ActiveRun, caplog: pytest.LogCaptureFixture) -> None:
    run.session.store.log_batch(run.info.run_id, RunBatch(params=(("lr", "0.1"),)))
    runfold.log_params({"lr": "0.2", "depth": "3"})
    runfold.log_metric("loss", 1.0)

    found = runfold.get_run(run.info.run_id)
    assert (found.data.params, found.data.metrics) == ({"lr": "0.1", "depth": "3"}, {"loss": 1.0})
    assert sum("not accepted" in message for message in caplog.messages) == 1


def test_logging_without_a_run_begins_one() -> None:
    runfold.log_metric("loss", 1.0)

    run = runfold.active_run()
    assert run is not None
    runfold.end_run()
    assert runfold.get_run(run.info.run_id).data.metrics == {"loss": 1.0}


def test_datasets_are_noted_with_their_context(run: ActiveRun) -> None:
    dataset = runfold.data.from_rows([{"x": 1, "y": 2.5}], source="https://example.org/points.csv")
    runfold.log_input(dataset, context="training", tags={"split": "1"})

    [noted] = runfold.get_run(run.info.run_id).inputs.dataset_inputs
    assert noted.dataset == dataset
    assert noted.tags == {"mlflow.data.context": "training", "split": "1"}


def test_what_is_no_dataset_is_refused(run: ActiveRun) -> None:
    with pytest.raises(InvalidValue, match="list is no dataset"):
        runfold.log_input([1, 2, 3])
