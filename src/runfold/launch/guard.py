"""Ends a command whose owner is gone: an agent that was killed cannot do it itself.

A shell waits at the other end of a pipe that only the owner holds. A line in it means that the command is over; its
end without one, that the owner is.
"""

from __future__ import annotations

import subprocess
from contextlib import suppress

_SCRIPT = """\
read -r _ && exit 0
kill -s TERM -- "-$1" 2>/dev/null
n=0
while [ $n -lt "$2" ] && kill -s 0 -- "-$1" 2>/dev/null; do sleep 1; n=$((n + 1)); done
kill -s KILL -- "-$1" 2>/dev/null
"""


class Guard:
    """
    Args:
        group: the process group to end when this process is gone.
        patience_s: between the request to end and the kill.
    """

    def __init__(self, group: int, patience_s: float) -> None:
        command = ["/bin/sh", "-c", _SCRIPT, "runfold-guard", str(group), str(round(patience_s))]
        self._process = subprocess.Popen(  # noqa: S603 - a script of our own
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # what ends us at a terminal must not end it first
        )

    def dismiss(self) -> None:
        """The command is over: its number may belong to somebody else from now on."""
        with suppress(BrokenPipeError):
            self._process.communicate(b"over\n")
