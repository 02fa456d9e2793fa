"""The way from a page to a scoring server.

This server loads no models, and pages may only talk to this server. So whoever starts it names the scoring servers that
it passes inputs to. Callers choose among those by name, never by address; redirects are not followed.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from threading import BoundedSemaphore
from urllib.parse import urlsplit

import msgspec
import urllib3

from runfold.errors import InvalidState, InvalidValue, NotFound, Unavailable

INVOCATIONS = "/invocations"
CONNECT_S = 3.0
MAX_ANSWER_S = 30.0
MAX_ANSWER_BYTES = 4 * 2**20
MAX_AT_ONCE = 8
"""A slow scoring server must not take all threads that answer calls."""


class ScoringServer(msgspec.Struct, frozen=True):
    """
    Attributes:
        address: without a path of its own, or with the prefix that it lives below.
    """

    name: str
    address: str


_MODEL_HEADER = "x-runfold-model"
_LABEL_AT_MOST = 300


class Score(msgspec.Struct, frozen=True):
    """Attributes: model: which one answered, where the server says it."""

    status: int
    text: str
    seconds: float
    model: str = ""


class ScoringServers:
    """Knows some scoring servers and asks them.

    Args:
        given: each as `name=address`.

    Raises:
        InvalidValue: one is not written so, or a name stands twice.
    """

    def __init__(self, given: Sequence[str]) -> None:
        self._known = {server.name: server for server in map(_read, given)}
        if len(self._known) < len(given):
            raise InvalidValue(f"Two scoring servers have the same name: {', '.join(given)}.")
        # No proxies of the environment: the addresses are meant as they are.
        self._pool = urllib3.PoolManager(
            timeout=urllib3.Timeout(connect=CONNECT_S, read=MAX_ANSWER_S), retries=False, maxsize=MAX_AT_ONCE
        )
        self._room = BoundedSemaphore(MAX_AT_ONCE)

    @property
    def known(self) -> tuple[ScoringServer, ...]:
        return tuple(self._known.values())

    def score(self, name: str, body: bytes) -> Score:
        """What a server answers to a JSON body, whatever its status.

        Raises:
            NotFound: nobody named such a server.
            InvalidState: it does not answer, or says more than is passed on.
            Unavailable: too many inputs are being scored.
        """
        server = self._known.get(name)
        if server is None:
            raise NotFound("scoring server", name)
        if not self._room.acquire(blocking=False):
            raise Unavailable(f"{MAX_AT_ONCE} inputs are being scored through this server, as many as it passes on.")
        try:
            return self._ask(server, body)
        finally:
            self._room.release()

    def _ask(self, server: ScoringServer, body: bytes) -> Score:
        started = time.perf_counter()
        try:
            response = self._pool.request(
                "POST",
                server.address + INVOCATIONS,
                body=body,
                headers={"Content-Type": "application/json", "Accept": "application/json"},
                redirect=False,
                preload_content=False,
            )
            try:
                content = response.read(MAX_ANSWER_BYTES + 1, decode_content=True)
            finally:
                response.close()
        except urllib3.exceptions.HTTPError as error:
            raise InvalidState(
                f"The scoring server {server.name!r} at {server.address} gave no answer ({type(error).__name__}). "
                "Check that it runs, and that this server can reach it."
            ) from error
        if len(content) > MAX_ANSWER_BYTES:
            raise InvalidState(
                f"The scoring server {server.name!r} answered with more than {MAX_ANSWER_BYTES} bytes. Call it "
                "directly for so many rows."
            )
        seconds = time.perf_counter() - started
        model = response.headers.get(_MODEL_HEADER, "")[:_LABEL_AT_MOST]
        return Score(response.status, str(content, "utf-8", "replace"), seconds, model)

    def close(self) -> None:
        self._pool.clear()


def _read(text: str) -> ScoringServer:
    name, _, address = (part.strip() for part in text.partition("="))
    parts = urlsplit(address)
    is_plain = not (parts.username or parts.password or parts.query or parts.fragment)
    if not name or parts.scheme not in ("http", "https") or not parts.hostname or not is_plain:
        raise InvalidValue(
            f"Invalid scoring server {text!r}: write name=address, such as try=http://127.0.0.1:5001, without a "
            "password or a query."
        )
    return ScoringServer(name, address.rstrip("/"))
