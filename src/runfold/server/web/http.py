"""Reading and answering HTTP on the level of ASGI, for calls too hot or too large for a framework's objects."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable

from starlette.types import Receive, Scope, Send

from runfold.errors import RunfoldError
from runfold.wire.errors import HttpMeaning

Headers = Iterable[tuple[bytes, bytes]]


class Refused(RunfoldError):
    """A request that is refused for a reason of HTTP itself.

    Attributes:
        meaning: the status and code of the answer.
        headers: that go with the answer.
    """

    def __init__(self, status: int, error_code: str, message: str, *, headers: dict[str, str] | None = None) -> None:
        self.meaning = HttpMeaning(status, error_code)
        self.headers = headers or {}
        super().__init__(message)


class ClientGone(Exception):
    """The client hung up before its request was complete; there is nobody to answer."""


def header(scope: Scope, name: bytes) -> str:
    """The first header of this name (lower case); empty when there is none."""
    for key, value in scope["headers"]:
        if key == name:
            return str(value, "latin-1")
    return ""


def content_length(scope: Scope) -> int | None:
    text = header(scope, b"content-length")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


async def read_body(scope: Scope, receive: Receive, limit: int, timeout_s: float) -> bytes:
    """The whole body.

    Args:
        limit: bytes; a client that announces more is refused before anything is read.
        timeout_s: for all of it.

    Raises:
        Refused: 413 for too much, 408 when it takes too long, 415 for a compressed body.
        ClientGone: the client hung up.
    """
    check_size(content_length(scope) or 0, limit)
    if header(scope, b"content-encoding") not in ("", "identity"):
        raise Refused(415, "BAD_REQUEST", "Compressed request bodies are not accepted; send the body as it is.")
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(timeout_s):
            async for chunk in body_chunks(receive):
                chunks.append(chunk)
                size += len(chunk)
                check_size(size, limit)
    except TimeoutError:
        raise slow_body(timeout_s) from None
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


async def body_chunks(receive: Receive, *, timeout_s: float | None = None) -> AsyncIterator[bytes]:
    """The body piece by piece, as it arrives.

    Args:
        timeout_s: how long the next piece may take, however long all of them do; None: the caller sees to that.

    Raises:
        Refused: 408 when a piece takes too long.
        ClientGone: the client hung up.
    """
    while True:
        try:
            async with asyncio.timeout(timeout_s):
                message = await receive()
        except TimeoutError:
            raise slow_body(timeout_s or 0) from None
        if message["type"] == "http.disconnect":
            raise ClientGone
        yield message.get("body", b"")
        if not message.get("more_body"):
            return


def check_size(size: int, limit: int) -> None:
    if size > limit:
        raise Refused(
            413,
            "INVALID_PARAMETER_VALUE",
            f"The body is larger than {limit} bytes, the most that this call takes. Send it in smaller parts.",
        )


def slow_body(timeout_s: float) -> Refused:
    return Refused(408, "DEADLINE_EXCEEDED", f"The body did not arrive within {timeout_s:g} s.")


async def send_bytes(send: Send, status: int, body: bytes, media_type: bytes, headers: Headers = ()) -> None:
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [
                (b"content-type", media_type),
                (b"content-length", str(len(body)).encode()),
                *headers,
            ],
        }
    )
    await send({"type": "http.response.body", "body": body})


async def send_json(send: Send, status: int, body: bytes, headers: Headers = ()) -> None:
    await send_bytes(send, status, body, b"application/json", headers)
