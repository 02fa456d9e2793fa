"""Changes of runs and of jobs as server-sent events (WHATWG HTML, section 9.2).

Each event is the answer of `runs/changes` or `jobs/changes`; its id is the cursor, so a browser that connects again
goes on where it was.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

import msgspec
from starlette.types import Receive, Scope, Send

from runfold.errors import InvalidValue, RunfoldError, Unavailable
from runfold.server.http import header
from runfold.server.services import Services
from runfold.stores.base import RunColumns
from runfold.wire import convert
from runfold.wire.decode import RequestReader
from runfold.wire.endpoints import Body, Endpoint
from runfold.wire.messages.jobs import JobChangesReply, WatchJobs
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


async def follow_runs(services: Services, endpoint: Endpoint, scope: Scope, receive: Receive, send: Send) -> None:
    request = _read_runs.read_query(str(scope["query_string"], "latin-1"))
    await _follow(services, partial(_changed_runs, services, request), request.after, scope, receive, send)


async def follow_jobs(services: Services, endpoint: Endpoint, scope: Scope, receive: Receive, send: Send) -> None:
    request = _read_jobs.read_query(str(scope["query_string"], "latin-1"))
    await _follow(services, partial(_changed_jobs, services), request.after, scope, receive, send)


def _changed_runs(services: Services, request: WatchChanges, after: int) -> ReadChangesReply:
    columns = RunColumns() if request.with_values else _NO_VALUES
    changes = services.store.changed_runs(
        request.experiment_ids, after=after, max_results=_MAX_CHANGES, columns=columns
    )
    return ReadChangesReply(runs=tuple(map(convert.record_out, changes.runs)), cursor=changes.cursor)


def _changed_jobs(services: Services, after: int) -> JobChangesReply:
    return convert.job_changes_out(services.store.changed_jobs(after=after, max_results=_MAX_CHANGES))


async def _follow(services: Services, look: Look, after: int, scope: Scope, receive: Receive, send: Send) -> None:
    """Send what changes until the client hangs up or the server stops."""
    cursor = _cursor(header(scope, b"last-event-id"), after)
    if services.streams.n_open >= MAX_STREAMS:
        raise Unavailable("Too many pages follow changes just now.", retry_after_s=30)
    first = await services.in_thread(partial(look, cursor))
    services.streams.n_open += 1
    gone = asyncio.ensure_future(_wait_until_gone(receive))
    try:
        await _send_all(services, look, first, send, gone)
    finally:
        services.streams.n_open -= 1
        gone.cancel()


async def _send_all(services: Services, look: Look, changes: Changes, send: Send, gone: asyncio.Future[None]) -> None:
    headers = [(b"content-type", Body.EVENTS.value.encode()), (b"x-accel-buffering", b"no")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await _send(send, f"retry: {RECONNECT_MS}\n".encode() + _event(changes))
    silent_s, cursor = 0.0, changes.cursor
    while not gone.done() and not services.is_stopping():
        await asyncio.wait([gone], timeout=POLL_S)
        try:
            changes = await services.in_thread(partial(look, cursor))
        except RunfoldError:
            break  # the rights of who follows have ended, or the store is away: asking again says which
        silent_s += POLL_S
        if changes.cursor != cursor:
            await _send(send, _event(changes))
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
