"""A receiver of webhooks: a real HTTP server on this machine that keeps what it was sent."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from typing import NamedTuple


class Received(NamedTuple):
    path: str
    headers: Mapping[str, str]
    body: str


class Receiver:
    """
    Attributes:
        statuses: what the next requests are answered; then 200.
        answer_headers: sent with every answer.
    """

    def __init__(self, port: int) -> None:
        self.port = port
        self.statuses: list[int] = []
        self.answer_headers: dict[str, str] = {}
        self.received: list[Received] = []
        self._queue: Queue[Received] = Queue()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def note(self, received: Received) -> int:
        status = self.statuses.pop(0) if self.statuses else 200
        self.received.append(received)
        self._queue.put(received)
        return status

    def next(self) -> Received:
        """The next request; waits for it."""
        return self._queue.get(timeout=20)


@contextmanager
def run_receiver() -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            status = receiver.note(Received(self.path, dict(self.headers), body))
            self.send_response(status)
            for name, value in receiver.answer_headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        receiver = Receiver(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()
