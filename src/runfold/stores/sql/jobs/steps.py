"""What became of each job, step by step; at the same time what readers follow to learn of changes."""

from __future__ import annotations

import sqlalchemy as sa

from runfold.domain.job import JobId, JobState, JobStep
from runfold.errors import NotFound
from runfold.stores.sql.jobs.tables import job_steps, jobs
from runfold.stores.sql.tables import change_counter
from runfold.stores.sql.transaction import Transaction

_KEPT = ("attempt", "state", "agent", "exit_code")


def note_step(transaction: Transaction, this: sa.ColumnElement[bool], *, reason: str | None = None) -> None:
    """Write down how a job is now.

    Args:
        reason: None: the job's own.
    """
    said = jobs.c.reason if reason is None else sa.literal(reason)
    change, now = sa.literal(transaction.next_change()), sa.literal(transaction.now_ms)
    present = sa.select(change, jobs.c.id, now, *(jobs.c[name] for name in _KEPT), said).where(this)
    columns = ("change", "job", "time", *_KEPT, "reason")
    transaction.connection.execute(sa.insert(job_steps).from_select(columns, present))


def get_steps(connection: sa.Connection, job_id: JobId) -> tuple[JobStep, ...]:
    number = connection.execute(sa.select(jobs.c.id).where(jobs.c.job_id == job_id.replace("\0", ""))).scalar()
    if number is None:
        raise NotFound("job", job_id)
    rows = connection.execute(sa.select(job_steps).where(job_steps.c.job == number).order_by(job_steps.c.change))
    return tuple(
        JobStep(
            time_ms=row.time,
            attempt=row.attempt,
            state=JobState(row.state),
            agent=row.agent,
            exit_code=row.exit_code,
            reason=row.reason,
        )
        for row in rows
    )


def changed_numbers(connection: sa.Connection, after: int, max_results: int) -> tuple[list[int], int]:
    """Numbers of the jobs that changed after a cursor, each once, and the cursor of the last step looked at."""
    if after < 0:
        return [], int(connection.execute(sa.select(change_counter.c.value)).scalar_one())
    rows = connection.execute(
        sa.select(job_steps.c.job, job_steps.c.change)
        .where(job_steps.c.change > after)
        .order_by(job_steps.c.change)
        .limit(max_results)
    ).all()
    return list(dict.fromkeys(row.job for row in rows)), rows[-1].change if rows else after
