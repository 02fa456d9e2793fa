"""How a program is let in by somebody who signs in with a browser: it asks, shows a code, and waits."""

from __future__ import annotations

import time
from collections.abc import Callable

import msgspec

from runfold.config import ClientSettings
from runfold.domain.access import NewToken, Role
from runfold.errors import Unauthenticated
from runfold.stores.rest.access import access_to
from runfold.stores.rest.connection import Connection
from runfold.wire import convert
from runfold.wire.messages import tokens as m
from runfold.wire.messages.roles import RoleName


class LettingIn:
    """One program that asks a server to be let in.

    Args:
        server: its address; who else signed in from this machine does not matter.
        sleep: waits between attempts to collect.
    """

    def __init__(self, server: str, *, sleep: Callable[[float], None] = time.sleep) -> None:
        access = msgspec.structs.replace(access_to(server), headers={})
        self._connection = Connection(access, timeout_s=ClientSettings().request_timeout_s)
        self._sleep = sleep
        self.base_url = access.base_url

    def ask(self, program: str, *, scope: Role, days: int) -> m.WaitingReply:
        request = m.AskToBeLetIn(program=program, scope=RoleName(scope.name), days=days)
        return self._connection.call("programs/ask", request, m.WaitingReply, is_repeatable=False)

    def page(self, asked: m.WaitingReply) -> str:
        """Where it is let in."""
        return f"{self.base_url}{asked.path}"

    def collect(self, asked: m.WaitingReply) -> NewToken:
        """Wait until somebody has decided.

        Raises:
            PermissionDenied: it was refused.
            Unauthenticated: nobody decided in time.
        """
        ends_s = time.monotonic() + max(0.0, asked.expires_ms / 1000 - time.time()) + asked.interval_s
        while time.monotonic() < ends_s:
            reply = self._connection.call("programs/collect", m.CollectWaiting(secret=asked.secret), m.CollectedReply)
            if reply.token is not None:
                return convert.new_token_in(m.NewTokenReply(token=reply.token, secret=reply.secret))
            self._sleep(asked.interval_s)
        raise Unauthenticated("Nobody let this program in while it waited. Sign in again.")

    def close(self) -> None:
        self._connection.close()
