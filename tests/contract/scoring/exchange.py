"""Calls a scoring application in this process, as granian would."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import msgspec

from runfold.config import ServingSettings
from runfold.serving.app import ScoringApp
from runfold.serving.model import ServedModel


class Reply(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def document(self) -> Any:
        return msgspec.json.decode(self.body)


class Request:
    """A request and the way to answer it, as RSGI hands both over."""

    def __init__(self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.method = method
        self.path = path
        self.headers = {"content-length": str(len(body)), **(headers or {})}
        self.client = "127.0.0.1:1"
        self._body = body
        self.reply: Reply | None = None

    async def __call__(self) -> bytes:
        return self._body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for start in range(0, len(self._body), 1000):
            yield self._body[start : start + 1000]

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        assert self.reply is None, "answered twice"
        self.reply = Reply(status, dict(headers), body)


async def send(app: ScoringApp, request: Request) -> Reply:
    await app.__rsgi__(request, request)
    assert request.reply is not None
    return request.reply


def talk(app: ScoringApp, *requests: Request) -> list[Reply]:
    """Send requests at the same time, and end the application."""

    async def conversation() -> list[Reply]:
        loop = asyncio.get_running_loop()
        app.__rsgi_init__(loop)
        try:
            return await asyncio.gather(*(send(app, request) for request in requests))
        finally:
            await loop.run_in_executor(None, app.__rsgi_del__, loop)

    return asyncio.run(conversation())


def application(model: Any, **settings: Any) -> ScoringApp:
    return ScoringApp(ServingSettings(**settings), ServedModel(model, name="m", version="3"))


def score(model: Any, body: bytes | str, content_type: str = "application/json") -> Reply:
    content = body.encode() if isinstance(body, str) else body
    request = Request("POST", "/invocations", content, {"content-type": content_type})
    return talk(application(model), request)[0]
