"""Agents that wait for jobs: told within a moment, by one question to the store for all of them.

They could be given the job at once; but an agent that was killed while it waited would then have it, and the job would
be lost before anybody began with it. So they are told that there is one, and claim it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

from runfold.domain.access import Visible
from runfold.domain.job import Agent, Job, JobChanges, JobId, JobState
from runfold.errors import RunfoldError
from runfold.stores.work import ServedWork

POLL_S = 0.1
"""Between questions, while somebody waits; other processes may write to the store, too."""
_MAX_CHANGES = 1000
_RETRY_S = 1.0

InThread = Callable[[Callable[[], Any]], Awaitable[Any]]


class _Waiting:
    def __init__(self, agent: Agent, held: Sequence[JobId], serves: Visible, told: asyncio.Future[None]) -> None:
        self.told = told
        self._serves = serves
        self._queues, self._labels, self._held = set(agent.queues), set(agent.labels), set(held)

    def may_take(self, job: Job) -> bool:
        is_free = job.state is JobState.QUEUED and job.work.queue in self._queues
        return is_free and self._serves.includes(job.workspace, "") and self._labels.issuperset(job.work.labels)

    def has_to_end(self, job: Job) -> bool:
        return job.job_id in self._held and (job.is_cancel_requested or not job.state.is_held)

    def tell(self) -> None:
        if not self.told.done():
            self.told.set_result(None)


class JobNews:
    """Used from the event loop's thread alone.

    Args:
        store: all of its jobs; whose they are to take, each who waits tells.
        in_thread: runs what blocks.
    """

    def __init__(self, store: ServedWork, in_thread: InThread, is_stopping: Callable[[], bool]) -> None:
        self._store = store
        self._in_thread = in_thread
        self._is_stopping = is_stopping
        self._waiting: list[_Waiting] = []
        self._asking: asyncio.Task[None] | None = None
        self._has_begun = asyncio.Event()

    async def wait(
        self,
        agent: Agent,
        held: Sequence[JobId],
        wait_s: float,
        *,
        serves: Visible,
        look: Callable[[], Awaitable[bool]],
    ) -> bool:
        """Whether there is something for an agent, now or within so many seconds.

        Args:
            serves: the workspaces, by name, whose jobs it may take.
            look: whether there is something now.
        """
        waiting = _Waiting(agent, held, serves, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        try:
            if self._asking is None or self._asking.done():
                self._has_begun.clear()
                self._asking = asyncio.create_task(self._ask())
            await self._has_begun.wait()
            if await look():  # what came before is seen now, what comes after is told
                return True
            done, _ = await asyncio.wait([waiting.told], timeout=wait_s)
            return bool(done)
        finally:
            self._waiting.remove(waiting)

    async def _ask(self) -> None:
        cursor = -1
        while self._waiting and not self._is_stopping():
            try:
                changes: JobChanges = await self._in_thread(
                    partial(self._store.changed_jobs_anywhere, after=cursor, max_results=_MAX_CHANGES)
                )
            except RunfoldError:  # the store is away; who waits asks again, and is told so
                await asyncio.sleep(_RETRY_S)
                continue
            finally:
                self._has_begun.set()
            cursor = changes.cursor
            self._tell(changes.jobs)
            await asyncio.sleep(POLL_S)
        for waiting in self._waiting:
            waiting.tell()

    def _tell(self, jobs: Sequence[Job]) -> None:
        """Wake as many as there are jobs, those first that have waited longest: the others would come for nothing."""
        for job in jobs:
            takers = (waiting for waiting in self._waiting if not waiting.told.done() and waiting.may_take(job))
            for waiting in [*list(takers)[:1], *(one for one in self._waiting if one.has_to_end(job))]:
                waiting.tell()
