"""Threads of their own for what is slow, so that who asks for it by the dozen stops nobody else."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from runfold.errors import Unavailable
from runfold.server.wakeup import Wakeup

T = TypeVar("T")

_MAX_WAITING = 64


class OwnThreads:
    """
    Args:
        purpose: names the threads.
        too_many: what is said to those who come when too many wait.
    """

    def __init__(self, n_threads: int, purpose: str, *, too_many: str) -> None:
        self._threads = ThreadPoolExecutor(n_threads, f"runfold-{purpose}")
        self._too_many = too_many
        self._n_waiting = 0

    async def run(self, work: Callable[[], T], wakeup: Wakeup) -> T:
        """Raises Unavailable when too many wait, and what the work raises. Used from the event loop's thread alone."""
        if self._n_waiting >= _MAX_WAITING:
            raise Unavailable(self._too_many, retry_after_s=1.0)
        self._n_waiting += 1
        try:
            return await wakeup.wait(self._threads.submit(work))
        finally:
            self._n_waiting -= 1

    def close(self) -> None:
        self._threads.shutdown()


def password_threads() -> OwnThreads:
    """Passwords are slow to check by intent."""
    return OwnThreads(2, "password", too_many="Too many callers sign in by password just now.")


def provider_threads() -> OwnThreads:
    """A provider may take its time, or say nothing."""
    return OwnThreads(4, "provider", too_many="Too many callers wait for the sign-in provider just now.")
