from __future__ import annotations

import json
import struct
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runfold.serving.protocol.inference import HEADER
from runfold.serving.protocol.tensors_v2 import DTYPES, InferTensor, read_tensor, write_tensor
from tests.contract.scoring.exchange import Reply, Request, application, talk
from tests.contract.scoring.models import MODELS

COLUMNS = [
    {"name": "a", "shape": [2], "datatype": "FP64", "data": [1.5, 0.5]},
    {"name": "b", "shape": [2, 1], "datatype": "INT64", "data": [2, 3]},
]


def infer(model: str, document: Any, tail: bytes = b"", path: str = "/v2/models/m/infer") -> Reply:
    head = json.dumps(document).encode()
    headers = {"content-type": "application/json", **({HEADER: str(len(head))} if tail else {})}
    return talk(application(MODELS[model]), Request("POST", path, head + tail, headers))[0]


def test_columns_come_as_one_tensor_each() -> None:
    reply = infer("numbers", {"id": "7", "inputs": COLUMNS}, path="/v2/models/m/versions/3/infer")

    assert reply.document == {
        "model_name": "m",
        "model_version": "3",
        "id": "7",
        "outputs": [{"name": "predictions", "shape": [2], "datatype": "FP64", "data": [5.5, 6.5]}],
    }


def test_columns_come_as_one_matrix() -> None:
    matrix = {"name": "rows", "shape": [2, 2], "datatype": "FP64", "data": [1.5, 2, 0.5, 3]}

    assert infer("numbers", {"inputs": [matrix]}).document["outputs"][0]["data"] == [5.5, 6.5]


def test_tensors_go_both_ways_in_binary() -> None:
    tail = struct.pack("<4f", 1, 2, 3, 4)
    tensor = {"name": "x", "shape": [2, 2], "datatype": "FP32", "parameters": {"binary_data_size": len(tail)}}

    reply = infer("tensor", {"inputs": [tensor], "parameters": {"binary_data_output": True}}, tail)

    length = int(reply.headers[HEADER])
    head = json.loads(reply.body[:length])
    assert head["outputs"][0]["parameters"] == {"binary_data_size": 8}
    assert struct.unpack("<2f", reply.body[length:]) == (3.0, 7.0)


def test_texts_are_bytes() -> None:
    inputs = [
        {"name": "name", "shape": [1], "datatype": "BYTES", "data": ["ü"]},
        {"name": "ok", "shape": [1], "datatype": "BOOL", "data": [True]},
        {"name": "at", "shape": [1], "datatype": "BYTES", "data": ["2026-05-03T10:00:00"]},
        {"name": "n", "shape": [1], "datatype": "INT32", "data": [4]},
    ]

    outputs = infer("mixed", {"inputs": inputs, "outputs": [{"name": "shown"}]}).document["outputs"]

    assert outputs == [{"name": "shown", "shape": [1], "datatype": "BYTES", "data": ["ü|True|2026-05-03T10:00:00"]}]


def test_metadata_comes_from_the_signature() -> None:
    reply = talk(application(MODELS["numbers"]), Request("GET", "/v2/models/m/versions/3"))[0]

    assert reply.document == {
        "name": "m",
        "versions": ["3"],
        "platform": "python_function",
        "inputs": [
            {"name": "a", "datatype": "FP64", "shape": [-1]},
            {"name": "b", "datatype": "INT64", "shape": [-1]},
        ],
        "outputs": [],
    }


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({"inputs": []}, "no input"),
        ({"inputs": COLUMNS[:1]}, "Column 'b'"),
        ({"inputs": [COLUMNS[0], COLUMNS[0]]}, "twice"),
        ({"inputs": COLUMNS, "outputs": [{"name": "other"}]}, "no output 'other'"),
        ({"inputs": [{**COLUMNS[0], "shape": [3]}, COLUMNS[1]]}, "3 values fill"),
        ({"inputs": [{**COLUMNS[0], "shape": [-1]}, COLUMNS[1]]}, "not possible"),
        ({"inputs": [{**COLUMNS[0], "datatype": "FP99"}, COLUMNS[1]]}, "unknown datatype"),
        ({"inputs": [{**COLUMNS[0], "data": ["x", "y"]}, COLUMNS[1]]}, "not all values are numbers"),
        ({"inputs": [COLUMNS[0], {**COLUMNS[1], "data": [2.5, 3]}]}, "not of type INT64"),
        ({"inputs": [{**COLUMNS[0], "parameters": {"binary_data_size": 99}}]}, "did not come"),
        ({"input": 1}, "cannot be read"),
    ],
)
def test_requests_that_do_not_fit_say_why(document: Any, reason: str) -> None:
    reply = infer("numbers", document)

    assert reply.status == 400
    assert reason in reply.document["error"]


@given(
    st.sampled_from(sorted(DTYPES)).flatmap(
        lambda name: st.tuples(st.just(name), st.lists(st.integers(0, 1), min_size=1, max_size=8))
    ),
    st.booleans(),
)
def test_arrays_survive_the_way_there_and_back(typed: tuple[str, list[int]], as_binary: bool) -> None:
    array = np.array(typed[1]).astype(DTYPES[typed[0]])

    head, tail = write_tensor("x", array, as_binary=as_binary)
    found = read_tensor(InferTensor(head.name, head.shape, head.datatype, None, head.data), tail if as_binary else None)

    assert head.datatype == typed[0]
    np.testing.assert_array_equal(found, array)
