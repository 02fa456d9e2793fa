"""The outermost layer: every request gets an id, is guarded, measured and logged, and every fault becomes an answer."""

from __future__ import annotations

import itertools
import logging
import re
import secrets
from time import perf_counter

import msgspec
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from runfold.errors import RunfoldError, StorageFull, Unauthenticated
from runfold.hosting.meter import Meter
from runfold.server.callers.challenge import opens_page, sign_in_address, without_prompt
from runfold.server.web.http import ClientGone, Refused, header, send_bytes, send_json
from runfold.server.web.security import COMMON_HEADERS, DATA_POLICY, UPLOAD_HEADER, Guard
from runfold.wire.endpoints import Body, Endpoint
from runfold.wire.errors import ErrorBody, HttpMeaning, body_of, headers_of, meaning_of

log = logging.getLogger("runfold.server")

SLOW_S = 2.0
# Tells requests apart, and is no secret: asking the system for randomness each time costs more than a call does.
_PROCESS = secrets.token_hex(4)
_numbers = itertools.count()
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_DATA_HEADERS = ((b"content-security-policy", DATA_POLICY.encode()), (b"cache-control", b"no-store"))


class Edge:
    """Wraps the application.

    Args:
        guard: decides who may talk to the server from a browser.
        meter: counts.
        store_uri: where records lie, which no client learns.
        prefix: stands in front of every path.
    """

    def __init__(self, app: ASGIApp, *, guard: Guard, meter: Meter, store_uri: str, prefix: str) -> None:
        self._app = app
        self._guard = guard
        self._meter = meter
        self._store_uri = store_uri
        self._prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope)
        scope["request_id"] = request_id
        started = perf_counter()
        answer = _Answer(send, request_id, self._guard.allowed_origin(scope))
        self._meter.n_open += 1
        try:
            self._guard.check(scope)
            if answer.origin and scope["method"] == "OPTIONS":
                await _allow_foreign_page(answer.send)
            else:
                await self._app(scope, receive, answer.send)
        except ClientGone:
            answer.status = answer.status or 499
        except Exception as error:  # the server's edge: no fault may leave a client without an answer
            await self._send_error(error, answer, scope)
        finally:
            self._meter.n_open -= 1
            seconds = perf_counter() - started
            endpoint: Endpoint | None = scope.get("endpoint")
            self._meter.add(endpoint.name if endpoint else "other", answer.status, seconds)
            _log_request(scope, endpoint, answer.status, seconds, request_id)

    async def _send_error(self, error: Exception, answer: _Answer, scope: Scope) -> None:
        request_id = scope["request_id"]
        if not isinstance(error, RunfoldError):
            log.error("fault while answering", exc_info=error, extra={"request_id": request_id})
        if answer.status:
            raise error  # the head is out already; all that is left is to cut the connection
        if isinstance(error, Unauthenticated) and opens_page(scope):
            where = sign_in_address(self._prefix, scope).encode("latin-1")
            await send_bytes(answer.send, 303, b"", b"text/plain", [(b"location", where)])
            return
        meaning, body, headers = _describe(error, request_id)
        if isinstance(error, RunfoldError) and self._store_uri in error.message:
            body = msgspec.structs.replace(body, message=_about_the_store(error, request_id))
        headers = without_prompt(scope, headers)
        encoded = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]
        if meaning.status >= 500 and isinstance(error, RunfoldError):
            log.warning("%s: %s", type(error).__name__, error.message, extra={"request_id": request_id})
        await send_json(answer.send, meaning.status, msgspec.json.encode(body), encoded)


class _Answer:
    """Adds the common headers to an answer, and remembers its status."""

    __slots__ = ("_request_id", "_send", "origin", "status")

    def __init__(self, send: Send, request_id: str, origin: str | None) -> None:
        self._send = send
        self._request_id = request_id
        self.origin = origin
        self.status = 0

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = [*message.get("headers", ()), *COMMON_HEADERS, (b"x-request-id", self._request_id.encode())]
            if not any(name == b"content-security-policy" for name, _ in headers):
                headers += _DATA_HEADERS
            if self.origin:
                headers += [(b"access-control-allow-origin", self.origin.encode("latin-1")), (b"vary", b"Origin")]
            message["headers"] = headers
        await self._send(message)


def _about_the_store(error: RunfoldError, request_id: str) -> str:
    """What a client may know of an error that names the place of the records."""
    if isinstance(error, StorageFull):
        return StorageFull("the records").message
    return f"The records cannot be reached just now. The server's log has the details under request {request_id}."


def _describe(error: Exception, request_id: str) -> tuple[HttpMeaning, ErrorBody, dict[str, str]]:
    if isinstance(error, Refused):
        body = ErrorBody(error_code=error.meaning.error_code, message=error.message, request_id=request_id)
        return error.meaning, body, error.headers
    if isinstance(error, RunfoldError):
        return meaning_of(error), body_of(error, request_id=request_id), headers_of(error)
    if isinstance(error, TimeoutError):
        text = "The request took longer than this server allows and was given up."
        meaning = HttpMeaning(504, "DEADLINE_EXCEEDED")
    else:
        text = f"Something went wrong inside the server. Its log has the details under request {request_id}."
        meaning = HttpMeaning(500, "INTERNAL_ERROR")
    return meaning, ErrorBody(error_code=meaning.error_code, message=text, request_id=request_id), {}


async def _allow_foreign_page(send: Send) -> None:
    """Answer the question that a browser asks before it lets a page of an allowed Origin write."""
    headers = (
        (b"access-control-allow-methods", b"GET, POST, PUT, PATCH, DELETE"),
        (b"access-control-allow-headers", b"content-type, authorization, " + UPLOAD_HEADER),
        (b"access-control-max-age", b"600"),
    )
    await send_bytes(send, 204, b"", b"text/plain", headers)


def _request_id(scope: Scope) -> str:
    """The caller's id where it is harmless in a log, or a new one."""
    sent = header(scope, b"x-request-id")
    return sent if sent and _REQUEST_ID.fullmatch(sent) else f"{_PROCESS}{next(_numbers):08x}"


def _log_request(scope: Scope, endpoint: Endpoint | None, status: int, seconds: float, request_id: str) -> None:
    """Answers that went well are of interest to debugging alone, except slow ones.

    How long a transfer, a stream or a wait takes is up to the client.
    """
    level = logging.DEBUG
    if status >= 400:
        level = logging.INFO
    is_ours = endpoint is None or ({endpoint.sends, endpoint.answers} == {Body.JSON} and not endpoint.waits)
    if seconds > SLOW_S and is_ours:
        level = logging.WARNING
    if log.isEnabledFor(level):
        client = scope.get("client") or ("-", 0)
        log.log(
            level,
            "%s %s %s %.1f ms",
            scope["method"],
            scope["path"].encode("unicode_escape").decode()[:200],
            status,
            seconds * 1000,
            extra={"request_id": request_id, "call": endpoint.name if endpoint else "other", "client": client[0]},
        )
