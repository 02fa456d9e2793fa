"""One webhook sent: a single POST to an address that was checked, in bounded time, with nothing of the answer kept.

Fifty lines on asyncio's streams rather than an HTTP client: those resolve names themselves, follow redirects and use
proxies of the environment, each a way around the check.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import http.client
import io
import ssl
import time
from collections.abc import Mapping
from contextlib import suppress

from runfold.domain.webhook import Attempt
from runfold.errors import PermissionDenied, Unavailable
from runfold.server.webhooks.destinations import Destination, Destinations

TIMEOUT_S = 15.0
"""For all of it, so that no receiver can hold a delivery longer than its lease."""
CONNECT_TIMEOUT_S = 5.0
_MAX_HEAD_BYTES = 64 * 1024
# Answers after which sending the same again can go well.
_PASSING = frozenset({408, 425, 429})


async def send(
    destinations: Destinations, url: str, body: str, *, delivery_id: str, secret: str, timeout_s: float = TIMEOUT_S
) -> Attempt:
    """Send a body once; every way in which that can fail is an attempt with an error."""
    try:
        async with asyncio.timeout(timeout_s):
            destination = await destinations.resolve(url)
            headers = signed_headers(body, delivery_id=delivery_id, secret=secret, time_s=int(time.time()))
            return await _post(destination, body.encode(), headers)
    except TimeoutError:
        return Attempt(error=f"No answer came within {timeout_s:g} s.")
    except PermissionDenied as error:
        return Attempt(error=error.message, is_final=True)
    except Unavailable as error:
        return Attempt(error=error.message)
    except ssl.SSLError as error:
        return Attempt(error=f"The encrypted connection failed: {error.reason or error}.")
    except OSError as error:
        return Attempt(error=f"The connection failed: {error.strerror or error}.")
    except (EOFError, ValueError, http.client.HTTPException):
        return Attempt(error="What answered does not speak HTTP.")


def signed_headers(body: str, *, delivery_id: str, secret: str, time_s: int) -> dict[str, str]:
    """The headers of MLflow's servers. A receiver refuses old times, so each attempt is signed anew."""
    headers = {"X-MLflow-Delivery-Id": delivery_id, "X-MLflow-Timestamp": str(time_s)}
    if secret:
        signed = f"{delivery_id}.{time_s}.{body}".encode()
        digest = hmac.new(secret.encode(), signed, hashlib.sha256).digest()
        headers["X-MLflow-Signature"] = f"v1,{base64.b64encode(digest).decode()}"
    return headers


async def _post(destination: Destination, body: bytes, headers: Mapping[str, str]) -> Attempt:
    reader, writer = await _connect(destination)
    try:
        writer.write(_request(destination, body, headers))
        await writer.drain()
        status, answered = await _read_head(reader)
    finally:
        writer.close()
    return _attempt(status, answered.get("Retry-After", ""))


async def _connect(destination: Destination) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection to the first of the checked addresses that accepts one."""
    problem: OSError = OSError("there is no address")
    context = ssl.create_default_context() if destination.scheme == "https" else None
    for address in destination.addresses:
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                return await asyncio.open_connection(
                    address,
                    destination.port,
                    ssl=context,
                    server_hostname=destination.host if context else None,
                    limit=_MAX_HEAD_BYTES,
                )
        except ssl.SSLError:
            raise
        except TimeoutError:
            problem = OSError(f"nothing accepted it within {CONNECT_TIMEOUT_S:g} s")
        except OSError as error:
            problem = error
    raise problem


def _request(destination: Destination, body: bytes, headers: Mapping[str, str]) -> bytes:
    fields = {
        "Host": destination.authority,
        "User-Agent": "runfold-webhooks",
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        "Connection": "close",
        **headers,
    }
    head = f"POST {destination.target} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return head.encode("ascii") + b"\r\n" + body


async def _read_head(reader: asyncio.StreamReader) -> tuple[int, http.client.HTTPMessage]:
    """Status and headers of the answer; what else it says is nobody's business here."""
    while True:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            raise EOFError from error
        line, _, fields = head.partition(b"\r\n")
        version, status, *_ = line.split(b" ")
        if not version.startswith(b"HTTP/1."):
            raise ValueError(version)
        if int(status) >= 200:  # what comes before are notes, such as 100 Continue
            return int(status), http.client.parse_headers(io.BytesIO(fields))


def _attempt(status: int, retry_after: str) -> Attempt:
    if 200 <= status < 300:
        return Attempt(status=status)
    if 300 <= status < 400:
        error = f"The receiver answered {status}, which leads elsewhere; webhooks follow no redirects."
    else:
        error = f"The receiver answered {status}{_phrase(status)}."
    asked_s = 0.0
    with suppress(ValueError):
        asked_s = float(retry_after)
    return Attempt(
        status=status, error=error, is_final=status < 500 and status not in _PASSING, retry_after_s=max(0.0, asked_s)
    )


def _phrase(status: int) -> str:
    known = http.client.responses.get(status, "")
    return f" ({known})" if known else ""
