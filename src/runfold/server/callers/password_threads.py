"""Passwords are slow to check by intent: in threads of their own, so that who guesses stops nobody else."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from runfold.errors import Unavailable
from runfold.server.wakeup import Wakeup

T = TypeVar("T")

_THREADS = 2
_MAX_WAITING = 64


class PasswordThreads:
    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_THREADS, "runfold-password")
        self._n_waiting = 0

    async def run(self, work: Callable[[], T], wakeup: Wakeup) -> T:
        """Raises Unavailable when too many wait, and what the work raises. Used from the event loop's thread alone."""
        if self._n_waiting >= _MAX_WAITING:
            raise Unavailable("Too many callers sign in by password just now.", retry_after_s=1.0)
        self._n_waiting += 1
        try:
            return await wakeup.wait(self._threads.submit(work))
        finally:
            self._n_waiting -= 1

    def close(self) -> None:
        self._threads.shutdown()
