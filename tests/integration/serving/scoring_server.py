"""A scoring server in processes of its own, started as a user starts it."""

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
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def document(self) -> Any:
        return json.loads(self.body)


class ScoringServer:
    def __init__(self, process: subprocess.Popen[bytes], port: int, log: Path) -> None:
        self.process = process
        self.port = port
        self._log = log

    @property
    def log(self) -> str:
        return self._log.read_text(errors="replace")

    def call(self, path: str, body: bytes | None = None, content_type: str = "application/json") -> Answer:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", data=body, headers={"Content-Type": content_type}
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return Answer(answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read())
        except urllib.error.HTTPError as error:
            return Answer(error.code, {k.lower(): v for k, v in error.headers.items()}, error.read())

    def serving_processes(self) -> list[int]:
        """The processes that hold the model, by the log."""
        marks = [line.split() for line in self.log.splitlines() if " serves " in line]
        pids = [int(words[words.index("process") + 1]) for words in marks]
        return [pid for pid in pids if Path(f"/proc/{pid}/stat").exists()]

    def wait_for(self, condition: Any, what: str) -> None:
        deadline = time.monotonic() + 240
        while not condition():
            assert time.monotonic() < deadline, f"{what} did not happen:\n{self.log[-2000:]}"
            time.sleep(0.05)

    def wait_until_up(self) -> None:
        self.wait_for(self._is_up, "the start")

    def _is_up(self) -> bool:
        assert self.process.poll() is None, f"the server has ended:\n{self.log[-2000:]}"
        return self.answers()

    def answers(self) -> bool:
        try:
            return self.call("/ping").status == 200
        except OSError:
            return False

    def end(self) -> None:
        """End what is left of it at once."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(40)


def start(model: Path | str, log: Path, *options: str, **environment: str) -> ScoringServer:
    """Start a server without waiting for it."""
    port = free_port()
    command = [sys.executable, "-m", "runfold", "models", "serve", "-m", str(model), "--port", str(port), *options]
    with log.open("wb") as sink:
        process = subprocess.Popen(
            command, stdout=sink, stderr=subprocess.STDOUT, start_new_session=True, env={**os.environ, **environment}
        )
    return ScoringServer(process, port, log)


@contextmanager
def serving(model: Path | str, folder: Path, *options: str, **environment: str) -> Iterator[ScoringServer]:
    """A server that answers, for the length of a block."""
    server = start(model, folder / "serving.log", *options, **environment)
    try:
        server.wait_until_up()
        yield server
    finally:
        server.end()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
