"""Where people come in by a browser: by name and password, and into a session."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from starlette.types import Scope

from runfold.domain.access import NewToken, Role, User
from runfold.domain.sessions import Session
from runfold.domain.waiting import NewWaiting, WaitingProgram
from runfold.server.callers.cookies import Header
from runfold.server.callers.oidc.links import OidcLinks
from runfold.server.callers.oidc.login import OidcLogin
from runfold.server.callers.own_threads import OwnThreads
from runfold.server.callers.sessions import Sessions
from runfold.server.wakeup import Wakeup
from runfold.stores.base import ServedStore

T = TypeVar("T")


class Door:
    """
    Attributes:
        oidc: in by a provider, and out again; links: accounts to somebody at a provider. What they do that may ask the
            provider is done by `at_provider`.
    """

    def __init__(
        self,
        store: ServedStore,
        sessions: Sessions,
        passwords: OwnThreads,
        provider: OwnThreads,
        oidc: OidcLogin,
        links: OidcLinks,
    ) -> None:
        self.oidc = oidc
        self.links = links
        self._store = store
        self._sessions = sessions
        self._passwords = passwords
        self._provider = provider

    def close(self) -> None:
        self._provider.close()

    async def check_password(self, name: str, password: str, wakeup: Wakeup) -> User:
        """Raises Unauthenticated, TooManyAttempts, as for callers who send a password with each call."""
        return await self._passwords.run(partial(self._store.sign_in, name, password), wakeup)

    async def at_provider(self, work: Callable[[], T], wakeup: Wakeup) -> T:
        """Do what may have to wait for the provider.

        Raises:
            Unavailable: too many wait for it.
        """
        return await self._provider.run(work, wakeup)

    async def sign_in(self, scope: Scope, name: str, password: str, wakeup: Wakeup) -> tuple[User, Header]:
        """Returns who it is, and the header that gives the browser its cookie."""

        def come_in() -> tuple[User, Header]:
            user = self._store.sign_in(name, password)
            return user, self._sessions.begin(scope, user)

        return await self._passwords.run(come_in, wakeup)

    def begin_session(self, scope: Scope, user: User) -> Header:
        """Blocks."""
        return self._sessions.begin(scope, user)

    def begin_waiting(self, scope: Scope, program: str, *, role: Role, days: int) -> NewWaiting:
        """Blocks, as the three that follow."""
        address = self._sessions.address(scope)
        return self._store.begin_waiting(program, address=address, scope=role, days=days)

    def get_waiting(self, code: str) -> WaitingProgram:
        return self._store.get_waiting(code)

    def decide_waiting(self, code: str, *, user: str, lets_in: bool) -> None:
        self._store.decide_waiting(code, user=user, lets_in=lets_in)

    def collect_waiting(self, secret: str) -> NewToken | None:
        return self._store.collect_waiting(secret)

    def goes_on(self, session: Session) -> bool:
        """Whether a session of the list has not ended yet, by its time or because nobody used it."""
        return self._sessions.ends_ms(session) > time.time_ns() // 1_000_000

    def forget(self, scope: Scope) -> Header:
        return self._sessions.clear(scope)
