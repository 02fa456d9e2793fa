"""Jobs given to agents: who gets which, for how long, and what becomes of those whose agents fall silent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
import sqlalchemy as sa

from runfold.domain.access import Visible
from runfold.domain.job import Agent, Job, JobId, JobState
from runfold.domain.job_access import SERVES_ALL, Serving
from runfold.stores.sql.access.tables import users
from runfold.stores.sql.jobs.agents import note_agent, note_life
from runfold.stores.sql.jobs.arrays import waiting_beside
from runfold.stores.sql.jobs.moves import change, move, requeue
from runfold.stores.sql.jobs.reading import first_of, select_jobs
from runfold.stores.sql.jobs.tables import HELD, jobs
from runfold.stores.sql.search.visible import is_visible
from runfold.stores.sql.tables import workspaces as workspaces_table
from runfold.stores.sql.transaction import Transaction

ABANDONED = "the account of who asked for it is gone or switched off"
_WALK = 200


def claim_jobs(transaction: Transaction, agent: Agent, n_jobs: int, lease_ms: int, serving: Serving) -> tuple[Job, ...]:
    """Give an agent the next jobs that it may take; those of an array come together and count as one."""
    note_agent(transaction, agent, serving.account)
    end_lapsed(transaction, lease_ms)
    claimed: list[Job] = []
    n_taken = 0
    for number, attempt in _candidates(transaction.connection, agent, serving):
        if n_taken >= n_jobs:
            break
        taken = _claim(transaction, number, attempt, agent, lease_ms, serving)
        if not taken:  # it came with the array of another, or nobody waits for it any more
            continue
        n_taken += 1
        for other, tried in waiting_beside(transaction, number):
            taken += _claim(transaction, other, tried, agent, lease_ms, serving)
        claimed += taken
    return tuple(claimed)


def _is_abandoned() -> sa.ColumnElement[bool]:
    """There is nobody with whose rights it could work."""
    active = sa.select(users.c.id).where(users.c.id == jobs.c.acting, users.c.is_active).correlate(jobs)
    return (jobs.c.acting != 0) & ~active.exists()


def _claim(
    transaction: Transaction, number: int, attempt: int, agent: Agent, lease_ms: int, serving: Serving
) -> list[Job]:
    """The job, if it still waited; one that would work for nobody ends."""
    this = jobs.c.id == number
    still_waits = (jobs.c.state == JobState.QUEUED.value) & (jobs.c.attempt == attempt)
    if move(
        transaction,
        this,
        still_waits & _is_abandoned(),
        state=JobState.CANCELLED.value,
        end_time=transaction.now_ms,
        reason=ABANDONED,
    ):
        return []
    is_taken = move(
        transaction,
        this,
        still_waits,
        state=JobState.CLAIMED.value,
        attempt=attempt + 1,
        agent=agent.name,
        holder=serving.account,
        token_digest=None,
        claim_time=transaction.now_ms,
        start_time=None,
        end_time=None,
        lease_until=transaction.now_ms + lease_ms,
        exit_code=None,
        reason="",
    )
    return select_jobs(transaction.connection, this) if is_taken else []


def has_news(connection: sa.Connection, agent: Agent, held: Sequence[JobId], serving: Serving = SERVES_ALL) -> bool:
    """Whether there is a job that the agent may take, or one of those that it holds is to end."""
    if next(_candidates(connection, agent, serving), None) is not None:
        return True
    going_on = jobs.c.state.in_(HELD) & ~jobs.c.is_cancel_requested
    n_going_on = sa.select(sa.func.count()).select_from(jobs).where(jobs.c.job_id.in_(held), going_on)
    return bool(held) and connection.execute(n_going_on).scalar_one() < len(set(held))


def _candidates(connection: sa.Connection, agent: Agent, serving: Serving) -> Iterator[tuple[int, int]]:
    """Number and attempt of queued jobs that fit, the most urgent first."""
    has = set(agent.labels)
    workspaces = serving.workspaces
    served = [] if workspaces.is_all else [jobs.c.workspace.in_(_numbers_of(connection, workspaces))]
    if serving.asked_by:
        served.append(jobs.c.acting.in_((0, serving.asked_by)))
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


def _numbers_of(connection: sa.Connection, workspaces: Visible) -> sa.Select[tuple[int]]:
    name = workspaces_table.c.name
    return sa.select(workspaces_table.c.id).where(is_visible(connection, workspaces, name, name))


def beat_jobs(
    transaction: Transaction, agent: str, held: Sequence[tuple[JobId, int]], lease_ms: int, account: int
) -> tuple[JobId, ...]:
    """Renew the leases of an agent.

    Returns:
        The jobs that it is to end: cancelled ones, those it lost, and those that work for nobody any more.
    """
    note_life(transaction, agent, account)
    end_lapsed(transaction, lease_ms)
    stopping: list[JobId] = []
    for job_id, attempt in held:
        mine = (jobs.c.job_id == job_id) & (jobs.c.attempt == attempt) & jobs.c.state.in_(HELD)
        renewed = change(transaction, mine, lease_until=transaction.now_ms + lease_ms)
        is_to_end = sa.select(jobs.c.id).where(mine, jobs.c.is_cancel_requested | _is_abandoned())
        if not renewed or transaction.connection.execute(is_to_end).first() is not None:
            stopping.append(job_id)
    return tuple(stopping)


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
        lost = move(
            transaction,
            jobs.c.id == number,
            lapsed,
            state=JobState.LOST.value,
            end_time=transaction.now_ms,
            lease_until=None,
            reason="its agent gave no sign of life",
        )
        if lost:
            requeue(transaction, jobs.c.id == number, JobState.LOST)
    return len(numbers)
