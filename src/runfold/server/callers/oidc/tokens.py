"""What a token says that a provider signed (JSON Web Token: RFC 7519; keys: RFC 7517)."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, TypeGuard

import msgspec

from runfold.errors import MissingDependency
from runfold.server.callers.oidc.fetching import NotTrusted, decoded

LEEWAY_S = 60
"""By how much the clocks of a provider and a server may differ."""
_MAX_AGE_S = 600
_MAX_TOKEN = 64 * 1024
_MAX_KEYS = 100
_MAX_WORD = 255
_KINDS = ("RSA", "EC", "OKP")
# Signatures by keys that only the provider has; never `none`, never by a secret that both know.
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
_CONFUSED = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError)
"""What the library says to what nobody should send, beside errors of its own."""


class _KeySet(msgspec.Struct, frozen=True, kw_only=True):
    keys: tuple[dict[str, Any], ...]


def read_keys(told: object) -> Any:
    """The keys of a provider. Those that cannot be used are passed over, as RFC 7517, section 5, says.

    Raises:
        NotTrusted: there is none.
    """
    refusals = _refusals()
    from joserfc.jwk import JWKRegistry, KeySet

    try:
        found = msgspec.convert(told, _KeySet).keys
    except msgspec.ValidationError as error:
        raise NotTrusted(f"The provider's keys cannot be read: {error}.") from error
    usable = []
    for key in found[:_MAX_KEYS]:
        if key.get("kty") in _KINDS:
            try:
                usable.append(JWKRegistry.import_key(key))
                usable[-1].ensure_kid()
            except refusals:
                continue
    if not usable:
        raise NotTrusted("The provider tells of no key that signatures can be checked by.")
    return KeySet(usable)


def read_token(token: str, keys: Any, *, what: str) -> dict[str, Any]:
    """The claims of a token that one of the keys has signed.

    Raises:
        NotTrusted: none has, or it says nothing.
    """
    refusals = _refusals()
    from joserfc import jws

    if len(token) > _MAX_TOKEN or not token.isascii():
        raise NotTrusted(f"The provider's {what} is no token, or longer than {_MAX_TOKEN} bytes.")
    try:
        signed = jws.deserialize_compact(token, keys, algorithms=_ALGORITHMS)
    except refusals as error:
        raise NotTrusted(f"The provider's {what} is not valid: {error}.") from error
    claims = decoded(bytes(signed.payload or b""), what)
    if not isinstance(claims, dict):
        raise NotTrusted(f"The provider's {what} says nothing.")
    return claims


def check_claims(claims: dict[str, Any], *, what: str, issuer: str, client_id: str, must_name_user: bool) -> None:
    """
    Raises:
        NotTrusted: it was not made just now, by the issuer, for us.
    """
    refusals = _refusals()
    from joserfc import jwt

    needed: dict[str, Any] = {"sub": {"essential": True}} if must_name_user else {}
    try:
        jwt.JWTClaimsRegistry(
            leeway=LEEWAY_S,
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": client_id},
            iat={"essential": True},
            exp={"essential": True},
            **needed,
        ).validate(claims)
    except refusals as error:
        raise NotTrusted(f"The provider's {what} is not valid: {error}. {_clocks(claims)}") from error
    if claims["iat"] < time.time() - _MAX_AGE_S - LEEWAY_S:
        raise NotTrusted(f"The provider's {what} is older than {_MAX_AGE_S} s. {_clocks(claims)}")
    for name in ("sub", "sid"):
        if len(word(claims, name)) > _MAX_WORD:
            raise NotTrusted(f"The provider's {what} has a {name} that is longer than {_MAX_WORD} characters.")


def check_signed_in_since(claims: Mapping[str, Any], since_s: float) -> None:
    """That the provider asked who is there, and did not answer from what it knew (OpenID Connect Core 1.0, 3.1.3.7).

    Raises:
        NotTrusted: it did not, or does not say.
    """
    at = claims.get("auth_time")
    if not _is_time(at):
        raise NotTrusted(
            "The provider does not say when it last asked who is there (auth_time), though it was asked for that."
        )
    if at < since_s - LEEWAY_S:
        raise NotTrusted(f"The provider asked who is there {since_s - at:.0f} s before this began, and not again.")
    if at > time.time() + LEEWAY_S:
        raise NotTrusted(f"The provider says that it will ask who is there. {_clocks(claims)}")


def word(claims: Mapping[str, Any], name: str) -> str:
    """A claim that is a word; empty when there is none."""
    found = claims.get(name, "")
    if not isinstance(found, str):
        raise NotTrusted(f"The provider's claim {name} is no word.")
    return found


def _clocks(claims: Mapping[str, Any]) -> str:
    """What to look at when clocks may be the reason."""
    at = claims.get("iat")
    if not _is_time(at) or abs(ahead := at - time.time()) <= LEEWAY_S:
        return ""
    direction = "ahead of" if ahead > 0 else "behind"
    return f"By it the provider's clock is {abs(ahead):.0f} s {direction} this server's."


def _is_time(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 2**53


def _refusals() -> tuple[type[Exception], ...]:
    try:
        from joserfc.errors import JoseError
    except ImportError:
        raise MissingDependency("joserfc", needed_for="OpenID Connect", extra="oidc") from None
    return (JoseError, *_CONFUSED)
