"""Reading and answering HTTP on RSGI, granian's own interface: a fifth less work for each request than ASGI."""

from __future__ import annotations

import asyncio
import re
import secrets
from typing import Any, Protocol

import msgspec

from runfold.errors import InvalidValue, RunfoldError, Unavailable
from runfold.serving.batch import Busy, ModelFault
from runfold.serving.protocol.errors import UnreadableInput, UnsupportedType
from runfold.wire.errors import ErrorBody, HttpMeaning, meaning_of

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_FIRST_LINE_AT_MOST = 500

Headers = list[tuple[str, str]]


class Scope(Protocol):
    """What RSGI tells of a request."""

    method: str
    path: str
    headers: Any
    client: str


class Exchange(Protocol):
    """RSGI's way to read the body and to answer."""

    async def __call__(self) -> bytes: ...

    def __aiter__(self) -> Any: ...

    def response_bytes(self, status: int, headers: Headers, body: bytes) -> None: ...


class ClientGone(Exception):
    """The client hung up before its request was complete."""


class Refused(RunfoldError):
    """A request that is refused for a reason of HTTP itself."""

    def __init__(self, status: int, code: str, message: str) -> None:
        self.meaning = HttpMeaning(status, code)
        super().__init__(message)


async def read_body(scope: Scope, exchange: Exchange, limit: int, timeout_s: float) -> bytes:
    """The whole body.

    Args:
        limit: bytes; a client that announces more is refused before anything is read.
        timeout_s: for all of it.

    Raises:
        Refused: 413 for too much, 408 when it takes too long, 415 for a compressed body.
        ClientGone: the client hung up.
    """
    if scope.headers.get("content-encoding", "identity") != "identity":
        raise Refused(415, "BAD_REQUEST", "Compressed bodies are not accepted; send the body as it is.")
    length = scope.headers.get("content-length")
    if length is not None and int(length) > limit:
        raise _too_large(limit)
    try:
        async with asyncio.timeout(timeout_s):
            if length is not None:
                return await exchange()
            chunks, size = [], 0
            async for chunk in exchange:
                chunks.append(chunk)
                size += len(chunk)
                if size > limit:
                    raise _too_large(limit)
            return b"".join(chunks)
    except TimeoutError:
        raise Refused(408, "DEADLINE_EXCEEDED", f"The body did not arrive within {timeout_s:g} s.") from None
    except RuntimeError as error:  # what RSGI raises for a connection that is gone
        raise ClientGone from error


def _too_large(limit: int) -> Refused:
    return Refused(413, "INVALID_PARAMETER_VALUE", f"The body is larger than {limit} bytes. Send fewer rows at once.")


def request_id(scope: Scope) -> str:
    """The caller's id where it is harmless in a log, or a new one."""
    sent = scope.headers.get("x-request-id")
    return sent if sent and _REQUEST_ID.fullmatch(sent) else secrets.token_hex(8)


def describe(error: BaseException) -> tuple[HttpMeaning, str]:
    """The status, code and message that stand for an error.

    A model's own error is a 400, as in MLflow's server: it nearly always means rows that the model cannot take. Its
    text is shown, its trace is not.
    """
    match error:
        case Refused():
            return error.meaning, error.message
        case UnreadableInput():
            return HttpMeaning(400, "BAD_REQUEST"), error.message
        case UnsupportedType():
            return HttpMeaning(415, "BAD_REQUEST"), error.message
        case Busy():
            return HttpMeaning(429, "REQUEST_LIMIT_EXCEEDED"), error.message
        case RunfoldError():
            return meaning_of(error), error.message
        case TimeoutError():
            return HttpMeaning(504, "DEADLINE_EXCEEDED"), "The model did not answer in the time that a request has."
    text = str(error) if isinstance(error, ModelFault) else f"{type(error).__name__}: {error}"
    first = (text.splitlines() or [""])[0][:_FIRST_LINE_AT_MOST]
    return HttpMeaning(400, "BAD_REQUEST"), f"The model cannot predict for these rows. {first}"


def is_callers_fault(error: BaseException) -> bool:
    """Whether an error is of no interest to the log of the server."""
    return isinstance(error, InvalidValue | Refused | Unavailable)


def error_body(error: BaseException, meaning: HttpMeaning, message: str, request: str, *, is_v2: bool) -> bytes:
    if is_v2:
        return msgspec.json.encode({"error": message, "request_id": request})
    return msgspec.json.encode(ErrorBody(error_code=meaning.error_code, message=message, request_id=request))


def retry_after(error: BaseException) -> Headers:
    if isinstance(error, Unavailable):
        return [("retry-after", str(max(1, min(60, round(error.retry_after_s)))))]
    return []
