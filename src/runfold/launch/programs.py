"""Programs that prepare work, such as git and uv. They ask nobody, and end when the work that they are for is to end.

Who runs work in a thread says so with `interruptible`; what starts the programs lies far below and need not know.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from runfold.errors import RunfoldError


class Interrupted(RunfoldError):
    """The work is to end, and was still being prepared."""

    def __init__(self) -> None:
        super().__init__("It was to end while it was still being prepared.")


class _Interruption:
    """Whether work is to end, and the programs that would have to end with it. Safe from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asked = threading.Event()
        self._running: set[subprocess.Popen[bytes]] = set()

    def ask(self) -> None:
        with self._lock:
            self._asked.set()
            for process in self._running:
                _end(process)

    def check(self, wait_s: float = 0.0) -> None:
        if self._asked.wait(wait_s):
            raise Interrupted

    @contextmanager
    def covers(self, process: subprocess.Popen[bytes]) -> Iterator[None]:
        with self._lock:
            if self._asked.is_set():
                _end(process)
            self._running.add(process)
        try:
            yield
        finally:
            with self._lock:
                self._running.discard(process)


_current: ContextVar[_Interruption] = ContextVar("interruption")


@contextmanager
def interruptible(on_cancel: Callable[[Callable[[], None]], object]) -> Iterator[None]:
    """A `with` block whose programs end, with `Interrupted`, when its work is to end.

    Args:
        on_cancel: is given what is to be called then.
    """
    interruption = _Interruption()
    token = _current.set(interruption)
    try:
        on_cancel(interruption.ask)
        yield
    finally:
        _current.reset(token)


def pause(seconds: float) -> None:
    """Wait for somebody else. Raises Interrupted."""
    _here().check(seconds)


def run_program(
    command: Sequence[str], *, environ: Mapping[str, str], timeout_s: float
) -> subprocess.CompletedProcess[bytes]:
    """Run a program to its end, without a terminal that it could ask, nor one of those that it starts itself.

    Raises:
        FileNotFoundError: there is no such program.
        subprocess.TimeoutExpired: it took too long; it is ended with all that it has started.
        Interrupted: likewise, when the work is to end.
    """
    interruption = _here()
    interruption.check()
    process = subprocess.Popen(  # noqa: S603 - an argument vector; what is said from outside stands behind checks
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=dict(environ),
        start_new_session=True,
    )
    with process, interruption.covers(process):
        try:
            out, said = process.communicate(timeout=timeout_s)
        finally:
            _end(process)
    interruption.check()
    return subprocess.CompletedProcess(command, process.returncode, out, said)


def _here() -> _Interruption:
    """One that nobody asks, where work was not begun by `interruptible`."""
    return _current.get(None) or _Interruption()


def _end(process: subprocess.Popen[bytes]) -> None:
    """One that speaks to a silent host does not notice the end of who has started it."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
