"""Runs from documents: whole or not at all, files included."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from runfold.artifacts.local import LocalArtifacts
from runfold.config import ServerSettings, StoreSettings
from runfold.server import create_app
from runfold.stores.open import open_store

REGISTER = "/api/runfold/v1/runs/register"
STREAM = "/api/runfold/v1/runs/register-stream"
LINES = {"Content-Type": "application/x-ndjson"}
FILE = {"path": "notes/a.txt", "text": "hello"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "files"


@pytest.fixture
def client(tmp_path: Path, folder: Path) -> Iterator[TestClient]:
    store = open_store(str(tmp_path / "runfold.db"), StoreSettings(durability="process"))
    app = create_app(ServerSettings(max_body_bytes=2000), store, LocalArtifacts(folder))
    with TestClient(app, base_url="http://localhost") as client:
        yield client


def files_in(folder: Path) -> list[str]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return sorted(path.read_text() for path in found)


def test_files_lie_where_the_run_says(client: TestClient, folder: Path) -> None:
    run = client.post(REGISTER, json={"experiment_id": "0", "artifacts": [FILE]}).json()["run"]
    place = run["info"]["artifact_uri"].removeprefix("mlflow-artifacts:/")
    assert (folder / place / "notes/a.txt").read_text() == "hello"


@pytest.mark.parametrize(
    "fault",
    [
        {"metrics": {"a//b": [[0, 1, 1.0]]}},
        {"metrics": {"m": [[0, -1, 1.0]]}},
        {"params": {"$": "x"}},
        {"tags": {"": "x"}},
        {"datasets": [{"dataset": {"name": "n", "digest": "d" * 99, "source_type": "x", "source": "x"}}]},
        {"run_id": "../x"},
        {"artifacts": [FILE, {"path": "notes", "text": "a file where a folder is"}]},
        {"artifacts": [FILE, FILE]},
        {"artifacts": [FILE, {"path": "../out", "text": "x"}]},
        {"artifacts": [FILE, {"path": "b", "base64": "?"}]},
        {"artifacts": [FILE, {"path": "b", "text": "x", "uri": "s3://b"}]},
    ],
)
def test_a_fault_anywhere_leaves_neither_record_nor_file(
    client: TestClient, folder: Path, fault: dict[str, object]
) -> None:
    answer = client.post(REGISTER, json={"experiment_id": "0", "artifacts": [FILE]} | fault)
    assert answer.status_code == 400
    found = client.post("/api/runfold/v1/runs/search", json={"experiment_ids": ["0"]}).json()
    assert (found["runs"], files_in(folder)) == ([], [])


@pytest.mark.parametrize(
    "fault",
    [
        {"params": {"$": "x"}},
        {"metrics": {"m": [[0, -1, 1.0]]}},
        {"run_id": "taken"},
        {"artifacts": [{"path": "a", "text": "a file"}, {"path": "a/b/c", "text": "below it"}]},
        {"artifacts": [{"path": "a", "text": "one"}, {"path": "a", "text": "two"}]},
    ],
)
def test_a_run_that_is_refused_leaves_no_new_experiment(client: TestClient, fault: dict[str, object]) -> None:
    client.post(REGISTER, json={"experiment_id": "0", "run_id": "taken"})

    answer = client.post(REGISTER, json={"experiment_name": "new", **fault})

    assert answer.status_code == 400
    found = client.get("/api/2.0/mlflow/experiments/get-by-name", params={"experiment_name": "new"})
    assert found.status_code == 404


def test_a_file_store_that_fails_leaves_nothing_behind(client: TestClient, folder: Path) -> None:
    folder.mkdir()
    (folder / "1").write_text("a file where the folder of the new experiment would be")

    answer = client.post(REGISTER, json={"experiment_name": "new", "artifacts": [FILE]})

    assert answer.status_code >= 400
    found = client.get("/api/2.0/mlflow/experiments/get-by-name", params={"experiment_name": "new"})
    assert found.status_code == 404


def test_a_taken_id_leaves_the_files_of_its_run_alone(client: TestClient, folder: Path) -> None:
    document = {"experiment_id": "0", "run_id": "mine", "artifacts": [FILE]}
    assert client.post(REGISTER, json=document).status_code == 200
    again = client.post(REGISTER, json=document | {"artifacts": [FILE | {"text": "other"}]})
    assert again.json()["error_code"] == "RESOURCE_ALREADY_EXISTS"
    assert files_in(folder) == ["hello"]


def test_many_at_once_under_one_key_make_one_run_with_its_file(client: TestClient, folder: Path) -> None:
    document = {"experiment_id": "0", "idempotency_key": "k", "artifacts": [FILE]}
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: client.post(REGISTER, json=document).json(), range(16)))
    assert len({answer["run"]["info"]["run_id"] for answer in answers}) == 1
    assert sum(answer["is_new"] for answer in answers) == 1
    assert files_in(folder) == ["hello"]


def test_a_stream_answers_each_line_and_goes_on_after_a_fault(client: TestClient) -> None:
    lines = [
        b'{"experiment_id": "0", "run_id": "a"}',
        b"",
        b'{"experiment_id": "0", "metrics": {"m": [[0, "x", 1]]}}',
        b'{"experiment_id": "0", "description": "' + b"x" * 3000 + b'"}',
        b"no json",
        b'{"experiment_id": "0", "run_id": "b"}',
    ]
    body = b"\n".join(lines)
    pieces = (body[start : start + 7] for start in range(0, len(body), 7))
    answers = [json.loads(line) for line in client.post(STREAM, content=pieces, headers=LINES).text.splitlines()]
    assert [(answer["line"], answer.get("run_id", ""), answer.get("error_code", "")) for answer in answers] == [
        (1, "a", ""),
        (3, "", "INVALID_PARAMETER_VALUE"),
        (4, "", "INVALID_PARAMETER_VALUE"),
        (5, "", "INVALID_PARAMETER_VALUE"),
        (6, "b", ""),
    ]
    assert "'metrics[...][0][1]'" in answers[1]["message"]
    assert "2000 bytes" in answers[2]["message"]


def test_an_empty_stream_has_no_answers(client: TestClient) -> None:
    assert client.post(STREAM, content=b"\n \n", headers=LINES).text == ""


@given(st.binary(max_size=300))
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_arbitrary_bytes_never_break_a_stream(client: TestClient, body: bytes) -> None:
    answer = client.post(STREAM, content=body, headers=LINES)
    assert answer.status_code == 200
    assert all(json.loads(line)["error_code"] for line in answer.text.splitlines())


def test_many_lines_share_commits_and_are_answered_in_order(client: TestClient) -> None:
    lines = b"\n".join(b'{"experiment_name": "bulk", "run_id": "r%d"}' % number for number in range(100))
    answers = [json.loads(line) for line in client.post(STREAM, content=lines, headers=LINES).text.splitlines()]
    assert [(answer["line"], answer["run_id"]) for answer in answers] == [(n + 1, f"r{n}") for n in range(100)]
    load = client.app.state.services.store.load()  # type: ignore[attr-defined]
    assert load.n_commits < load.n_units


def test_a_store_that_takes_no_more_ends_the_stream(tmp_path: Path) -> None:
    open_store(str(tmp_path / "busy.db"), StoreSettings()).close()
    store = open_store(str(tmp_path / "busy.db"), StoreSettings(write_queue=0))
    app = create_app(ServerSettings(), store, LocalArtifacts(tmp_path / "files"))
    with TestClient(app, base_url="http://localhost") as client:
        lines = b'{"experiment_id": "0"}\n' * 20
        answers = [json.loads(line) for line in client.post(STREAM, content=lines, headers=LINES).text.splitlines()]
    assert [(answer["line"], answer["error_code"]) for answer in answers] == [(1, "REQUEST_LIMIT_EXCEEDED")]
