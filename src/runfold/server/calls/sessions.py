"""Signing in and out by a browser. What gives or takes a cookie writes its own answer."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import msgspec
from starlette.types import Receive, Scope, Send

from runfold.domain.access import User
from runfold.errors import InvalidValue, Unavailable
from runfold.server.audit.visits import visit_of
from runfold.server.bind import Answer, Handler
from runfold.server.callers.cookies import Header
from runfold.server.services import Services
from runfold.server.web.http import read_body, send_json
from runfold.wire import convert
from runfold.wire.decode import RequestReader
from runfold.wire.endpoints import Endpoint
from runfold.wire.messages import accounts, sessions

_read_sign_in = RequestReader(sessions.SignIn)
_read_password = RequestReader(sessions.ChangePassword)
_read_end = RequestReader(sessions.EndSession)
_read_end_all = RequestReader(sessions.EndSessions)
_MAX_BODY = 64 * 1024


async def sign_in(services: Services, endpoint: Endpoint, scope: Scope, receive: Receive, send: Send) -> None:
    request = _read_sign_in.read_body(await _body(services, scope, receive))
    visit_of(scope).about(request)
    user, cookie = await services.known_door.sign_in(scope, request.name, request.password, services.wakeup)
    await _send_account(send, user, cookie)


async def change_password(services: Services, endpoint: Endpoint, scope: Scope, receive: Receive, send: Send) -> None:
    """Other browsers and all tokens end; this browser goes on, in a new session."""
    request = _read_password.read_body(await _body(services, scope, receive))
    door, caller = services.known_door, services.known_caller
    await door.check_password(caller.user.name, request.old_password, services.wakeup)
    change = partial(services.store.update_user, caller.user.name, password=request.new_password)
    user = await services.in_thread(change)
    cookie = await services.in_thread(partial(door.begin_session, scope, user)) if caller.session_id else None
    await _send_account(send, user, cookie)


async def end_session(services: Services, endpoint: Endpoint, scope: Scope, receive: Receive, send: Send) -> None:
    request = _read_end.read_body(await _body(services, scope, receive))
    visit_of(scope).about(request)
    caller = services.known_caller
    session_id = request.session_id or caller.session_id
    if not session_id:
        raise InvalidValue("Say which session ends: this call was not made by a browser that is signed in.")
    user = request.user or (None if caller.rights.administers else caller.user.name)
    is_own = session_id == caller.session_id
    url = ""
    if is_own:
        url = await _sign_out_url(services, scope, session_id)
    await services.in_thread(partial(services.store.end_session, session_id, user=user))
    await _send_done(services, scope, send, msgspec.json.encode(sessions.SignedOut(provider_url=url)), is_over=is_own)


async def end_sessions(services: Services, endpoint: Endpoint, scope: Scope, receive: Receive, send: Send) -> None:
    request = _read_end_all.read_body(await _body(services, scope, receive))
    visit_of(scope).about(request)
    name = services.known_caller.user.name
    await services.in_thread(partial(services.store.end_sessions, request.user or name))
    await _send_done(services, scope, send, b"{}", is_over=request.user in ("", name))


async def _sign_out_url(services: Services, scope: Scope, session_id: str) -> str:
    """Empty when too many wait for the provider: whoever signs out here does so in any case."""
    door = services.known_door
    try:
        return await door.at_provider(partial(door.oidc.sign_out_url, scope, session_id), services.wakeup)
    except Unavailable:
        return ""


def list_sessions(services: Services, request: sessions.ListSessions) -> sessions.SessionsReply:
    caller = services.known_caller
    found = services.store.list_sessions(request.user or caller.user.name)
    return sessions.SessionsReply(
        sessions=tuple(
            convert.session_out(session, is_this=session.session_id == caller.session_id)
            for session in found
            if services.known_door.goes_on(session)
        )
    )


async def _body(services: Services, scope: Scope, receive: Receive) -> bytes:
    return await read_body(scope, receive, _MAX_BODY, services.settings.request_timeout_s)


async def _send_account(send: Send, user: User, cookie: Header | None) -> None:
    reply = msgspec.json.encode(accounts.UserReply(user=convert.user_out(user)))
    await send_json(send, 200, reply, [cookie] if cookie else [])


async def _send_done(services: Services, scope: Scope, send: Send, reply: bytes, *, is_over: bool) -> None:
    """Where the caller's own session is over, the browser forgets its cookie."""
    await send_json(send, 200, reply, [services.known_door.forget(scope)] if is_over else [])


ANSWERS: Mapping[str, Answer] = {"sessions/list": list_sessions}
HANDLERS: Mapping[str, Handler] = {
    "sessions/create": sign_in,
    "sessions/end": end_session,
    "sessions/end-all": end_sessions,
    "account/password": change_password,
}
