from __future__ import annotations

import struct

import msgspec
import numpy as np
from starlette.testclient import TestClient

from runfold.domain.metric import Series
from runfold.server.columns import MAGIC, MEDIA_TYPE, encode


def decode(body: bytes) -> dict[tuple[str, str], tuple[list[int], list[int], list[float]]]:
    assert body.startswith(MAGIC)
    (length,) = struct.unpack_from("<I", body, 8)
    header = msgspec.json.decode(body[12 : 12 + length])
    offset = -(-(12 + length) // 8) * 8
    found = {}
    for series in header["series"]:
        columns = []
        for kind in ("<i8", "<i8", "<f8"):
            columns.append(np.frombuffer(body, kind, series["n_points"], offset).tolist())
            offset += 8 * series["n_points"]
        found[series["run_id"], series["key"]] = tuple(columns)
    assert offset == len(body)
    return found


def test_columns_come_back_bit_by_bit() -> None:
    values = [0.1, float("inf"), -0.0]
    series = Series(run_id="r", key="m/ü", steps=[-1, 2**62, 3], timestamps_ms=[1, 2, 3], values=values)
    empty = Series(run_id="r", key="none", steps=[], timestamps_ms=[], values=[])
    assert decode(encode([series, empty])) == {
        ("r", "m/ü"): ([-1, 2**62, 3], [1, 2, 3], values),
        ("r", "none"): ([], [], []),
    }


def test_the_server_sends_them_when_they_are_accepted(client: TestClient, run_id: str) -> None:
    points = [{"key": "m", "value": "NaN" if step == 1 else step, "timestamp": step, "step": step} for step in range(3)]
    client.post("/api/2.0/mlflow/runs/log-batch", json={"run_id": run_id, "metrics": points})
    request = {"run_ids": [run_id], "keys": ["m"]}
    answer = client.post("/api/runfold/v1/series/columns", json=request, headers={"Accept": MEDIA_TYPE})
    assert answer.headers["content-type"] == MEDIA_TYPE
    steps, timestamps, values = decode(answer.content)[run_id, "m"]
    assert (steps, timestamps, values[0], values[2]) == ([0, 1, 2], [0, 1, 2], 0.0, 2.0)
    assert np.isnan(values[1])


def test_more_points_than_a_reply_may_hold_are_refused(client: TestClient, run_id: str) -> None:
    request = {"run_ids": [f"r{number}" for number in range(200)], "keys": [f"k{number}" for number in range(200)]}
    assert client.post("/api/runfold/v1/series/columns", json=request).status_code == 400
