"""A provider whose clock is wrong, whose answers are none, or that answers for ever."""

from __future__ import annotations

import base64
import gzip
import json
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from threading import Event

import pytest
from joserfc.jwk import OctKey, RSAKey

from runfold.errors import Unavailable
from runfold.server.callers.oidc.fetching import MAX_REPLY, Fetcher, NotTrusted
from runfold.server.callers.oidc.provider import Provider, Vouched
from tests.unit.server.callers.oidc.house import CLIENT, NONCE, House, open_house

DISCOVERY = "/.well-known/openid-configuration"
LOGOUT = {"events": {"http://schemas.openid.net/event/backchannel-logout": {}}, "nonce": None}


@pytest.fixture
def house() -> Iterator[House]:
    with open_house() as house:
        yield house


@pytest.fixture
def provider(house: House) -> Provider:
    return Provider(house.issuer, CLIENT, "")


def ask(provider: Provider, *, asked_s: float | None = None) -> Vouched:
    return provider.vouched("code", redirect_uri="http://x/oidc/callback", verifier="v", nonce=NONCE, asked_s=asked_s)


@pytest.mark.parametrize("ahead_s", [-45, 0, 45])
def test_clocks_may_differ_by_a_minute(provider: Provider, house: House, ahead_s: int) -> None:
    now = int(time.time()) + ahead_s
    house.give(house.token(iat=now, nbf=now, exp=now + 5, auth_time=now))
    assert ask(provider, asked_s=time.time()).claims["sub"] == "1001"


@pytest.mark.parametrize(
    ("times", "says"),
    [
        ({"iat": 90}, "ahead of"),
        ({"nbf": 90}, "not yet valid"),
        ({"exp": -90}, "expired"),
        ({"iat": -90, "exp": -90}, "behind"),
        ({"iat": -700}, "older than 600 s"),
    ],
    ids=["made-later", "valid-later", "over", "clock-behind", "long-ago"],
)
def test_clocks_that_differ_more_are_refused_and_named(
    provider: Provider, house: House, times: dict[str, int], says: str
) -> None:
    house.give(house.token(**{name: int(time.time()) + by for name, by in times.items()}))
    with pytest.raises(NotTrusted, match=says):
        ask(provider)


@pytest.mark.parametrize("claim", ["iat", "nbf", "exp", "auth_time"])
@pytest.mark.parametrize("value", ["soon", True, [], 10**400, -(10**400), 1e300])
def test_what_is_no_time_is_refused(provider: Provider, house: House, claim: str, value: object) -> None:
    house.give(house.token(**{"auth_time": int(time.time()), claim: value}))
    if (claim, value) in [("exp", 10**400), ("exp", 1e300), ("nbf", -(10**400))]:
        assert ask(provider, asked_s=time.time())
        return
    with pytest.raises(NotTrusted):
        ask(provider, asked_s=time.time())


@pytest.mark.parametrize("auth_time", [None, -3600, -90, 90], ids=["unsaid", "long-ago", "before", "later"])
def test_who_was_to_be_asked_anew_and_was_not_is_refused(
    provider: Provider, house: House, auth_time: int | None
) -> None:
    """A provider that ignores `prompt`, or a browser that took it out of the question."""
    house.give(house.token(auth_time=auth_time and int(time.time()) + auth_time))
    assert ask(provider).claims["sub"] == "1001", "a sign-in may rest on one before"
    with pytest.raises(NotTrusted, match="who is there"):
        ask(provider, asked_s=time.time())


def test_to_be_asked_anew_is_said_in_both_words(provider: Provider) -> None:
    words = {"redirect_uri": "http://x", "scopes": "openid", "state": "s", "nonce": "n", "challenge": "c"}
    assert "prompt=login&max_age=0" in provider.authorization_url(**words, asks_anew=True)
    assert "max_age" not in provider.authorization_url(**words)


def test_keys_that_were_exchanged_are_read_anew_and_forged_ones_are_not_believed(
    provider: Provider, house: House
) -> None:
    house.give(house.token())
    ask(provider)
    known, house.key = house.key, RSAKey.generate_key(2048, parameters={"kid": house.key.kid})
    house.give(house.token())
    with pytest.raises(NotTrusted, match="ID token is not valid"):
        ask(provider)  # under the name of the one that is known
    house.publish({"kty": "new", "x": 1}, known.as_dict(private=False), house.key.as_dict(private=False))
    house.key = RSAKey.generate_key(2048, auto_kid=True)
    house.publish({"kty": "new", "x": 1}, known.as_dict(private=False), house.key.as_dict(private=False))
    house.give(house.token())
    assert ask(provider).claims["sub"] == "1001"


def test_a_key_that_everybody_knows_signs_nothing(provider: Provider, house: House) -> None:
    house.key = OctKey.import_key(b"the client's secret, known to two", {"kid": "shared"})
    house.publish(house.key.as_dict(private=True))
    house.give(house.token())
    with pytest.raises(NotTrusted, match="no key"):
        ask(provider)


def test_foreign_tokens_by_the_hundred_have_the_keys_read_once(provider: Provider, house: House) -> None:
    for _ in range(100):
        with pytest.raises(NotTrusted):
            provider.signed_out("x.y.z")
    assert house.n_asked["/keys"] <= 2


DEEP = b"[" * 100_000 + b"]" * 100_000
ODD_ANSWERS = {
    "nothing": b"",
    "a page": b"<html>",
    "a list": b"[]",
    "null": b"null",
    "deep": DEEP,
    "deep inside": b'{"issuer":' + DEEP + b',"keys":' + DEEP + b',"id_token":' + DEEP + b"}",
    "no UTF-8": b'{"issuer":"\xff","keys":["\xff"],"id_token":"\xff"}',
    "half a pair": b'{"issuer":"\\ud800","keys":["\\ud800"],"id_token":"\\ud800"}',
    "large": b" " * (MAX_REPLY + 1) + b"{}",
    "packed": gzip.compress(b"{}" + b" " * 50_000_000),
    "other kinds": b'{"issuer":1,"keys":{"a":1},"id_token":{"a":1}}',
    "keys that are none": b'{"keys":[1,null,{}]}',
    "keys without parts": b'{"keys":[{"kty":"RSA"},{"kty":"EC","crv":[]},{"kty":"OKP","crv":"Ed25519","x":1}]}',
    "a key of no size": b'{"keys":[{"kty":"RSA","n":"AA","e":"AA"},{"kty":["RSA"]}]}',
}


@pytest.mark.parametrize("answer", ODD_ANSWERS)
@pytest.mark.parametrize("path", [DISCOVERY, "/keys", "/token", "/userinfo"])
def test_an_answer_that_is_none_is_refused(provider: Provider, house: House, path: str, answer: str) -> None:
    house.describe(userinfo_endpoint=f"{house.issuer}/userinfo")
    house.give(house.token())
    house.replies[path] = ODD_ANSWERS[answer]
    with pytest.raises(NotTrusted):
        ask(provider)


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "https://id.example/\r\nSet-Cookie: a=b",
        "https://id.example/ä",
        "https://id.example/#there",
        "https://user:word@id.example/",
        "https://[",
        "https://id.example:99999/",
        "https:///token",
        "file:///etc/passwd",
        "",
    ],
)
@pytest.mark.parametrize("endpoint", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
def test_an_endpoint_that_is_no_address_is_refused(
    provider: Provider, house: House, endpoint: str, address: str
) -> None:
    house.describe(**{endpoint: address})
    with pytest.raises(NotTrusted, match="address"):
        provider.metadata()


@pytest.mark.parametrize(
    "claims",
    [
        {"sub": ["1001"]},
        {"sub": ""},
        {"sub": None},
        {"sub": "x" * 300},
        {"sid": 7},
        {"sid": "x" * 300},
        {"nonce": "ä"},
        {"nonce": 7},
        {"nonce": None},
        {"iss": "http://elsewhere"},
        {"iss": ["http://elsewhere"]},
        {"aud": "another"},
        {"aud": ["runfold", "another"]},
        {"aud": {"runfold": 1}},
        {"azp": "another"},
    ],
    ids=lambda claims: json.dumps(claims)[:40],
)
def test_claims_that_do_not_fit_are_refused(provider: Provider, house: House, claims: dict[str, object]) -> None:
    house.give(house.token(**claims))
    with pytest.raises(NotTrusted):
        ask(provider)


def coded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def header_of(**fields: object) -> Callable[[str], str]:
    return lambda token: ".".join((coded(json.dumps(fields).encode()), *token.split(".")[1:]))


@pytest.mark.parametrize(
    "change",
    [
        lambda token: "",
        lambda token: "..",
        lambda token: f"{token}.x",
        lambda token: f"ä{token}",
        lambda token: token.rpartition(".")[0] + ".",
        lambda token: "a" * 10 + "." + "b" * 100_000 + ".c",
        header_of(alg="none"),
        header_of(alg="HS256"),
        header_of(alg=["RS256"]),
        header_of(alg={"a": 1}),
        header_of(alg="RS256", kid=["x"]),
        header_of(alg="RS256", crit=["b64"], b64=False),
        header_of(alg="RS256", crit=7),
        header_of(),
        lambda token: ".".join((coded(b"[" * 5000 + b"]" * 5000), *token.split(".")[1:])),
    ],
    ids=[
        *(
            "empty",
            "dots",
            "four parts",
            "no ASCII",
            "unsigned",
            "long",
            "none",
            "by a secret",
            "algorithms",
            "an object",
        ),
        *("keys", "detached", "no list", "no header", "deep"),
    ],
)
def test_a_token_that_is_none_is_refused(provider: Provider, house: House, change: Callable[[str], str]) -> None:
    house.give(change(house.token()))
    with pytest.raises(NotTrusted):
        ask(provider)
    with pytest.raises(NotTrusted):
        provider.signed_out(change(house.token(**LOGOUT)))


@pytest.mark.parametrize(
    "payload", [b"", b"[]", b"7", b"{", b'{"a":' + DEEP[:10_000] + b"}", b'{"sub":"\xff"}', b'{"sub":NaN}']
)
def test_a_signed_token_that_says_nothing_is_refused(provider: Provider, house: House, payload: bytes) -> None:
    house.give(house.token(payload=payload))
    with pytest.raises(NotTrusted):
        ask(provider)


def test_a_redirect_is_not_followed(provider: Provider, house: House) -> None:
    def lead(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(302)
        handler.send_header("Location", f"{house.issuer}{DISCOVERY}?again")
        handler.end_headers()

    house.replies[DISCOVERY] = lead
    with pytest.raises(NotTrusted, match="302"):
        provider.metadata()
    assert house.n_asked == {DISCOVERY: 1}


@pytest.mark.parametrize("part", ["head", "body"])
def test_an_answer_that_comes_byte_by_byte_has_an_end(house: House, part: str) -> None:
    is_over = Event()

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX: " if part == "head" else b"HTTP/1.1 200 OK\r\n\r\n")
        with suppress(OSError):
            while not is_over.wait(0.02):
                handler.wfile.write(b" ")

    house.replies[DISCOVERY] = drip
    try:
        with pytest.raises(Unavailable, match=r"longer than 0\.5 s"):
            Provider(house.issuer, CLIENT, "", Fetcher(deadline_s=0.5)).metadata()
    finally:
        is_over.set()


def test_who_waits_for_a_provider_that_says_nothing_waits_once(house: House) -> None:
    is_over = Event()
    house.replies[DISCOVERY] = lambda handler: is_over.wait(60) and None
    provider = Provider(house.issuer, CLIENT, "", Fetcher(deadline_s=0.3))
    try:
        for _ in range(20):
            with pytest.raises(Unavailable):
                provider.metadata()
    finally:
        is_over.set()
    assert house.n_asked == {DISCOVERY: 1}


def test_faults_of_a_provider_that_anybody_may_cause_keep_nobody_else_out(provider: Provider, house: House) -> None:
    house.replies["/token"] = lambda handler: handler.send_error(500)
    with pytest.raises(Unavailable):
        ask(provider)
    house.give(house.token())
    assert ask(provider).claims["sub"] == "1001"
