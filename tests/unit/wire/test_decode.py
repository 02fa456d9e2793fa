"""The lenient reading of requests (mlflow-compatible): many spellings, one meaning."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runfold.domain.metric import Metric
from runfold.errors import InvalidValue
from runfold.wire.decode import RequestReader
from runfold.wire.messages.base import RunStatusName, Tag, ViewTypeName
from runfold.wire.messages.datasets import LogInputs
from runfold.wire.messages.experiments import CreateExperiment
from runfold.wire.messages.metrics import GetMetricHistoryBulkInterval, LogBatch, LogMetric
from runfold.wire.messages.runs import CreateRun, SearchRuns, UpdateRun

LOG_METRIC = LogMetric(run_id="r", key="k", value=0.25, timestamp=5, step=-3)


@pytest.mark.parametrize(
    "body",
    [
        b'{"run_id": "r", "key": "k", "value": 0.25, "timestamp": 5, "step": -3}',
        b'{"runId": "r", "key": "k", "value": "0.25", "timestamp": "5", "step": "-3"}',
        b'{"run_id": "r", "run_uuid": null, "key": "k", "value": 0.25, "timestamp": 5.0, "step": -3, "unknown": [1]}',
        json.dumps('{"run_id": "r", "key": "k", "value": 0.25, "timestamp": 5, "step": -3}').encode(),
    ],
    ids=["plain", "camelCase and text", "null and unknown", "encoded twice"],
)
def test_one_request_may_be_written_in_many_ways(body: bytes) -> None:
    assert RequestReader(LogMetric).read_body(body) == LOG_METRIC


@pytest.mark.parametrize("word", ["NaN", '"NaN"'])
def test_nan_may_be_text_or_a_bare_word(word: str) -> None:
    body = f'{{"run_id": "r", "key": "k", "value": {word}, "timestamp": 5}}'.encode()
    assert math.isnan(RequestReader(LogMetric).read_body(body).value)


@pytest.mark.parametrize(("word", "value"), [('"Infinity"', math.inf), ("-Infinity", -math.inf)])
def test_infinity_may_be_text_or_a_bare_word(word: str, value: float) -> None:
    body = f'{{"run_id": "r", "key": "k", "value": {word}, "timestamp": 5}}'.encode()
    assert RequestReader(LogMetric).read_body(body).value == value


def test_the_points_of_a_batch_become_domain_values() -> None:
    body = b'{"run_id": "r", "metrics": [{"key": "k", "value": 1, "timestamp": 2, "step": 3}], "params": null}'
    assert RequestReader(LogBatch).read_body(body) == LogBatch(run_id="r", metrics=(Metric("k", 1.0, 2, 3),))


@pytest.mark.parametrize("status", ['"FINISHED"', "3", '"3"'])
def test_an_enum_comes_by_name_or_number(status: str) -> None:
    body = f'{{"run_id": "r", "status": {status}}}'.encode()
    assert RequestReader(UpdateRun).read_body(body) == UpdateRun(run_id="r", status=RunStatusName.FINISHED)


@pytest.mark.parametrize("body", [b"", b"  ", b"{}", b'"{}"'])
def test_an_empty_body_is_an_empty_object(body: bytes) -> None:
    assert RequestReader(CreateRun).read_body(body) == CreateRun()


def test_an_empty_object_stands_for_an_empty_list() -> None:
    assert RequestReader(CreateRun).read_body(b'{"tags": {}}') == CreateRun()


def test_nested_fields_may_be_in_camel_case() -> None:
    body = (
        b'{"run_id": "r", "datasets": [{"tags": [{"key": "a", "value": "b"}],'
        b' "dataset": {"name": "n", "digest": "d", "sourceType": "local", "source": "{\\"sourceType\\": 1}"}}]}'
    )
    [use] = RequestReader(LogInputs).read_body(body).datasets
    assert use.tags == (Tag(key="a", value="b"),)
    assert (use.dataset.source_type, use.dataset.source) == ("local", '{"sourceType": 1}')


def test_optional_camel_case_fields_are_not_lost() -> None:
    body = b'{"experimentIds": ["1"], "runViewType": "ALL", "maxResults": "7", "orderBy": ["a"]}'
    assert RequestReader(SearchRuns).read_body(body) == SearchRuns(
        experiment_ids=("1",), run_view_type=ViewTypeName.ALL, max_results=7, order_by=("a",)
    )


def test_a_query_string_repeats_fields_for_lists() -> None:
    reader = RequestReader(GetMetricHistoryBulkInterval)
    assert reader.read_query("run_ids=a&run_ids=b&metric_key=loss%2Fx&start_step=-1&end_step=5") == (
        GetMetricHistoryBulkInterval(run_ids=("a", "b"), metric_key="loss/x", start_step=-1, end_step=5)
    )
    assert reader.read_query("run_ids=a&metric_key=m").run_ids == ("a",)


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (b'{"key": "k", "value": 1}', "'timestamp'"),
        (b'{"key": "k", "value": "much", "timestamp": 1}', "'value'"),
        (b'{"key": "k", "value": true, "timestamp": 1}', "'value'"),
        (b'{"key": "k", "value": 1, "timestamp": "soon"}', "'timestamp'"),
        (b'{"key": 5, "value": 1, "timestamp": 1}', "'key'"),
        (b'{"key": ["k"], "value": 1, "timestamp": 1}', "'key'"),
    ],
)
def test_a_wrong_field_is_named(body: bytes, named: str) -> None:
    with pytest.raises(InvalidValue, match=named):
        RequestReader(LogMetric).read_body(body)


def test_a_wrong_field_inside_a_list_is_named_with_its_place() -> None:
    with pytest.raises(InvalidValue, match=r"'metrics\[1\]\.value'"):
        RequestReader(LogBatch).read_body(
            b'{"run_id": "r", "metrics": [{"key": "k", "value": 1, "timestamp": 1}, {"key": "k", "timestamp": 1}]}'
        )


def test_an_unknown_word_of_an_enum_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InvalidValue, match="RUNNING, SCHEDULED, FINISHED, FAILED, KILLED"):
        RequestReader(UpdateRun).read_body(b'{"run_id": "r", "status": "finished"}')


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"null",
        b"7",
        b"{",
        b"\xff\xfe",
        b'"\\ud800"',
        b'{"name": "\\ud800"}',
        b'{"name": ' + b"[" * 100_000,
        b'{"tags": ' + b'{"tags": ' * 100_000,
        b"[" * 100_000 + b"]" * 100_000,
        b'{"name": ' + b"9" * 10_000 + b"}",
    ],
)
def test_a_body_that_is_no_object_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidValue):
        RequestReader(CreateExperiment).read_body(body)


def test_a_query_string_that_is_no_text_is_refused() -> None:
    with pytest.raises(InvalidValue):
        RequestReader(CreateExperiment).read_query("name=%ff%fe")


@given(st.binary(max_size=200))
def test_arbitrary_bytes_never_break_the_reader(body: bytes) -> None:
    try:
        RequestReader(CreateExperiment).read_body(body)
    except InvalidValue:
        return


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
)


@given(
    st.dictionaries(st.sampled_from(["experiment_ids", "maxResults", "order_by", "runViewType", "filter"]), json_values)
)
def test_arbitrary_fields_never_break_the_reader(fields: dict[str, object]) -> None:
    try:
        RequestReader(SearchRuns).read_body(json.dumps(fields).encode())
    except InvalidValue:
        return
