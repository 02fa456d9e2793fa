"""Calls of one server: encoding, waiting, trying again, and errors by their meaning."""

from __future__ import annotations

import copy
import random
import time
from collections.abc import Callable
from typing import Any, Self, TypeVar
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import getproxies, proxy_bypass

import msgspec
import urllib3

from runfold import __version__
from runfold.errors import InvalidValue, QueueFull, RunfoldError, StoreError, Unavailable
from runfold.stores.rest.access import Access
from runfold.stores.rest.silence import is_passing, why_silent
from runfold.wire.encode import encode
from runfold.wire.endpoint import Endpoint, path_fields
from runfold.wire.endpoints import ENDPOINTS
from runfold.wire.errors import error_of

CONNECT_TIMEOUT_S = 5.0
ATTEMPTS = 4
FIRST_PAUSE_S = 0.2
POOL_CONNECTIONS = 8
SILENCE_S = 10.0
"""After a server has not answered several attempts, for so long each call is attempted once."""

_CALLS: dict[str, Endpoint] = {endpoint.name: endpoint for endpoint in ENDPOINTS}

R = TypeVar("R", bound=msgspec.Struct)


class Connection:
    """Makes the calls of `wire.endpoints`. Safe from any thread; connections are pooled and kept alive."""

    def __init__(self, access: Access, *, timeout_s: float, sleep: Callable[[float], None] = time.sleep) -> None:
        """
        Args:
            timeout_s: how long one answer may take.
            sleep: waits between attempts.
        """
        self.base_url = access.base_url
        self._headers = {"User-Agent": f"runfold-python-client/{__version__}", **access.headers}
        self._timeout = urllib3.Timeout(connect=min(CONNECT_TIMEOUT_S, timeout_s), read=timeout_s)
        self._sleep = sleep
        self._silent_until_s = 0.0
        self._pool = _pool(access)

    def call(self, name: str, request: msgspec.Struct | bytes, reply: type[R], *, is_repeatable: bool = True) -> R:
        """Make a call and return its answer.

        Args:
            name: as `Endpoint.name` says.
            request: the message, or a body that is encoded already.
            is_repeatable: the call may be sent again when the answer to it was lost.

        Raises:
            Unavailable: no answer came, or one that asks to come again later, several times over.
            RunfoldError: what the server answered.
        """
        endpoint = _CALLS[name]
        url = self.base_url + _filled(endpoint.paths[0], request)
        method = "POST" if "POST" in endpoint.methods else endpoint.methods[0]
        body = None
        headers = self._headers
        if method == "GET":
            url += _query(request, endpoint.paths[0])
        else:
            body = request if isinstance(request, bytes) else encode(request)
            headers = {**headers, "Content-Type": "application/json"}
        answer = self._send(method, url, body, headers, is_repeatable=is_repeatable)
        try:
            return msgspec.json.decode(answer, type=reply, strict=False)
        except msgspec.MsgspecError as error:
            raise StoreError(
                f"{url} answered something that this release does not understand: {error}. "
                "Is it the address of a Runfold or MLflow server?"
            ) from error

    def _send(
        self, method: str, url: str, body: bytes | None, headers: dict[str, str], *, is_repeatable: bool
    ) -> bytes:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                answer = self._send_once(method, url, body, headers)
                self._silent_until_s = 0.0
                return answer
            except QueueFull as error:  # nothing was written, so sending again is right for every call
                problem: Unavailable = error
            except Unavailable as error:
                if not is_repeatable or not is_passing(error.__cause__):
                    raise
                problem = error
                if attempt == ATTEMPTS or time.monotonic() < self._silent_until_s:
                    self._silent_until_s = time.monotonic() + SILENCE_S
                    raise
            if attempt == ATTEMPTS:
                raise problem
            # Spreads clients, and guards nothing; none comes sooner than the server asks for.
            pause = FIRST_PAUSE_S * 2 ** (attempt - 1) * random.uniform(0.5, 1.0)  # noqa: S311
            asked_s = min(problem.retry_after_s, CONNECT_TIMEOUT_S) * random.uniform(1.0, 1.5)  # noqa: S311
            self._sleep(max(pause, asked_s))
        raise AssertionError("the last attempt returns or raises")

    def _send_once(self, method: str, url: str, body: bytes | None, headers: dict[str, str]) -> bytes:
        try:
            response = self._pool.request(
                method, url, body=body, headers=headers, timeout=self._timeout, retries=False, redirect=False
            )
        except urllib3.exceptions.LocationValueError as error:
            raise StoreError(f"{self.base_url} is not the address of a server: {error}.") from error
        except urllib3.exceptions.HTTPError as error:
            raise Unavailable(why_silent(self.base_url, error), retry_after_s=0.0) from error
        if response.status in (200, 201):
            return response.data
        if response.status == 204:
            return b"{}"
        raise self._error(response)

    def _error(self, response: urllib3.BaseHTTPResponse) -> RunfoldError:
        if 300 <= response.status < 400:
            target = response.headers.get("Location", "another address")
            return StoreError(f"{self.base_url} sends calls on to {target}; use that address.")
        return error_of(response.status, response.data, retry_after=response.headers.get("Retry-After"))

    def with_headers(self, headers: dict[str, str]) -> Self:
        """The same server, with more said in every call."""
        other = copy.copy(self)
        other._headers = {**self._headers, **headers}
        return other

    def close(self) -> None:
        self._pool.clear()


def _pool(access: Access) -> urllib3.PoolManager:
    options: dict[str, Any] = {"maxsize": POOL_CONNECTIONS, "block": False}
    if access.base_url.startswith("https"):
        options["cert_reqs"] = "CERT_REQUIRED" if access.verify else "CERT_NONE"
        if access.ca_file:
            options["ca_certs"] = access.ca_file
        if access.client_cert_file:
            options["cert_file"] = access.client_cert_file
        if not access.verify:
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    parts = urlsplit(access.base_url)
    proxy = getproxies().get(parts.scheme)
    if proxy and not proxy_bypass(parts.hostname or ""):
        return urllib3.ProxyManager(proxy, **options)
    return urllib3.PoolManager(**options)


def _filled(path: str, request: msgspec.Struct | bytes) -> str:
    """A path with the fields that stand in it."""
    for name in path_fields(path):
        path = path.replace(f"{{{name}}}", quote(getattr(request, name), safe=""))
    return path


def _query(request: msgspec.Struct | bytes, path: str) -> str:
    assert not isinstance(request, bytes)
    in_path = path_fields(path)
    fields = {name: value for name, value in msgspec.to_builtins(request).items() if name not in in_path}
    try:
        return f"?{urlencode(fields, doseq=True)}" if fields else ""
    except UnicodeEncodeError as error:
        raise InvalidValue(f"A text holds a character that is none, at position {error.start}.") from error
