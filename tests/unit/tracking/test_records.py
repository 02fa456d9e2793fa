from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runfold.domain.dataset import Dataset, DatasetUse
from runfold.domain.metric import MAX_INT64, MIN_INT64, Metric
from runfold.domain.run import NewRun
from runfold.domain.states import RunStatus
from runfold.tracking import records
from runfold.tracking.records import (
    CreateRun,
    DeleteTag,
    LogFile,
    LogInputs,
    LogParams,
    Operation,
    SetTags,
    SpoolInfo,
    UpdateRun,
)

OPERATIONS: list[Operation] = [
    SpoolInfo(tracking_uri="http://ml.example:5000", run_id="abc", host="node", pid=7),
    CreateRun(run=NewRun(experiment_id="", run_id="abc", tags={"a": "b"}), experiment_name="digits"),
    LogParams((("lr", "0.1"), ("depth", "3"))),
    SetTags((("note", "größer"),)),
    DeleteTag("note"),
    LogInputs((DatasetUse(dataset=Dataset(name="d", digest="1", source_type="local", source="{}")),)),
    UpdateRun(status=RunStatus.FAILED, end_time_ms=5),
    LogFile("files/1", "model/weights.bin"),
]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: type(operation).__name__)
def test_an_operation_comes_back_as_it_went_in(operation: Operation) -> None:
    data = records.encode(operation)

    assert list(records.read_records(data)) == [(operation, len(data))]


@given(
    st.text(min_size=1, max_size=50),
    st.floats(),
    st.integers(0, MAX_INT64),
    st.integers(MIN_INT64, MAX_INT64),
)
def test_a_point_comes_back_as_it_went_in(key: str, value: float, timestamp_ms: int, step: int) -> None:
    [(point, _)] = records.read_records(records.encode_metric(key.encode(), value, timestamp_ms, step))

    assert isinstance(point, Metric)
    assert (point.key, point.timestamp_ms, point.step) == (key, timestamp_ms, step)
    assert point.value == value or (math.isnan(point.value) and math.isnan(value))


@given(st.integers(0, 200))
def test_a_torn_tail_costs_the_torn_record_alone(cut: int) -> None:
    whole = [records.encode_metric(b"loss", float(step), 1, step) for step in range(4)]
    data = b"".join(whole)[:cut]

    found = [record for record, _ in records.read_records(data)]

    assert len(found) == min(4, cut // len(whole[0]))


@given(st.binary(max_size=300))
def test_bytes_that_are_no_records_are_read_as_none(data: bytes) -> None:
    assert list(records.read_records(data)) == []


def test_the_record_behind_a_damaged_one_is_found() -> None:
    damaged = bytearray(records.encode_metric(b"loss", 1.0, 1, 1))
    damaged[12] ^= 0xFF
    sound = records.encode_metric(b"loss", 2.0, 2, 2)

    assert records.find_record(bytes(damaged) + sound) == len(damaged)
