"""Faults and floods at the outermost layer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from starlette.types import Message

from runfold.artifacts.local import LocalArtifacts
from runfold.config import ServerSettings, StoreSettings
from runfold.server import create_app
from runfold.stores.open import open_store

API = "/api/2.0/mlflow/"
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def settings() -> ServerSettings:
    return ServerSettings(max_body_bytes=100_000, max_artifact_bytes=1000, request_timeout_s=2)


def test_errors_have_mlflows_shape_and_an_id_to_find_them_by(client: TestClient) -> None:
    answer = client.get(API + "runs/get", params={"run_id": "none"}, headers={"X-Request-Id": "my-request-7"})
    assert answer.status_code == 404
    assert answer.headers["x-request-id"] == "my-request-7"
    assert answer.json() == {
        "error_code": "RESOURCE_DOES_NOT_EXIST",
        "message": "No run has the id or name 'none'.",
        "kind": "run",
        "key": "none",
        "request_id": "my-request-7",
    }


def test_an_id_that_could_forge_a_log_line_is_replaced(client: TestClient) -> None:
    answer = client.get("/health", headers={"X-Request-Id": "a b [c]"})
    assert answer.headers["x-request-id"] != "a b [c]"


def test_a_fault_of_ours_answers_without_a_trace(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client.app.state.services.store, "get_run", lambda _: 1 / 0)  # type: ignore[attr-defined]
    answer = client.get(API + "runs/get", params={"run_id": "none"})
    assert (answer.status_code, answer.json()["error_code"]) == (500, "INTERNAL_ERROR")
    assert "division" not in answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("announced", [True, False])
def test_a_body_over_the_limit_is_refused(client: TestClient, announced: bool) -> None:
    body = b'{"name": "' + b"x" * 200_000 + b'"}'
    pieces = (body[start : start + 1000] for start in range(0, len(body), 1000))
    answer = client.post(API + "experiments/create", content=body if announced else pieces, headers=JSON)
    assert answer.status_code == 413


def test_an_upload_over_the_limit_leaves_nothing(client: TestClient) -> None:
    place = "/api/2.0/mlflow-artifacts/artifacts/0/r/artifacts/big"
    assert client.put(place, content=(b"x" * 400 for _ in range(4))).status_code == 413
    assert client.get(place).status_code == 404


@pytest.mark.parametrize("bomb", [b"[" * 40_000, b'{"tags":' * 9_000, b'{"tags": [' * 5_000, b'"' + b'\\"' * 30_000])
def test_a_depth_bomb_is_a_bad_request(client: TestClient, bomb: bytes) -> None:
    assert client.post(API + "experiments/create", content=bomb, headers=JSON).status_code == 400


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/api/2.0/mlflow/runs/create"), ("PUT", "/api/2.0/mlflow-artifacts/artifacts/0/r/artifacts/slow")],
)
def test_a_body_that_does_not_come_is_given_up(client: TestClient, method: str, path: str) -> None:
    sent: list[Message] = []

    async def receive() -> Message:
        await asyncio.sleep(60)
        raise AssertionError("the server waited for the body for a minute")

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": b"",
        "headers": [(b"host", b"localhost"), (b"content-type", b"application/json"), (b"content-length", b"10")],
    }
    client.portal.call(client.app, scope, receive, send)  # type: ignore[union-attr, arg-type]
    assert sent[0]["status"] == 408


def test_a_client_that_hangs_up_during_an_upload_leaves_nothing(client: TestClient) -> None:
    place = "/api/2.0/mlflow-artifacts/artifacts/0/r/artifacts/half"
    messages = iter([{"type": "http.request", "body": b"half", "more_body": True}, {"type": "http.disconnect"}])

    async def receive() -> Message:
        return next(messages)

    async def send(message: Message) -> None:
        raise AssertionError("nobody is there to answer")

    scope = {"type": "http", "method": "PUT", "path": place, "query_string": b"", "headers": [(b"host", b"localhost")]}
    client.portal.call(client.app, scope, receive, send)  # type: ignore[union-attr, arg-type]
    assert client.get(place).status_code == 404


@pytest.fixture
def busy(tmp_path: Path) -> Iterator[TestClient]:
    """A server whose store takes no writes."""
    open_store(str(tmp_path / "busy.db"), StoreSettings()).close()
    store = open_store(str(tmp_path / "busy.db"), StoreSettings(write_queue=0))
    with TestClient(
        create_app(ServerSettings(), store, LocalArtifacts(tmp_path / "files")), base_url="http://localhost"
    ) as client:
        yield client


def test_a_full_queue_asks_to_try_again(busy: TestClient) -> None:
    batch = {"run_id": "r", "metrics": [{"key": "k", "value": 1, "timestamp": 1}]}
    for call, body in (("runs/log-batch", batch), ("experiments/create", {"name": "x"})):
        answer = busy.post(API + call, json=body)
        assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
        assert answer.json()["error_code"] == "REQUEST_LIMIT_EXCEEDED"
    assert busy.get("/ready").status_code == 503
    assert busy.get("/health").status_code == 200


@pytest.mark.parametrize("path", ["/health", "/api/2.0/mlflow/experiments/get?experiment_id=0", "/"])
def test_head_answers_like_get_without_a_body(client: TestClient, path: str) -> None:
    head, get = client.head(path), client.get(path)
    assert head.status_code == get.status_code
    assert head.headers["content-type"] == get.headers["content-type"]


def test_options_is_not_a_way_in(client: TestClient) -> None:
    answer = client.options(API + "experiments/create", headers={"Origin": "http://evil.example"})
    assert answer.status_code == 405
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("value", [None, [], {}, 1, "", True, [None], "\ud800".encode("utf-8", "surrogatepass").hex()])
@pytest.mark.parametrize("field", ["run_id", "metrics", "params", "tags"])
def test_a_wrong_value_in_any_field_of_a_batch_is_a_4xx(
    client: TestClient, run_id: str, field: str, value: object
) -> None:
    body = {"run_id": run_id, "metrics": [], "params": [], "tags": []} | {field: value}
    answer = client.post(API + "runs/log-batch", content=json.dumps(body), headers=JSON)
    assert answer.status_code in (200, 400, 404)
