"""Starts programs for a test, and ends them with all that they have started when its standard input ends.

So nothing stays behind of a test that was interrupted or killed, even where programs detach what they start: processes
whose parent is gone become children of this one. Each line of the input is a command as JSON; the argument is a folder
for what they say.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

_PR_SET_CHILD_SUBREAPER = 36
_PATIENCE_S = 10.0


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    started: list[subprocess.Popen[bytes]] = []
    with (Path(sys.argv[1]) / "log").open("w") as log:
        for line in sys.stdin:
            command = json.loads(line)
            started.append(subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log))
    for process in reversed(started):
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(_PATIENCE_S)
    while children := _children():
        for pid in children:
            os.kill(pid, signal.SIGKILL)
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        time.sleep(0.02)


def _children() -> list[int]:
    """Those that are left: whatever a killed one has started becomes one of them next."""
    return [int(pid) for task in Path("/proc/self/task").glob("*/children") for pid in task.read_text().split()]


if __name__ == "__main__":
    main()
