"""The way of a browser to the provider and back.

Nothing is kept on the server meanwhile. The browser holds a random secret in a cookie of ten minutes that scripts
cannot read; state, nonce and the verifier of PKCE are digests of it. So the answer is taken only from the browser that
began, in any server process, and none of the three tells another.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
import secrets
import shlex
from pathlib import Path
from urllib.parse import urlencode

from starlette.types import Scope

from runfold.config import ServerSettings
from runfold.domain.identity import Identity, IdentityRules, ProviderSession
from runfold.errors import AlreadyExists, InvalidValue, NotSupported, RunfoldError, Unauthenticated, Unavailable
from runfold.server.callers.challenge import SIGN_IN_PATH
from runfold.server.callers.cookies import Header, SessionCookie
from runfold.server.callers.oidc.provider import NotTrusted, Provider
from runfold.server.callers.sessions import Sessions
from runfold.server.web.http import header
from runfold.server.web.proxies import Proxies
from runfold.stores.base import ServedStore

log = logging.getLogger("runfold.server")

CALLBACK_PATH = "/oidc/callback"
_LIFETIME_S = 600
_MAX_NEXT = 2000
_NO_PROVIDER = "This server has no provider of OpenID Connect; set oidc_issuer and oidc_client_id."


class OidcLogin:
    """Every method blocks.

    Raises:
        InvalidValue: the settings do not go together.
    """

    def __init__(self, store: ServedStore, settings: ServerSettings, sessions: Sessions, proxies: Proxies) -> None:
        self._store = store
        self._settings = settings
        self._sessions = sessions
        self._proxies = proxies
        self._cookie = SessionCookie(settings, proxies, "oidc")
        self._provider = _provider(settings)
        self._rules = IdentityRules(
            makes_users=settings.oidc_makes_users,
            groups=frozenset(settings.oidc_groups),
            admin_group=settings.oidc_admin_group,
        )

    def start(self, scope: Scope, next_page: str) -> tuple[str, Header]:
        """Where the browser goes to, and the cookie that it comes back with."""
        secret = secrets.token_urlsafe(32)
        url = self._known_provider.authorization_url(
            redirect_uri=self._redirect_uri(scope),
            scopes=" ".join(dict.fromkeys(("openid", *self._settings.oidc_scopes))),
            state=_derived(secret, "state"),
            nonce=_derived(secret, "nonce"),
            challenge=_urlsafe(hashlib.sha256(_derived(secret, "verifier").encode()).digest()),
        )
        held = f"{secret}.{_urlsafe(self._safe_next(next_page).encode())}"
        # Lax: the way back is a link on a page of the provider's.
        return url, self._cookie.set(scope, held, max_age_s=_LIFETIME_S, same_site="Lax")

    def finish(self, scope: Scope, *, code: str, state: str, error: str, issuer: str) -> tuple[str, list[Header]]:
        """Where the browser goes on to, and its cookies: into a session, or to the sign-in page with a reason."""
        provider = self._known_provider
        secret, _, coded = self._cookie.read(scope).partition(".")
        forget = self._cookie.clear(scope)
        if not secret or not hmac.compare_digest(state.encode(), _derived(secret, "state").encode()):
            return self._refused("expired"), [forget]
        if error or not code:
            return self._refused("cancelled"), [forget]
        try:
            if issuer and issuer != self._settings.oidc_issuer:  # RFC 9207
                raise NotTrusted(f"The answer comes from the issuer {issuer[:200]!r}.")
            vouched = provider.vouched(
                code,
                redirect_uri=self._redirect_uri(scope),
                verifier=_derived(secret, "verifier"),
                nonce=_derived(secret, "nonce"),
            )
            identity = self._identity(vouched.claims)
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
            return self._refused("away"), [forget]
        sid = str(vouched.claims.get("sid", ""))
        there = ProviderSession(issuer=self._settings.oidc_issuer, sid=sid, id_token=vouched.id_token)
        return self._safe_next(_decoded(coded)), [forget, self._sessions.begin(scope, user, there)]

    def sign_out_url(self, scope: Scope, session_id: str) -> str:
        """Where the browser of a session signs out at the provider, too; empty: nowhere, or the provider is away."""
        if self._provider is None or not self._settings.oidc_signs_out:
            return ""
        there = self._store.provider_session(session_id)
        if there.issuer != self._settings.oidc_issuer:
            return ""
        back = f"{self._our_address(scope)}{SIGN_IN_PATH}?{urlencode({'reason': 'signed-out'})}"
        try:
            return self._provider.end_session_url(there.id_token, back=back)
        except (Unavailable, NotTrusted) as problem:
            log.warning("Nobody is signed out at the sign-in provider: %s", problem)
            return ""

    def take_sign_out(self, logout_token: str) -> tuple[str, ...]:
        """End the sessions of whom the provider has signed out.

        Raises:
            InvalidValue: the token does not fit; the server's log says why.
        """
        try:
            subject, sid = self._known_provider.signed_out(logout_token)
        except NotTrusted as problem:
            log.warning("A sign-out by the provider was not taken: %s", problem)
            raise InvalidValue("The logout token is not valid.") from None
        return self._store.end_provider_sessions(self._settings.oidc_issuer, subject=subject, sid=sid)

    @property
    def _known_provider(self) -> Provider:
        if self._provider is None:
            raise NotSupported(_NO_PROVIDER)
        return self._provider

    def _identity(self, claims: dict[str, object]) -> Identity:
        name = claims.get(self._settings.oidc_name_claim)
        if not isinstance(name, str) or not name:
            raise NotTrusted(f"The provider tells no {self._settings.oidc_name_claim}, which the account is named by.")
        groups = claims.get(self._settings.oidc_groups_claim)
        told = frozenset(map(str, groups)) if isinstance(groups, list) else frozenset()
        return Identity(issuer=self._settings.oidc_issuer, subject=str(claims["sub"]), name=name, groups=told)

    def _redirect_uri(self, scope: Scope) -> str:
        """By the name that the browser knows us by, which was checked to be one of ours."""
        return f"{self._our_address(scope)}{CALLBACK_PATH}"

    def _our_address(self, scope: Scope) -> str:
        scheme = "https" if self._proxies.is_secure(scope) else "http"
        return f"{scheme}://{header(scope, b'host')}{self._settings.static_prefix}"

    def _safe_next(self, page: str) -> str:
        """A page of ours, or the first one."""
        home = f"{self._settings.static_prefix}/"
        is_plain = page.isascii() and page.isprintable() and "\\" not in page and len(page) <= _MAX_NEXT
        return page if is_plain and page.startswith(home) and not page.startswith("//") else home

    def _refused(self, reason: str) -> str:
        return f"{self._settings.static_prefix}{SIGN_IN_PATH}?{urlencode({'reason': reason})}"


def _provider(settings: ServerSettings) -> Provider | None:
    if not settings.oidc_issuer:
        return None
    if not settings.oidc_client_id:
        raise InvalidValue("The setting oidc_issuer needs oidc_client_id, as the provider knows this server.")
    secret = ""
    if settings.oidc_client_secret_file:
        try:
            secret = Path(settings.oidc_client_secret_file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise InvalidValue(f"The setting oidc_client_secret_file cannot be read: {error}.") from error
    return Provider(settings.oidc_issuer, settings.oidc_client_id, secret)


def _derived(secret: str, purpose: str) -> str:
    return _urlsafe(hashlib.sha256(f"runfold oidc {purpose}\0{secret}".encode()).digest())


def _urlsafe(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _decoded(coded: str) -> str:
    try:
        return base64.urlsafe_b64decode(coded + "=" * (-len(coded) % 4)).decode()
    except ValueError:
        return ""
