"""A command on this machine: started in a group of its own, its output kept and passed on, its end explained."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from types import TracebackType
from typing import IO

import msgspec

from runfold.errors import InvalidValue
from runfold.launch.censor import Censor
from runfold.launch.far.memory import MemoryWatch
from runfold.launch.guard import Guard
from runfold.launch.output import OutputLog

STOP_TIMEOUT_S = 10.0
"""Seconds between the request to end and the kill."""

_BLOCK = 64 * 1024
_NOT_FOUND = 127
_MISSING = "Is it part of the project's environment?"
_ADVICE = {
    errno.E2BIG: "A parameter is longer than the machine lets an argument be: let the command read it from a file.",
    errno.ENOEXEC: "Its first line must say what runs it, such as #!/bin/sh.",
}


class Ending(msgspec.Struct, frozen=True, kw_only=True):
    """How a command ended.

    Attributes:
        exit_code: of the command; negative: the number of the signal that ended it, as `subprocess` has it.
        reason: in words.
        is_cancelled: it was ended on request.
    """

    exit_code: int
    reason: str
    is_cancelled: bool = False

    @property
    def is_success(self) -> bool:
        return self.exit_code == 0 and not self.is_cancelled


class LocalProcess:
    """A running command. Safe from any thread. It does not outlive this process, even one that is killed.

    Args:
        vector: the program and its arguments; no shell reads them.
        folder: to run in.
        environ: all of the command's environment.
        log: a file that takes its output, both streams in the order they were written.
        tee: gets the same bytes as they come; called from a thread of this object.
        censor: takes out of both what is secret.

    Raises:
        InvalidValue: the program does not exist or cannot be run.
    """

    def __init__(
        self,
        vector: Sequence[str],
        *,
        folder: Path,
        environ: Mapping[str, str],
        log: Path,
        tee: Callable[[bytes], None] | None = None,
        censor: Censor | None = None,
    ) -> None:
        self._is_cancelled = False
        self._memory = MemoryWatch()
        try:
            self._process = subprocess.Popen(  # noqa: S603 - an argument vector, never a shell
                list(vector),
                cwd=folder,
                env=dict(environ),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # so that a stop reaches everything that the command starts
            )
        except OSError as error:
            raise InvalidValue(
                f"The program {vector[0][:200]!r} cannot be started in {folder}: {error.strerror}. "
                f"{_ADVICE.get(error.errno or 0, _MISSING)}"
            ) from None
        self._guard = Guard(self._process.pid, STOP_TIMEOUT_S)
        self._log = OutputLog(log, tee=tee, censor=censor)
        self._copying = threading.Thread(target=self._copy, name="runfold-output", daemon=True)
        self._copying.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def wait(self, timeout_s: float | None = None) -> Ending | None:
        """How the command ended; None when it still runs after the time."""
        try:
            code = self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            return None
        # A child that outlives the command may hold the pipe open; what it says later is not waited for.
        self._copying.join(timeout=2.0)
        reason = self._reason(code)
        if self._log.failure:
            reason = f"{reason} (the end of the log is lost: {self._log.failure})"
        return Ending(exit_code=code, reason=reason, is_cancelled=self._is_cancelled)

    def cancel(self) -> None:
        """End the command and all it has started: politely, and after a while for certain."""
        self._is_cancelled = True
        self._signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(STOP_TIMEOUT_S)
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        try:
            os.killpg(self._process.pid, number)
        except (ProcessLookupError, PermissionError):
            return

    def _copy(self) -> None:
        output: IO[bytes] = self._process.stdout  # type: ignore[assignment]  # a pipe, as asked for
        with closing(self._log), output:
            while block := os.read(output.fileno(), _BLOCK):
                self._log.write(block)

    def _reason(self, code: int) -> str:
        if self._is_cancelled:
            return "cancelled"
        return self._memory.explain(code) or explain(code)

    def __enter__(self) -> LocalProcess:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self.cancel()
        self._process.wait()
        self._guard.dismiss()


def explain(code: int) -> str:
    """What an exit code says. Codes above 128 come from a shell whose command a signal ended."""
    number = -code if code < 0 else code - 128 if code > 128 else 0
    if number and number in signal.Signals._value2member_map_:
        return f"ended by {signal.Signals(number).name}"
    if code == _NOT_FOUND:
        return "exit code 127: a command was not found"
    return "finished" if code == 0 else f"exit code {code}"
