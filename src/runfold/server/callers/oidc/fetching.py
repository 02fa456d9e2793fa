"""One question to a provider by HTTP, bounded in bytes and in seconds; no redirects, no proxies, no decompression.

Where keys and tokens come from is what the operator and the provider said, so nothing leads elsewhere.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from functools import cached_property
from typing import Any
from urllib.parse import SplitResult, urlsplit

import msgspec

from runfold.errors import Unauthenticated, Unavailable

MAX_REPLY = 1024 * 1024
_CONNECT_S, _SILENT_S = 5.0, 10.0
DEADLINE_S = 15.0
"""For all of an answer: one that comes byte by byte is never silent for long."""
_AGAIN_S = 5.0
_SHOWN = 200


class NotTrusted(Unauthenticated):
    """What the provider answered is not what it should be; the message is for the server's log."""


def is_address(url: str) -> bool:
    """Whether a provider can be asked, or a browser led, there."""
    try:
        parts = urlsplit(url)
        has_place = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    is_plain = url.isascii() and url.isprintable() and not set(' "<>\\^`{|}') & set(url)
    return (
        is_plain and has_place and parts.scheme in ("https", "http") and not parts.fragment and "@" not in parts.netloc
    )


class Fetcher:
    """
    Args:
        deadline_s: for all of an answer.
    """

    def __init__(self, deadline_s: float = DEADLINE_S) -> None:
        self._deadline_s = deadline_s
        self._silent_s = float("-inf")

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return ssl.create_default_context()

    def json(self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: str | None = None) -> Any:
        """
        Raises:
            NotTrusted: the answer is none.
            Unavailable: there is none, or there was none a moment ago: many need not wait for it one after another.
        """
        if time.monotonic() - self._silent_s < _AGAIN_S:
            raise Unavailable("The sign-in provider said nothing a moment ago.", retry_after_s=_AGAIN_S)
        status, content = self._ask(method, url, {"Accept": "application/json", **(headers or {})}, body)
        if status >= 500:
            raise Unavailable(f"The sign-in provider answers {status}.", retry_after_s=_AGAIN_S)
        if status != 200 or len(content) > MAX_REPLY:
            raise NotTrusted(f"The provider answers {status} at {url}: {content[:_SHOWN]!r}.")
        return decoded(content, f"answer at {url}")

    def _ask(self, method: str, url: str, headers: dict[str, str], body: str | None) -> tuple[int, bytes]:
        parts = urlsplit(url)
        try:
            with self._connected(parts) as connection:
                target = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
                connection.request(method, target, body=body, headers={**headers, "Connection": "close"})
                reply = connection.getresponse()
                return reply.status, reply.read(MAX_REPLY + 1)
        except (OSError, http.client.HTTPException) as error:
            if isinstance(error, TimeoutError):
                self._silent_s = time.monotonic()
            said = str(error) or type(error).__name__
            raise Unavailable(f"The sign-in provider does not answer: {said}.", retry_after_s=_AGAIN_S) from error

    @contextmanager
    def _connected(self, parts: SplitResult) -> Iterator[http.client.HTTPConnection]:
        host = parts.hostname or ""
        has_tls = parts.scheme == "https"
        port = parts.port or (443 if has_tls else 80)
        plain = socket.create_connection((host, port), timeout=_CONNECT_S)
        is_late = threading.Event()

        def cut() -> None:
            is_late.set()
            with suppress(OSError):  # it ended by itself just now
                plain_again.shutdown(socket.SHUT_RDWR)

        # Of the same connection: `wrap_socket` takes the other one over, in the middle of which it may have to be cut.
        plain_again = plain.dup()
        timer = threading.Timer(self._deadline_s, cut)
        timer.start()
        try:
            plain.settimeout(_SILENT_S)
            connection = http.client.HTTPConnection(host, port)
            connection.sock = self._tls.wrap_socket(plain, server_hostname=host) if has_tls else plain
            with closing(connection):
                yield connection
            if is_late.is_set():  # what has no length ends whenever it is cut
                raise TimeoutError
        except (OSError, http.client.HTTPException):
            if is_late.is_set():
                raise TimeoutError(f"it took longer than {self._deadline_s:g} s") from None
            raise
        finally:
            timer.cancel()
            plain.close()
            plain_again.close()


def decoded(content: bytes, what: str) -> Any:
    """Raises NotTrusted for what is no JSON, or too deep."""
    try:
        return msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NotTrusted(f"The provider's {what} is no JSON: {error}.") from error
