"""A provider of OpenID Connect, as a client of it sees it (OpenID Connect Core 1.0 and Discovery 1.0, PKCE: RFC 7636).

Every method blocks. What the provider says of itself and its keys are remembered for an hour; a token that is signed
with a key that is not among them has them read anew: at once if the provider gave us the token, once in a few seconds
if anybody may have sent it.
"""

from __future__ import annotations

import base64
import hmac
import threading
import time
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import msgspec

from runfold.server.callers.oidc.fetching import Fetcher, NotTrusted, is_address
from runfold.server.callers.oidc.tokens import check_claims, check_signed_in_since, read_keys, read_token, word

_REMEMBERED_S = 3600.0
_KEYS_KEPT_S = 5.0
_LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"


class Metadata(msgspec.Struct, frozen=True, kw_only=True):
    """What a provider says of itself."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str = ""
    end_session_endpoint: str = ""
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)


class _Tokens(msgspec.Struct, frozen=True, kw_only=True):
    id_token: str
    access_token: str = ""


class Vouched(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a provider vouches for.

    Attributes:
        claims: what it says of them.
        id_token: the token that said so.
    """

    claims: dict[str, Any]
    id_token: str


class Provider:
    def __init__(self, issuer: str, client_id: str, client_secret: str, fetcher: Fetcher | None = None) -> None:
        self._issuer = issuer
        self._client_id = client_id
        self._client_secret = client_secret
        self._fetcher = fetcher or Fetcher()
        self._lock = threading.Lock()
        self._metadata: Metadata | None = None
        self._metadata_s = self._keys_s = float("-inf")
        self._keys: Any = None

    def authorization_url(
        self, *, redirect_uri: str, scopes: str, state: str, nonce: str, challenge: str, asks_anew: bool = False
    ) -> str:
        """
        Args:
            asks_anew: also whom the provider knows by a session there. The token then has to say when it asked:
                `max_age` makes it (OpenID Connect Core 1.0, section 3.1.2.1).
        """
        query = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": redirect_uri,
            "scope": scopes,
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            **({"prompt": "login", "max_age": "0"} if asks_anew else {}),
        }
        endpoint = self.metadata().authorization_endpoint
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query)}"

    def vouched(
        self, code: str, *, redirect_uri: str, verifier: str, nonce: str, asked_s: float | None = None
    ) -> Vouched:
        """What the provider says of the user who brought a code.

        Args:
            asked_s: since when the provider has to have asked who is there (Unix time); None: it may know.

        Raises:
            NotTrusted: the answer does not fit.
            Unavailable: the provider does not answer.
        """
        tokens = self._exchange(code, redirect_uri, verifier)
        claims = self._checked(tokens.id_token, nonce)
        if asked_s is not None:
            check_signed_in_since(claims, asked_s)
        endpoint = self.metadata().userinfo_endpoint
        if not endpoint or not tokens.access_token:
            return Vouched(claims=claims, id_token=tokens.id_token)
        told = self._fetcher.json("GET", endpoint, headers={"Authorization": f"Bearer {tokens.access_token}"})
        if not isinstance(told, dict) or told.get("sub") != claims["sub"]:
            raise NotTrusted("The provider's userinfo is about somebody else than its token.")
        return Vouched(claims={**told, **claims}, id_token=tokens.id_token)

    def end_session_url(self, id_token: str, *, back: str) -> str:
        """Where a browser signs out at the provider (OpenID Connect RP-Initiated Logout 1.0); empty: nowhere.

        Raises:
            Unavailable: the provider does not answer.
        """
        endpoint = self.metadata().end_session_endpoint
        query = urlencode({"id_token_hint": id_token, "client_id": self._client_id, "post_logout_redirect_uri": back})
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{query}" if endpoint else ""

    def signed_out(self, logout_token: str) -> tuple[str, str]:
        """Who was signed out by the provider, and of which session (OpenID Connect Back-Channel Logout 1.0, 2.6).

        Returns:
            The subject and the session; one of them may be empty.

        Raises:
            NotTrusted: the token does not fit.
            Unavailable: the provider does not answer.
        """
        claims = self._valid(logout_token, what="logout token", keys_kept_s=_KEYS_KEPT_S, must_name_user=False)
        events = claims.get("events")
        if not isinstance(events, dict) or _LOGOUT_EVENT not in events or "nonce" in claims:
            raise NotTrusted("The provider's logout token is about something else.")
        subject, sid = word(claims, "sub"), word(claims, "sid")
        if not subject and not sid:
            raise NotTrusted("The provider's logout token names nobody.")
        return subject, sid

    def metadata(self) -> Metadata:
        with self._lock:
            if self._metadata is None or time.monotonic() - self._metadata_s > _REMEMBERED_S:
                url = f"{self._issuer.rstrip('/')}/.well-known/openid-configuration"
                self._metadata = self._read_metadata(url)
                self._metadata_s = time.monotonic()
            return self._metadata

    def _read_metadata(self, url: str) -> Metadata:
        try:
            found = msgspec.convert(self._fetcher.json("GET", url), Metadata)
        except msgspec.ValidationError as error:
            raise NotTrusted(f"{url} does not describe a provider of OpenID Connect: {error}.") from error
        if found.issuer != self._issuer:
            raise NotTrusted(f"{url} is about the issuer {found.issuer!r}; the setting oidc_issuer names another.")
        told = (
            *(found.authorization_endpoint, found.token_endpoint, found.jwks_uri),
            *filter(None, (found.userinfo_endpoint, found.end_session_endpoint)),
        )
        if strange := next((endpoint for endpoint in told if not is_address(endpoint)), None):
            raise NotTrusted(f"{url} names {strange[:200]!r}, which is no address.")
        schemes = {urlsplit(endpoint).scheme for endpoint in told}
        if schemes != {"https"} and (urlsplit(self._issuer).scheme == "https" or schemes != {"http"}):
            raise NotTrusted(f"{url} names addresses without HTTPS.")
        return found

    def _exchange(self, code: str, redirect_uri: str, verifier: str) -> _Tokens:
        fields = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        metadata = self.metadata()
        if self._client_secret and "client_secret_basic" in metadata.token_endpoint_auth_methods_supported:
            pair = f"{quote(self._client_id, safe='')}:{quote(self._client_secret, safe='')}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        else:
            fields["client_id"] = self._client_id
            if self._client_secret:
                fields["client_secret"] = self._client_secret
        reply = self._fetcher.json("POST", metadata.token_endpoint, headers=headers, body=urlencode(fields))
        try:
            return msgspec.convert(reply, _Tokens)
        except msgspec.ValidationError as error:
            raise NotTrusted(f"The provider's answer to a code has no ID token: {error}.") from error

    def _checked(self, id_token: str, nonce: str) -> dict[str, Any]:
        """The claims of an ID token (OpenID Connect Core 1.0, section 3.1.3.7)."""
        claims = self._valid(id_token, what="ID token", keys_kept_s=0.0, must_name_user=True)
        audience = claims["aud"]
        names_user_of_it = "azp" in claims or (isinstance(audience, list) and len(audience) > 1)
        if names_user_of_it and claims.get("azp") != self._client_id:
            raise NotTrusted("The provider's ID token was made for another client.")
        if not hmac.compare_digest(word(claims, "nonce").encode(), nonce.encode()):
            raise NotTrusted("The provider's ID token belongs to another sign-in.")
        return claims

    def _valid(self, token: str, *, what: str, keys_kept_s: float, must_name_user: bool) -> dict[str, Any]:
        """The claims of a token that the provider signed just now, for us."""
        claims = self._read(token, what, keys_kept_s)
        check_claims(claims, what=what, issuer=self._issuer, client_id=self._client_id, must_name_user=must_name_user)
        return claims

    def _read(self, token: str, what: str, keys_kept_s: float) -> dict[str, Any]:
        try:
            return read_token(token, self._key_set(), what=what)
        except NotTrusted:
            # The provider may have changed its keys since they were read.
            if time.monotonic() - self._keys_s < keys_kept_s:
                raise
        return read_token(token, self._key_set(is_anew=True), what=what)

    def _key_set(self, *, is_anew: bool = False) -> Any:
        url = self.metadata().jwks_uri
        with self._lock:
            if is_anew or self._keys is None or time.monotonic() - self._keys_s > _REMEMBERED_S:
                self._keys = read_keys(self._fetcher.json("GET", url))
                self._keys_s = time.monotonic()
            return self._keys
