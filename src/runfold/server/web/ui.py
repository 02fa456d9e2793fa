"""Serves the built web application: hashed assets for ever, every page of the application as its one HTML file."""

from __future__ import annotations

import gzip
import mimetypes
from functools import lru_cache
from html import escape
from pathlib import Path

from starlette.types import Receive, Scope, Send

from runfold.domain.artifact import ArtifactPath
from runfold.errors import InvalidValue
from runfold.server.web.http import Refused, header, send_bytes
from runfold.server.web.security import APP_POLICY

STATIC = Path(__file__).parents[1] / "static"
_POLICY = (b"content-security-policy", APP_POLICY.encode())
_FOR_EVER = (b"cache-control", b"public, max-age=31536000, immutable")
_EACH_TIME = (b"cache-control", b"no-cache")
_PACKABLE = ("text/", "image/svg", "application/json", "application/javascript")
MAX_PACKED = 512
"""More than the application has files."""
_API_PREFIXES = ("/api/", "/ajax-api/")


class WebApplication:
    """The last route: what no call of the table answers is a file of the application, or a page of it.

    Args:
        prefix: stands in front of every path.
        folder: where the build lies.
    """

    def __init__(self, prefix: str, folder: Path = STATIC) -> None:
        self._prefix = prefix
        self._folder = folder
        self._packed_asset = lru_cache(MAX_PACKED)(self._pack_asset)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        below = path.removeprefix(self._prefix)
        is_ours = path == self._prefix + below and below[:1] in ("", "/") and not below.startswith(_API_PREFIXES)
        if scope["type"] != "http" or not is_ours or scope["method"] not in ("GET", "HEAD"):
            raise _unknown(path)
        name = below.strip("/")
        content = self._read(name) if name and _is_safe(name) else None
        if content is not None:
            await self._send_file(scope, send, name, content)
        elif name.startswith("assets/"):
            raise _unknown(path)  # a page would be taken for a script
        else:
            await self._send_page(scope, send)

    async def _send_file(self, scope: Scope, send: Send, name: str, content: bytes) -> None:
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        headers = [_FOR_EVER if name.startswith("assets/") else _EACH_TIME]
        if kind.startswith(_PACKABLE):
            headers.append((b"vary", b"Accept-Encoding"))
            if "gzip" in header(scope, b"accept-encoding"):
                headers.append((b"content-encoding", b"gzip"))
                content = self._packed_asset(name) if name.startswith("assets/") else _pack(content)
        await _send(scope, send, content, kind.encode(), headers)

    async def _send_page(self, scope: Scope, send: Send) -> None:
        page = self._read("index.html") or _NOT_BUILT
        # The build names its files relative to this element, of which the first one counts.
        base = f'<head><base href="{escape(self._prefix, quote=True)}/">'.encode()
        await _send(scope, send, page.replace(b"<head>", base, 1), b"text/html; charset=utf-8", [_EACH_TIME])

    def _pack_asset(self, name: str) -> bytes:
        """Packed once: what is in a file of this folder is known by its name."""
        return _pack(self._read(name) or b"")

    def _read(self, name: str) -> bytes | None:
        file = self._folder / name
        return file.read_bytes() if file.is_file() else None


async def _send(scope: Scope, send: Send, body: bytes, kind: bytes, headers: list[tuple[bytes, bytes]]) -> None:
    await send_bytes(send, 200, b"" if scope["method"] == "HEAD" else body, kind, [_POLICY, *headers])


def _pack(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)


def _is_safe(name: str) -> bool:
    try:
        ArtifactPath(name)
    except InvalidValue:
        return False
    return True


def _unknown(path: str) -> Refused:
    return Refused(404, "ENDPOINT_NOT_FOUND", f"Nothing is found at {path[:200]!r}; /openapi.json lists every call.")


_NOT_BUILT = b"""<!doctype html>
<html lang="en"><head><title>Runfold</title></head><body>
<h1>Runfold is running</h1>
<p>The web application is not built. In a source tree, run <code>make ui</code> and load this page again;
an installed wheel has it inside.</p>
<p>The API is there: <a href="openapi.json">openapi.json</a> lists every call.</p>
</body></html>
"""
