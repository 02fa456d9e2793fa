"""Serves the built web application: hashed assets for ever, every page of the application as its one HTML file."""

from __future__ import annotations

import mimetypes
from html import escape
from pathlib import Path

from starlette.types import Receive, Scope, Send

from runfold.domain.artifact import ArtifactPath
from runfold.errors import InvalidValue
from runfold.server.http import Refused, send_bytes
from runfold.server.security import APP_POLICY

STATIC = Path(__file__).parent / "static"
_POLICY = (b"content-security-policy", APP_POLICY.encode())
_FOR_EVER = (b"cache-control", b"public, max-age=31536000, immutable")
_EACH_TIME = (b"cache-control", b"no-cache")
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

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        if scope["type"] != "http" or not path.startswith(self._prefix):
            raise _unknown(path)
        below = path[len(self._prefix) :]
        if below.startswith(_API_PREFIXES) or scope["method"] not in ("GET", "HEAD"):
            raise _unknown(path)
        name = below.strip("/")
        content = self._read(name) if name and _is_safe(name) else None
        if content is not None:
            kind = (mimetypes.guess_type(name)[0] or "application/octet-stream").encode()
            caching = _FOR_EVER if name.startswith("assets/") else _EACH_TIME
            await _send(scope, send, 200, content, kind, caching)
        elif name.startswith("assets/"):
            raise _unknown(path)  # a page would be taken for a script
        else:
            await self._send_page(scope, send)

    async def _send_page(self, scope: Scope, send: Send) -> None:
        page = self._read("index.html")
        if page is None:
            await _send(scope, send, 200, _NOT_BUILT, b"text/html; charset=utf-8", _EACH_TIME)
            return
        # The build names its files relative to this element, so that one build works below every prefix.
        base = f'<base href="{escape(self._prefix, quote=True)}/">'.encode()
        body = page.replace(b"<head>", b"<head>" + base, 1)
        await _send(scope, send, 200, body, b"text/html; charset=utf-8", _EACH_TIME)

    def _read(self, name: str) -> bytes | None:
        file = self._folder / name
        return file.read_bytes() if file.is_file() else None


async def _send(scope: Scope, send: Send, status: int, body: bytes, kind: bytes, caching: tuple[bytes, bytes]) -> None:
    await send_bytes(send, status, b"" if scope["method"] == "HEAD" else body, kind, (_POLICY, caching))


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
