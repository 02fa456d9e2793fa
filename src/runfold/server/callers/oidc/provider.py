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
import urllib3

from runfold.errors import MissingDependency, Unauthenticated, Unavailable

_REMEMBERED_S = 3600.0
_KEYS_KEPT_S = 5.0
_TIMEOUT = urllib3.Timeout(connect=5, read=10)
_MAX_REPLY = 1024 * 1024
_LEEWAY_S = 60
_LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
# Signatures by keys that only the provider has; never `none`, never by a secret that both know.
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")


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


class NotTrusted(Unauthenticated):
    """What the provider answered is not what it should be; the message is for the server's log."""


class Provider:
    def __init__(self, issuer: str, client_id: str, client_secret: str) -> None:
        self._issuer = issuer
        self._client_id = client_id
        self._client_secret = client_secret
        # No redirects: where keys and tokens come from is what the operator and the provider said.
        self._http = urllib3.PoolManager(timeout=_TIMEOUT, retries=False)
        self._lock = threading.Lock()
        self._metadata: Metadata | None = None
        self._metadata_s = self._keys_s = float("-inf")
        self._keys: Any = None

    def authorization_url(
        self, *, redirect_uri: str, scopes: str, state: str, nonce: str, challenge: str, asks_anew: bool = False
    ) -> str:
        """
        Args:
            asks_anew: also whom the provider knows by a session there.
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
            **({"prompt": "login"} if asks_anew else {}),
        }
        endpoint = self.metadata().authorization_endpoint
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query)}"

    def vouched(self, code: str, *, redirect_uri: str, verifier: str, nonce: str) -> Vouched:
        """What the provider says of the user who brought a code.

        Raises:
            NotTrusted: the answer does not fit.
            Unavailable: the provider does not answer.
        """
        tokens = self._exchange(code, redirect_uri, verifier)
        claims = self._checked(tokens.id_token, nonce)
        endpoint = self.metadata().userinfo_endpoint
        if not endpoint or not tokens.access_token:
            return Vouched(claims=claims, id_token=tokens.id_token)
        told = self._json("GET", endpoint, headers={"Authorization": f"Bearer {tokens.access_token}"})
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
        claims = self._valid(logout_token, what="logout token", keys_kept_s=_KEYS_KEPT_S, exp={"essential": True})
        events = claims.get("events")
        if not isinstance(events, dict) or _LOGOUT_EVENT not in events or "nonce" in claims:
            raise NotTrusted("The provider's logout token is about something else.")
        subject, sid = (str(claims.get(name, "")) for name in ("sub", "sid"))
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
            found = msgspec.convert(self._json("GET", url), Metadata)
        except msgspec.ValidationError as error:
            raise NotTrusted(f"{url} does not describe a provider of OpenID Connect: {error}.") from error
        if found.issuer != self._issuer:
            raise NotTrusted(f"{url} is about the issuer {found.issuer!r}; the setting oidc_issuer names another.")
        endpoints = (
            *(found.authorization_endpoint, found.token_endpoint, found.jwks_uri),
            *(found.userinfo_endpoint, found.end_session_endpoint),
        )
        schemes = {urlsplit(endpoint).scheme for endpoint in endpoints if endpoint}
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
        reply = self._json("POST", metadata.token_endpoint, headers=headers, body=urlencode(fields))
        try:
            return msgspec.convert(reply, _Tokens)
        except msgspec.ValidationError as error:
            raise NotTrusted(f"The provider's answer to a code has no ID token: {error}.") from error

    def _checked(self, id_token: str, nonce: str) -> dict[str, Any]:
        """The claims of an ID token (OpenID Connect Core 1.0, section 3.1.3.7)."""
        claims = self._valid(
            id_token, what="ID token", keys_kept_s=0.0, sub={"essential": True}, exp={"essential": True}
        )
        audience = claims["aud"]
        names_user_of_it = "azp" in claims or (isinstance(audience, list) and len(audience) > 1)
        if names_user_of_it and claims.get("azp") != self._client_id:
            raise NotTrusted("The provider's ID token was made for another client.")
        if not hmac.compare_digest(str(claims.get("nonce", "")), nonce):
            raise NotTrusted("The provider's ID token belongs to another sign-in.")
        return claims

    def _valid(self, token: str, *, what: str, keys_kept_s: float, **needed: Any) -> dict[str, Any]:
        """The claims of a token that the provider signed just now, for us."""
        try:
            from joserfc import jwt
            from joserfc.errors import JoseError
        except ImportError:
            raise MissingDependency("joserfc", needed_for="OpenID Connect", extra="oidc") from None
        try:
            claims = self._verified(token, keys_kept_s)
            jwt.JWTClaimsRegistry(
                leeway=_LEEWAY_S,
                iss={"essential": True, "value": self._issuer},
                aud={"essential": True, "value": self._client_id},
                iat={"essential": True},
                **needed,
            ).validate(claims)
        except (JoseError, ValueError) as error:
            raise NotTrusted(f"The provider's {what} is not valid: {error}.") from error
        return claims

    def _verified(self, token: str, keys_kept_s: float) -> dict[str, Any]:
        from joserfc import jwt
        from joserfc.errors import JoseError

        try:
            return dict(jwt.decode(token, self._key_set(), algorithms=_ALGORITHMS).claims)
        except (JoseError, ValueError):
            # The provider may have changed its keys since they were read.
            if time.monotonic() - self._keys_s < keys_kept_s:
                raise
        return dict(jwt.decode(token, self._key_set(is_anew=True), algorithms=_ALGORITHMS).claims)

    def _key_set(self, *, is_anew: bool = False) -> Any:
        from joserfc.jwk import KeySet

        url = self.metadata().jwks_uri
        with self._lock:
            if is_anew or self._keys is None or time.monotonic() - self._keys_s > _REMEMBERED_S:
                self._keys = KeySet.import_key_set(self._json("GET", url))
                self._keys_s = time.monotonic()
            return self._keys

    def _json(self, method: str, url: str, *, headers: dict[str, str] | None = None, body: str | None = None) -> Any:
        try:
            reply = self._http.request(
                method, url, headers=headers or {"Accept": "application/json"}, body=body, preload_content=False
            )
            try:
                content = reply.read(_MAX_REPLY + 1)
            finally:
                reply.release_conn()
        except urllib3.exceptions.HTTPError as error:
            raise Unavailable(f"The sign-in provider does not answer: {error}.", retry_after_s=5) from error
        if reply.status >= 500:
            raise Unavailable(f"The sign-in provider answers {reply.status}.", retry_after_s=5)
        if reply.status != 200 or len(content) > _MAX_REPLY:
            raise NotTrusted(f"The provider answers {reply.status} at {url}: {content[:200]!r}.")
        try:
            return msgspec.json.decode(content)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise NotTrusted(f"The provider's answer at {url} is no JSON.") from error
