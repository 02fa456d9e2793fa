"""The agent: takes jobs from a store, has them run, and says how they go.

It holds a job by a lease. While the store cannot be reached it goes on running what it has; when the store returns and
the lease has lapsed, it says that the job is not the agent's any more, and the agent ends it. How a job ended, and the
end of its log, are said until the store has taken them.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Protocol

import msgspec

from runfold.domain.ids import RunId
from runfold.domain.job import Agent, Job, JobReport, JobState
from runfold.domain.secret import FoundSecret, SecretName
from runfold.errors import InvalidState, RunfoldError, Unavailable
from runfold.launch.gathering import Gathering, Seat
from runfold.launch.insisting import insist
from runfold.launch.job_log import JobLogSender
from runfold.launch.process import Ending
from runfold.stores.work import JobStore, SecretStore

POLL_S = 0.2
"""Between looks at whether there is news, or an end."""
BEAT_S = 5.0
AWAIT_S = 5.0
"""The store answers earlier when there is news."""
CLAIM_S = 15.0
"""Jobs are asked for all the same, should news have been lost."""
BLIND_CLAIM_S = 0.5
"""Likewise, while the store was last asked when there was no room for a job."""
STOPPED = "its agent was stopped"

_LOG_TIMEOUT_S = 10.0
_REPORT_TIMEOUT_S = 60.0
GIVE_UP_S = 10.0
"""An agent that is stopped goes on for so long with what the store has not taken yet."""
RETRY_S = 1.0

_log = logging.getLogger("runfold")


class AgentStore(JobStore, SecretStore, Protocol):
    """What an agent asks of a store."""


class Execution:
    """What the one who runs a job may ask and say. Safe from any thread.

    Attributes:
        seat: among the jobs of its array; None: it goes alone.
    """

    def __init__(self, store: AgentStore, job: Job, seat: Seat | None = None) -> None:
        self.job = job
        self.seat = seat
        self._store = store
        self._log = JobLogSender(store, job.job_id, job.attempt)
        self._lock = threading.Lock()
        self._cancel: Callable[[], None] | None = None
        self._cancel_reason = ""
        self._stop_time_s: float | None = None
        self._run_id: RunId | None = None
        self._is_told = False

    @property
    def is_told(self) -> bool:
        """The store knows how it ended."""
        return self._is_told

    @property
    def cancel_reason(self) -> str:
        """Why the job is to end; empty while it may go on."""
        return self._cancel_reason

    def write(self, output: bytes) -> None:
        """Add to the job's log."""
        self._log.write(output)

    def tell(self, line: str) -> None:
        self.write(f"{line}\n".encode())

    def report(self, state: JobState, *, run_id: RunId | None = None) -> None:
        """Say how far the job is. A job that is not ours any more is cancelled.

        What the store does not take for a minute is left: work goes on, and the job's end says it all.
        """
        self._run_id = run_id or self._run_id
        report = JobReport(state=state, run_id=run_id)
        insist(partial(self._report, report), may_wait=self._is_worth_a_wait, tell=self._warn)

    def may_wait(self, waited_s: float = 0.0) -> bool:
        """Whether to go on with what the store does not take; soon no more, once the agent is stopped."""
        stopped = self._stop_time_s
        return stopped is None or time.monotonic() - stopped < GIVE_UP_S

    def _is_worth_a_wait(self, waited_s: float) -> bool:
        # How a job ended that is to end says more.
        return not self._cancel_reason and waited_s < _REPORT_TIMEOUT_S

    def open_token(self) -> str:
        """What the job's command signs in with; empty where nobody knows who asked for the job."""
        return self._store.open_job_token(self.job.agent, self.job.job_id, self.job.attempt)

    def accept_token(self, digest: str) -> None:
        """Let a token count that the command's machine has made, and told nobody but for its digest."""
        self._store.open_job_token(self.job.agent, self.job.job_id, self.job.attempt, digest=digest)

    def open_secret(self, name: SecretName) -> FoundSecret:
        """A secret that the server keeps for this job."""
        (found,) = self._store.open_secrets(self.job.agent, self.job.job_id, self.job.attempt, [name])
        return found

    def on_cancel(self, cancel: Callable[[], None]) -> None:
        """Call this when the job is to end; at once if it was to end before."""
        with self._lock:
            self._cancel = cancel
            is_late = bool(self._cancel_reason)
        if is_late:
            cancel()

    def cancel(self, reason: str) -> None:
        with self._lock:
            if reason == STOPPED:
                self._stop_time_s = time.monotonic()
            if self._cancel_reason:
                return
            self._cancel_reason = reason
            cancel = self._cancel
        if cancel is not None:
            threading.Thread(target=cancel, name="runfold-cancel", daemon=True).start()

    def finish(self, ending: Ending) -> None:
        """Say how the job ended, and the rest of its log, however long the store takes to have them."""
        with self._lock:
            self._cancel = None  # there is nothing to end any more
        if ending.is_cancelled and self._cancel_reason != STOPPED:
            state = JobState.CANCELLED
        else:
            state = JobState.FINISHED if ending.is_success else JobState.FAILED
        reason = (self._cancel_reason if ending.is_cancelled else "") or ending.reason
        report = JobReport(state=state, exit_code=ending.exit_code, reason=reason, run_id=self._run_id)
        insist(partial(self._report_end, report), may_wait=self.may_wait, tell=self._warn)
        if not self._is_told:
            self._warn(f"It has ended ({reason}), which the server does not know.")
        while not self._log.close(_LOG_TIMEOUT_S):
            if not self.may_wait():
                self._warn("The end of its log could not be written.")
                return

    def _report_end(self, report: JobReport) -> None:
        self._log.close(_LOG_TIMEOUT_S)  # who follows it stops reading at the job's end
        self._report(report)
        self._is_told = True

    def _report(self, report: JobReport) -> None:
        try:
            self._store.report_job(self.job.job_id, self.job.attempt, report)
        except InvalidState as error:
            self.cancel(error.message)

    def _warn(self, line: str) -> None:
        _log.warning("Job %s: %s", self.job.job_id, line)


class Execute(Protocol):
    def __call__(self, execution: Execution) -> Ending:
        """Run a job to its end. What it raises fails the job."""
        ...


class JobAgent:
    """
    Args:
        agent: who this is.
        execute: runs one job; called from a thread of its own.
        tell: gets a line for people.
    """

    def __init__(self, store: AgentStore, agent: Agent, execute: Execute, *, tell: Callable[[str], None]) -> None:
        self._store = store
        self._agent = agent
        self._execute = execute
        self._tell = tell
        self._running: dict[str, Execution] = {}
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        # There may be news; and it has been looked after, so that the next can be waited for.
        self._news, self._looked = threading.Event(), threading.Event()
        self._is_awaiting_jobs = False
        self._is_over = threading.Event()

    def run(self, stop: threading.Event, *, until_idle: bool = False) -> None:
        """Take jobs until told to stop; then end those that run, and say so.

        Args:
            until_idle: stop when there is nothing to do any more.

        Raises:
            RunfoldError: the store is there, and does not let the agent work.
        """
        if not until_idle:
            threading.Thread(target=self._watch, name="runfold-await-jobs", daemon=True).start()
        try:
            self._work(stop, until_idle=until_idle)
        finally:  # whatever the end: no command goes on whose job nobody holds
            self._end()

    def _work(self, stop: threading.Event, *, until_idle: bool) -> None:
        next_beat = time.monotonic() + BEAT_S
        last_claim = float("-inf")
        is_away = False
        while not stop.is_set():
            has_news = self._news.wait(0 if until_idle else POLL_S) or until_idle
            self._news.clear()
            now = time.monotonic()
            is_queue_empty = False
            try:
                if has_news or now >= last_claim + (CLAIM_S if self._is_awaiting_jobs else BLIND_CLAIM_S):
                    is_queue_empty = self._take()
                    last_claim = now
                if has_news or now >= next_beat:
                    self._beat()
                    next_beat = now + BEAT_S
                is_away = False
            except Unavailable as error:
                if not is_away:
                    self._tell(f"{error.message} The agent goes on trying.")
                is_away = True
            self._looked.set()
            if until_idle and is_queue_empty and not self._executions():
                break
            if until_idle or is_away:
                stop.wait(POLL_S)

    def _end(self) -> None:
        self._is_over.set()
        self._looked.set()
        for execution in self._executions():
            execution.cancel(STOPPED)
        for thread in self._threads:
            thread.join()
        self._leave()

    def _leave(self) -> None:
        """Say that this agent takes no more; unsaid, it is thought gone a little later."""
        with contextlib.suppress(RunfoldError):
            self._store.claim_jobs(msgspec.structs.replace(self._agent, n_slots=0), 0)

    def _watch(self) -> None:
        """Wait for news in a thread of its own, since the store may take its time to answer."""
        while not self._is_over.is_set():
            executions = self._executions()
            held = [held.job.job_id for held in executions if not (held.cancel_reason or held.is_told)]
            self._is_awaiting_jobs = self._n_free() > 0
            agent = self._agent if self._is_awaiting_jobs else msgspec.structs.replace(self._agent, queues=())
            try:
                has_news = self._store.await_jobs(agent, held, AWAIT_S)
            except Exception:  # a background thread: whoever runs the agent asks again, and learns what is wrong
                self._is_over.wait(RETRY_S)
                has_news = True
            if has_news:
                self._looked.clear()
                self._news.set()
                self._looked.wait()

    def _n_free(self) -> int:
        return self._agent.n_slots - len({_slot_of(execution.job) for execution in self._executions()})

    def _take(self) -> bool:
        """Take as many jobs as there are free slots; whether there were fewer."""
        free = self._n_free()
        if free <= 0:
            return False
        claimed = self._store.claim_jobs(self._agent, free)
        members = Counter(job.array for job in claimed if job.array)
        gatherings = {array: Gathering(n) for array, n in members.items() if n > 1}
        for job in claimed:
            self._tell(f"Job {job.job_id[:12]} ({job.work.entry_point} of {job.work.uri}), attempt {job.attempt}")
            gathering = gatherings.get(job.array)
            execution = Execution(self._store, job, gathering.seat() if gathering else None)
            with self._lock:
                self._running[job.job_id] = execution
            thread = threading.Thread(target=self._run_one, args=(execution,), name=f"runfold-job-{job.job_id[:8]}")
            self._threads = [known for known in self._threads if known.is_alive()] + [thread]
            thread.start()
        return len(set(map(_slot_of, claimed))) < free

    def _beat(self) -> None:
        held = [(held.job.job_id, held.job.attempt) for held in self._executions() if not held.is_told]
        for job_id in self._store.beat_jobs(self._agent.name, held):
            with self._lock:
                execution = self._running.get(job_id)
            if execution is not None:
                execution.cancel("cancelled")

    def _executions(self) -> list[Execution]:
        with self._lock:
            return list(self._running.values())

    def _run_one(self, execution: Execution) -> None:
        job = execution.job
        seat = execution.seat
        try:
            if seat is not None:
                seat.begin()
            execution.report(JobState.PREPARING)
            ending = self._execute(execution)
        except RunfoldError as error:
            execution.write(f"{error.message}\n".encode())
            ending = Ending(exit_code=1, reason=error.message, is_cancelled=bool(execution.cancel_reason))
        except Exception as error:  # a background thread: the job fails, the agent goes on
            _log.exception("job %s failed in the agent", job.job_id)
            ending = Ending(exit_code=1, reason=f"the agent failed: {error!r}")
        if seat is not None:
            seat.leave()
        try:
            execution.finish(ending)
        finally:
            with self._lock:
                self._running.pop(job.job_id, None)
            self._news.set()  # there is room for another
        self._tell(f"Job {job.job_id[:12]}: {execution.cancel_reason or ending.reason}")


def _slot_of(job: Job) -> str:
    """Jobs of an array wait in a cluster, and share a slot."""
    return job.array or job.job_id
