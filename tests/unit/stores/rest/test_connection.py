"""Calls of a small server of the test's own, which answers as told."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from runfold.errors import NotFound, NotSupported, QueueFull, StoreError, Unauthenticated, Unavailable
from runfold.stores.rest.access import Access
from runfold.stores.rest.connection import ATTEMPTS, Connection
from runfold.wire.messages.base import Empty
from runfold.wire.messages.experiments import CreateExperiment, CreateExperimentReply, ExperimentReply, GetExperiment
from runfold.wire.messages.runs import RunIds

CREATED = (200, {}, b'{"experiment_id": "7"}')
BUSY = (429, {"Retry-After": "3"}, b'{"error_code": "REQUEST_LIMIT_EXCEEDED", "message": "busy"}')
DOWN = (503, {}, b"bad gateway page")


class Told(ThreadingHTTPServer):
    """Answers requests with the answers it is given, one after the other; a missing one cuts the connection."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: list[tuple[int, dict[str, str], bytes] | None] = []
        self.requests: list[tuple[str, str, bytes, dict[str, str]]] = []
        self.uri = f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Told

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.requests.append((self.command, self.path, body, dict(self.headers)))
        answer = self.server.answers.pop(0)
        if answer is None:
            self.close_connection = True
            return
        status, headers, content = answer
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Told]:
    server = Told()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def connection(server: Told, pauses: list[float]) -> Iterator[Connection]:
    access = Access(base_url=server.uri, headers={"Authorization": "Bearer abc"})
    connection = Connection(access, timeout_s=5.0, sleep=pauses.append)
    yield connection
    connection.close()


def beat(connection: Connection) -> Empty:
    return connection.call("runs/heartbeat", RunIds(run_ids=("a",)), Empty)


def create(connection: Connection) -> str:
    request = CreateExperiment(name="digits")
    reply = connection.call("mlflow:experiments/create", request, CreateExperimentReply, is_repeatable=False)
    return reply.experiment_id


def test_a_call_has_the_path_body_and_headers_of_the_table(server: Told, connection: Connection) -> None:
    server.answers = [CREATED]

    assert create(connection) == "7"
    [(method, path, body, headers)] = server.requests
    assert (method, path, body) == ("POST", "/api/2.0/mlflow/experiments/create", b'{"name":"digits"}')
    assert headers["Authorization"] == "Bearer abc"
    assert headers["User-Agent"].startswith("runfold-python-client/")


def test_a_get_has_its_fields_in_the_query(server: Told, connection: Connection) -> None:
    server.answers = [(404, {}, b'{"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "No such experiment."}')]

    with pytest.raises(NotFound, match="No such experiment"):
        connection.call("mlflow:experiments/get", GetExperiment(experiment_id="a b"), ExperimentReply)
    assert server.requests[0][1] == "/api/2.0/mlflow/experiments/get?experiment_id=a+b"


def test_a_lost_answer_is_asked_for_again(server: Told, connection: Connection, pauses: list[float]) -> None:
    server.answers = [None, DOWN, (200, {}, b"{}")]

    beat(connection)
    assert len(server.requests) == 3
    assert len(pauses) == 2
    assert all(0.1 <= pause <= 1.5 for pause in pauses)


def test_a_call_that_must_not_run_twice_is_not_sent_twice(server: Told, connection: Connection) -> None:
    server.answers = [None]

    with pytest.raises(Unavailable):
        create(connection)
    assert len(server.requests) == 1


def test_a_full_queue_is_waited_for_by_every_call(server: Told, connection: Connection, pauses: list[float]) -> None:
    server.answers = [BUSY, BUSY, CREATED]

    assert create(connection) == "7"
    assert all(3.0 <= pause <= 4.5 for pause in pauses)


def test_patience_has_an_end(server: Told, connection: Connection) -> None:
    server.answers = [BUSY] * ATTEMPTS

    with pytest.raises(QueueFull, match="busy"):
        create(connection)
    assert server.answers == []


def test_a_silent_server_is_not_asked_many_times_by_each_call(server: Told, connection: Connection) -> None:
    server.answers = [None] * ATTEMPTS + [None, (200, {}, b"{}"), None, (200, {}, b"{}")]

    for _ in range(2):
        with pytest.raises(Unavailable):
            beat(connection)
    assert len(server.requests) == ATTEMPTS + 1
    beat(connection)
    beat(connection)  # it has answered since, so a lost answer is asked for again
    assert server.answers == []


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ((401, {}, b"who are you"), Unauthenticated),
        ((404, {}, b"<html>not found</html>"), NotSupported),
        ((200, {}, b"<html>a login page</html>"), StoreError),
        ((302, {"Location": "https://elsewhere.example"}, b""), StoreError),
    ],
)
def test_an_answer_that_is_not_ours_has_a_meaning(
    server: Told, connection: Connection, answer: tuple[int, dict[str, str], bytes], error: type[Exception]
) -> None:
    server.answers = [answer]

    with pytest.raises(error):
        create(connection)


def test_a_server_that_is_not_there_is_unavailable() -> None:
    connection = Connection(Access(base_url="http://127.0.0.1:9"), timeout_s=1.0, sleep=lambda seconds: None)

    with pytest.raises(Unavailable, match=r"http://127\.0\.0\.1:9 does not answer: Connection refused"):
        beat(connection)
