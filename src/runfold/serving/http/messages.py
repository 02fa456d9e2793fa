"""Requests and answers as the application sees them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Protocol

from runfold.errors import RunfoldError
from runfold.wire.errors import HttpMeaning

Headers = list[tuple[str, str]]
_REASONS = {status.value: status.phrase for status in HTTPStatus}
_LINES = {status: f"HTTP/1.1 {status} {reason}\r\n" for status, reason in _REASONS.items()}


class Refused(RunfoldError):
    """A request that is refused for a reason of HTTP itself."""

    def __init__(self, status: int, code: str, message: str) -> None:
        self.meaning = HttpMeaning(status, code)
        super().__init__(message)


class Request:
    """One request, its body complete.

    Attributes:
        path: without the query.
        headers: names in lower case.
        body: what came; empty where the request was refused before it had come.
        client: address and port.
        respond: sends the answer; to be called once, from the thread of the event loop.
        on_gone: set by the application, called when the client hangs up before its answer.
    """

    __slots__ = ("body", "client", "headers", "method", "on_gone", "path", "respond")

    def __init__(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes,
        client: str,
        respond: Callable[[int, Headers, bytes], None],
    ) -> None:
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
        self.client = client
        self.respond = respond
        self.on_gone: Callable[[], None] | None = None


class Application(Protocol):
    """What answers requests. Both methods return at once; the answer may come later."""

    def answer(self, request: Request) -> None: ...

    def refuse(self, request: Request, reason: Refused) -> None:
        """Answer a request that did not come whole, for the reason given."""


def write_head(status: int, headers: Headers, n_bytes: int, date: str, connection: str) -> bytes:
    """The head of an answer.

    Args:
        n_bytes: of the body.
        connection: what becomes of the connection; empty: what the version of HTTP says.
    """
    lines = [_LINES.get(status, f"HTTP/1.1 {status} \r\n"), f"date: {date}\r\ncontent-length: {n_bytes}\r\n"]
    lines += [f"{name}: {value}\r\n" for name, value in headers]
    if connection:
        lines.append(f"connection: {connection}\r\n")
    lines.append("\r\n")
    return "".join(lines).encode("latin-1", "replace")
