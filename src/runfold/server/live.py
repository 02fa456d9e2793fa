"""Changes of runs and of jobs as server-sent events (WHATWG HTML, section 9.2).

An event `changes` is the answer of `runs/changes` or `jobs/changes`; its id is the cursor, so a browser that connects
again goes on where it was. Beside jobs, an event `agents` has the answer of `agents/list`: at the beginning, and when
one comes, goes, or is less or more busy. That is read from the store, so that any process tells of agents that speak to
another.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

import msgspec
from starlette.types import Receive, Scope, Send

from runfold.domain.job import Agent
from runfold.errors import InvalidValue, RunfoldError, Unavailable
from runfold.server.services import Services
from runfold.server.web.http import header
from runfold.stores.base import RunColumns
from runfold.wire import convert
from runfold.wire.decode import RequestReader
from runfold.wire.endpoints import Body, Endpoint
from runfold.wire.messages.jobs import AgentsReply, JobChangesReply, WatchJobs
from runfold.wire.messages.runs import ReadChangesReply, WatchChanges

POLL_S = 1.0
HEARTBEAT_S = 15.0
RECONNECT_MS = 2000
MAX_STREAMS = 200
_MAX_CHANGES = 200
_NO_VALUES = RunColumns(metrics=(), params=(), tags=(), datasets=False)
_read_runs = RequestReader(WatchChanges)
_read_jobs = RequestReader(WatchJobs)

Changes = ReadChangesReply | JobChangesReply
Look = Callable[[int], Changes]
"""Says what changed since a cursor."""
Beside = Callable[[], bytes]
"""Gives the event of something that has no cursor, when it is not as it was; else nothing."""


async def follow_runs(services: Services, endpoint: Endpoint, scope: Scope, receive: Receive, send: Send) -> None:
    request = _read_runs.read_query(str(scope["query_string"], "latin-1"))
    await _follow(services, partial(_changed_runs, services, request), request.after, scope, receive, send)


async def follow_jobs(services: Services, endpoint: Endpoint, scope: Scope, receive: Receive, send: Send) -> None:
    request = _read_jobs.read_query(str(scope["query_string"], "latin-1"))
    look, beside = partial(_changed_jobs, services), _SeenAgents(services).look
    await _follow(services, look, request.after, scope, receive, send, beside)


def _changed_runs(services: Services, request: WatchChanges, after: int) -> ReadChangesReply:
    columns = RunColumns() if request.with_values else _NO_VALUES
    changes = services.store.changed_runs(
        request.experiment_ids, after=after, max_results=_MAX_CHANGES, columns=columns
    )
    return ReadChangesReply(runs=tuple(map(convert.record_out, changes.runs)), cursor=changes.cursor)


def _changed_jobs(services: Services, after: int) -> JobChangesReply:
    return convert.job_changes_out(services.store.changed_jobs(after=after, max_results=_MAX_CHANGES))


class _SeenAgents:
    """What a page knows of agents."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._known: tuple[Agent, ...] | None = None

    def look(self) -> bytes:
        agents = self._services.store.list_agents()
        # They are heard from every few seconds, which is no news.
        now = tuple(msgspec.structs.replace(agent, seen_ms=0) for agent in agents)
        if now == self._known:
            return b""
        self._known = now
        return b"event: agents\ndata: %s\n\n" % msgspec.json.encode(
            AgentsReply(agents=tuple(map(convert.agent_out, agents)))
        )


def _nothing() -> bytes:
    return b""


async def _follow(
    services: Services, look: Look, after: int, scope: Scope, receive: Receive, send: Send, beside: Beside = _nothing
) -> None:
    """Send what changes until the client hangs up or the server stops."""
    cursor = _cursor(header(scope, b"last-event-id"), after)
    if services.streams.n_open >= MAX_STREAMS:
        raise Unavailable("Too many pages follow changes just now.", retry_after_s=30)
    see = partial(_see, look, beside)
    first = await services.in_thread(partial(see, cursor))
    services.streams.n_open += 1
    gone = asyncio.ensure_future(_wait_until_gone(receive))
    try:
        await _send_all(services, see, first, send, gone)
    finally:
        services.streams.n_open -= 1
        gone.cancel()


def _see(look: Look, beside: Beside, cursor: int) -> tuple[Changes, bytes]:
    return look(cursor), beside()


async def _send_all(
    services: Services,
    see: Callable[[int], tuple[Changes, bytes]],
    first: tuple[Changes, bytes],
    send: Send,
    gone: asyncio.Future[None],
) -> None:
    headers = [(b"content-type", Body.EVENTS.value.encode()), (b"x-accel-buffering", b"no")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    changes, other = first
    await _send(send, f"retry: {RECONNECT_MS}\n".encode() + _event(changes) + other)
    silent_s, cursor = 0.0, changes.cursor
    while not gone.done() and not services.is_stopping():
        await asyncio.wait([gone], timeout=POLL_S)
        try:
            changes, other = await services.in_thread(partial(see, cursor))
        except RunfoldError:
            break  # the rights of who follows have ended, or the store is away: asking again says which
        silent_s += POLL_S
        news = (_event(changes) if changes.cursor != cursor else b"") + other
        if news:
            await _send(send, news)
            silent_s, cursor = 0.0, changes.cursor
        elif silent_s >= HEARTBEAT_S:
            await _send(send, b": alive\n\n")
            silent_s = 0.0
    await send({"type": "http.response.body"})


def _event(changes: Changes) -> bytes:
    return b"event: changes\nid: %d\ndata: %s\n\n" % (changes.cursor, msgspec.json.encode(changes))


async def _send(send: Send, text: bytes) -> None:
    await send({"type": "http.response.body", "body": text, "more_body": True})


async def _wait_until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _cursor(last_event_id: str, after: int) -> int:
    if not last_event_id:
        return after
    if not (last_event_id.isascii() and last_event_id.isdecimal() and len(last_event_id) < 19):
        raise InvalidValue(f"The header Last-Event-ID is {last_event_id[:40]!r}, which is no cursor of this stream.")
    return int(last_event_id)
