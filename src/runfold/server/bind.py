"""From the table of calls to routes: decode, check permission, call, encode.

Paths are looked up in a dictionary rather than matched one after the other, so a call costs the same whether the
table has ten rows or two hundred. The few with fields in them are tried last.
"""

from __future__ import annotations

import asyncio
import inspect
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import partial
from typing import Any

import msgspec
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Receive, Scope, Send

from runfold.server.audit.visits import visit_of
from runfold.server.services import Services
from runfold.server.web.http import Refused, read_body, send_json
from runfold.server.web.security import check_kind
from runfold.wire.decode import RequestReader, reader_of
from runfold.wire.endpoint import path_fields, path_pattern
from runfold.wire.endpoints import Body, Endpoint, Permission

Reply = msgspec.Struct | bytes
Answer = Callable[[Services, Any], Reply | Awaitable[Reply]]
"""What a call does with its decoded request: a plain function runs in a thread, a coroutine in the loop."""
Handler = Callable[[Services, Endpoint, Scope, Receive, Send], Awaitable[None]]
"""What a call does that handles its bodies itself, such as a transfer of files."""

LARGE_BODY = 256 * 1024
"""Bytes from which reading a body would keep the event loop busy for milliseconds; a log-batch has less."""

_encode = msgspec.json.Encoder().encode


def table_route(
    endpoints: Iterable[Endpoint],
    answers: Mapping[str, Answer],
    handlers: Mapping[str, Handler],
    services: Services,
) -> TableRoute:
    """The route that leads to every call of the table.

    Raises:
        LookupError: a row has no function or no permission, or a function no row.
    """
    route = TableRoute(services.settings.static_prefix)
    unused = answers.keys() | handlers.keys()
    for endpoint in endpoints:
        unused -= {endpoint.name}
        if not isinstance(endpoint.permission, Permission):
            raise LookupError(f"The call {endpoint.name!r} of the table names no permission.")
        if endpoint.name in handlers:
            route.add(endpoint, partial(_handle, handlers[endpoint.name], services, endpoint))
        elif endpoint.name in answers:
            route.add(endpoint, JsonCall(endpoint, answers[endpoint.name], services))
        else:
            raise LookupError(f"The call {endpoint.name!r} of the table has no function.")
    if unused:
        raise LookupError(f"These functions belong to no call of the table: {sorted(unused)}.")
    return route


async def _handle(
    handler: Handler, services: Services, endpoint: Endpoint, scope: Scope, receive: Receive, send: Send
) -> None:
    if scope["method"] not in ("GET", "HEAD"):
        check_kind(scope, endpoint.sends)
    admitted = await services.access.admit(scope, endpoint, services)
    with visit_of(scope) as visit:
        visit.about(None)
        await handler(admitted, endpoint, scope, receive, send)


class JsonCall:
    """A call with JSON on both sides, as an ASGI application."""

    def __init__(self, endpoint: Endpoint, answer: Answer, services: Services) -> None:
        self._endpoint = endpoint
        self._answer = answer
        self._is_async = inspect.iscoroutinefunction(answer)
        self._services = services
        self._reader: RequestReader[msgspec.Struct] = reader_of(endpoint.request)
        self._limit = services.settings.max_body_bytes
        self._timeout_s = services.settings.request_timeout_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        services = await self._services.access.admit(scope, self._endpoint, self._services)
        with visit_of(scope) as visit:
            request = await self._read(scope, receive)
            visit.about(request)
            async with asyncio.timeout(self._timeout_s):
                if self._is_async:
                    body = _encoded(await self._answer(services, request))  # type: ignore[misc]
                else:
                    body = await services.in_thread(partial(self._encoded_answer, services, request))
        await send_json(send, self._endpoint.status, body)

    def _encoded_answer(self, services: Services, request: msgspec.Struct) -> bytes:
        """The whole work in one thread: a large answer is encoded there too."""
        return _encoded(self._answer(services, request))  # type: ignore[arg-type]

    async def _read(self, scope: Scope, receive: Receive) -> msgspec.Struct:
        if scope["method"] in ("GET", "HEAD"):
            return self._reader.read_query(str(scope["query_string"], "latin-1"), scope["path_fields"])
        check_kind(scope, Body.JSON)
        body = await read_body(scope, receive, self._limit, self._timeout_s)
        if len(body) > LARGE_BODY:
            return await self._services.in_thread(partial(self._reader.read_body, body, scope["path_fields"]))
        return self._reader.read_body(body, scope["path_fields"])


def _encoded(reply: Reply) -> bytes:
    return reply if isinstance(reply, bytes) else _encode(reply)


class TableRoute(BaseRoute):
    """All calls as one route of Starlette.

    Args:
        prefix: stands in front of every path.
    """

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._exact: dict[str, dict[str, tuple[Endpoint, ASGIApp]]] = {}
        self._open: dict[str, dict[str, tuple[Endpoint, ASGIApp]]] = {}
        self._patterns: dict[str, re.Pattern[str]] = {}

    def add(self, endpoint: Endpoint, app: ASGIApp) -> None:
        for path in endpoint.paths:
            full = self._prefix + path
            table = self._open if full.endswith("{path}") else self._exact
            if path_fields(path):
                self._patterns[full] = path_pattern(full)
            methods = table.setdefault(full.removesuffix("{path}"), {})
            for method in endpoint.methods:
                methods[method] = (endpoint, app)
                if method == "GET":
                    methods["HEAD"] = (endpoint, app)

    def find(self, path: str) -> tuple[dict[str, tuple[Endpoint, ASGIApp]] | None, str, dict[str, str]]:
        """The calls at a path by method, what of the path is left behind an open one, and the fields in it."""
        methods = self._exact.get(path)
        if methods is not None:
            return methods, "", {}
        for prefix, found in self._open.items():
            if path.startswith(prefix) and len(path) > len(prefix):
                return found, path[len(prefix) :], {}
        for full, pattern in self._patterns.items():
            match = pattern.fullmatch(path)
            if match is not None:
                return self._exact[full], "", match.groupdict()
        return None, "", {}

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if scope["type"] != "http":
            return Match.NONE, {}
        methods, rest, fields = self.find(scope["path"])
        if methods is None:
            return Match.NONE, {}
        return Match.FULL, {"methods": methods, "path_rest": rest, "path_fields": fields}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        methods = scope["methods"]
        if scope["method"] not in methods:
            allowed = ", ".join(sorted(methods))
            raise Refused(
                405,
                "ENDPOINT_NOT_FOUND",
                f"{scope['method']} is not a method of {scope['path']!r}; it takes {allowed}.",
                headers={"Allow": allowed},
            )
        scope["endpoint"], app = methods[scope["method"]]
        await app(scope, receive, send)
