"""One connection of a client: bytes become requests, one after the other, and answers bytes.

llhttp, the parser of Node.js, reads heads and chunks, by httptools; a large body of known length is received straight
into its place, past the parser. While a request is being answered the next one may be read, and waits. Every state that
a client can hold up has a deadline; the listener looks at them.

Source: RFC 9112.
"""

from __future__ import annotations

import asyncio
import math
from collections import deque
from typing import TYPE_CHECKING
from urllib.parse import unquote

import httptools

from runfold.serving.http.messages import Headers, Refused, Request, write_head

if TYPE_CHECKING:
    from runfold.serving.http.listener import Listener

MAX_HEAD_BYTES = 64 * 1024
_HEAD_S = 15.0
_IDLE_S = 75.0
_LEAVING_S = 2.0
"""What a client that was refused gets for reading the reason, while what it still sends is thrown away."""
_WRITING_S = 60.0
_DIRECT_BYTES = 32 * 1024
"""More than that to come is received past the parser."""


class Connection(asyncio.BufferedProtocol):
    """Belongs to the thread of the event loop."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._transport: asyncio.Transport | None = None
        self._client = ""
        self._parser = httptools.HttpRequestParser(self)
        self._answered_now: Request | None = None
        self._waiting: deque[tuple[Request, bool]] = deque()
        self._keeps_alive = True
        self._is_leaving = False
        self._is_new = True
        self._body: bytearray | None = None
        self._parts: list[bytes] = []
        self._n_received = 0
        self._begin_message()
        self.deadline = listener.now() + _HEAD_S

    @property
    def is_busy(self) -> bool:
        """Whether a request is being answered."""
        return self._answered_now is not None

    @property
    def is_idle(self) -> bool:
        """Whether nothing of a request has come that is not answered."""
        return not (self._is_new or self.is_busy or self._has_begun or self._waiting)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]
        address = transport.get_extra_info("peername") or ("", "")
        self._client = f"{address[0]}:{address[1]}"
        if not self._listener.admit(self):
            transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._listener.forget(self)
        gone, self._answered_now = self._answered_now, None
        self._waiting.clear()
        if gone is not None and gone.on_gone is not None:
            gone.on_gone()

    def pause_writing(self) -> None:
        self.deadline = self._listener.now() + _WRITING_S
        self._pause_reading()

    def resume_writing(self) -> None:
        self.deadline = math.inf if self.is_busy else self._listener.now() + _IDLE_S
        if not self._waiting:
            self._resume_reading()

    def get_buffer(self, sizehint: int) -> memoryview:
        if self._body is not None:
            return memoryview(self._body)[self._n_received :]
        return self._listener.scratch

    def buffer_updated(self, nbytes: int) -> None:
        if self._is_leaving:
            return
        if self._body is not None:
            self._n_received += nbytes
            self._complete_directly()
            return
        try:
            self._parser.feed_data(self._listener.scratch[:nbytes])
        except httptools.HttpParserUpgrade as upgrade:
            self._pass_over_upgrade(self._listener.scratch[upgrade.args[0] : nbytes])
            return
        except httptools.HttpParserError as error:
            self._refuse(Refused(400, "BAD_REQUEST", f"This is no request of HTTP/1.1: {error}."))
            return
        if self._is_head_complete:
            self._receive_directly()
        elif self._has_begun:
            self._n_head += nbytes
            if self._n_head > MAX_HEAD_BYTES + self._listener.scratch.nbytes:  # the first may have held a body before
                self._refuse(_large_head())

    def _receive_directly(self) -> None:
        left = self._length - self._n_received
        if left > _DIRECT_BYTES:
            self._body = bytearray(self._length)
            self._body[: self._n_received] = b"".join(self._parts)
            self._parts = []

    def _complete_directly(self) -> None:
        if self._body is not None and self._n_received == len(self._body):
            self._parser = httptools.HttpRequestParser(self)  # the old one still waits for this body
            self._complete(bytes(self._body))

    def _pass_over_upgrade(self, rest: memoryview) -> None:
        """A wish for another protocol is answered in HTTP/1.1, as is allowed; the parser leaves the body to others."""
        self._keeps_alive = False
        if self._is_head_complete and self._length and not self._is_leaving:
            self._body = bytearray(self._length)
            self._n_received = min(len(rest), self._length)
            self._body[: self._n_received] = rest[: self._n_received]
            self._complete_directly()

    # What the parser calls.

    def on_message_begin(self) -> None:
        self._begin_message()
        self._has_begun, self._is_new = True, False
        if not self.is_busy and not self._is_leaving:
            self.deadline = self._listener.now() + _HEAD_S

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._is_head_complete:
            return  # a trailer
        self._headers[name.decode("latin-1").lower()] = value.decode("latin-1")
        self._n_in_headers += len(name) + len(value)

    def on_headers_complete(self) -> None:
        if self._is_leaving:
            return
        self._is_head_complete = True
        self._method = self._parser.get_method().decode("latin-1")
        self._is_last = not self._parser.should_keep_alive()
        if not self.is_busy:
            self.deadline = self._listener.now() + self._listener.body_timeout_s
        headers = self._headers
        if self._n_in_headers + len(self._url) > MAX_HEAD_BYTES:
            self._refuse(_large_head())
            return
        if headers.get("content-encoding", "identity") != "identity":
            self._refuse(Refused(415, "BAD_REQUEST", "Compressed bodies are not accepted; send the body as it is."))
            return
        self._length = int(headers.get("content-length", 0))
        if self._length > self._listener.max_body_bytes:
            self._refuse(self._too_large())
        elif headers.get("expect", "").lower() == "100-continue" and self._transport is not None:
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, body: bytes) -> None:
        self._parts.append(body)
        self._n_received += len(body)
        if self._n_received > self._listener.max_body_bytes:
            self._refuse(self._too_large())

    def on_message_complete(self) -> None:
        if self._is_leaving or (self._length and self._parser.should_upgrade()):
            return
        self._complete(self._parts[0] if len(self._parts) == 1 else b"".join(self._parts))

    # Requests in order.

    def _begin_message(self) -> None:
        self._has_begun = False
        self._method = ""
        self._url = b""
        self._is_last = False
        self._headers: dict[str, str] = {}
        self._n_in_headers = 0
        self._n_head = 0
        self._is_head_complete = False
        self._length = 0
        self._parts = []
        self._body = None
        self._n_received = 0

    def _complete(self, body: bytes) -> None:
        keeps_alive = self._keeps_alive and not self._is_last
        request = self._request(body)
        self._begin_message()
        if self._answered_now is None:
            self._give(request, keeps_alive)
        else:
            self._waiting.append((request, keeps_alive))
            self._pause_reading()

    def _request(self, body: bytes) -> Request:
        url = self._url.partition(b"?")[0]
        if not url.startswith(b"/"):  # a proxy's form, with the host in it
            url = b"/" + url.partition(b"://")[2].partition(b"/")[2]
        path = url.decode("latin-1")
        if "%" in path:
            path = unquote(path)
        return Request(self._method, path, self._headers, body, self._client, self._respond)

    def _give(self, request: Request, keeps_alive: bool) -> None:
        self.deadline = math.inf  # from here on it is the application's time
        self._keeps_alive = keeps_alive and not self._listener.is_stopping
        self._answered_now = request
        self._listener.application.answer(request)

    def _respond(self, status: int, headers: Headers, body: bytes) -> None:
        request, self._answered_now = self._answered_now, None
        if self._transport is None or request is None:
            return
        keeps_alive = self._keeps_alive and not self._listener.is_stopping
        head = write_head(status, headers, len(body), self._listener.date, "" if keeps_alive else "close")
        if request.method == "HEAD":
            self._transport.write(head)
        elif len(body) < _DIRECT_BYTES:
            self._transport.write(head + body)
        else:
            self._transport.writelines((head, body))
        if not keeps_alive:
            self._leave()
            return
        self.deadline = self._listener.now() + _IDLE_S
        if self._waiting:
            self._listener.loop.call_soon(self._next)

    def _next(self) -> None:
        if self._transport is None or not self._waiting:
            return
        self._give(*self._waiting.popleft())
        if not self._waiting:
            self._resume_reading()

    def _refuse(self, reason: Refused) -> None:
        """Answer what will not come whole, and close: where the next request begins is not known."""
        if self._is_leaving or self._transport is None:
            return
        self._is_leaving, self._keeps_alive, self._is_new = True, False, False
        request = self._request(b"")
        self._begin_message()
        self._waiting.clear()
        if self._answered_now is not None:  # its answer is on the way, and the last one
            return
        self._answered_now = request
        self._listener.application.refuse(request, reason)

    def _leave(self) -> None:
        """Close once the client has had its answer; sent into a closed connection, its bytes would destroy it."""
        self._is_leaving = True
        self._waiting.clear()
        self._listener.note_idle()
        self.deadline = self._listener.now() + _LEAVING_S
        assert self._transport is not None
        if self._transport.can_write_eof():
            self._transport.write_eof()

    def expire(self) -> None:
        """The deadline has passed."""
        if self._transport is None:
            return
        if self._has_begun and not self._is_leaving and not self.is_busy:
            wanted = self._listener.body_timeout_s if self._is_head_complete else _HEAD_S
            self._refuse(Refused(408, "DEADLINE_EXCEEDED", f"The request did not arrive within {wanted:g} s."))
        else:
            self._transport.abort()

    def stop(self) -> None:
        """Close now if no request has begun, otherwise after its answer; one that is new gets a moment to ask."""
        if self._is_new:
            self.deadline = min(self.deadline, self._listener.now() + _LEAVING_S)
        elif self.is_idle and self._transport is not None and not self._is_leaving:
            self._transport.close()

    def _too_large(self) -> Refused:
        limit = self._listener.max_body_bytes
        return Refused(
            413, "INVALID_PARAMETER_VALUE", f"The body is larger than {limit} bytes. Send fewer rows at once."
        )

    def _pause_reading(self) -> None:
        if self._transport is not None and not self._transport.is_closing() and self._transport.is_reading():
            self._transport.pause_reading()

    def _resume_reading(self) -> None:
        if self._transport is not None and not self._transport.is_closing() and not self._transport.is_reading():
            self._transport.resume_reading()


def _large_head() -> Refused:
    return Refused(431, "BAD_REQUEST", f"The headers are larger than {MAX_HEAD_BYTES} bytes.")
