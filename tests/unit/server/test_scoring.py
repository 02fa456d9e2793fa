"""Inputs go to the scoring servers that were named, and nowhere else."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from runfold.errors import InvalidState, InvalidValue, NotFound, Unavailable
from runfold.server.scoring import MAX_ANSWER_BYTES, MAX_AT_ONCE, ScoringServers

Answer = Callable[[BaseHTTPRequestHandler, bytes], None]


class Scorer(ThreadingHTTPServer):
    """Answers as a test says, and remembers what was asked."""

    daemon_threads = True

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.asked: list[tuple[str, bytes]] = []
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Scorer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append((self.path, body))
        self.server.answer(self, body)

    def log_message(self, format: str, *args: object) -> None:
        pass


def reply(handler: BaseHTTPRequestHandler, status: int, body: bytes, **headers: str) -> None:
    handler.send_response(status)
    for name, value in {"Content-Length": str(len(body)), **headers}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


@pytest.fixture
def start() -> Iterator[Callable[[Answer], Scorer]]:
    running: list[Scorer] = []

    def begin(answer: Answer) -> Scorer:
        scorer = Scorer(answer)
        threading.Thread(target=scorer.serve_forever, args=(0.01,), daemon=True).start()
        running.append(scorer)
        return scorer

    yield begin
    for scorer in running:
        scorer.shutdown()
        scorer.server_close()


def test_an_input_is_passed_on_and_its_answer_back(start: Callable[[Answer], Scorer]) -> None:
    scorer = start(lambda handler, body: reply(handler, 200, b'{"predictions": [1]}', **{"X-Runfold-Model": "a/1"}))
    servers = ScoringServers([f"try={scorer.address}/"])
    found = servers.score("try", b'{"inputs": [2]}')
    assert (found.status, found.text, found.model) == (200, '{"predictions": [1]}', "a/1")
    assert scorer.asked == [("/invocations", b'{"inputs": [2]}')]
    assert [(known.name, known.address) for known in servers.known] == [("try", scorer.address)]


def test_a_refusal_is_an_answer(start: Callable[[Answer], Scorer]) -> None:
    scorer = start(lambda handler, body: reply(handler, 400, b'{"message": "no column a"}'))
    assert ScoringServers([f"try={scorer.address}"]).score("try", b"{}").status == 400


def test_redirects_are_not_followed(start: Callable[[Answer], Scorer]) -> None:
    inner = start(lambda handler, body: reply(handler, 200, b"secret"))
    outer = start(lambda handler, body: reply(handler, 307, b"", Location=f"{inner.address}/invocations"))
    assert ScoringServers([f"try={outer.address}"]).score("try", b"{}").status == 307
    assert inner.asked == []


def test_too_long_an_answer_is_not_kept(start: Callable[[Answer], Scorer]) -> None:
    scorer = start(lambda handler, body: reply(handler, 200, b"x" * (MAX_ANSWER_BYTES + 10)))
    with pytest.raises(InvalidState, match="more than"):
        ScoringServers([f"try={scorer.address}"]).score("try", b"{}")


def test_a_server_that_is_gone_is_named(start: Callable[[Answer], Scorer]) -> None:
    scorer = start(lambda handler, body: None)
    scorer.shutdown()
    scorer.server_close()
    with pytest.raises(InvalidState, match="'try' at http://127"):
        ScoringServers([f"try={scorer.address}"]).score("try", b"{}")


@pytest.mark.parametrize("name", ["", "other", "http://127.0.0.1:1", "try/../x"])
def test_only_names_that_were_given_lead_anywhere(name: str) -> None:
    with pytest.raises(NotFound):
        ScoringServers(["try=http://127.0.0.1:1"]).score(name, b"{}")


def test_slow_servers_do_not_take_all_threads(start: Callable[[Answer], Scorer]) -> None:
    entered, leave = threading.Semaphore(0), threading.Event()

    def wait(handler: BaseHTTPRequestHandler, body: bytes) -> None:
        entered.release()
        leave.wait(30)
        reply(handler, 200, b"{}")

    servers = ScoringServers([f"try={start(wait).address}"])
    asking = [threading.Thread(target=servers.score, args=("try", b"{}")) for _ in range(MAX_AT_ONCE)]
    for thread in asking:
        thread.start()
    assert all(entered.acquire(timeout=30) for _ in asking)
    with pytest.raises(Unavailable, match="as many as it passes on"):
        servers.score("try", b"{}")
    leave.set()
    for thread in asking:
        thread.join(30)
    assert servers.score("try", b"{}").status == 200


@pytest.mark.parametrize(
    "text",
    ["http://127.0.0.1:1", "=http://h", "a=", "a=ftp://h", "a=file:///etc/passwd", "a=http://u:p@h", "a=http://h?x=1"],
)
def test_what_is_no_name_and_address_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue, match="name=address"):
        ScoringServers([text])


def test_a_name_stands_once() -> None:
    with pytest.raises(InvalidValue, match="same name"):
        ScoringServers(["a=http://h", "a=http://g"])
