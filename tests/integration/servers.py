"""Servers in processes of their own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

_PROGRAM = """
import sys
from runfold.config import ServerSettings, StoreSettings
from runfold.server.serve import serve
folder, port = sys.argv[1:]
serve(
    ServerSettings(port=int(port), store=f"sqlite:///{folder}/runfold.db", artifacts=f"{folder}/artifacts"),
    StoreSettings(durability="process"),
)
"""


class ServerProcess:
    """A server of its own process on a free port of this machine, that can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        self.store_uri = f"sqlite:///{folder}/runfold.db"
        self.uri = f"http://127.0.0.1:{self._port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, str(self._folder), str(self._port)], start_new_session=True
        )
        deadline = time.monotonic() + 60
        while not self._answers():
            assert time.monotonic() < deadline, "the server does not start"
            assert self._process.poll() is None, "the server has ended"
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.uri}/health", timeout=1) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def kill(self) -> None:
        """End all processes of the server at once, as a loss of power does."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(60)
            self._process = None

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(60)
            self._process = None
