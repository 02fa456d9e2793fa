"""Linking one's own account to somebody at the provider of OpenID Connect, and taking that back.

What gives or takes a cookie writes its own answer. Both begin with the password, which is tried as at a sign-in.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import msgspec
from starlette.types import Receive, Scope, Send

from runfold.errors import PermissionDenied
from runfold.server.audit.visits import visit_of
from runfold.server.bind import Handler
from runfold.server.callers.cookies import Header
from runfold.server.services import Services
from runfold.server.web.http import read_body, send_json
from runfold.wire import convert
from runfold.wire.decode import RequestReader
from runfold.wire.endpoints import Endpoint
from runfold.wire.messages import identities as m
from runfold.wire.messages.base import Empty

_MAX_BODY = 64 * 1024
_read_begin = RequestReader(m.BeginLink)
_read_finish = RequestReader(m.FinishLink)
_read_end = RequestReader(m.EndLink)


async def begin(services: Services, endpoint: Endpoint, scope: Scope, receive: Receive, send: Send) -> None:
    request = _read_begin.read_body(await _body(services, scope, receive))
    session_id, door = _session(services), services.known_door
    await door.check_password(services.known_caller.user.name, request.password, services.wakeup)
    url, cookie = await door.at_provider(partial(door.links.begin, scope, session_id), services.wakeup)
    await _send(send, m.LinkBegun(provider_url=url), [cookie])


async def finish(services: Services, endpoint: Endpoint, scope: Scope, receive: Receive, send: Send) -> None:
    request = _read_finish.read_body(await _body(services, scope, receive))
    session_id, door = _session(services), services.known_door
    ask = partial(
        door.links.finish,
        scope,
        session_id,
        code=request.code,
        state=request.state,
        error=request.error,
        issuer=request.iss,
    )
    found = await door.at_provider(ask, services.wakeup)
    linked = m.LinkIdentity(
        user=services.known_caller.user.name, issuer=found.issuer, subject=found.subject, shown=found.shown
    )
    visit_of(scope).about(linked)
    link = partial(
        services.store.link_identity, linked.user, issuer=linked.issuer, subject=linked.subject, shown=linked.shown
    )
    made = await services.in_thread(link)
    await _send(send, m.IdentityReply(identity=convert.identity_out(made)), [door.links.forget(scope)])


async def end(services: Services, endpoint: Endpoint, scope: Scope, receive: Receive, send: Send) -> None:
    """What was begun by that provider in browsers ends; this browser goes on, in a new session."""
    request = _read_end.read_body(await _body(services, scope, receive))
    caller, door = services.known_caller, services.known_door
    visit_of(scope).about(m.IdentityRef(user=caller.user.name, issuer=request.issuer, subject=request.subject))
    await door.check_password(caller.user.name, request.password, services.wakeup)
    unlink = partial(services.store.unlink_identity, caller.user.name, issuer=request.issuer, subject=request.subject)
    await services.in_thread(unlink)
    begin_again = partial(door.begin_session, scope, caller.user)
    await _send(send, Empty(), [await services.in_thread(begin_again)] if caller.session_id else [])


def _session(services: Services) -> str:
    """Raises PermissionDenied for programs."""
    session_id = services.known_caller.session_id
    if not session_id:
        raise PermissionDenied("An account is linked by a browser that is signed in, not by a token or password.")
    return session_id


async def _body(services: Services, scope: Scope, receive: Receive) -> bytes:
    return await read_body(scope, receive, _MAX_BODY, services.settings.request_timeout_s)


async def _send(send: Send, reply: msgspec.Struct, cookies: list[Header]) -> None:
    await send_json(send, 200, msgspec.json.encode(reply), cookies)


HANDLERS: Mapping[str, Handler] = {"account/link": begin, "account/finish-link": finish, "account/unlink": end}
