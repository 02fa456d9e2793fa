"""What the provider is asked by way of a browser, and whether an answer belongs to it.

Nothing is kept of a question but a random secret, in a cookie of ten minutes that scripts cannot read; state, nonce and
the verifier of PKCE are digests of it. So an answer is taken only from the browser that asked, in any server process,
and none of the three tells another.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from pathlib import Path

from starlette.types import Scope

from runfold.config import ServerSettings
from runfold.errors import InvalidValue, NotSupported
from runfold.server.callers.oidc.fetching import NotTrusted, is_address
from runfold.server.callers.oidc.provider import Provider, Vouched
from runfold.server.web.http import header
from runfold.server.web.proxies import Proxies

CALLBACK_PATH = "/oidc/callback"
LIFETIME_S = 600
_NO_PROVIDER = "This server has no provider of OpenID Connect; set oidc_issuer and oidc_client_id."


class Questions:
    """`url` and `vouched` block.

    Raises:
        InvalidValue: the settings do not go together.
    """

    def __init__(self, settings: ServerSettings, proxies: Proxies) -> None:
        self._settings = settings
        self._proxies = proxies
        self.provider = _provider(settings)

    @property
    def known_provider(self) -> Provider:
        """Raises NotSupported."""
        self.check_provider()
        assert self.provider is not None
        return self.provider

    def check_provider(self) -> None:
        """Raises NotSupported."""
        if self.provider is None:
            raise NotSupported(_NO_PROVIDER)

    def url(self, scope: Scope, secret: str, *, mark: str = "", asks_anew: bool = False) -> str:
        """Where the browser goes to.

        Args:
            mark: in front of the state, by which answers to questions of different kinds are told apart.
            asks_anew: the provider is to ask who is there, though it may know.
        """
        return self.known_provider.authorization_url(
            redirect_uri=self._redirect_uri(scope),
            scopes=" ".join(dict.fromkeys(("openid", *self._settings.oidc_scopes))),
            state=mark + _derived(secret, "state"),
            nonce=_derived(secret, "nonce"),
            challenge=urlsafe(hashlib.sha256(_derived(secret, "verifier").encode()).digest()),
            asks_anew=asks_anew,
        )

    def is_answer(self, state: str, secret: str, *, mark: str = "") -> bool:
        asked = mark + _derived(secret, "state")
        return bool(secret) and hmac.compare_digest(state.encode(), asked.encode())

    def vouched(self, scope: Scope, secret: str, *, code: str, issuer: str, asked_s: float | None = None) -> Vouched:
        """
        Args:
            asked_s: when it was asked anew who is there (Unix time); None: it was not.

        Raises:
            NotTrusted: the answer does not fit.
            Unavailable: the provider does not answer.
        """
        if issuer and issuer != self._settings.oidc_issuer:  # RFC 9207
            raise NotTrusted(f"The answer comes from the issuer {issuer[:200]!r}.")
        return self.known_provider.vouched(
            code,
            redirect_uri=self._redirect_uri(scope),
            verifier=_derived(secret, "verifier"),
            nonce=_derived(secret, "nonce"),
            asked_s=asked_s,
        )

    def our_address(self, scope: Scope) -> str:
        scheme = "https" if self._proxies.is_secure(scope) else "http"
        return f"{scheme}://{header(scope, b'host')}{self._settings.static_prefix}"

    def _redirect_uri(self, scope: Scope) -> str:
        """By the name that the browser knows us by, which was checked to be one of ours."""
        return f"{self.our_address(scope)}{CALLBACK_PATH}"


def _provider(settings: ServerSettings) -> Provider | None:
    if not settings.oidc_issuer:
        return None
    if not settings.oidc_client_id:
        raise InvalidValue("The setting oidc_issuer needs oidc_client_id, as the provider knows this server.")
    if not is_address(settings.oidc_issuer):
        raise InvalidValue(f"The setting oidc_issuer is {settings.oidc_issuer!r}; give an address of HTTPS.")
    secret = ""
    if settings.oidc_client_secret_file:
        try:
            secret = Path(settings.oidc_client_secret_file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise InvalidValue(f"The setting oidc_client_secret_file cannot be read: {error}.") from error
    return Provider(settings.oidc_issuer, settings.oidc_client_id, secret)


def _derived(secret: str, purpose: str) -> str:
    return urlsafe(hashlib.sha256(f"runfold oidc {purpose}\0{secret}".encode()).digest())


def urlsafe(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")
