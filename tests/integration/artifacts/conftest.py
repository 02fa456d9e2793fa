"""Real servers for the stores that need one: each in its own process, on a free port of this machine."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path

import pytest

HERE = Path(__file__).parent
NOBODY = 65534

StartServer = Callable[..., int]


@pytest.fixture(scope="module")
def open_folder() -> Iterator[Path]:
    """A temporary folder that a server without rights may use (those of pytest are closed to others)."""
    folder = Path(tempfile.mkdtemp(prefix="runfold-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def start_server() -> Iterator[StartServer]:
    """Starts a command that listens on the port it is given, and gives the port once it answers.

    Run by root, the server is started as a user without rights, who then owns `folder`.
    """
    running: list[subprocess.Popen[bytes]] = []

    def start(
        command: Callable[[int], Sequence[str | Path]],
        *,
        folder: Path | None = None,
        env: Mapping[str, str] | None = None,
    ) -> int:
        port = _free_port()
        user = None
        if folder is not None and os.geteuid() == 0:
            user = NOBODY
            for path in (folder, *folder.rglob("*")):
                os.chown(path, NOBODY, NOBODY)
        process = subprocess.Popen(
            [str(part) for part in command(port)],
            env={**os.environ, **(env or {})},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            user=user,
            group=user,
            extra_groups=None if user is None else [],
        )
        running.append(process)
        _wait_until_it_answers(process, port)
        return port

    yield start
    for process in running:
        process.terminate()
    for process in running:
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def proxy_url(start_server: StartServer, open_folder: Path) -> str:
    """A server that offers the artifact proxy over a local folder."""
    port = start_server(lambda port: [sys.executable, HERE / "proxy_server.py", str(port), open_folder / "proxied"])
    return f"http://127.0.0.1:{port}"


def _free_port() -> int:
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _wait_until_it_answers(process: subprocess.Popen[bytes], port: int, timeout_s: float = 30) -> None:
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args} ended with status {process.returncode}")
        with closing(socket.socket()) as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise TimeoutError(f"{process.args} does not answer on port {port}")
