"""To the provider of OpenID Connect and back. The answers lead a browser on."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import partial
from urllib.parse import parse_qs

from starlette.types import Receive, Scope, Send

from runfold.errors import InvalidValue, Unavailable
from runfold.server.bind import Handler
from runfold.server.callers.cookies import Header
from runfold.server.services import Services
from runfold.server.web.http import read_body, send_bytes
from runfold.wire.decode import RequestReader
from runfold.wire.endpoints import Endpoint
from runfold.wire.messages import sessions as m

log = logging.getLogger("runfold.server")

Way = tuple[str, list[Header]]
"""Where a browser goes on to, and its cookies."""
_MAX_BODY = 64 * 1024
_read_start = RequestReader(m.StartOidc)
_read_finish = RequestReader(m.FinishOidc)


async def start(services: Services, endpoint: Endpoint, scope: Scope, receive: Receive, send: Send) -> None:
    request = _read_start.read_query(str(scope["query_string"], "latin-1"))
    oidc = services.known_door.oidc
    await _lead(send, *await _led(services, partial(oidc.start, scope, request.next)))


async def finish(services: Services, endpoint: Endpoint, scope: Scope, receive: Receive, send: Send) -> None:
    request = _read_finish.read_query(str(scope["query_string"], "latin-1"))
    links = services.known_door.links
    if links.is_about_link(request.state):
        answer = {"code": request.code, "state": request.state, "error": request.error, "iss": request.iss}
        await _lead(send, links.back(**answer), [])
        return
    come_in = partial(
        services.known_door.oidc.finish,
        scope,
        code=request.code,
        state=request.state,
        error=request.error,
        issuer=request.iss,
    )
    await _lead(send, *await _led(services, come_in))


async def take_sign_out(services: Services, endpoint: Endpoint, scope: Scope, receive: Receive, send: Send) -> None:
    """From the provider itself; the one field of the form is signed by it."""
    body = await read_body(scope, receive, _MAX_BODY, services.settings.request_timeout_s)
    token = parse_qs(str(body, "latin-1")).get("logout_token", [""])[0]
    if not token:
        raise InvalidValue("A provider signs out with a form that has the field logout_token.")
    door = services.known_door
    await door.at_provider(partial(door.oidc.take_sign_out, token), services.wakeup)
    await send_bytes(send, 200, b"", b"text/plain", [(b"cache-control", b"no-store")])


async def _led(services: Services, way: Callable[[], Way]) -> Way:
    door = services.known_door
    try:
        return await door.at_provider(way, services.wakeup)
    except Unavailable as problem:
        log.warning("Nobody can be led to the sign-in provider: %s", problem)
        return door.oidc.away(), []


async def _lead(send: Send, where: str, cookies: list[Header]) -> None:
    await send_bytes(send, 303, b"", b"text/plain", [(b"location", where.encode("latin-1")), *cookies])


HANDLERS: Mapping[str, Handler] = {"oidc/start": start, "oidc/callback": finish, "oidc/logout": take_sign_out}
