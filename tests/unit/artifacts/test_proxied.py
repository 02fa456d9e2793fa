"""What the proxied store makes of answers that an honest server does not give."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from runfold.artifacts import ArtifactStore, ServerAccess, open_artifacts
from runfold.domain.artifact import ArtifactPath
from runfold.errors import (
    ArtifactError,
    InvalidValue,
    NotFound,
    NotSupported,
    PermissionDenied,
    RunfoldError,
    StorageFull,
    Unauthenticated,
)

Answering = Callable[[int, str], ThreadingHTTPServer]


@pytest.fixture
def answering() -> Iterator[Answering]:
    """A server that gives one answer to everything and keeps the headers it was sent."""
    servers: list[ThreadingHTTPServer] = []

    def start(status: int, body: str) -> ThreadingHTTPServer:
        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                self.server.seen.append((self.command, self.path, dict(self.headers)))  # type: ignore[attr-defined]
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body.encode())

            do_GET = do_PUT = do_DELETE = do_POST = answer

            def log_message(self, *args: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.seen = []  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        servers.append(server)
        return server

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def url_of(server: ThreadingHTTPServer) -> str:
    return f"http://127.0.0.1:{server.server_address[1]}"


def store_at(server: ThreadingHTTPServer) -> ArtifactStore:
    return open_artifacts("mlflow-artifacts:/0/r/artifacts", server=ServerAccess(url_of(server)))


@pytest.mark.parametrize("name", ["../x", "..", ".", "", "/etc/x", "a/b", "C:\\x", "nul", "a\u0000", "%2e%2e"])
def test_a_listed_name_that_could_lead_elsewhere_is_refused(answering: Answering, name: str) -> None:
    server = answering(200, json.dumps({"files": [{"path": name, "is_dir": False, "file_size": 1}]}))
    with pytest.raises(ArtifactError, match="The server lists"):
        store_at(server).list_folder()


@pytest.mark.parametrize("body", ["<html>", "[]", '{"files": 3}', '{"files": [{"path": 1}]}'])
def test_an_answer_of_another_kind_is_refused(answering: Answering, body: str) -> None:
    with pytest.raises(ArtifactError, match="not what the artifact API gives"):
        store_at(answering(200, body)).list_folder()


def test_sizes_may_come_as_text(answering: Answering) -> None:
    server = answering(200, '{"files": [{"path": "a", "is_dir": false, "file_size": "12"}]}')
    assert store_at(server).stat(ArtifactPath("a")).size == 12


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, InvalidValue),
        (401, Unauthenticated),
        (403, PermissionDenied),
        (404, NotFound),
        (405, NotSupported),
        (500, ArtifactError),
        (501, NotSupported),
        (507, StorageFull),
    ],
)
def test_a_refusal_keeps_its_meaning(answering: Answering, status: int, error: type[RunfoldError]) -> None:
    server = answering(status, '{"error_code": "X", "message": "because of that"}')
    with pytest.raises(error), store_at(server).write(ArtifactPath("a.txt")) as writer:
        writer.write(b"content")


def test_a_refusal_in_the_middle_of_a_large_upload_is_reported(answering: Answering) -> None:
    server = answering(403, '{"message": "no right"}')
    with (
        pytest.raises(PermissionDenied, match="no right"),
        store_at(server).write(ArtifactPath("a.bin"), size=20 << 20) as writer,
    ):
        writer.write(bytes(20 << 20))


def test_credentials_go_to_the_tracking_server_only(answering: Answering) -> None:
    own, other = answering(200, "{}"), answering(200, "{}")
    access = ServerAccess(url_of(own), headers={"Authorization": "Bearer secret"})
    host = url_of(other).removeprefix("http://")
    open_artifacts("mlflow-artifacts:/0", server=access).list_folder()
    open_artifacts(f"mlflow-artifacts://{host}/0", server=access).list_folder()
    assert own.seen[0][2]["Authorization"] == "Bearer secret"  # type: ignore[attr-defined]
    assert "Authorization" not in other.seen[0][2]  # type: ignore[attr-defined]


def test_redirects_are_not_followed(answering: Answering) -> None:
    with pytest.raises(ArtifactError, match="answered 302"):
        store_at(answering(302, "")).list_folder()


def test_a_location_on_a_server_needs_the_server() -> None:
    with pytest.raises(InvalidValue, match="Set the tracking URI"):
        open_artifacts("mlflow-artifacts:/0")
    with pytest.raises(InvalidValue, match=r"'sqlite:///x\.db'"):
        open_artifacts("mlflow-artifacts:/0", server=ServerAccess("sqlite:///x.db"))
