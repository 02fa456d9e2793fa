"""Calls a scoring application in this process, as a connection would."""

from __future__ import annotations

import asyncio
from typing import Any, NamedTuple

import msgspec

from runfold.config import ServingSettings
from runfold.serving.app import ScoringApp
from runfold.serving.http import messages
from runfold.serving.model import ServedModel


class Reply(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def document(self) -> Any:
        return msgspec.json.decode(self.body)


class Request(NamedTuple):
    method: str
    path: str
    body: bytes = b""
    headers: dict[str, str] = {}


async def send(app: ScoringApp, request: Request) -> Reply:
    answer: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()

    def respond(status: int, headers: messages.Headers, body: bytes) -> None:
        answer.set_result(Reply(status, dict(headers), body))  # fails when it is answered twice

    app.answer(messages.Request(*request[:2], request.headers, request.body, "127.0.0.1:1", respond))
    return await answer


def talk(app: ScoringApp, *requests: Request) -> list[Reply]:
    """Send requests at the same time, and end the application."""

    async def conversation() -> list[Reply]:
        loop = asyncio.get_running_loop()
        app.open(loop)
        try:
            return await asyncio.gather(*(send(app, request) for request in requests))
        finally:
            await loop.run_in_executor(None, app.close)

    return asyncio.run(conversation())


def application(model: Any, **settings: Any) -> ScoringApp:
    return ScoringApp(ServingSettings(**settings), ServedModel(model, name="m", version="3"))


def score(model: Any, body: bytes | str, content_type: str = "application/json") -> Reply:
    content = body.encode() if isinstance(body, str) else body
    request = Request("POST", "/invocations", content, {"content-type": content_type})
    return talk(application(model), request)[0]
