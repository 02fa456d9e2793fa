"""A provider of OpenID Connect that says what a test wants, well or badly, over real HTTP."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from joserfc import jws
from joserfc.jwk import OctKey, RSAKey

Answer = Callable[[BaseHTTPRequestHandler], None]
CLIENT = "runfold"
NONCE = "the question's nonce"


class House:
    """
    Attributes:
        replies: what is answered by path, as it goes out, or who writes the answer.
        n_asked: how often, by path.
        key: signs.
    """

    def __init__(self, port: int) -> None:
        self.issuer = f"http://127.0.0.1:{port}"
        self.key: RSAKey | OctKey = _first_key()
        self.n_asked: dict[str, int] = {}
        self.replies: dict[str, bytes | Answer] = {}
        self.describe()
        self.publish(self.key.as_dict(private=False))

    def describe(self, **fields: object) -> None:
        told = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            **fields,
        }
        self.replies["/.well-known/openid-configuration"] = json.dumps(told).encode()

    def publish(self, *keys: object) -> None:
        self.replies["/keys"] = json.dumps({"keys": keys}).encode()

    def token(self, *, header: dict[str, Any] | None = None, payload: bytes | None = None, **claims: object) -> str:
        """Signed by `key`; what is None is left out."""
        now = int(time.time())
        said = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": "1001",
            "nonce": NONCE,
            "iat": now,
            "exp": now + 300,
            **claims,
        }
        text = json.dumps({name: value for name, value in said.items() if value is not None}).encode()
        algorithm = "HS256" if isinstance(self.key, OctKey) else "RS256"
        told = {"alg": algorithm, "kid": self.key.kid, **(header or {})}
        return jws.serialize_compact(told, text if payload is None else payload, self.key, algorithms=[algorithm])

    def give(self, token: object) -> None:
        """For the next code."""
        self.replies["/token"] = json.dumps({"id_token": token, "access_token": "x"}).encode()


@cache
def _first_key() -> RSAKey:
    return RSAKey.generate_key(2048, auto_kid=True)


class _Handler(BaseHTTPRequestHandler):
    house: House

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        self.house.n_asked[path] = self.house.n_asked.get(path, 0) + 1
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        reply = self.house.replies.get(path)
        if callable(reply):
            reply(self)
            return
        self.send_response(404 if reply is None else 200)
        self.send_header("Content-Length", str(len(reply or b"")))
        self.end_headers()
        self.wfile.write(reply or b"")

    do_POST = do_GET

    def log_message(self, format: str, *arguments: object) -> None:
        return


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Of clients that hang up in the middle of what never ends."""


@contextmanager
def open_house() -> Iterator[House]:
    with _Server(("127.0.0.1", 0), _Handler) as server:
        house = House(server.server_address[1])
        server.RequestHandlerClass = type("_HandlerOfHouse", (_Handler,), {"house": house})
        thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield house
        server.shutdown()
        thread.join(30)
