"""A host of Git repositories, as git's own program for web servers makes one."""

from __future__ import annotations

import base64
import os
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

USER, PASSWORD = "ann", "p%w:'$x"
PRIVATE = "private"
"""Repositories below this folder ask who is there."""

_IDENTITY = {f"GIT_{who}_{what}": "n@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
_HANDED_ON = {
    "CONTENT_TYPE": "Content-Type",
    "GIT_PROTOCOL": "Git-Protocol",
    "HTTP_CONTENT_ENCODING": "Content-Encoding",
}


def git(folder: Path, *arguments: str) -> str:
    environ = {**os.environ, **_IDENTITY, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments], env=environ, check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout.strip()


class GitHost:
    """
    Attributes:
        uri: of the host.
        root: holds its repositories.
    """

    def __init__(self, root: Path, port: int) -> None:
        self.root = root
        self.uri = f"http://127.0.0.1:{port}"

    def publish(self, folder: Path, name: str) -> str:
        """Make what a folder holds the newest commit of its repository, and that a repository of the host."""
        if not (folder / ".git").exists():
            git(folder, "init", "--quiet", "--initial-branch=main")
        git(folder, "add", ".")
        git(folder, "commit", "--quiet", "--allow-empty", "--message", "as it is now")
        place = self.root / name
        if not place.exists():
            git(folder, "init", "--quiet", "--bare", "--initial-branch=main", str(place))
        git(folder, "push", "--quiet", "--force", "--tags", str(place), "HEAD:main")
        return f"{self.uri}/{name}"


@contextmanager
def git_host(root: Path) -> Iterator[GitHost]:
    root.mkdir()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.do_POST()

        def do_POST(self) -> None:
            path, _, query = self.path.partition("?")
            if path.startswith(f"/{PRIVATE}/") and not self._knows_password():
                self._answer(401, [("WWW-Authenticate", 'Basic realm="code"')], b"")
                return
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            environ = {variable: self.headers.get(header, "") for variable, header in _HANDED_ON.items()}
            environ |= {"GIT_PROJECT_ROOT": str(root), "GIT_HTTP_EXPORT_ALL": "1", "REQUEST_METHOD": self.command}
            environ |= {"PATH_INFO": path, "QUERY_STRING": query, "CONTENT_LENGTH": str(len(body))}
            self._answer(*_said_by_git(environ, body))

        def _knows_password(self) -> bool:
            expected = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
            return self.headers.get("Authorization") == f"Basic {expected}"

        def _answer(self, status: int, headers: Sequence[tuple[str, str]], body: bytes) -> None:
            self.send_response(status)
            for name, value in (*headers, ("Content-Length", str(len(body)))):
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield GitHost(root, server.server_port)
        server.shutdown()


def _said_by_git(environ: dict[str, str], body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
    done = subprocess.run(["git", "http-backend"], input=body, env=os.environ | environ, stdout=subprocess.PIPE)
    head, _, rest = done.stdout.partition(b"\r\n\r\n")
    headers = [(name, value) for name, _, value in (line.partition(": ") for line in head.decode().split("\r\n"))]
    status = int(dict(headers).get("Status", "200").split()[0])
    return status, [(name, value) for name, value in headers if name != "Status"], rest
