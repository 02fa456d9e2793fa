"""Letting in programs that wait. Whoever lets one in is signed in with a browser, not by a token of another program."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import msgspec
from starlette.types import Receive, Scope, Send

from runfold.domain.links import let_in_path
from runfold.errors import PermissionDenied
from runfold.server.audit.visits import visit_of
from runfold.server.bind import Answer, Handler
from runfold.server.services import Services
from runfold.server.web.http import read_body, send_json
from runfold.wire import convert
from runfold.wire.decode import RequestReader
from runfold.wire.endpoints import Endpoint
from runfold.wire.messages import tokens as m
from runfold.wire.messages.base import Empty

_read_ask = RequestReader(m.AskToBeLetIn)
_MAX_BODY = 64 * 1024
_INTERVAL_S = 2


async def ask(services: Services, endpoint: Endpoint, scope: Scope, receive: Receive, send: Send) -> None:
    """The address of the one who asks is shown to whoever lets it in."""
    request = _read_ask.read_body(await read_body(scope, receive, _MAX_BODY, services.settings.request_timeout_s))
    visit_of(scope).about(request)
    begin = partial(
        services.known_door.begin_waiting,
        scope,
        request.program,
        role=convert.role_in(request.scope),
        days=request.days,
    )
    made = await services.in_thread(begin)
    reply = m.WaitingReply(
        secret=made.secret,
        code=made.waiting.code,
        path=let_in_path(made.waiting.code),
        expires_ms=made.waiting.expires_ms,
        interval_s=_INTERVAL_S,
    )
    await send_json(send, 200, msgspec.json.encode(reply))


def show(services: Services, request: m.WaitingRef) -> m.WaitingProgramReply:
    _check_is_browser(services)
    return convert.waiting_out(services.known_door.get_waiting(request.code))


def decide(services: Services, request: m.DecideWaiting) -> Empty:
    _check_is_browser(services)
    user = services.known_caller.user.name
    services.known_door.decide_waiting(request.code, user=user, lets_in=request.lets_in)
    return Empty()


def collect(services: Services, request: m.CollectWaiting) -> m.CollectedReply:
    made = services.known_door.collect_waiting(request.secret)
    if made is None:
        return m.CollectedReply(is_waiting=True)
    return m.CollectedReply(token=convert.token_out(made.token), secret=made.secret)


def _check_is_browser(services: Services) -> None:
    if not services.known_caller.session_id:
        raise PermissionDenied("Programs are let in by a browser that is signed in, not by a token.")


ANSWERS: Mapping[str, Answer] = {"programs/show": show, "programs/decide": decide, "programs/collect": collect}
HANDLERS: Mapping[str, Handler] = {"programs/ask": ask}
