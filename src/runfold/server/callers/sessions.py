"""Browsers that are signed in."""

from __future__ import annotations

from starlette.types import Scope

from runfold.config import ServerSettings
from runfold.domain.access import User
from runfold.domain.identity import BY_PASSWORD, ProviderSession
from runfold.domain.sessions import Session
from runfold.server.callers.cookies import Header, SessionCookie
from runfold.server.web.http import header
from runfold.server.web.proxies import Proxies
from runfold.stores.base import ServedStore

_HOUR_MS = 3_600_000
_DAY_MS = 24 * _HOUR_MS


class Sessions:
    """Every method but `secret_of` and `clear` blocks."""

    def __init__(self, store: ServedStore, settings: ServerSettings, proxies: Proxies) -> None:
        self._store = store
        self._proxies = proxies
        self._cookie = SessionCookie(settings, proxies)
        self._idle_ms = round(settings.session_idle_hours * _HOUR_MS)
        self._lifetime_ms = round(settings.session_days * _DAY_MS)
        self._provider_ms = round(settings.oidc_session_hours * _HOUR_MS)

    def secret_of(self, scope: Scope) -> str:
        """Of the session that a request says it belongs to; empty when it says nothing."""
        return self._cookie.read(scope)

    def find(self, secret: str, *, is_use: bool) -> tuple[User, Session] | None:
        return self._store.find_session(secret, idle_ms=self._idle_ms, is_use=is_use)

    def ends_ms(self, session: Session) -> int:
        """When a session ends if nobody uses it again."""
        return min(session.expires_ms, session.last_use_ms + self._idle_ms)

    def begin(self, scope: Scope, user: User, at_provider: ProviderSession = BY_PASSWORD) -> Header:
        """Let the browser in that sent a request; the session that it had is over.

        Who came by a provider comes by it again after a time of its own, so that it can say no.

        Returns:
            The header that gives it its cookie.
        """
        before = self.find(self.secret_of(scope), is_use=False)
        if before is not None:
            self._store.end_session(before[1].session_id)
        agent, address = header(scope, b"user-agent"), self._proxies.client(scope)
        lifetime_ms = min(self._lifetime_ms, self._provider_ms) if at_provider.issuer else self._lifetime_ms
        begun = self._store.begin_session(
            user.name, agent=agent, address=address, lifetime_ms=lifetime_ms, at_provider=at_provider
        )
        return self._cookie.set(scope, begun.secret, max_age_s=lifetime_ms // 1000)

    def address(self, scope: Scope) -> str:
        """Of who sent a request."""
        return self._proxies.client(scope)

    def clear(self, scope: Scope) -> Header:
        return self._cookie.clear(scope)
