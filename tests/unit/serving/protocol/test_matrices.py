from __future__ import annotations

import contextlib
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from runfold.errors import InvalidValue
from runfold.mlmodel.schema import Column, ColumnSchema, DataType, Tensor, TensorSchema
from runfold.serving.payload import Matrix
from runfold.serving.protocol import matrices
from runfold.serving.protocol.errors import UnreadableInput
from runfold.serving.protocol.invocations import InvocationReader
from runfold.serving.protocol.matrices import MatrixReader
from runfold.serving.schema import schema_of

SCHEMA = schema_of(ColumnSchema((Column(DataType.DOUBLE, "a"), Column(DataType.LONG, "b"))))
numbers = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False), st.integers(-(2**70), 2**70), st.none(), st.text(), st.booleans()
)
bodies = st.fixed_dictionaries(
    {},
    optional={
        "dataframe_split": st.fixed_dictionaries(
            {"data": st.lists(st.lists(numbers, max_size=3), max_size=3)},
            optional={"columns": st.lists(st.sampled_from(["a", "b", "c", "a["]), max_size=3)},
        ),
        "inputs": st.lists(st.lists(numbers, min_size=2, max_size=2), max_size=3),
        "dataframe_records": st.lists(st.dictionaries(st.sampled_from(["a", "b", "c"]), numbers), max_size=3),
        "params": st.dictionaries(st.text(), numbers, max_size=1),
    },
)


def body_of(value: Any) -> bytes:
    return json.dumps(value).encode()


@pytest.mark.parametrize("large_from", [0, 2**30], ids=["simdjson", "msgspec"])
@settings(max_examples=60)
@given(body=bodies)
@example(body={"dataframe_split": {"data": [[0.0, 0]]}})
def test_the_quick_way_reads_what_the_slow_way_reads_or_nothing(large_from: int, body: dict[str, Any]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(matrices, "_LARGE", large_from)
        quick = MatrixReader(SCHEMA).read(body_of(body))
    if quick is None:
        return
    reader = InvocationReader(SCHEMA)
    reader._matrices.is_useful = False

    slow = reader.read_json(body_of(body))

    table = slow.payload.natural()[["a", "b"]]
    assert isinstance(quick.payload, Matrix)
    np.testing.assert_array_equal(quick.payload.values, table.to_numpy(dtype=np.float64))
    assert list(quick.payload.table().dtypes) == list(table.dtypes)
    assert (quick.params or None) == (slow.params or None)


@settings(max_examples=60)
@given(body=st.binary(max_size=60) | bodies.map(body_of))
def test_no_body_breaks_the_reader(body: bytes) -> None:
    reader = InvocationReader(SCHEMA)
    for content_type in ("application/json", "text/csv"):
        with contextlib.suppress(InvalidValue):
            reader.read(body, content_type)


@pytest.mark.parametrize(
    "text",
    [
        '{"inputs": [[1, 2.5]]}',  # no whole number
        '{"inputs": [[1, 9007199254740993]]}',  # not exact as float64
        '{"inputs": [[1, "2"]]}',
        '{"inputs": [[1, true]]}',
        '{"inputs": [[[1], [2]]]}',
        '{"inputs": [[1, 2], [3]]}',
        '{"inputs": [[1, 2]], "messages": []}',
        '{"dataframe_split": {"columns": ["a", "a"], "data": [[1, 2]]}}',
        '{"dataframe_split": {"columns": ["a", "x"], "data": [[1, 2]]}}',
    ],
)
@pytest.mark.parametrize("large_from", [0, 2**30], ids=["simdjson", "msgspec"])
def test_what_is_not_certain_is_left_to_the_slow_way(text: str, large_from: int, monkeypatch: Any) -> None:
    monkeypatch.setattr(matrices, "_LARGE", large_from)

    assert MatrixReader(SCHEMA).read(text.encode()) is None


def test_float_columns_are_rounded_as_their_type_rounds() -> None:
    schema = schema_of(ColumnSchema((Column(DataType.FLOAT, "x"),)))

    read = MatrixReader(schema).read(b'{"inputs": [[0.1]]}')

    assert read is not None
    assert read.payload.natural()["x"].to_numpy().tolist() == [float(np.float32(0.1))]


def test_a_matrix_for_a_tensor_takes_its_type() -> None:
    read = MatrixReader(schema_of(TensorSchema((Tensor("float32", (-1, 2)),)))).read(b'{"instances": [[1, 2]]}')

    assert read is not None
    assert read.payload.natural().dtype == np.float32


def test_deep_nesting_is_refused_with_a_sentence() -> None:
    with pytest.raises(UnreadableInput, match="too deeply"):
        InvocationReader(SCHEMA).read_json(b'{"inputs": ' + b"[" * 100_000 + b"]" * 100_000 + b"}")
