"""Servers in processes of their own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path

_PROGRAM = """
import json, sys
from runfold.config import ServerSettings, StoreSettings
from runfold.server.serve import serve
server, store = map(json.loads, sys.argv[1:])
serve(ServerSettings(**server), StoreSettings(**store))
"""


class ServerProcess:
    """A server of its own process on a free port of this machine, that can be killed and started again.

    Args:
        store_uri: None: SQLite in the folder.
        processes: how many share the port.
        webhook_hosts: where webhooks may be sent.
        auth: ask callers who they are.
        direct_registration_bytes: larger models are read after their registration was answered.
        more: further fields of `ServerSettings`.
        prefix: stands in front of every path, which `more` must say as `static_prefix`.
        wrapper: words of a command that starts the server in surroundings of its own.
        store_settings: fields of `StoreSettings`.
    """

    def __init__(
        self,
        folder: Path,
        *,
        store_uri: str | None = None,
        processes: int = 1,
        webhook_hosts: Sequence[str] = ("public",),
        auth: bool = False,
        direct_registration_bytes: int = 256 * 2**20,
        wrapper: Sequence[str] = (),
        more: Mapping[str, object] | None = None,
        prefix: str = "",
        **store_settings: object,
    ) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        self.processes = processes
        self._wrapper = wrapper
        self.store_uri = store_uri or f"sqlite:///{folder}/runfold.db"
        server = {
            "port": self._port,
            "processes": processes,
            "direct_registration_bytes": direct_registration_bytes,
            "store": self.store_uri,
            "artifacts": f"{folder}/artifacts",
            "webhook_hosts": list(webhook_hosts),
            "auth": auth,
            **(more or {}),
        }
        self._settings: dict[str, object] = server
        self._store_settings = {"durability": "process", **store_settings}
        self.uri = f"http://127.0.0.1:{self._port}"
        self._health = f"{self.uri}{prefix}/health"
        self._process: subprocess.Popen[bytes] | None = None

    def set(self, name: str, value: object) -> None:
        """A setting of the next start."""
        self._settings[name] = value

    def start(self) -> None:
        arguments = [json.dumps(self._settings), json.dumps(self._store_settings)]
        self._process = subprocess.Popen(
            [*self._wrapper, sys.executable, "-c", _PROGRAM, *arguments], start_new_session=True
        )
        deadline = time.monotonic() + 60
        while not self._answers():
            assert time.monotonic() < deadline, "the server does not start"
            assert self._process.poll() is None, "the server has ended"
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(self._health, timeout=1) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def kill(self) -> None:
        """End all processes of the server at once, as a loss of power does."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(60)
            self._process = None

    def stop(self) -> int:
        """Ask the server to end, wait until it has, and return its exit code; 0 when it was not running."""
        if self._process is None:
            return 0
        self._process.terminate()
        code = self._process.wait(60)
        self._process = None
        return code

    def children(self) -> list[int]:
        """The ids of the processes that answer requests (Linux)."""
        assert self._process is not None
        tasks = Path(f"/proc/{self._process.pid}/task")
        found = [int(number) for task in tasks.iterdir() for number in (task / "children").read_text().split()]
        return [number for number in found if b"resource_tracker" not in Path(f"/proc/{number}/cmdline").read_bytes()]
