"""HTTP for the artifact stores that speak it: connections, retries, and what an answer means."""

from __future__ import annotations

import netrc
from collections.abc import Collection, Iterable, Mapping
from urllib.parse import quote, urlsplit
from urllib.request import getproxies, proxy_bypass

import msgspec
import urllib3
from urllib3.exceptions import HTTPError, SSLError

from runfold.domain.artifact import ArtifactPath
from runfold.errors import (
    ArtifactError,
    InvalidState,
    InvalidValue,
    LimitExceeded,
    NotFound,
    NotSupported,
    PermissionDenied,
    QuotaExceeded,
    RunfoldError,
    StorageFull,
    Unauthenticated,
    Unavailable,
)

CONNECT_TIMEOUT_S = 10.0
READ_TIMEOUT_S = 60.0
"""How long one answer, or the next bytes of it, may take."""
UPLOAD_TIMEOUT_S = 600.0
"""How long a server may take to store a large upload after its last byte."""
MAX_ANSWER_BYTES = 64 << 20
"""The largest listing that is taken from a server."""

_RETRY = urllib3.Retry(
    total=5,
    redirect=0,
    other=0,  # such as a certificate that is not trusted
    backoff_factor=0.2,
    respect_retry_after_header=False,  # a server may not keep a caller waiting for hours
    status_forcelist=(429, 502, 503, 504),
    allowed_methods=None,  # every request that is sent through `call` may be repeated
    raise_on_status=False,
    raise_on_redirect=False,
)


class Answer(msgspec.Struct, frozen=True):
    """A short answer, read to its end."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class _ErrorBody(msgspec.Struct):
    message: str = ""
    error_code: str = ""


class HttpSite:
    """One server and the credentials for it. Safe to use from several threads.

    Args:
        url: base of all requests, without a slash at the end.
        headers: sent with each request.
        ca_file: certificate authorities to trust instead of the system's.
        client_cert_file: certificate and key of this client, in one PEM file.
        verify: `False` skips the check of the server's certificate.
    """

    def __init__(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        ca_file: str | None = None,
        client_cert_file: str | None = None,
        verify: bool = True,
    ) -> None:
        self.url = url.rstrip("/")
        # Compressed answers would make lengths and ranges meaningless.
        self.headers = {"Accept-Encoding": "identity", "User-Agent": "runfold", **(headers or {})}
        self._pool = _pool(self.url, ca_file, client_cert_file, verify)

    def call(
        self,
        method: str,
        url: str,
        *,
        path: ArtifactPath | None,
        ok: Collection[int],
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Answer:
        """One short request with its whole answer; repeated on lost connections and busy servers.

        Args:
            path: what it is about, for messages.
            ok: the statuses that are returned; all others are raised.
        """
        response = self.send(method, url, path=path, headers=headers, body=body, retries=_RETRY)
        try:
            data = _read_bounded(response)
        except HTTPError as error:
            raise unreachable(self.url, error) from error
        finally:
            response.release_conn()
        if response.status not in ok:
            raise error_of(response.status, response.headers, data, path=path, url=url)
        return Answer(response.status, response.headers, data)

    def send(
        self,
        method: str,
        url: str,
        *,
        path: ArtifactPath | None,
        headers: Mapping[str, str] | None = None,
        body: bytes | Iterable[bytes] | None = None,
        retries: urllib3.Retry | bool = False,
        read_timeout_s: float = READ_TIMEOUT_S,
    ) -> urllib3.BaseHTTPResponse:
        """One request whose answer is still to be read, whatever its status."""
        try:
            return self._pool.request(
                method,
                url,
                body=body,
                headers={**self.headers, **(headers or {})},
                retries=retries,
                redirect=False,
                preload_content=False,
                decode_content=False,
                timeout=urllib3.Timeout(connect=CONNECT_TIMEOUT_S, read=read_timeout_s),
            )
        except HTTPError as error:
            raise unreachable(self.url, error) from error

    def close(self) -> None:
        self._pool.clear()


def quoted(*parts: str) -> str:
    """Path segments as they stand in a URL, joined by `/`; empty parts are left out."""
    return "/".join(quote(part, safe="/") for part in parts if part)


def netrc_headers(host: str) -> dict[str, str]:
    """The `Authorization` header that the user's netrc file has for a host.

    Keyed by host, so a location in someone else's record cannot draw credentials to another place.
    """
    try:
        found = netrc.netrc().authenticators(host)
    except (FileNotFoundError, netrc.NetrcParseError):
        return {}
    if found is None:
        return {}
    return urllib3.make_headers(basic_auth=f"{found[0]}:{found[2]}")


def unreachable(url: str, error: Exception) -> RunfoldError:
    """The error that a failed connection means."""
    host = urlsplit(url).netloc
    if isinstance(getattr(error, "reason", error), SSLError):
        return ArtifactError(f"{host} cannot be trusted or speaks no TLS ({_cause(error)}).")
    return Unavailable(f"The connection to {host} failed ({_cause(error)}). Try again later.")


def error_of(
    status: int, headers: Mapping[str, str], body: bytes, *, path: ArtifactPath | None, url: str
) -> RunfoldError:
    """The error that an answer means."""
    about = repr(path.text) if path else "the root"
    host = urlsplit(url).netloc
    told = _told_in(body)
    if told.error_code == "QUOTA_EXCEEDED":
        return QuotaExceeded(told.message)
    message = f": {told.message[:500].rstrip('.')}" if told.message else ""
    said = f"{host} answered {status} for {about}{message}"
    match status:
        case 401:
            advice = "" if message else " It needs credentials, or others than were sent."
            return Unauthenticated(f"{said}.{advice}")
        case 403:
            return PermissionDenied(f"{said}.")
        case 404 | 410:
            return NotFound("artifact", path.text if path else "/")
        case 405 | 501:
            return NotSupported(f"{said}.{'' if message else ' This server does not offer that.'}")
        case 409:
            advice = "" if message else " A file may be in the place of a folder, or a folder in that of a file."
            return InvalidState(f"{said}.{advice}")
        case 400 | 416:
            return InvalidValue(f"{said}.")
        case 413:
            return LimitExceeded(f"{said}. The file is larger than the server takes.")
        case 507:
            return StorageFull(f"{about} on {host}")
        case 429 | 502 | 503 | 504:
            return Unavailable(f"{said}. Try again later.", retry_after_s=_retry_after_s(headers))
    return ArtifactError(f"{said}.")


def _pool(url: str, ca_file: str | None, client_cert_file: str | None, verify: bool) -> urllib3.PoolManager:
    parts = urlsplit(url)
    proxy = getproxies().get(parts.scheme)
    if proxy and not proxy_bypass(parts.hostname or ""):
        pool: urllib3.PoolManager = urllib3.ProxyManager(proxy, maxsize=16)
    else:
        pool = urllib3.PoolManager(maxsize=16)
    if parts.scheme == "https":
        pool.connection_pool_kw |= {
            "cert_reqs": "CERT_REQUIRED" if verify else "CERT_NONE",
            "ca_certs": ca_file,
            "cert_file": client_cert_file,
        }
        if not verify:  # asked for, so a warning with each request tells nothing
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    return pool


def _read_bounded(response: urllib3.BaseHTTPResponse) -> bytes:
    data = response.read(MAX_ANSWER_BYTES + 1)
    if len(data) > MAX_ANSWER_BYTES:
        response.close()
        raise ArtifactError(f"The server's answer is larger than {MAX_ANSWER_BYTES} bytes; it was not read.")
    return data


def _told_in(body: bytes) -> _ErrorBody:
    try:
        return msgspec.json.decode(body, type=_ErrorBody)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _ErrorBody()


def _retry_after_s(headers: Mapping[str, str]) -> float:
    value = headers.get("Retry-After", "")
    return float(value) if value.isdecimal() else 1.0


def _cause(error: Exception) -> str:
    """The innermost reason, without the layers that the library puts around it."""
    reason = getattr(error, "reason", None)
    if isinstance(reason, Exception):
        return _cause(reason)
    return str(error.__cause__ or error)
