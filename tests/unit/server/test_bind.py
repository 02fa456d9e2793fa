from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from runfold.server.app import ANSWERS, HANDLERS
from runfold.server.bind import table_route
from runfold.wire.endpoints import ENDPOINTS


def test_a_row_without_a_function_does_not_start(client: TestClient) -> None:
    services = client.app.state.services  # type: ignore[attr-defined]
    answers = {name: answer for name, answer in ANSWERS.items() if name != "mlflow:runs/create"}
    with pytest.raises(LookupError, match="mlflow:runs/create"):
        table_route(ENDPOINTS, answers, HANDLERS, services)


def test_a_function_without_a_row_does_not_start(client: TestClient) -> None:
    services = client.app.state.services  # type: ignore[attr-defined]
    with pytest.raises(LookupError, match="runs/forgotten"):
        table_route(ENDPOINTS, ANSWERS | {"runs/forgotten": ANSWERS["runs/get"]}, HANDLERS, services)


def test_calls_of_one_path_are_told_apart_by_method(client: TestClient) -> None:
    place = "/api/2.0/mlflow-artifacts/artifacts/0/r/artifacts/x"
    assert [client.put(place, content=b"1").status_code, client.get(place).text] == [200, "1"]
    assert client.post(place).status_code == 405


def test_a_trailing_slash_is_another_path(client: TestClient) -> None:
    assert client.get("/api/2.0/mlflow/runs/get/").status_code == 404
