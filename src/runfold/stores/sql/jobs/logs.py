"""The output of jobs, piece by piece as agents send it."""

from __future__ import annotations

import sqlalchemy as sa

from runfold.domain.job import JobId, JobLog, JobState
from runfold.errors import InvalidState, InvalidValue, LimitExceeded, NotFound
from runfold.stores.sql.jobs.tables import job_logs, jobs
from runfold.stores.sql.transaction import Transaction

MAX_PIECE = 2**20
MAX_LOG = 64 * 2**20


def append_log(transaction: Transaction, job_id: JobId, attempt: int, start: int, content: bytes) -> None:
    """Add a piece; one that is there already, sent again after a lost answer, changes nothing.

    Raises:
        InvalidValue: the piece does not begin where the log ends.
        LimitExceeded: the piece, or the whole log, would be too long.
    """
    if len(content) > MAX_PIECE:
        raise LimitExceeded(f"A piece of a log has at most {MAX_PIECE} bytes; this one has {len(content)}.")
    number, current, _ = _find(transaction.connection, job_id)
    if attempt != current:
        raise InvalidState(f"Attempt {attempt} of job {job_id} is not under way any more; {current} is.")
    size = _size(transaction.connection, number, attempt)
    if start + len(content) <= size:
        return
    if start != size:
        raise InvalidValue(f"The log of job {job_id} has {size} bytes; the piece begins at {start}.")
    if size + len(content) > MAX_LOG:
        raise LimitExceeded(f"The log of job {job_id} is full: it has {size} bytes of at most {MAX_LOG}.")
    if content:
        transaction.connection.execute(
            sa.insert(job_logs).values(job=number, attempt=attempt, start=start, content=content)
        )


def read_log(connection: sa.Connection, job_id: JobId, attempt: int | None, start: int, max_bytes: int) -> JobLog:
    """A part of an attempt's log; the last attempt's when none is named."""
    number, current, state = _find(connection, job_id)
    chosen = current if attempt is None else attempt
    size = _size(connection, number, chosen)
    # Pieces are short: the one that `start` falls into begins at most a piece earlier.
    near = (job_logs.c.start > start - MAX_PIECE) & (job_logs.c.start < start + max_bytes)
    rows = connection.execute(
        sa.select(job_logs.c.start, job_logs.c.content)
        .where(job_logs.c.job == number, job_logs.c.attempt == chosen, near)
        .order_by(job_logs.c.start)
    ).all()
    content = b"".join(row.content[max(0, start - row.start) :] for row in rows if row.start + len(row.content) > start)
    return JobLog(
        attempt=chosen,
        start=start,
        content=content[:max_bytes],
        size=size,
        is_whole=chosen < current or state.is_over,
    )


def _find(connection: sa.Connection, job_id: JobId) -> tuple[int, int, JobState]:
    row = connection.execute(sa.select(jobs.c.id, jobs.c.attempt, jobs.c.state).where(jobs.c.job_id == job_id)).first()
    if row is None:
        raise NotFound("job", job_id)
    return row.id, row.attempt, JobState(row.state)


def _size(connection: sa.Connection, number: int, attempt: int) -> int:
    last = connection.execute(
        sa.select(job_logs.c.start, sa.func.length(job_logs.c.content).label("n"))
        .where(job_logs.c.job == number, job_logs.c.attempt == attempt)
        .order_by(job_logs.c.start.desc())
        .limit(1)
    ).first()
    return 0 if last is None else last.start + last.n
