"""Downloads in parts, and uploads with a digest."""

from __future__ import annotations

import hashlib
from base64 import b64encode

import pytest
from starlette.testclient import TestClient

CONTENT = bytes(range(100))


@pytest.fixture
def place(client: TestClient, run_id: str) -> str:
    address = f"/api/2.0/mlflow-artifacts/artifacts/0/{run_id}/artifacts/a b ü.bin"
    assert client.put(address, content=CONTENT).status_code == 200
    return address


@pytest.mark.parametrize(
    ("asked", "found", "said"),
    [
        ("bytes=0-9", CONTENT[:10], "bytes 0-9/100"),
        ("bytes=90-", CONTENT[90:], "bytes 90-99/100"),
        ("bytes=-5", CONTENT[95:], "bytes 95-99/100"),
        ("bytes=95-1000", CONTENT[95:], "bytes 95-99/100"),
    ],
)
def test_a_part_of_a_file(client: TestClient, place: str, asked: str, found: bytes, said: str) -> None:
    answer = client.get(place, headers={"Range": asked})
    assert (answer.status_code, answer.content, answer.headers["content-range"]) == (206, found, said)


@pytest.mark.parametrize("asked", ["bytes=100-", "bytes=200-300", "bytes=9-5", "bytes=-0"])
def test_a_part_that_is_not_there(client: TestClient, place: str, asked: str) -> None:
    answer = client.get(place, headers={"Range": asked})
    assert (answer.status_code, answer.headers["content-range"]) == (416, "bytes */100")


@pytest.mark.parametrize("asked", ["bytes=0-1,5-6", "lines=1-2", "bytes=x-y", "bytes=-", "bytes=" + "9" * 30 + "-"])
def test_what_is_no_simple_range_gives_the_whole_file_or_nothing(client: TestClient, place: str, asked: str) -> None:
    answer = client.get(place, headers={"Range": asked})
    assert answer.status_code in (200, 416)
    assert answer.status_code == 416 or answer.content == CONTENT


def test_a_range_of_an_older_version_gives_the_whole_new_one(client: TestClient, place: str) -> None:
    old = client.get(place).headers["etag"]
    client.put(place, content=CONTENT + b"more")
    answer = client.get(place, headers={"Range": "bytes=0-9", "If-Range": old})
    assert (answer.status_code, len(answer.content)) == (200, 104)


def test_a_name_of_any_letters_survives_in_the_header(client: TestClient, place: str) -> None:
    said = client.get(place).headers["content-disposition"]
    assert said == "attachment; filename=\"a b _.bin\"; filename*=UTF-8''a%20b%20%C3%BC.bin"


def test_other_bytes_than_announced_are_refused(client: TestClient, place: str) -> None:
    digest = b64encode(hashlib.sha256(CONTENT).digest()).decode()
    header = {"Repr-Digest": f"sha-256=:{digest}:"}
    assert client.put(place, content=CONTENT, headers=header).status_code == 200
    wrong = client.put(place, content=b"other", headers=header)
    assert (wrong.status_code, wrong.json()["error_code"]) == (400, "DATA_LOSS")
    assert client.get(place).content == CONTENT


def test_an_empty_file_is_a_file(client: TestClient, place: str) -> None:
    empty = place + ".empty"
    assert client.put(empty, content=b"").status_code == 200
    answer = client.get(empty)
    assert (answer.status_code, answer.content, answer.headers["content-length"]) == (200, b"", "0")


def test_a_chunked_upload_without_a_length_is_stored_whole(client: TestClient, place: str) -> None:
    assert client.put(place, content=(CONTENT for _ in range(30_000))).status_code == 200
    assert client.get(place).content == CONTENT * 30_000


@pytest.mark.parametrize("name", ["MLmodel", "a.txt", "a.json", "a.yaml", "a.py", "a.csv", "README", "LICENSE"])
def test_text_is_shown_as_text(client: TestClient, run_id: str, name: str) -> None:
    address = f"/api/2.0/mlflow-artifacts/artifacts/0/{run_id}/artifacts/{name}"
    client.put(address, content=b"x")
    assert client.get(address).headers["content-type"] == "text/plain; charset=utf-8"


def test_the_digest_of_a_file_is_that_of_its_bytes(client: TestClient, place: str, run_id: str) -> None:
    answer = client.post("/api/runfold/v1/artifacts/digest", json={"run_id": run_id, "path": "a b ü.bin"})
    assert answer.json() == {"digest": f"sha256:{hashlib.sha256(CONTENT).hexdigest()}", "n_bytes": 100}


@pytest.mark.parametrize("path", ["missing.bin", "../other", ""])
def test_there_is_no_digest_of_what_is_no_file(client: TestClient, place: str, run_id: str, path: str) -> None:
    answer = client.post("/api/runfold/v1/artifacts/digest", json={"run_id": run_id, "path": path})
    assert answer.status_code in (400, 404)


def test_a_file_that_is_too_long_for_a_digest_is_refused(
    client: TestClient, place: str, run_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runfold.server.calls.files.MAX_DIGESTED", 99)
    answer = client.post("/api/runfold/v1/artifacts/digest", json={"run_id": run_id, "path": "a b ü.bin"})
    assert answer.status_code == 400
    assert "at most 99" in answer.json()["message"]
