"""Micro-batching that adapts to load.

The model is called by one at a time. A request that finds it idle is predicted at once; those that come while it is
busy wait, and are joined into the next call. So nobody is delayed for the sake of a batch, and batches grow just as
far as the model falls behind. A limit of rows bounds a batch; a limit of requests bounds what may wait.

Calls happen in a thread, which leaves the event loop free for others. Those of a size that has proved quick happen in
the event loop itself: for them, handing over to a thread and back would cost as much as the prediction.

A joined call that fails, or does not answer one prediction for each row, is repeated request by request: what is
wrong with one request is told to that one alone.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from queue import Empty, SimpleQueue
from typing import Any, Protocol

import msgspec

from runfold.errors import Unavailable
from runfold.serving.payload import Payload, join, split

log = logging.getLogger("runfold.serving")

_SMOOTHING = 0.1
_ENDING_S = 5.0
_QUICK_S = 0.002
"""A call that takes less on average may hold up the event loop."""


class Model(Protocol):
    """What a batch is given to.

    Attributes:
        joins: whether rows of different requests may come in one call; set to False once they turn out not to.
    """

    joins: bool

    def predict(self, payload: Payload, params: Mapping[str, Any] | None) -> Any: ...


class Busy(Unavailable):
    """Too many requests wait for the model; answered with 429."""


class ModelFault(Exception):
    """The model's code raised an error of its own, the cause of this one."""


class Job:
    """One request that waits for its prediction.

    Attributes:
        write: turns its prediction into the answer's body; called in the model's thread.
        answered: called in the event loop with what `write` gave, or with the exception that stands for it.
        is_given_up: nobody waits for it any more, and `answered` is not called.
    """

    __slots__ = ("answered", "is_given_up", "model", "n_rows", "params", "payload", "write")

    def __init__(
        self,
        model: Model,
        payload: Payload,
        params: Mapping[str, Any] | None,
        write: Callable[[Any], Any],
        answered: Callable[[Any], None],
    ) -> None:
        self.model = model
        self.payload = payload
        self.params = params
        self.write = write
        self.answered = answered
        self.n_rows = payload.n_rows
        self.is_given_up = False

    def join_key(self) -> Hashable:
        key = self.payload.join_key() if self.model.joins else None
        if key is None:
            return None
        return id(self.model), key, msgspec.json.encode(self.params) if self.params else b""


Outcome = tuple[Job, Any]
"""A job, and its answer or the exception that stands for it."""


class Batcher:
    """Calls the model for the requests of one process.

    All methods belong to the event loop's thread.

    Args:
        max_rows: of one call of the model.
        max_waiting: requests that may wait or be under way.
        max_delay_s: how long a call may be held back for more rows while requests come in parallel; 0: not at all.
    """

    def __init__(
        self, loop: asyncio.AbstractEventLoop, *, max_rows: int, max_waiting: int, max_delay_s: float = 0.0
    ) -> None:
        self._loop = loop
        self._max_rows = max_rows
        self._max_waiting = max_waiting
        self._max_delay_s = max_delay_s
        self._queue: SimpleQueue[Job | None] = SimpleQueue()
        self._at_once: list[Job] = []
        self._at_once_s = 0.0
        self._n_in_thread = 0
        self._was_joined = False
        self._seconds_each = 0.0
        # What a call of 1, 2 to 3, 4 to 7, ... rows takes on average.
        self._seconds_by_size: dict[int, float] = {}
        self.n_waiting = 0
        self.n_batches = 0
        self.n_requests = 0
        self.n_rows = 0
        self.predict_s = 0.0
        self._thread = threading.Thread(target=self._work, name="runfold-model", daemon=True)
        self._thread.start()

    def submit(self, job: Job) -> bool:
        """Queue a job; `answered` is called later.

        Returns:
            Whether it is predicted in the next round of the loop, so that nobody need watch over its time.

        Raises:
            Busy: as many requests wait as may.
        """
        if self.n_waiting >= self._max_waiting:
            raise Busy(
                f"{self.n_waiting} requests wait for the model, and no more may. Try again later, or send rows "
                "together in fewer requests.",
                retry_after_s=self.n_waiting * self._seconds_each,
            )
        self.n_waiting += 1
        if self._is_quick(job):
            self._at_once.append(job)
            if len(self._at_once) == 1:
                # After the requests that this round of the loop will still read: they come along.
                self._loop.call_soon(self._run_at_once)
            return True
        self._n_in_thread += 1
        self._queue.put(job)
        return False

    def close(self) -> None:
        """End the thread after what is queued, unless the model is stuck."""
        self._queue.put(None)
        self._thread.join(_ENDING_S)

    def _is_quick(self, job: Job) -> bool:
        seconds = self._seconds_by_size.get(job.n_rows.bit_length())
        if seconds is None or self._n_in_thread or self._at_once_s + seconds >= _QUICK_S:
            return False
        self._at_once_s += seconds
        return True

    def _run_at_once(self) -> None:
        jobs, self._at_once, self._at_once_s = self._at_once, [], 0.0
        self._deliver(*self._run(jobs))

    def _work(self) -> None:
        while jobs := self._take():
            outcomes, seconds = self._run(jobs)
            try:
                self._loop.call_soon_threadsafe(self._deliver_from_thread, outcomes, seconds)
            except RuntimeError:
                return  # the loop is closed: nobody waits for these any more

    def _take(self) -> list[Job]:
        """What waits, as soon as something does; empty at the end."""
        first = self._queue.get()
        if first is None:
            return []
        jobs, n_rows = [first], first.n_rows
        deadline = time.monotonic() + self._max_delay_s if self._was_joined and self._max_delay_s else 0.0
        while n_rows < self._max_rows:
            try:
                left = deadline - time.monotonic() if deadline else 0.0
                job = self._queue.get(timeout=left) if left > 0 else self._queue.get_nowait()
            except Empty:
                break
            if job is None:
                self._queue.put(None)
                break
            jobs.append(job)
            n_rows += job.n_rows
        self._was_joined = len(jobs) > 1
        return jobs

    def _run(self, jobs: Sequence[Job]) -> tuple[list[Outcome], float]:
        """What became of jobs, and the seconds that it took."""
        began = time.perf_counter()
        outcomes: list[Outcome] = []
        for group in groups(jobs, self._max_rows):
            outcomes += zip(group, run(group), strict=True)
            self.n_batches += 1
        return outcomes, time.perf_counter() - began

    def _deliver_from_thread(self, outcomes: Sequence[Outcome], seconds: float) -> None:
        self._n_in_thread -= len(outcomes)
        self._deliver(outcomes, seconds)

    def _deliver(self, outcomes: Sequence[Outcome], seconds: float) -> None:
        n_rows = sum(job.n_rows for job, _ in outcomes)
        self.n_waiting -= len(outcomes)
        self.n_requests += len(outcomes)
        self.n_rows += n_rows
        self.predict_s += seconds
        self._seconds_each += _SMOOTHING * (seconds / len(outcomes) - self._seconds_each)
        size = n_rows.bit_length()
        before = self._seconds_by_size.setdefault(size, seconds)
        self._seconds_by_size[size] = before + _SMOOTHING * (seconds - before)
        for job, outcome in outcomes:
            if not job.is_given_up:
                job.answered(outcome)


def groups(jobs: Sequence[Job], max_rows: int) -> Iterator[list[Job]]:
    """The jobs that can be predicted together, in the order of the first of each, and of no more rows than that."""
    open_groups: dict[Hashable, tuple[list[Job], int]] = {}
    for job in jobs:
        key = job.join_key()
        if key is None:
            yield [job]
            continue
        members, n_rows = open_groups.get(key, ([], 0))
        if members and n_rows + job.n_rows > max_rows:
            yield members
            members, n_rows = [], 0
        members.append(job)
        open_groups[key] = members, n_rows + job.n_rows
    for members, _ in open_groups.values():
        yield members


def run(jobs: Sequence[Job]) -> list[Any]:
    """The answers of jobs that go together; where one has none, why."""
    if all(job.is_given_up for job in jobs):
        return [None] * len(jobs)
    if len(jobs) == 1:
        return [_run_alone(jobs[0])]
    model, sizes = jobs[0].model, [job.n_rows for job in jobs]
    try:
        predictions = model.predict(join([job.payload for job in jobs]), jobs[0].params)
    except Exception:  # whose fault it is shows when each is tried alone
        return [_run_alone(job) for job in jobs]
    parts = split(predictions, sizes)
    if parts is None:
        model.joins = False
        log.info("the model does not answer row by row: its requests are no longer joined")
        return [_run_alone(job) for job in jobs]
    return [_write(job, part) for job, part in zip(jobs, parts, strict=True)]


def _run_alone(job: Job) -> Any:
    try:
        return _write(job, job.model.predict(job.payload, job.params))
    except Exception as error:  # the model's thread must live on, whatever the model's code does
        return error
    except BaseException as error:
        return ModelFault(f"The model's code raised {type(error).__name__}: {error}")


def _write(job: Job, prediction: Any) -> Any:
    try:
        return job.write(prediction)
    except Exception as error:  # likewise
        return error
