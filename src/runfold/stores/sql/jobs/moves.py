"""One job brought from one state into another.

A job changes by updates that name the state and attempt it must be in, and count whether they found it so. Of two
agents that claim one job, or an agent and whoever cancels it, exactly one succeeds, on either engine and in any number
of processes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import sqlalchemy as sa

from runfold.domain.ids import is_run_id
from runfold.domain.job import Job, JobId, JobReport, JobState
from runfold.domain.job_access import Asker
from runfold.errors import InvalidState, InvalidValue
from runfold.stores.sql.committer import Unit
from runfold.stores.sql.jobs.reading import get_job, select_jobs
from runfold.stores.sql.jobs.steps import note_step
from runfold.stores.sql.jobs.tables import HELD, jobs
from runfold.stores.sql.jobs.tokens import acting_of
from runfold.stores.sql.transaction import Transaction
from runfold.stores.sql.workspaces import find_number

# All changes of the queue go through one writer of a process, and of several processes, one at a time: they would only
# wait for each other's rows.
LANE = "jobs"
_TURN = 0x6A6F6273  # "jobs"; nobody else takes this turn

MAX_REASON = 8_000

_WAITING: Mapping[str, Any] = {
    "state": JobState.QUEUED.value,
    "agent": "",
    "end_time": None,
    "lease_until": None,
    "is_cancel_requested": False,
    "token_digest": None,
}

T = TypeVar("T")


def in_turn(transaction: Transaction, unit: Unit[T]) -> T:
    """What every change of the queue is wrapped in."""
    transaction.take_turn(_TURN)
    return unit(transaction)


def report_job(transaction: Transaction, job_id: JobId, attempt: int, report: JobReport) -> Job:
    """Write what an agent says of its attempt; the same report twice is one."""
    if report.state in (JobState.QUEUED, JobState.CLAIMED, JobState.LOST):
        raise InvalidValue(f"An agent reports how a job goes, not {report.state.value!r}.")
    if report.run_id is not None and not is_run_id(report.run_id):
        raise InvalidValue(f"{report.run_id!r} is not a run id.")
    job = get_job(transaction.connection, job_id)
    if job.attempt == attempt and job.state is report.state and job.state.is_over:
        return job
    values: dict[str, Any] = {"state": report.state.value, "reason": report.reason[:MAX_REASON]}
    if report.run_id is not None:
        values["run_id"] = report.run_id
    if report.exit_code is not None:
        values["exit_code"] = report.exit_code
    if report.state is JobState.RUNNING and job.start_time_ms is None:
        values["start_time"] = transaction.now_ms
    if report.state.is_over:
        values |= {"end_time": transaction.now_ms, "lease_until": None, "token_digest": None}
    mine = (jobs.c.attempt == attempt) & jobs.c.state.in_(HELD)
    if not move(transaction, jobs.c.job_id == job_id, mine, **values):
        raise InvalidState(
            f"Attempt {attempt} of job {job_id} is not under way any more: the job is {job.state.value}, attempt "
            f"{job.attempt}."
        )
    if report.state is JobState.FAILED:
        requeue(transaction, jobs.c.job_id == job_id, JobState.FAILED)
    return get_job(transaction.connection, job_id)


def cancel_job(transaction: Transaction, job_id: JobId) -> Job:
    """A waiting job ends at once; the agent of one under way is told with its next sign of life."""
    this = jobs.c.job_id == job_id
    ended = {"state": JobState.CANCELLED.value, "end_time": transaction.now_ms, "reason": "cancelled while it waited"}
    if not move(transaction, this, jobs.c.state == JobState.QUEUED.value, **ended):
        going_on = jobs.c.state.in_(HELD) & ~jobs.c.is_cancel_requested
        if change(transaction, this & going_on, is_cancel_requested=True):
            note_step(transaction, this, reason="asked to end")
    job = get_job(transaction.connection, job_id)
    if job.state.is_over and job.state is not JobState.CANCELLED:
        raise InvalidState(f"Job {job_id} is over: {job.state.value}.")
    return job


def retry_job(transaction: Transaction, job_id: JobId, asker: Asker | None) -> Job:
    """Queue a job again that is over.

    Args:
        asker: for whom it works from now on; None: for whom it did.
    """
    job = get_job(transaction.connection, job_id)
    if not job.state.is_over:
        raise InvalidState(f"Job {job_id} is {job.state.value}; only one that is over can be tried again.")
    find_number(transaction.connection, job.workspace, to_write=True)  # in the trash, nothing begins
    again = (jobs.c.state == job.state.value) & (jobs.c.attempt == job.attempt)
    acting = {} if asker is None else acting_of(asker)
    move(transaction, jobs.c.job_id == job_id, again, **_WAITING, **acting)
    return get_job(transaction.connection, job_id)


def requeue(transaction: Transaction, this: sa.ColumnElement[bool], state: JobState) -> None:
    """Queue a job again after an attempt that went wrong, unless it was its last or somebody cancelled it."""
    for job in select_jobs(transaction.connection, this):
        if job.attempt < job.work.n_tries and not job.is_cancel_requested:
            again = (jobs.c.state == state.value) & (jobs.c.attempt == job.attempt)
            move(transaction, this, again, **_WAITING)


def move(
    transaction: Transaction, this: sa.ColumnElement[bool], condition: sa.ColumnElement[bool], **values: Any
) -> bool:
    """Bring one job into another state, if it is as it must be."""
    has_moved = change(transaction, this & condition, **values)
    if has_moved:
        note_step(transaction, this)
    return has_moved


def change(transaction: Transaction, which: sa.ColumnElement[bool], **values: Any) -> bool:
    return transaction.connection.execute(sa.update(jobs).where(which).values(**values)).rowcount > 0
