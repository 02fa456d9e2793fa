"""The codec of series: what is written reads back, and what is no payload is refused, whatever the bytes."""

from __future__ import annotations

import contextlib
import math
import struct

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from runfold.domain.metric import MAX_INT64, MIN_INT64
from runfold.errors import InvalidValue, StoreCorrupt
from runfold.stores.sql.points import (
    CHECKED,
    CONSTANT,
    PCODEC,
    PLAIN,
    Columns,
    concatenate,
    decode,
    decode_column,
    encode_column,
    encode_compressed,
    encode_plain,
    in_step_order,
    in_time_order,
)

int64s = st.integers(MIN_INT64, MAX_INT64)
floats = st.floats(width=64, allow_nan=True)
points = st.lists(st.tuples(int64s, int64s, floats), max_size=30)
# Few distinct numbers, so that duplicates and ties are common.
crowded = st.lists(
    st.tuples(st.sampled_from([-1, 0, 1]), st.sampled_from([0, 5]), st.sampled_from([0.0, -0.0, 1.0, math.nan])),
    max_size=40,
)
NEGATIVE_NAN = struct.unpack("<d", struct.pack("<Q", 0xFFF8_0000_0000_0000))[0]


def columns(rows: list[tuple[int, int, float]]) -> Columns:
    steps, timestamps, values = zip(*rows, strict=True) if rows else ((), (), ())
    return Columns(np.array(steps, np.int64), np.array(timestamps, np.int64), np.array(values, np.float64))


def rows_of(series: Columns) -> list[tuple[int, int, bytes]]:
    """Points with the bits of their values, NaN as one value."""
    return [
        (step, timestamp, b"nan" if value != value else struct.pack("<d", value))
        for step, timestamp, value in zip(*(column.tolist() for column in series), strict=True)
    ]


def same(one: Columns, other: Columns) -> bool:
    return rows_of(one) == rows_of(other)


@given(st.dictionaries(int64s, points, max_size=5))
def test_a_compressed_payload_reads_back(series: dict[int, list[tuple[int, int, float]]]) -> None:
    written = {key_id: columns(rows) for key_id, rows in series.items()}
    found = decode(encode_compressed(written))
    assert list(found) == list(written)
    assert all(same(found[key_id], written[key_id]) for key_id in written)


@given(st.lists(st.tuples(int64s, st.lists(st.tuples(int64s, int64s, floats), min_size=1)), max_size=5))
def test_a_plain_payload_reads_back(series: list[tuple[int, list[tuple[int, int, float]]]]) -> None:
    by_id = dict(series)
    rows = [row for some in by_id.values() for row in some]
    payload = encode_plain(
        list(by_id), [len(some) for some in by_id.values()], *([row[column] for row in rows] for column in range(3))
    )
    found = decode(payload)
    assert list(found) == list(by_id)
    assert all(same(found[key_id], columns(some)) for key_id, some in by_id.items())


@given(st.lists(floats, min_size=1, max_size=300))
def test_a_column_of_values_reads_back(values: list[float]) -> None:
    found = decode_column(encode_column(np.array(values)), len(values), is_float=True)
    assert found.tobytes() == np.array(values).tobytes()


@given(st.lists(int64s, min_size=1, max_size=300))
def test_a_column_of_numbers_reads_back(numbers: list[int]) -> None:
    assert decode_column(encode_column(np.array(numbers, np.int64)), len(numbers), is_float=False).tolist() == numbers


@pytest.mark.parametrize(
    ("column", "tag"),
    [
        (np.arange(3), PLAIN),
        (np.zeros(1, np.int64), PLAIN),
        (np.full(2, 7), CONSTANT),
        (np.full(100_000, math.nan), CONSTANT),
        (np.arange(64), PCODEC),
        (np.linspace(0, 1, 65_536), PCODEC),
        (np.empty(0), PLAIN),
    ],
)
def test_each_way_of_writing_a_column_reads_back(column: np.ndarray, tag: int) -> None:
    data = encode_column(column)
    assert data[0] == tag + CHECKED
    found = decode_column(data, len(column), is_float=column.dtype == np.float64)
    assert found.dtype == column.dtype
    assert found.tobytes() == column.tobytes()


def test_columns_are_written_wherever_they_lie_in_memory() -> None:
    """What was decoded plain is a view into a payload, at any address."""
    shifted = np.frombuffer(b"x" + np.arange(100, dtype=np.int64).tobytes(), np.int64, 100, 1)
    for column in (shifted, np.arange(300)[::3]):
        assert decode_column(encode_column(column), 100, is_float=False).tolist() == column.tolist()


def test_a_decoded_payload_can_be_written_again() -> None:
    payload = encode_plain([1, 2], [150, 1], list(range(151)), list(range(151)), [float(n) for n in range(151)])
    series = decode(payload)
    again = decode(encode_compressed(series))
    assert all(same(series[key_id], again[key_id]) for key_id in series)


@pytest.mark.parametrize("number", [MAX_INT64 + 1, MIN_INT64 - 1])
def test_a_number_of_more_than_64_bits_is_refused(number: int) -> None:
    for steps in ([number], [number, number], [0, number]):
        with pytest.raises(InvalidValue):
            encode_plain([1], [len(steps)], steps, [0] * len(steps), [0.0] * len(steps))


@given(st.binary(max_size=200))
@example(b"")
@example(bytes([1, 0, 0, 0, 0]) + bytes([CONSTANT, 0, 0, 0, 0]) * 5)
@example(bytes([1, 1, 0, 0, 0]) + bytes([CONSTANT, 8, 0, 0, 0, *([255] * 7), 127]) * 5)
@example(bytes([1, 1, 0, 0, 0]) + bytes([CONSTANT, 8, 0, 0, 0, *([255] * 8)]) * 5)
@example(bytes([1, 255, 255, 255, 255]) + bytes([CONSTANT, 8, 0, 0, 0, *([0] * 8)]) * 5)
def test_arbitrary_bytes_are_refused_or_read_but_never_crash(data: bytes) -> None:
    for read in (decode, lambda data: decode_column(data, 5, is_float=True)):
        with contextlib.suppress(StoreCorrupt):
            read(data)


@given(st.data())
def test_a_damaged_payload_is_refused_or_read_but_never_crashes(data: st.DataObject) -> None:
    n = 300
    series = {7: columns([(step, step * step, math.sin(step)) for step in range(n)]), 8: columns([(0, 0, 1.0)])}
    payload = bytearray(data.draw(st.sampled_from([encode_compressed(series), _plain(series)])))
    for _ in range(data.draw(st.integers(1, 3))):
        payload[data.draw(st.integers(0, len(payload) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.sampled_from([len(payload), len(payload) // 2, len(payload) - 1]))
    with contextlib.suppress(StoreCorrupt):
        decode(bytes(payload[:cut]))


@pytest.mark.parametrize(
    "column",
    [np.arange(300) ** 2, np.full(300, 7), np.random.default_rng(1).standard_normal(40), np.linspace(0, 1, 99)],
)
@given(data=st.data())
def test_one_changed_byte_of_what_is_kept_never_changes_a_number(column: np.ndarray, data: st.DataObject) -> None:
    kept = bytearray(encode_column(column))
    place = data.draw(st.integers(0, len(kept) - 1))
    kept[place] ^= data.draw(st.integers(1, 255))
    try:
        found = decode_column(bytes(kept), len(column), is_float=column.dtype == np.float64)
    except StoreCorrupt:
        return
    assert place == 0, "only the mark that there is a checksum may get lost unnoticed"
    assert found.tobytes() == column.tobytes()


def test_columns_without_a_checksum_are_read_too() -> None:
    column = struct.pack("<BI3q", PLAIN, 24, 1, 2, 3)
    assert decode_column(column, 3, is_float=False).tolist() == [1, 2, 3]


def _plain(series: dict[int, Columns]) -> bytes:
    points = concatenate(series.values())
    return encode_plain(
        list(series),
        [len(part.steps) for part in series.values()],
        *(column.tolist() for column in points),  # type: ignore[arg-type]
    )


def test_a_newer_version_or_tag_is_refused() -> None:
    payload = bytearray(encode_compressed({1: columns([(0, 0, 1.0)])}))
    payload[0] = 2
    with pytest.raises(StoreCorrupt, match="version 2"):
        decode(bytes(payload))
    with pytest.raises(StoreCorrupt, match="tag 9"):
        decode_column(bytes([9, 0, 0, 0, 0]), 0, is_float=True)


def test_a_column_of_another_length_or_kind_is_refused() -> None:
    with pytest.raises(StoreCorrupt):
        decode_column(encode_column(np.arange(100)), 99, is_float=False)
    with pytest.raises(StoreCorrupt):
        decode_column(encode_column(np.linspace(0, 1, 100)), 100, is_float=False)


@given(crowded)
@example([(0, 0, 0.0), (0, 0, -0.0), (0, 0, 0.0)])
@example([(0, 0, math.nan), (0, 0, NEGATIVE_NAN), (0, 0, math.nan)])
def test_distinct_points_are_kept_once_and_in_order(rows: list[tuple[int, int, float]]) -> None:
    distinct = set(rows_of(columns(rows)))
    by_step, by_time = in_step_order(columns(rows)), in_time_order(columns(rows))
    for found in (by_step, by_time):
        assert len(rows_of(found)) == len(distinct)
        assert set(rows_of(found)) == distinct
    order = [(step, time, math.inf if value != value else value) for step, time, value in zip(*by_step, strict=True)]
    assert order == sorted(order)
    order = [(time, step, math.inf if value != value else value) for step, time, value in zip(*by_time, strict=True)]
    assert order == sorted(order)
