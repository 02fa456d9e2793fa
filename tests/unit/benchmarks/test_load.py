from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from benchmarks.load import Conversation, NoAnswer, Refused, Reply, ReplyReader, alone, ask, drive, get, post_json


class Echo(BaseHTTPRequestHandler):
    """Answers /<status> with that status and a POST with its own body."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer(int(self.path.strip("/")), b"got")

    def do_POST(self) -> None:
        self._answer(200, self.rfile.read(int(self.headers["Content-Length"])))

    def do_DELETE(self) -> None:
        """Hang up without an answer."""
        self.close_connection = True

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def port() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()
    thread.join()


def test_every_conversation_is_held_whatever_the_number_of_connections(port: int) -> None:
    outcome = drive(port, (alone(post_json("/", {"n": n})) for n in range(50)), connections=8)

    assert (outcome.finished, outcome.failed, len(outcome.latencies_ms)) == (50, 0, 50)


def test_a_conversation_is_sent_the_reply_to_its_request(port: int) -> None:
    heard: list[bytes] = []

    def conversation() -> Conversation:
        first = yield post_json("/", "one")
        second = yield post_json("/", "two")
        heard.extend((first.body, second.body))

    drive(port, [conversation()])

    assert heard == [b'"one"', b'"two"']


def test_errors_are_counted(port: int) -> None:
    outcome = drive(port, [alone(get("/500")), alone(get("/200")), alone(get("/429"))])

    assert (outcome.finished, outcome.failed) == (3, 2)


def test_a_cut_connection_fails_its_request_and_no_other(port: int) -> None:
    cut = b"DELETE / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"

    outcome = drive(port, [alone(get("/200")), alone(cut), alone(get("/200"))])

    assert (outcome.finished, outcome.failed, len(outcome.latencies_ms)) == (3, 1, 2)


def test_nothing_new_is_begun_after_the_time_is_up(port: int) -> None:
    outcome = drive(port, (alone(get("/200")) for _ in range(1000)), at_most_s=0)

    assert outcome.finished == 0


def test_asking_raises_when_the_request_is_refused(port: int) -> None:
    with pytest.raises(Refused, match=r"'GET /404 HTTP/1\.1' was answered 404"):
        ask(port, get("/404"))


def test_a_silent_server_is_given_up(silent_port: int) -> None:
    with pytest.raises(NoAnswer):
        ask(silent_port, get("/"), patience_s=0.05)


@pytest.fixture
def silent_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.mark.parametrize(
    "encoded",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\n\r\n",
    ],
)
def test_a_reply_may_come_in_any_pieces(encoded: bytes) -> None:
    for size in (1, 3, len(encoded)):
        reader = ReplyReader()
        replies = [reader.feed(encoded[start : start + size]) for start in range(0, len(encoded), size)]

        assert replies[:-1] == [None] * (len(replies) - 1)
        assert replies[-1] == Reply(200, b"hello")


def test_a_connection_closed_in_the_middle_is_an_error() -> None:
    with pytest.raises(ConnectionError):
        ReplyReader().feed(b"")
