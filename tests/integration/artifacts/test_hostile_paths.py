"""Paths that try to lead out of the server's artifacts, sent as they are, to every call that takes one.

The target is a canary beside the artifacts in a throw-away folder; nothing else is ever named.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
import urllib3

SECRET = b"the canary sings"
CANARY = "canary.txt"
UP = "../" * 4  # from the files of a run to the folder that holds the artifacts

# What follows the start of a path, as it stands in the URL. `{above}` is the absolute path of the canary's folder.
FORMS = [
    f"{UP}{CANARY}",
    f"x/../{UP}{CANARY}",
    f"./{UP}{CANARY}",
    f"{'%2e%2e/' * 4}{CANARY}",
    f"{'%2E%2E%2F' * 4}{CANARY}",
    f"{'..%2f' * 4}{CANARY}",
    f"{'..%5c' * 4}{CANARY}",
    f"{'..%5C/' * 4}{CANARY}",
    f"{'%252e%252e%252f' * 4}{CANARY}",
    f"{'%25252e%25252e/' * 4}{CANARY}",
    f"{'%c0%ae%c0%ae/' * 4}{CANARY}",
    f"{'..%c0%af' * 4}{CANARY}",
    f"{'%ef%bc%8e%ef%bc%8e/' * 4}{CANARY}",
    f"{'..;/' * 4}{CANARY}",
    f"{'....//' * 4}{CANARY}",
    f"{UP}{CANARY}%00",
    f"{UP}{CANARY}%00.txt",
    f"{'..%00/' * 4}{CANARY}",
    f"/{{above}}/{CANARY}",
    f"//{{above}}/{CANARY}",
    f"%2f{{above}}/{CANARY}",
    f"%2F{{above}}%2F{CANARY}",
    f"file:%2f%2f{{above}}/{CANARY}",
    f"file:{{above}}/{CANARY}",
    f"C:{{above}}/{CANARY}",
    f"linked/{CANARY}",
    "linked.txt",
    f"linked%2f{CANARY}",
    ".runfold-part/x",
    "%2e",
    "%2e%2e",
    "x/%2e%2e",
]

Sender = Callable[..., tuple[int, bytes]]


@pytest.fixture
def run_id(server_url: str, open_folder: Path) -> str:
    """A run among whose files lie links to the canary."""
    answer = urllib3.request("POST", f"{server_url}/api/2.0/mlflow/runs/create", json={"experiment_id": "0"})
    run_id = answer.json()["run"]["info"]["run_id"]
    files = open_folder / "artifacts" / "0" / run_id / "artifacts"
    urllib3.request("PUT", f"{proxied(server_url, run_id)}/own.txt", body=b"own")
    (files / "linked").symlink_to(open_folder)
    (files / "linked.txt").symlink_to(open_folder / CANARY)
    return str(run_id)


@pytest.fixture
def canary(open_folder: Path) -> Iterator[Path]:
    file = open_folder / CANARY
    file.write_bytes(SECRET)
    before = names_beside(file)
    yield file
    assert file.read_bytes() == SECRET
    assert names_beside(file) == before


@pytest.fixture
def send(server_url: str) -> Sender:
    """Sends a request whose target is not touched on the way, as HTTP libraries would."""

    def send(method: str, target: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(urlsplit(server_url).netloc, timeout=20)
        try:
            connection.putrequest(method, target)
            for name, value in {"Content-Length": str(len(body or b"")), **headers}.items():
                connection.putheader(name.replace("_", "-"), value)
            connection.endheaders(body)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    return send


def names_beside(canary: Path) -> list[str]:
    return sorted(file.name for file in canary.parent.iterdir() if not file.name.startswith("runfold.db"))


def proxied(url: str, run_id: str) -> str:
    return f"{url}/api/2.0/mlflow-artifacts/artifacts/0/{run_id}/artifacts"


def assert_refused(answer: tuple[int, bytes]) -> None:
    status, body = answer
    assert 400 <= status < 500, (status, body[:300])
    assert SECRET not in body


@pytest.mark.parametrize("form", FORMS)
def test_no_path_leads_out_of_the_proxy(send: Sender, run_id: str, canary: Path, form: str) -> None:
    path = f"{proxied('', run_id)}/{form.format(above=canary.parent)}"
    assert_refused(send("GET", path))
    # What is refused, absent or a new name: the canary's fixture sees whether anything happened outside.
    assert send("DELETE", path)[0] < 500
    assert send("PUT", path, b"overwritten")[0] < 500


@pytest.mark.parametrize("form", FORMS)
def test_no_path_in_a_query_leads_out(send: Sender, run_id: str, canary: Path, form: str) -> None:
    path = form.format(above=canary.parent)
    assert_refused(send("GET", f"/get-artifact?run_id={run_id}&path={path}"))
    for target in (
        f"/api/2.0/mlflow/artifacts/list?run_id={run_id}&path={path}",
        f"/api/2.0/mlflow-artifacts/artifacts?path=0/{run_id}/artifacts/{path}",
    ):
        status, body = send("GET", target)
        assert status < 500
        assert CANARY.encode() not in body.replace(path.encode(), b"") or status >= 400
    upload = f"/ajax-api/2.0/mlflow/upload-artifact?run_id={run_id}&path={path}"
    status, _ = send("POST", upload, b"overwritten", Content_Type="application/octet-stream")
    assert status < 500


@pytest.mark.parametrize("form", FORMS)
def test_no_path_in_a_message_leads_out(send: Sender, run_id: str, canary: Path, form: str) -> None:
    body = json.dumps({"run_id": run_id, "path": form.format(above=canary.parent)}).encode()
    status, answer = send("POST", "/api/runfold/v1/artifacts/delete", body, Content_Type="application/json")
    assert status < 500
    assert SECRET not in answer


@pytest.mark.parametrize("path", ["", "/", ".", "%2e", "0", "0/", "0/{run_id}", "0/{run_id}/artifacts", "0/{run_id}/."])
def test_nothing_above_the_files_of_a_run_can_be_deleted(
    send: Sender, run_id: str, open_folder: Path, path: str
) -> None:
    assert_refused(send("DELETE", f"/api/2.0/mlflow-artifacts/artifacts/{path.format(run_id=run_id)}"))
    assert (open_folder / "artifacts" / "0" / run_id / "artifacts" / "own.txt").read_bytes() == b"own"


def test_a_closed_and_an_absent_file_answer_alike(send: Sender, run_id: str, canary: Path) -> None:
    linked = send("GET", f"{proxied('', run_id)}/linked.txt")
    absent = send("GET", f"{proxied('', run_id)}/{quote('absent.txt')}")
    assert linked[0] == absent[0] == 404
