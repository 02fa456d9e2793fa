"""Main paths through the server, one request after the other, over a real store."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from runfold.artifacts.local import LocalArtifacts
from runfold.config import ServerSettings
from runfold.server import create_app
from runfold.stores.open import open_store

API = "/api/2.0/mlflow/"
V1 = "/api/runfold/v1/"


@pytest.mark.parametrize("prefix", ["/api/2.0/mlflow/", "/ajax-api/2.0/mlflow/"])
def test_a_run_is_logged_and_read_back(client: TestClient, prefix: str) -> None:
    created = client.post(prefix + "runs/create", json={"experiment_id": "0", "start_time": 5}).json()["run"]["info"]
    run_id = created["run_id"]
    batch = {
        "run_id": run_id,
        "metrics": [{"key": "loss", "value": 0.5, "timestamp": 1, "step": 1}],
        "params": [{"key": "lr", "value": "0.1"}],
        "tags": [{"key": "team", "value": "blue"}],
    }
    assert client.post(prefix + "runs/log-batch", json=batch).json() == {}
    metric = {"run_uuid": run_id, "key": "loss", "value": "NaN", "timestamp": "2", "step": "2"}
    assert client.post(prefix + "runs/log-metric", json=metric).json() == {}

    run = client.get(prefix + "runs/get", params={"run_id": run_id}).json()["run"]
    assert run["info"] == created
    assert run["data"]["params"] == [{"key": "lr", "value": "0.1"}]
    assert {"key": "team", "value": "blue"} in run["data"]["tags"]
    assert run["data"]["metrics"] == [{"key": "loss", "value": "NaN", "timestamp": 2, "step": 2}]
    history = client.get(prefix + "metrics/get-history", params={"run_id": run_id, "metric_key": "loss"}).json()
    assert history == {
        "metrics": [
            {"key": "loss", "value": 0.5, "timestamp": 1, "step": 1},
            {"key": "loss", "value": "NaN", "timestamp": 2, "step": 2},
        ]
    }


def test_a_server_that_keeps_no_files_says_so_in_words_and_does_the_rest(tmp_path: Path) -> None:
    settings = ServerSettings(serve_artifacts=False, default_artifact_root="s3://bucket/runs")
    store = open_store(str(tmp_path / "runfold.db"), artifact_root=settings.default_artifact_root)
    app = create_app(settings, store, LocalArtifacts(tmp_path / "files"))
    with TestClient(app, base_url="http://localhost", raise_server_exceptions=False) as client:
        place = "/api/2.0/mlflow-artifacts/artifacts/0/a.txt"
        for answer in (client.get(place), client.put(place, content=b"x"), client.delete(place)):
            assert answer.status_code == 503
            assert answer.headers["content-type"].startswith("text/plain")
            assert "--no-serve-artifacts" in answer.text
        created = client.post(API + "runs/create", json={"experiment_id": "0"}).json()["run"]["info"]
        assert created["artifact_uri"].startswith("s3://bucket/runs/0/")


def test_files_go_up_and_down(client: TestClient, run_id: str) -> None:
    place = f"/api/2.0/mlflow-artifacts/artifacts/0/{run_id}/artifacts/model/weights.bin"
    content = bytes(range(256)) * 20_000
    assert client.put(place, content=content).status_code == 200
    answer = client.get(place)
    assert answer.content == content
    assert answer.headers["content-disposition"].startswith("attachment")
    part = client.get(place, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content, part.headers["content-range"]) == (
        206,
        content[10:20],
        f"bytes 10-19/{len(content)}",
    )
    assert client.get(place, headers={"If-None-Match": answer.headers["etag"]}).status_code == 304
    listing = client.get(API + "artifacts/list", params={"run_id": run_id, "path": "model"}).json()
    assert listing["files"] == [{"path": "model/weights.bin", "is_dir": False, "file_size": len(content)}]
    proxied = client.get("/api/2.0/mlflow-artifacts/artifacts", params={"path": f"0/{run_id}/artifacts/model"}).json()
    assert proxied["files"] == [{"path": "weights.bin", "is_dir": False, "file_size": len(content)}]
    assert client.delete(place).status_code == 200
    assert client.get(place).status_code == 404


def test_a_finished_run_is_registered_once(client: TestClient) -> None:
    document = {
        "experiment_name": "imports/first",
        "run_name": "old one",
        "start_time_ms": 10,
        "end_time_ms": 20,
        "params": {"lr": 0.1, "optimizer": "adam"},
        "metrics": {"loss": [[0, 11, 1.0], [1, 12, "NaN"], [2, 13, 0.25]]},
        "artifacts": [{"path": "notes/a.txt", "text": "hello"}],
        "environment": {"python": "3.12"},
        "idempotency_key": "k1",
    }
    first = client.post(V1 + "runs/register", json=document).json()
    again = client.post(V1 + "runs/register", json=document).json()
    assert (first["is_new"], again["is_new"]) == (True, False)
    assert first["run"] == again["run"]
    run = first["run"]
    assert run["params"] == {"lr": "0.1", "optimizer": "adam"}
    assert run["metrics"]["loss"]["count"] == 3
    assert run["tags"]["runfold.env.python"] == "3.12"
    place = {"run_id": run["info"]["run_id"], "path": "notes/a.txt"}
    assert client.get("/get-artifact", params=place).content == b"hello"


def test_a_stream_of_documents_is_answered_line_by_line(client: TestClient) -> None:
    lines = b'{"experiment_id": "0", "run_name": "a"}\n\n{"experiment_id": "0", "metrics": {"m": [[0, "x", 1]]}}\n{}'
    answer = client.post(V1 + "runs/register-stream", content=lines, headers={"Content-Type": "application/x-ndjson"})
    rows = answer.text.splitlines()
    assert len(rows) == 3
    assert '"is_new":true' in rows[0]
    assert "'metrics[...][0][1]'" in rows[1] or "metrics" in rows[1]
    assert "experiment_id" in rows[2]


def test_unknown_calls_are_404_as_clients_of_newer_servers_expect(client: TestClient) -> None:
    for path in ("/api/2.0/mlflow/gateway/endpoints/list", "/api/3.0/mlflow/traces/search", "/api/x"):
        answer = client.get(path)
        assert (answer.status_code, answer.json()["error_code"]) == (404, "ENDPOINT_NOT_FOUND")


def test_a_wrong_method_is_told_the_right_one(client: TestClient) -> None:
    answer = client.get(API + "runs/create")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


def test_the_server_says_how_it_is(client: TestClient) -> None:
    assert client.get("/health").text == "OK"
    assert client.get("/ready").text == "OK"
    assert client.get("/version").text == "3.7.0"
    assert "paths" in client.get("/openapi.json").json()
    measured = client.get("/metrics").text
    assert 'runfold_requests_total{call="health",status="200"' in measured
    assert "runfold_writes_waiting" in measured
    assert "\nrunfold_webhook_events_dropped_total 0\n" in measured
    assert "\nrunfold_versions_pending 0\n" in measured
