"""The output of jobs, piece by piece as agents send it."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from runfold.domain.job import JobId, JobLog, JobState, LogMatch, LogMatches
from runfold.errors import InvalidState, InvalidValue, LimitExceeded, NotFound
from runfold.stores.sql.jobs.tables import job_logs, jobs
from runfold.stores.sql.transaction import Transaction

MAX_PIECE = 2**20
MAX_LOG = 64 * 2**20
MAX_LINE = 1000
"""Characters of a line that a search shows."""
MAX_NEEDLE = 200
_PIECES = 16


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


def search_log(
    connection: sa.Connection, job_id: JobId, text: str, attempt: int | None, after: int, max_results: int
) -> LogMatches:
    """Lines that hold a text. A log is read piece by piece, so that a search never holds a long one."""
    if not text or len(text) > MAX_NEEDLE:
        raise InvalidValue(f"A search in a log takes a text of 1 to {MAX_NEEDLE} characters.")
    number, current, _ = _find(connection, job_id)
    chosen = current if attempt is None else attempt
    wanted = text.casefold()
    matches: list[LogMatch] = []
    for line, start, content in _lines(connection, number, chosen):
        if start < after or wanted not in (shown := content.decode(errors="replace")).casefold():
            continue
        if len(matches) == max_results:
            return LogMatches(attempt=chosen, matches=tuple(matches), is_complete=False)
        matches.append(LogMatch(line=line, start=start, text=shown[:MAX_LINE]))
    return LogMatches(attempt=chosen, matches=tuple(matches), is_complete=True)


def _lines(connection: sa.Connection, number: int, attempt: int) -> Iterator[tuple[int, int, bytes]]:
    """Number, first byte and content of each line. One that is longer than a piece comes in parts of that length."""
    line, start, rest = 1, 0, b""
    for content in _pieces(connection, number, attempt):
        *whole, rest = (rest + content).split(b"\n")
        for one in whole:
            yield line, start, one
            line, start = line + 1, start + len(one) + 1
        if len(rest) > MAX_PIECE:
            yield line, start, rest
            start, rest = start + len(rest), b""
    if rest:
        yield line, start, rest


def _pieces(connection: sa.Connection, number: int, attempt: int) -> Iterator[bytes]:
    query = (
        sa.select(job_logs.c.start, job_logs.c.content)
        .where(job_logs.c.job == number, job_logs.c.attempt == attempt)
        .order_by(job_logs.c.start)
        .limit(_PIECES)
    )
    last = -1
    while rows := connection.execute(query.where(job_logs.c.start > last)).all():
        yield from (row.content for row in rows)
        last = rows[-1].start


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
