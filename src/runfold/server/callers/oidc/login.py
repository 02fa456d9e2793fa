"""The way of a browser to the provider and back, into a session; nothing is kept on the server meanwhile."""

from __future__ import annotations

import base64
import logging
import secrets
import shlex
from urllib.parse import urlencode

from starlette.types import Scope

from runfold.config import ServerSettings
from runfold.domain.identity import IdentityRules, ProviderSession
from runfold.errors import AlreadyExists, InvalidValue, RunfoldError, Unauthenticated, Unavailable
from runfold.server.callers.challenge import SIGN_IN_PATH
from runfold.server.callers.cookies import Header, SessionCookie
from runfold.server.callers.oidc.fetching import NotTrusted
from runfold.server.callers.oidc.questions import LIFETIME_S, Questions, urlsafe
from runfold.server.callers.oidc.tokens import word
from runfold.server.callers.oidc.told import identity_of, named
from runfold.server.callers.sessions import Sessions
from runfold.server.web.proxies import Proxies
from runfold.stores.base import ServedStore

log = logging.getLogger("runfold.server")

_MAX_NEXT = 2000


class OidcLogin:
    """Every method blocks."""

    def __init__(
        self,
        store: ServedStore,
        settings: ServerSettings,
        sessions: Sessions,
        questions: Questions,
        proxies: Proxies,
    ) -> None:
        self._store = store
        self._settings = settings
        self._sessions = sessions
        self._questions = questions
        self._cookie = SessionCookie(settings, proxies, "oidc")
        self._rules = IdentityRules(
            makes_users=settings.oidc_makes_users,
            groups=frozenset(settings.oidc_groups),
            admin_group=settings.oidc_admin_group,
        )

    def start(self, scope: Scope, next_page: str) -> tuple[str, list[Header]]:
        """Where the browser goes to, and the cookie that it comes back with."""
        secret = secrets.token_urlsafe(32)
        try:
            url = self._questions.url(scope, secret)
        except (Unavailable, NotTrusted) as problem:
            log.warning("Nobody can be led to the sign-in provider: %s", problem)
            return self.away(), []
        held = f"{secret}.{urlsafe(self._safe_next(next_page).encode())}"
        # Lax: the way back is a link on a page of the provider's.
        return url, [self._cookie.set(scope, held, max_age_s=LIFETIME_S, same_site="Lax")]

    def finish(self, scope: Scope, *, code: str, state: str, error: str, issuer: str) -> tuple[str, list[Header]]:
        """Where the browser goes on to, and its cookies: into a session, or to the sign-in page with a reason."""
        self._questions.check_provider()
        secret, _, coded = self._cookie.read(scope).partition(".")
        forget = self._cookie.clear(scope)
        if not self._questions.is_answer(state, secret):
            return self._refused("expired"), [forget]
        if error or not code:
            return self._refused("cancelled"), [forget]
        try:
            vouched = self._questions.vouched(scope, secret, code=code, issuer=issuer)
            identity = named(identity_of(vouched.claims, self._settings), self._settings)
            user = self._store.sign_in_identity(identity, self._rules)
        except (NotTrusted, InvalidValue) as problem:
            log.warning("An answer of the sign-in provider was not taken: %s", problem)
            return self._refused("refused"), [forget]
        except AlreadyExists:
            log.warning(
                "Somebody whom the sign-in provider knows was not let in: the user %r was here before. If it is them: "
                "runfold users link %s",
                identity.name,
                shlex.join((identity.name, identity.subject, "--issuer", identity.issuer)),
            )
            return self._refused("unknown"), [forget]
        except Unauthenticated as problem:
            log.warning("Somebody whom the sign-in provider knows was not let in: %s", problem)
            return self._refused("unknown"), [forget]
        except RunfoldError as problem:
            log.warning("Signing in by the provider failed: %s", problem)
            return self.away(), [forget]
        sid = word(vouched.claims, "sid")
        there = ProviderSession(issuer=self._settings.oidc_issuer, sid=sid, id_token=vouched.id_token)
        return self._safe_next(_decoded(coded)), [forget, self._sessions.begin(scope, user, there)]

    def away(self) -> str:
        """The sign-in page, which says that the provider cannot be asked just now."""
        return self._refused("away")

    def sign_out_url(self, scope: Scope, session_id: str) -> str:
        """Where the browser of a session signs out at the provider, too; empty: nowhere, or the provider is away."""
        provider = self._questions.provider
        if provider is None or not self._settings.oidc_signs_out:
            return ""
        there = self._store.provider_session(session_id)
        if there.issuer != self._settings.oidc_issuer:
            return ""
        back = f"{self._questions.our_address(scope)}{SIGN_IN_PATH}?{urlencode({'reason': 'signed-out'})}"
        try:
            return provider.end_session_url(there.id_token, back=back)
        except (Unavailable, NotTrusted) as problem:
            log.warning("Nobody is signed out at the sign-in provider: %s", problem)
            return ""

    def take_sign_out(self, logout_token: str) -> tuple[str, ...]:
        """End the sessions of whom the provider has signed out.

        Raises:
            InvalidValue: the token does not fit; the server's log says why.
        """
        try:
            subject, sid = self._questions.known_provider.signed_out(logout_token)
        except NotTrusted as problem:
            log.warning("A sign-out by the provider was not taken: %s", problem)
            raise InvalidValue("The logout token is not valid.") from None
        return self._store.end_provider_sessions(self._settings.oidc_issuer, subject=subject, sid=sid)

    def _safe_next(self, page: str) -> str:
        """A page of ours, or the first one."""
        home = f"{self._settings.static_prefix}/"
        is_plain = page.isascii() and page.isprintable() and "\\" not in page and len(page) <= _MAX_NEXT
        return page if is_plain and page.startswith(home) and not page.startswith("//") else home

    def _refused(self, reason: str) -> str:
        return f"{self._settings.static_prefix}{SIGN_IN_PATH}?{urlencode({'reason': reason})}"


def _decoded(coded: str) -> str:
    try:
        return base64.urlsafe_b64decode(coded + "=" * (-len(coded) % 4)).decode()
    except ValueError:
        return ""
