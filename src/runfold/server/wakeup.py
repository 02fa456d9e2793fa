"""Waiting in the event loop for futures that other threads complete, cheaply when many complete together.

After a group commit the store's writer thread completes hundreds of futures in a row. Waking the loop costs a system
call, so only the first of a row does that; the loop then serves all that are complete.
"""

from __future__ import annotations

import asyncio
from collections import deque
from concurrent.futures import Future
from functools import partial
from typing import TypeVar

T = TypeVar("T")


class Wakeup:
    """The bridge from threads to one event loop, found on first use."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._complete: deque[asyncio.Future[None]] = deque()
        self._is_awake = False

    async def wait(self, future: Future[T]) -> T:
        """The result of the future, or its exception. A cancelled wait cancels what has not begun."""
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self._loop, self._complete, self._is_awake = loop, deque(), False
        waiter: asyncio.Future[None] = loop.create_future()
        future.add_done_callback(partial(self._wake, loop, waiter))
        try:
            await waiter
        except asyncio.CancelledError:
            future.cancel()
            raise
        return future.result()

    def _wake(self, loop: asyncio.AbstractEventLoop, waiter: asyncio.Future[None], _: Future[T]) -> None:
        # Called in the thread that completed the future. First queue, then look whether the loop is awake:
        # it stops being awake before it looks into the queue for the last time, so nothing is left lying.
        self._complete.append(waiter)
        if not self._is_awake:
            self._is_awake = True
            try:
                loop.call_soon_threadsafe(self._serve)
            except RuntimeError:  # the loop is closed, and with it whoever waited
                self._is_awake = False

    def _serve(self) -> None:
        self._is_awake = False
        while self._complete:
            waiter = self._complete.popleft()
            if not waiter.done():
                waiter.set_result(None)
