"""Jobs asked for: what a job may say, and how it gets into the queue."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import msgspec
import sqlalchemy as sa

from runfold.domain import limits
from runfold.domain.code_address import check_keeps_no_secret
from runfold.domain.ids import is_run_id
from runfold.domain.job import DEFAULT_QUEUE, Job, JobKind, JobState, NewJob
from runfold.domain.job_access import Asker
from runfold.domain.secret import check_reference
from runfold.errors import InvalidValue, LimitExceeded
from runfold.stores.sql.jobs.arrays import choose_arrays
from runfold.stores.sql.jobs.reading import current_name, get_job, select_jobs
from runfold.stores.sql.jobs.sought import wanted_by
from runfold.stores.sql.jobs.steps import note_step
from runfold.stores.sql.jobs.tables import jobs
from runfold.stores.sql.jobs.targets import get_target
from runfold.stores.sql.jobs.tokens import acting_of, check_may_submit
from runfold.stores.sql.transaction import Transaction
from runfold.stores.sql.workspaces import workspace_of

MAX_WORK = 1_000_000
MAX_NAME = 100
MAX_PROJECT = 250
MAX_TRIES = 100

_encode = msgspec.json.encode


def submit_jobs(transaction: Transaction, works: Sequence[NewJob], asker: Asker) -> tuple[Job, ...]:
    arrays = choose_arrays(transaction.connection, works)
    return tuple(submit_job(transaction, work, asker, array=array) for work, array in zip(works, arrays, strict=True))


def submit_job(transaction: Transaction, work: NewJob, asker: Asker, *, array: str = "") -> Job:
    _check(work)
    if work.idempotency_key:
        known = select_jobs(transaction.connection, jobs.c.idempotency_key == work.idempotency_key)
        if known:
            return known[0]
    work = _in_reach(transaction.connection, work)
    work = msgspec.structs.replace(work, project=current_name(transaction.connection, work.project))
    workspace = workspace_of(transaction.connection, to_write=True)
    parent = check_may_submit(transaction.connection, asker.job) if asker.job else 0
    job_id = uuid.uuid4().hex
    transaction.connection.execute(
        sa.insert(jobs).values(
            job_id=job_id,
            work=_encode(work).decode(),
            queue=work.queue,
            priority=work.priority,
            labels=_encode(work.labels).decode(),
            idempotency_key=work.idempotency_key or None,
            state=JobState.QUEUED.value,
            attempt=0,
            agent="",
            creation_time=transaction.now_ms,
            is_cancel_requested=False,
            reason="",
            project=work.project,
            array=array,
            workspace=workspace,
            owner=asker.user,
            parent=parent,
            **acting_of(asker),
            **wanted_by(work, job_id),
        )
    )
    note_step(transaction, jobs.c.job_id == job_id)
    return get_job(transaction.connection, job_id)


def _in_reach(connection: sa.Connection, work: NewJob) -> NewJob:
    """The job in the queue whose agents reach its target, unless another was named."""
    target = get_target(connection, work.target) if work.target else None
    if target is None or not target.queue or work.queue != DEFAULT_QUEUE:
        return work
    return msgspec.structs.replace(work, queue=target.queue)


def _check(work: NewJob) -> None:
    # A run that is to be had again says itself where its code is.
    uri = work.uri or work.origin
    for field, value in (("uri", uri), ("entry_point", work.entry_point), ("queue", work.queue)):
        if not value.strip():
            raise InvalidValue(f"The {field} of a job must not be blank.")
    check_keeps_no_secret(work.uri)
    if work.kind is JobKind.RERUN and not is_run_id(work.origin):
        raise InvalidValue(f"origin is {work.origin[:40]!r}; it takes the id of the run to have again.")
    if work.credential:
        check_reference("the credential", work.credential)
    if len(work.project) > MAX_PROJECT:
        raise LimitExceeded(f"A project's name has at most {MAX_PROJECT} characters.")
    if len(work.queue) > MAX_NAME or len(work.idempotency_key) > 250:
        raise LimitExceeded(f"A queue's name has at most {MAX_NAME} characters, an idempotency key at most 250.")
    if not 1 <= work.n_tries <= MAX_TRIES:
        raise InvalidValue(f"n_tries is {work.n_tries}; it takes a number from 1 to {MAX_TRIES}.")
    if not 0 <= work.array_limit < 2**31:
        raise InvalidValue(f"array_limit is {work.array_limit}; it takes a number of jobs, 0 for no limit.")
    if not abs(work.priority) < 2**31:
        raise InvalidValue(f"The priority {work.priority} is out of range.")
    wanted = work.resources
    if min(wanted.n_cpus, wanted.n_gpus) < 0 or not 0 <= wanted.memory_gib < float("inf"):
        raise InvalidValue("resources takes numbers from 0.")
    if not 0 <= work.timeout_s < float("inf"):
        raise InvalidValue(f"timeout_s is {work.timeout_s}; it takes a number of seconds, 0 for no limit.")
    text = _encode(work).decode()
    if len(text) > MAX_WORK:
        raise LimitExceeded(f"The job has {len(text)} characters; at most {MAX_WORK} are allowed.")
    where = (work.uri, work.version, work.entry_point, work.target, work.env_manager)
    limits.check_text("job", "".join([*where, work.project, work.queue, work.idempotency_key, *work.labels]))
