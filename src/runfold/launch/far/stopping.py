"""How work is ended before its time."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time

STOP_S = 10.0


class Failed(Exception):
    """The environment could not be made, or the command is nobody to the tracking server."""


class Stop:
    """Ends the command: on request, or after its time; politely, and after a while for certain."""

    def __init__(self, patience_s: float) -> None:
        self.patience_s = patience_s
        self.reason = ""
        self.over = threading.Event()
        self.asked = threading.Event()

    def ask(self, *_: object) -> None:
        self.reason = self.reason or "cancelled"
        self.asked.set()

    def watch(self, process: subprocess.Popen[bytes], timeout_s: float) -> None:
        def work() -> None:
            if not self.asked.wait(timeout_s or None) and not self.over.is_set():
                self.reason = f"cancelled after its time limit of {timeout_s:g} s"
            if self.over.is_set():
                return
            end_group(process.pid, self.over, self.patience_s)

        threading.Thread(target=work, daemon=True).start()


def end_group(group: int, over: threading.Event | None = None, patience_s: float = STOP_S) -> None:
    """End a process group: politely first."""
    _signal_group(group, signal.SIGTERM)
    if over is not None:
        over.wait(patience_s)
    else:
        until = time.time() + patience_s
        while time.time() < until and _signal_group(group, 0):
            time.sleep(0.05)
    _signal_group(group, signal.SIGKILL)


def _signal_group(group: int, number: int) -> bool:
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True
