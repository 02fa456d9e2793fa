"""What goes over the wire comes back as it was."""

from __future__ import annotations

import math
from typing import Any, TypeVar

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runfold.domain.dataset import Dataset, DatasetUse
from runfold.domain.experiment import Experiment, ExperimentSummary
from runfold.domain.keys import KeyKind, KeyStats
from runfold.domain.metric import Bucket, Metric, MetricSummary, SampledSeries
from runfold.domain.run import Run, RunBatch, RunInfo
from runfold.domain.states import LifecycleStage, RunStatus, ViewType
from runfold.domain.view import SavedView
from runfold.wire import convert
from runfold.wire.decode import RequestReader
from runfold.wire.messages.base import Number
from runfold.wire.messages.metrics import LogBatch

T = TypeVar("T", bound=msgspec.Struct)

INFO = RunInfo(
    run_id="r",
    experiment_id="3",
    run_name="one",
    status=RunStatus.KILLED,
    start_time_ms=1,
    artifact_uri="mlflow-artifacts:/3/r/artifacts",
    user_id="u",
    end_time_ms=2,
    lifecycle_stage=LifecycleStage.DELETED,
    deleted_time_ms=3,
    heartbeat_ms=4,
    is_lost=True,
    parent_run_id="p",
    change=5,
)
EXPERIMENT = Experiment(
    experiment_id="3",
    name="a/b",
    artifact_location="s3://x",
    lifecycle_stage=LifecycleStage.DELETED,
    creation_time_ms=1,
    last_update_time_ms=2,
    tags={"k": "", "mlflow.note.content": "text"},
)
USE = DatasetUse(
    dataset=Dataset(name="n", digest="d", source_type="local", source="{}", schema="s", profile="p"),
    tags={"a": "b"},
    is_output=True,
)
SUMMARY = MetricSummary(key="m", last=0.5, step=-1, timestamp_ms=7, min=-math.inf, max=math.inf, count=9)
RUN = Run(info=INFO, params={"p": ""}, tags={"t": "ü"}, metrics={"m": SUMMARY}, datasets=(USE,))


def sent(message: T) -> T:
    """What the other end reads."""
    return msgspec.json.decode(msgspec.json.encode(message), type=type(message), strict=False)


@pytest.mark.parametrize(
    ("value", "out", "back"),
    [
        (EXPERIMENT, convert.experiment_out, convert.experiment_in),
        (
            ExperimentSummary(experiment=EXPERIMENT, n_runs=3, n_running=1, last_run_ms=5, runs_per_day=(0, 3)),
            convert.summary_out,
            convert.summary_in,
        ),
        (INFO, convert.record_info_out, convert.record_info_in),
        (RUN, convert.record_out, convert.record_in),
        (USE, convert.use_out, convert.use_in),
        (
            SampledSeries(
                run_id="r",
                key="m",
                n_points=4,
                buckets=(Bucket(0, 3, 4, 1, -1.0, math.inf, 0.5, 2.0), Bucket(4, 4, 1, 1, None, None, None, None)),
                other=(1000, 1004),
            ),
            convert.sampled_out,
            convert.sampled_in,
        ),
        (
            KeyStats(kind=KeyKind.PARAM, key="p", n_runs=2, n_distinct=1, variation=0.5, min=1.0, examples=("1",)),
            convert.key_stats_out,
            convert.key_stats_in,
        ),
        (
            SavedView(view_id="v", scope="s", name="n", state="{}", creation_time_ms=1, last_update_time_ms=2),
            convert.view_out,
            convert.view_in,
        ),
        (Metric("m", -math.inf, 1, -2), convert.metric_out, convert.metric_in),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_value_survives_the_way(value: Any, out: Any, back: Any) -> None:
    assert back(sent(out(value))) == value


@given(st.floats())
def test_every_float_survives_the_way(value: float) -> None:
    back = convert.number_in(
        msgspec.json.decode(msgspec.json.encode(convert.number_out(value)), type=Number, strict=False)
    )
    assert back == value or (math.isnan(back) and math.isnan(value))


points = st.builds(
    Metric,
    st.text(min_size=1, max_size=9),
    st.floats(allow_nan=False),
    st.integers(0, 2**63 - 1),
    st.integers(-(2**63), 2**63 - 1),
)


@given(st.lists(points, max_size=5), st.lists(st.tuples(st.text(), st.text()), max_size=3))
def test_a_batch_survives_the_way(metrics: list[Metric], texts: list[tuple[str, str]]) -> None:
    batch = RunBatch(metrics=tuple(metrics), params=tuple(texts), tags=tuple(texts))
    message = RequestReader(LogBatch).read_body(convert.batch_body("r", batch))
    assert (message.run_id, convert.batch_in(message)) == ("r", batch)


def test_nan_in_a_batch_is_written_as_text() -> None:
    body = convert.batch_body("r", RunBatch(metrics=(Metric("m", math.nan, 1), Metric("m", 1.0, 2))))
    first, second = RequestReader(LogBatch).read_body(body).metrics
    assert math.isnan(first.value)
    assert second == Metric("m", 1.0, 2)


@pytest.mark.parametrize("status", list(RunStatus))
def test_states_keep_their_names_and_numbers(status: RunStatus) -> None:
    assert convert.status_in(convert.status_out(status)) is status
    assert list(type(convert.status_out(status)))[status - 1].name == status.name


@pytest.mark.parametrize("view", list(ViewType))
def test_view_types_keep_their_names_and_numbers(view: ViewType) -> None:
    assert convert.view_type_in(convert.view_type_out(view)) is view
    assert list(type(convert.view_type_out(view)))[view - 1].name == view.name


def test_outputs_of_a_run_are_no_inputs_to_mlflow() -> None:
    assert convert.run_out(RUN).inputs.dataset_inputs == ()
