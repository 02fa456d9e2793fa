"""Jobs asked for, claimed, reported on and ended.

A job changes by updates that name the state and attempt it must be in, and count whether they found it so. Of two
agents that claim one job, or an agent and whoever cancels it, exactly one succeeds, on either engine and in any number
of processes.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

import msgspec
import sqlalchemy as sa

from runfold.domain import limits
from runfold.domain.access import ALL_VISIBLE, Visible
from runfold.domain.code_address import check_keeps_no_secret
from runfold.domain.ids import is_run_id
from runfold.domain.job import DEFAULT_QUEUE, Agent, Job, JobChanges, JobId, JobKind, JobReport, JobState, NewJob
from runfold.domain.job_access import JobHome
from runfold.domain.secret import check_reference
from runfold.errors import InvalidState, InvalidValue, LimitExceeded, NotFound
from runfold.stores.sql.committer import Unit
from runfold.stores.sql.jobs.agents import note_agent, note_life
from runfold.stores.sql.jobs.arrays import choose_arrays, waiting_beside
from runfold.stores.sql.jobs.sought import wanted_by
from runfold.stores.sql.jobs.steps import changed_numbers, note_step
from runfold.stores.sql.jobs.tables import HELD, former_project_names, jobs
from runfold.stores.sql.jobs.targets import get_target
from runfold.stores.sql.rows import MAX_IN
from runfold.stores.sql.search.visible import is_visible
from runfold.stores.sql.tables import workspaces
from runfold.stores.sql.transaction import Transaction, chunks
from runfold.stores.sql.workspaces import names_of, workspace_of

# All changes of the queue go through one writer of a process, and of several processes, one at a time: they would only
# wait for each other's rows.
LANE = "jobs"
_TURN = 0x6A6F6273  # "jobs"; nobody else takes this turn

MAX_WORK = 1_000_000
MAX_NAME = 100
MAX_PROJECT = 250
MAX_REASON = 8_000
MAX_TRIES = 100

_WALK = 200
_encode = msgspec.json.encode

T = TypeVar("T")


def in_turn(transaction: Transaction, unit: Unit[T]) -> T:
    """What every change of the queue is wrapped in."""
    transaction.take_turn(_TURN)
    return unit(transaction)


def submit_jobs(transaction: Transaction, works: Sequence[NewJob], owner: int) -> tuple[Job, ...]:
    arrays = choose_arrays(transaction.connection, works)
    return tuple(submit_job(transaction, work, owner, array=array) for work, array in zip(works, arrays, strict=True))


def submit_job(transaction: Transaction, work: NewJob, owner: int, *, array: str = "") -> Job:
    """
    Args:
        owner: number of the user who asks for it; 0: nobody knows.
    """
    _check(work)
    if work.idempotency_key:
        known = _select(transaction.connection, jobs.c.idempotency_key == work.idempotency_key)
        if known:
            return known[0]
    work = _in_reach(transaction.connection, work)
    work = msgspec.structs.replace(work, project=current_name(transaction.connection, work.project))
    workspace = workspace_of(transaction.connection, to_write=True)
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
            owner=owner,
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


def get_job(connection: sa.Connection, job_id: JobId) -> Job:
    for job in _select(connection, jobs.c.job_id == job_id) if "\0" not in job_id else ():
        return job
    raise NotFound("job", job_id)


def first_of(
    wanted: Sequence[sa.ColumnElement[bool]],
    parts: Sequence[sa.ColumnElement[bool]],
    *order: sa.ColumnElement[Any],
    limit: int,
) -> sa.Select[tuple[int]]:
    """Numbers of the first jobs of each part. An index has a part in order; of several at once, all would be sorted."""
    firsts = [sa.select(jobs.c.id).where(*wanted, part).order_by(*order).limit(limit).subquery() for part in parts]
    return sa.select(sa.union_all(*(sa.select(first.c.id) for first in firsts)).subquery().c.id)


def changed_jobs(connection: sa.Connection, after: int, max_results: int, *which: sa.ColumnElement[bool]) -> JobChanges:
    """
    Args:
        which: jobs alone that are so.
    """
    numbers, cursor = changed_numbers(connection, after, max_results)
    found: dict[int, Job] = {}
    for chunk in chunks(numbers, MAX_IN):
        rows = connection.execute(sa.select(jobs).where(jobs.c.id.in_(chunk), *which)).all()
        found.update(zip((row.id for row in rows), jobs_of(connection, rows), strict=True))
    return JobChanges(jobs=tuple(found[number] for number in numbers if number in found), cursor=cursor)


def claim_jobs(transaction: Transaction, agent: Agent, n_jobs: int, lease_ms: int, serves: Visible) -> tuple[Job, ...]:
    """Give an agent the next jobs that it may take; those of an array come together and count as one.

    Args:
        serves: the workspaces of these jobs, by name.
    """
    note_agent(transaction, agent)
    end_lapsed(transaction, lease_ms)
    claimed: list[Job] = []
    n_taken = 0
    for number, attempt in _candidates(transaction.connection, agent, serves):
        if n_taken >= n_jobs:
            break
        taken = _claim(transaction, number, attempt, agent, lease_ms)
        if not taken:  # it came with the array of another
            continue
        n_taken += 1
        for other, tried in waiting_beside(transaction, number):
            taken += _claim(transaction, other, tried, agent, lease_ms)
        claimed += taken
    return tuple(claimed)


def _claim(transaction: Transaction, number: int, attempt: int, agent: Agent, lease_ms: int) -> list[Job]:
    """The job, if it still waited."""
    is_taken = _move(
        transaction,
        jobs.c.id == number,
        (jobs.c.state == JobState.QUEUED.value) & (jobs.c.attempt == attempt),
        state=JobState.CLAIMED.value,
        attempt=attempt + 1,
        agent=agent.name,
        claim_time=transaction.now_ms,
        start_time=None,
        end_time=None,
        lease_until=transaction.now_ms + lease_ms,
        exit_code=None,
        reason="",
    )
    return _select(transaction.connection, jobs.c.id == number) if is_taken else []


def has_news(connection: sa.Connection, agent: Agent, held: Sequence[JobId], serves: Visible = ALL_VISIBLE) -> bool:
    """Whether there is a job that the agent may take, or one of those that it holds is to end."""
    if next(_candidates(connection, agent, serves), None) is not None:
        return True
    going_on = jobs.c.state.in_(HELD) & ~jobs.c.is_cancel_requested
    n_going_on = sa.select(sa.func.count()).select_from(jobs).where(jobs.c.job_id.in_(held), going_on)
    return bool(held) and connection.execute(n_going_on).scalar_one() < len(set(held))


def _candidates(connection: sa.Connection, agent: Agent, serves: Visible) -> Iterator[tuple[int, int]]:
    """Number and attempt of queued jobs that fit, the most urgent first."""
    has = set(agent.labels)
    served = [] if serves.is_all else [jobs.c.workspace.in_(_numbers_of(connection, serves))]
    last: tuple[int, int] | None = None
    while True:
        order = (jobs.c.priority.desc(), jobs.c.id)
        waiting = [jobs.c.state == JobState.QUEUED.value, *served]
        if last is not None:
            priority, number = last
            waiting.append((jobs.c.priority < priority) | ((jobs.c.priority == priority) & (jobs.c.id > number)))
        queues = [jobs.c.queue == queue for queue in dict.fromkeys(agent.queues)]
        if not queues:
            return
        numbers = first_of(waiting, queues, *order, limit=_WALK)
        query = sa.select(jobs.c.id, jobs.c.attempt, jobs.c.priority, jobs.c.labels).where(jobs.c.id.in_(numbers))
        rows = connection.execute(query.order_by(*order).limit(_WALK)).all()
        for row in rows:
            if has.issuperset(msgspec.json.decode(row.labels)):
                yield row.id, row.attempt
        if len(rows) < _WALK:
            return
        last = rows[-1].priority, rows[-1].id


def _numbers_of(connection: sa.Connection, serves: Visible) -> sa.Select[tuple[int]]:
    return sa.select(workspaces.c.id).where(is_visible(connection, serves, workspaces.c.name, workspaces.c.name))


def beat_jobs(
    transaction: Transaction, agent: str, held: Sequence[tuple[JobId, int]], lease_ms: int
) -> tuple[JobId, ...]:
    """Renew the leases of an agent; returns the jobs that it is to end: cancelled ones, and those it lost."""
    note_life(transaction, agent)
    end_lapsed(transaction, lease_ms)
    stopping: list[JobId] = []
    for job_id, attempt in held:
        mine = (jobs.c.job_id == job_id) & (jobs.c.attempt == attempt) & jobs.c.state.in_(HELD)
        renewed = _change(transaction, mine, lease_until=transaction.now_ms + lease_ms)
        is_cancelled = (
            renewed and transaction.connection.execute(sa.select(jobs.c.is_cancel_requested).where(mine)).scalar()
        )
        if not renewed or is_cancelled:
            stopping.append(job_id)
    return tuple(stopping)


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
        values |= {"end_time": transaction.now_ms, "lease_until": None}
    mine = (jobs.c.attempt == attempt) & jobs.c.state.in_(HELD)
    if not _move(transaction, jobs.c.job_id == job_id, mine, **values):
        raise InvalidState(
            f"Attempt {attempt} of job {job_id} is not under way any more: the job is {job.state.value}, attempt "
            f"{job.attempt}."
        )
    if report.state is JobState.FAILED:
        _requeue(transaction, jobs.c.job_id == job_id, JobState.FAILED)
    return get_job(transaction.connection, job_id)


def cancel_job(transaction: Transaction, job_id: JobId) -> Job:
    """A waiting job ends at once; the agent of one under way is told with its next sign of life."""
    this = jobs.c.job_id == job_id
    ended = {"state": JobState.CANCELLED.value, "end_time": transaction.now_ms, "reason": "cancelled while it waited"}
    if not _move(transaction, this, jobs.c.state == JobState.QUEUED.value, **ended):
        going_on = jobs.c.state.in_(HELD) & ~jobs.c.is_cancel_requested
        if _change(transaction, this & going_on, is_cancel_requested=True):
            note_step(transaction, this, reason="asked to end")
    job = get_job(transaction.connection, job_id)
    if job.state.is_over and job.state is not JobState.CANCELLED:
        raise InvalidState(f"Job {job_id} is over: {job.state.value}.")
    return job


def retry_job(transaction: Transaction, job_id: JobId) -> Job:
    """Queue a job again that is over."""
    job = get_job(transaction.connection, job_id)
    if not job.state.is_over:
        raise InvalidState(f"Job {job_id} is {job.state.value}; only one that is over can be tried again.")
    again = (jobs.c.state == job.state.value) & (jobs.c.attempt == job.attempt)
    _move(transaction, jobs.c.job_id == job_id, again, **_waiting())
    return get_job(transaction.connection, job_id)


def has_lapsed(connection: sa.Connection, now_ms: int) -> bool:
    """Whether there is work for `end_lapsed`."""
    return connection.execute(sa.select(jobs.c.id).where(_lapsed(now_ms)).limit(1)).first() is not None


def _lapsed(now_ms: int) -> sa.ColumnElement[bool]:
    return jobs.c.state.in_(HELD) & (jobs.c.lease_until < now_ms)


def end_lapsed(transaction: Transaction, lease_ms: int) -> int:
    """Mark jobs as lost whose agents were silent for too long, and queue those again that have tries left.

    None, for the time of a lease after the store had no room for a write: nor had it any for a sign of life.
    """
    if transaction.last_full_ms is not None and transaction.now_ms < transaction.last_full_ms + lease_ms:
        return 0
    lapsed = _lapsed(transaction.now_ms)
    numbers = transaction.connection.execute(sa.select(jobs.c.id).where(lapsed).order_by(jobs.c.id)).scalars().all()
    for number in numbers:
        lost = _move(
            transaction,
            jobs.c.id == number,
            lapsed,
            state=JobState.LOST.value,
            end_time=transaction.now_ms,
            lease_until=None,
            reason="its agent gave no sign of life",
        )
        if lost:
            _requeue(transaction, jobs.c.id == number, JobState.LOST)
    return len(numbers)


def _requeue(transaction: Transaction, this: sa.ColumnElement[bool], state: JobState) -> None:
    """Queue a job again after an attempt that went wrong, unless it was its last or somebody cancelled it."""
    for job in _select(transaction.connection, this):
        if job.attempt < job.work.n_tries and not job.is_cancel_requested:
            again = (jobs.c.state == state.value) & (jobs.c.attempt == job.attempt)
            _move(transaction, this, again, **_waiting())


def _waiting() -> dict[str, Any]:
    return {
        "state": JobState.QUEUED.value,
        "agent": "",
        "end_time": None,
        "lease_until": None,
        "is_cancel_requested": False,
    }


def _move(
    transaction: Transaction, this: sa.ColumnElement[bool], condition: sa.ColumnElement[bool], **values: Any
) -> bool:
    """Bring one job into another state, if it is as it must be."""
    has_moved = _change(transaction, this & condition, **values)
    if has_moved:
        note_step(transaction, this)
    return has_moved


def _change(transaction: Transaction, which: sa.ColumnElement[bool], **values: Any) -> bool:
    return transaction.connection.execute(sa.update(jobs).where(which).values(**values)).rowcount > 0


def _select(connection: sa.Connection, which: sa.ColumnElement[bool]) -> list[Job]:
    return jobs_of(connection, connection.execute(sa.select(jobs).where(which).order_by(jobs.c.id)).all())


def current_name(connection: sa.Connection, project: str) -> str:
    """What a registered project is called now; other names as they are."""
    if not project:
        return project
    former = former_project_names
    # PostgreSQL takes no NUL in a text, and no name holds one.
    known = sa.select(former.c.project).where(
        former.c.workspace == workspace_of(connection), former.c.name == project.replace("\0", "")
    )
    return connection.execute(known).scalar() or project


def homes_of_jobs(connection: sa.Connection, job_ids: Sequence[JobId]) -> dict[JobId, JobHome]:
    """Of those that exist."""
    found: dict[JobId, JobHome] = {}
    columns = (jobs.c.job_id, jobs.c.workspace, jobs.c.project, jobs.c.target, jobs.c.owner)
    for chunk in chunks([job_id for job_id in job_ids if "\0" not in job_id], MAX_IN):
        rows = connection.execute(sa.select(*columns).where(jobs.c.job_id.in_(chunk))).all()
        names = names_of(connection, {row.workspace for row in rows})
        found |= {row.job_id: JobHome(names[row.workspace], row.project, row.target, row.owner) for row in rows}
    return found


def jobs_of(connection: sa.Connection, rows: Sequence[sa.Row[Any]]) -> list[Job]:
    names = names_of(connection, {row.workspace for row in rows})
    return [_job_of(row, names[row.workspace]) for row in rows]


def _job_of(row: sa.Row[Any], workspace: str) -> Job:
    return Job(
        job_id=row.job_id,
        # Its project may have been renamed since.
        work=msgspec.structs.replace(msgspec.json.decode(row.work, type=NewJob), project=row.project),
        state=JobState(row.state),
        creation_time_ms=row.creation_time,
        attempt=row.attempt,
        agent=row.agent,
        claim_time_ms=row.claim_time,
        start_time_ms=row.start_time,
        end_time_ms=row.end_time,
        lease_until_ms=row.lease_until,
        is_cancel_requested=row.is_cancel_requested,
        exit_code=row.exit_code,
        reason=row.reason,
        run_id=row.run_id,
        array=row.array,
        workspace=workspace,
    )
