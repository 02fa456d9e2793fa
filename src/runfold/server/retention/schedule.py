"""The part of a server process that carries out rules when their time has come.

Every process of every server runs one. A rule is carried out by who takes its lease; what a process leaves behind,
killed for instance, another one begins anew when the lease has ended.
"""

from __future__ import annotations

import asyncio
import logging
from functools import partial

from runfold.errors import InvalidState, NotFound, RunfoldError
from runfold.server.retention.passes import Retention
from runfold.stores.base import ServedStore

log = logging.getLogger("runfold.server")

POLL_S = 30.0


class Schedule:
    """
    Args:
        poll_s: seconds between looks for what is due.
    """

    def __init__(self, store: ServedStore, retention: Retention, *, poll_s: float = POLL_S) -> None:
        self._store = store
        self._retention = retention
        self._poll_s = poll_s
        self._stop = asyncio.Event()
        self._work: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, in the running event loop."""
        self._work = asyncio.create_task(self._serve())

    async def stop(self) -> None:
        """Begin nothing more, and wait for the step that is under way."""
        self._stop.set()
        self._retention.stop()
        if self._work is not None:
            await self._work

    async def _serve(self) -> None:
        while not self._stop.is_set():
            try:
                await self._carry_out()
            except RunfoldError as error:
                log.warning("Rules of retention will be looked at again: %s", error.message)
            except Exception:  # the edge of a background task
                log.exception("Rules of retention could not be carried out, and will be tried again")
            try:
                await asyncio.wait_for(self._stop.wait(), self._poll_s)
            except TimeoutError:
                continue

    async def _carry_out(self) -> None:
        for rule in await asyncio.to_thread(self._store.due_retention_rules):
            if self._stop.is_set():
                return
            try:
                done = await asyncio.to_thread(partial(self._retention.apply, rule))
            except (InvalidState, NotFound):
                continue  # another process was first, or the rule is gone
            if done.error:
                log.warning("The retention rule %r ended early: %s", rule.text, done.error)
