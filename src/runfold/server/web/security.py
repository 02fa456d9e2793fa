"""Who may talk to the server from a browser, decided before anything else.

A page of a stranger can make a browser send requests here: to a name that it lets point to this machine (DNS
rebinding), or straight to this address (request forgery). So the Host must be one of an exact set, and what changes
something must come from a page of ours, or from no page at all. Programs that are not browsers send neither an
Origin nor Sec-Fetch-Site and are not concerned.
"""

from __future__ import annotations

import ipaddress
import socket
from contextlib import suppress
from functools import lru_cache
from urllib.parse import urlsplit

from starlette.types import Scope

from runfold.config import ServerSettings
from runfold.server.web.http import Refused, content_length, header
from runfold.wire.endpoints import Body

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
_WILDCARDS = frozenset({"0.0.0.0", "::", ""})  # noqa: S104 (recognised, not listened on)
UPLOAD_HEADER = b"x-runfold-upload"
"""A header that pages of strangers cannot send without asking first; ours send it with every file."""

APP_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; font-src 'self' data:; "
    "connect-src 'self'; frame-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'none'"
)
"""For the web application. Charts set widths and colours by style attributes, so inline styles are allowed; scripts
come from files of ours alone."""
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"
FILE_POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"

COMMON_HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
)


class Guard:
    """Refuses what a stranger's page may have sent."""

    def __init__(self, settings: ServerSettings) -> None:
        self._hosts = _known_hosts(settings)
        self._origins = frozenset(_origin(text) for text in settings.allowed_origins)
        self._open_paths = frozenset(settings.static_prefix + path for path in ("/health", "/ready"))

    def check(self, scope: Scope) -> None:
        """Raises Refused: 403, or 400 without a Host."""
        host = origin = site = None
        for name, value in scope["headers"]:
            if name == b"host":
                if host is not None:
                    raise Refused(400, "BAD_REQUEST", "The request names more than one Host.")
                host = value
            elif name == b"origin":
                origin = value
            elif name == b"sec-fetch-site":
                site = value
        if scope["path"] not in self._open_paths:
            self._check_host(host)
        if scope["method"] not in SAFE_METHODS:
            self._check_source(host, origin, site)

    def allowed_origin(self, scope: Scope) -> str | None:
        """The Origin of a request from a page of another site that is allowed to call here."""
        for name, value in scope["headers"]:
            if name == b"origin":
                text = str(value, "latin-1")
                return text if _origin(text) in self._origins else None
        return None

    def _check_host(self, host: bytes | None) -> None:
        if host is None:
            raise Refused(400, "BAD_REQUEST", "The request names no Host.")
        name = _host_name(host)
        if name not in self._hosts:
            shown = host[:80].decode("latin-1")
            raise Refused(
                403,
                "PERMISSION_DENIED",
                f"This server does not answer to the name {shown!r}. If it should, start it with "
                f"`--allowed-hosts {name or shown}` or set RUNFOLD_ALLOWED_HOSTS.",
            )

    def _check_source(self, host: bytes | None, origin: bytes | None, site: bytes | None) -> None:
        if origin is not None:
            text = str(origin, "latin-1")
            if _origin(text) in self._origins:
                return
            if host is None or _origin_host(text) != str(host, "latin-1").lower():
                raise _foreign(f"the page {text[:80]!r}")
        if site is not None and site not in (b"same-origin", b"none"):
            raise _foreign("a page of another site")


def _foreign(source: str) -> Refused:
    return Refused(
        403,
        "PERMISSION_DENIED",
        f"Requests that change something are not taken from {source}. If it is a page of yours, start the server "
        "with `--allowed-origins` and its origin, or set RUNFOLD_ALLOWED_ORIGINS.",
    )


def _known_hosts(settings: ServerSettings) -> frozenset[str]:
    names = {*_LOOPBACK, *settings.allowed_hosts}
    if settings.host in _WILDCARDS:
        names |= _own_names()
    else:
        names.add(settings.host)
    return frozenset(filter(None, (_host_name(_bracketed(name).encode("latin-1", "replace")) for name in names)))


def _own_names() -> set[str]:
    """What this machine is called, and the addresses that its name and its way out lead to."""
    name = socket.gethostname()
    names = {name, socket.getfqdn()}
    with suppress(OSError):  # a machine need not know its own name
        names |= {str(found[4][0]) for found in socket.getaddrinfo(name, None)}
    # Connecting a datagram socket sends nothing; it only chooses the address that others see.
    for family, elsewhere in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((elsewhere, 9))
            names.add(probe.getsockname()[0])
    return names


def _bracketed(name: str) -> str:
    return f"[{name}]" if name.count(":") > 1 and not name.startswith("[") else name


@lru_cache(maxsize=1024)
def _host_name(host: bytes) -> str:
    """The name in a Host header, without its port, lower case, addresses in one spelling; empty: not a name."""
    text = str(host, "latin-1").lower()
    name, _, port = text.rpartition("]") if text.startswith("[") else text.partition(":")
    if text.startswith("["):
        name, port = name[1:], port.removeprefix(":")
        try:
            return f"[{ipaddress.IPv6Address(name)}]"
        except ValueError:
            return ""
    if port and not (port.isascii() and port.isdecimal()):
        return ""
    try:
        return str(ipaddress.IPv4Address(name))
    except ValueError:
        return name.removesuffix(".")


@lru_cache(maxsize=1024)
def _origin_host(origin: str) -> str:
    """Host and port of an Origin as a Host header would name them; empty for `null` and other things."""
    try:
        parts = urlsplit(origin)
    except ValueError:
        return ""
    return parts.netloc.lower() if parts.scheme in ("http", "https") and not parts.path else ""


def _origin(text: str) -> str:
    return text.strip().rstrip("/").lower()


def check_kind(scope: Scope, sends: Body) -> None:
    """Refuse a body of a kind that a page of a stranger can send without asking: a form, or plain text.

    Raises Refused: 415.
    """
    kind = header(scope, b"content-type").partition(";")[0].strip().lower()
    if sends is Body.FILE:
        is_browser = header(scope, b"origin") or header(scope, b"sec-fetch-site")
        if scope["method"] == "POST" and is_browser and not header(scope, UPLOAD_HEADER):
            raise Refused(415, "BAD_REQUEST", f"A page that uploads sends the header {UPLOAD_HEADER.decode()}: 1.")
    elif kind != sends.value and (kind or _has_body(scope)):
        raise Refused(415, "BAD_REQUEST", f"This call needs the header Content-Type: {sends.value}, not {kind[:80]!r}.")


def _has_body(scope: Scope) -> bool:
    return bool(content_length(scope)) or bool(header(scope, b"transfer-encoding"))
