"""Accounts that their owners link to the provider.

A browser that is signed in asks with the password, goes to the provider, which asks anew who is there, and comes back
to the page of the account. That page finishes, by the cookie of the session and another one: both are `Strict`, so no
page of a stranger, and no link on one, can begin or end this for somebody else. The store knows which secret belongs
to which session, and each counts once: a session that has ended links nothing, nor does a stolen one without the
password.
"""

from __future__ import annotations

import logging
from urllib.parse import urlencode

from starlette.types import Scope

from runfold.config import ServerSettings
from runfold.domain.identity import Identity
from runfold.errors import InvalidState, Unavailable
from runfold.server.callers.cookies import Header, SessionCookie
from runfold.server.callers.oidc.fetching import NotTrusted
from runfold.server.callers.oidc.questions import LIFETIME_S, Questions
from runfold.server.callers.oidc.told import identity_of
from runfold.server.web.proxies import Proxies
from runfold.stores.base import ServedStore

log = logging.getLogger("runfold.server")

ACCOUNT_PATH = "/account"
_MARK = "link-"


class OidcLinks:
    """`begin` and `finish` block."""

    def __init__(self, store: ServedStore, settings: ServerSettings, questions: Questions, proxies: Proxies) -> None:
        self._store = store
        self._settings = settings
        self._questions = questions
        self._cookie = SessionCookie(settings, proxies, "oidc-link")

    def begin(self, scope: Scope, session_id: str) -> tuple[str, Header]:
        """Where the browser goes to, and the cookie that the page of the account finishes with."""
        self._questions.check_provider()
        secret = self._store.begin_link(session_id)
        try:
            url = self._questions.url(scope, secret, mark=_MARK, asks_anew=True)
        except NotTrusted as problem:
            log.warning("Nobody can be led to the sign-in provider: %s", problem)
            raise Unavailable("The sign-in provider cannot be used just now; the server's log says why.") from None
        return url, self._cookie.set(scope, secret, max_age_s=LIFETIME_S)

    def is_about_link(self, state: str) -> bool:
        return state.startswith(_MARK)

    def back(self, **answer: str) -> str:
        """The page of the account, with what the provider said; behind a `#`, which no server is sent."""
        said = {name: value for name, value in answer.items() if value}
        return f"{self._settings.static_prefix}{ACCOUNT_PATH}#link?{urlencode(said)}"

    def forget(self, scope: Scope) -> Header:
        return self._cookie.clear(scope)

    def finish(self, scope: Scope, session_id: str, *, code: str, state: str, error: str, issuer: str) -> Identity:
        """Whom the provider vouches for, so that the session's user can be linked to them.

        Raises:
            InvalidState: the answer belongs to another browser, session or question, or does not fit.
            Unavailable: the provider does not answer.
        """
        secret = self._cookie.read(scope)
        is_ours = self._questions.is_answer(state, secret, mark=_MARK)
        begun_ms = self._store.take_link(session_id, secret) if is_ours else None
        if begun_ms is None:
            raise InvalidState("That took too long, or began in another browser or session. Begin again.")
        if error or not code:
            raise InvalidState("You did not sign in at the provider, so nothing is linked.")
        try:
            vouched = self._questions.vouched(scope, secret, code=code, issuer=issuer, asked_s=begun_ms / 1000)
        except NotTrusted as problem:
            log.warning("An answer of the sign-in provider was not taken, to link an account to: %s", problem)
            raise InvalidState("The provider's answer could not be trusted. The server's log says why.") from None
        return identity_of(vouched.claims, self._settings)
