"""A load client cheap enough not to be what is measured: one thread, raw sockets, requests built beforehand."""

from __future__ import annotations

import json
import selectors
import socket
import time
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

_SEND_BUFFER = 1 << 20  # a whole log-batch fits, so that sending never waits for the server to read
_RECEIVE_SIZE = 1 << 18


class Reply(NamedTuple):
    status: int
    body: bytes


# What one user does on one connection: it yields requests and is sent the replies.
Conversation = Generator[bytes, Reply, None]


class NoAnswer(TimeoutError):
    """The server was silent for longer than the caller wanted to wait."""


class Refused(RuntimeError):
    """A request that must succeed was answered with an error."""

    def __init__(self, request: bytes, reply: Reply) -> None:
        line = request.split(b"\r\n", 1)[0].decode()
        super().__init__(f"{line!r} was answered {reply.status}: {reply.body[:500]!r}")


@dataclass
class Outcome:
    """What a load did, as its client saw it."""

    wall_s: float = 0.0
    client_cpu_s: float = 0.0
    finished: int = 0  # conversations that are over, well or badly
    failed: int = 0  # replies of status 400 and above, and connections that the server cut
    latencies_ms: list[float] = field(default_factory=list)  # one per request


def post(path: str, body: bytes) -> bytes:
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode() + body


def post_json(path: str, document: object) -> bytes:
    return post(path, json.dumps(document, separators=(",", ":")).encode())


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()


def alone(request: bytes) -> Conversation:
    """A conversation of one request."""
    yield request


def drive(
    port: int,
    conversations: Iterable[Conversation],
    *,
    connections: int = 1,
    at_most_s: float = 60.0,
    patience_s: float = 120.0,
) -> Outcome:
    """Hold the conversations, each on one of some keep-alive connections, as fast as the server answers.

    Args:
        conversations: Taken one by one as connections fall free.
        connections: How many conversations are held at the same time.
        at_most_s: After this long no further conversation is begun; those under way are finished.
        patience_s: How long the server may be silent on all connections.

    Raises:
        NoAnswer: the server was silent for `patience_s`.
    """
    outcome = Outcome()
    cpu_before, began = time.process_time(), time.perf_counter()
    waiting = _until(began + at_most_s, iter(conversations))
    lanes = [_Lane(port, outcome) for _ in range(connections)]
    try:
        with selectors.DefaultSelector() as selector:
            for lane in lanes:
                if lane.begin(waiting):
                    selector.register(lane.socket, selectors.EVENT_READ, lane)
            while selector.get_map():
                ready = selector.select(patience_s)
                if not ready:
                    raise NoAnswer(f"no answer from port {port} in {patience_s:.0f} s")
                for key, _ in ready:
                    lane = key.data
                    try:
                        goes_on = lane.proceed(waiting)
                    except ConnectionError:
                        outcome.finished += 1
                        outcome.failed += 1
                        selector.unregister(key.fileobj)
                        lane.reconnect()
                        if lane.begin(waiting):
                            selector.register(lane.socket, selectors.EVENT_READ, lane)
                    else:
                        if not goes_on:
                            selector.unregister(key.fileobj)
    finally:
        for lane in lanes:
            lane.socket.close()
    outcome.wall_s = time.perf_counter() - began
    outcome.client_cpu_s = time.process_time() - cpu_before
    return outcome


def ask(port: int, request: bytes, *, patience_s: float = 120.0) -> Reply:
    """Send one request that must succeed.

    Raises:
        ConnectionError: the server cut the connection.
        Refused: the status is 400 or above.
        NoAnswer: nothing came for `patience_s`.
    """
    answer: list[Reply] = []

    def conversation() -> Conversation:
        answer.append((yield request))

    drive(port, [conversation()], patience_s=patience_s)
    if not answer:
        raise ConnectionError("the server closed the connection before its reply was complete")
    if answer[0].status >= 400:
        raise Refused(request, answer[0])
    return answer[0]


def _until(deadline: float, conversations: Iterator[Conversation]) -> Iterator[Conversation]:
    for conversation in conversations:
        if time.perf_counter() >= deadline:
            return
        yield conversation


def _connect(port: int) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
    return connection


class _Lane:
    """One connection and the conversation it is holding."""

    def __init__(self, port: int, outcome: Outcome) -> None:
        self._port = port
        self.socket = _connect(port)
        self._outcome = outcome
        self._conversation: Conversation | None = None
        self._sent_at = 0.0
        self._reader = ReplyReader()

    def reconnect(self) -> None:
        self.socket.close()
        self.socket = _connect(self._port)

    def begin(self, waiting: Iterator[Conversation]) -> bool:
        """Open the next conversation; False when there is none left."""
        self._conversation = next(waiting, None)
        if self._conversation is None:
            return False
        self._send(next(self._conversation))
        return True

    def proceed(self, waiting: Iterator[Conversation]) -> bool:
        """Read what has come and go on with the conversation, or the next; False when all is done."""
        reply = self._reader.feed(self.socket.recv(_RECEIVE_SIZE))
        if reply is None:
            return True
        self._outcome.latencies_ms.append((time.perf_counter() - self._sent_at) * 1000)
        self._outcome.failed += reply.status >= 400
        assert self._conversation is not None
        try:
            self._send(self._conversation.send(reply))
        except StopIteration:
            self._outcome.finished += 1
            return self.begin(waiting)
        return True

    def _send(self, request: bytes) -> None:
        self._reader = ReplyReader()
        self._sent_at = time.perf_counter()
        self.socket.sendall(request)


class ReplyReader:
    """Puts one HTTP/1.1 reply together from the pieces a socket gives."""

    def __init__(self) -> None:
        self._data = bytearray()
        self._status = 0
        self._body_start = 0  # 0 until the head is complete
        self._length: int | None = None  # None: the body comes in chunks

    def feed(self, piece: bytes) -> Reply | None:
        """Take the next piece; gives the reply once it is complete.

        Raises:
            ConnectionError: the piece is empty, so the server closed the connection in the middle.
        """
        if not piece:
            raise ConnectionError("the server closed the connection before its reply was complete")
        self._data += piece
        if not self._body_start and not self._read_head():
            return None
        if self._length is None:
            if self._data.endswith(b"0\r\n\r\n"):
                return Reply(self._status, _join_chunks(self._data, self._body_start))
        elif len(self._data) - self._body_start >= self._length:
            return Reply(self._status, bytes(self._data[self._body_start :]))
        return None

    def _read_head(self) -> bool:
        end = self._data.find(b"\r\n\r\n")
        if end < 0:
            return False
        head = bytes(self._data[:end]).lower()
        self._status = int(head.split(b" ", 2)[1])
        self._body_start = end + 4
        if b"transfer-encoding: chunked" not in head:
            self._length = int(head.partition(b"content-length:")[2].split(b"\r\n", 1)[0] or 0)
        return True


def _join_chunks(encoded: bytearray, position: int) -> bytes:
    body = bytearray()
    while True:
        line_end = encoded.index(b"\r\n", position)
        size = int(encoded[position:line_end].split(b";")[0], 16)
        if size == 0:
            return bytes(body)
        body += encoded[line_end + 2 : line_end + 2 + size]
        position = line_end + 2 + size + 2
