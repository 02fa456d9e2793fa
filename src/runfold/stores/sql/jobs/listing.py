"""Jobs found, counted, and seen as the grids that they were asked for in."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from runfold.domain.job import Job, JobCounts, JobGrid, JobState
from runfold.domain.page import Page
from runfold.errors import InvalidValue
from runfold.stores.sql.cursors import read_token, write_token
from runfold.stores.sql.jobs.queue import current_name, first_of, job_of
from runfold.stores.sql.jobs.tables import jobs
from runfold.stores.sql.rows import MAX_IN
from runfold.stores.sql.transaction import chunks
from runfold.stores.work import JobQuery

_MAX_NAMES = 200
_ESCAPE = "\\"


def list_jobs(connection: sa.Connection, query: JobQuery) -> Page[Job]:
    """Newest first, by the number that grows with each."""
    wanted = _conditions(connection, query)
    of_states = _of_states(query)
    if query.is_folded and not query.grid:
        newest = sa.select(sa.func.max(jobs.c.id)).where(*wanted, *of_states, jobs.c.grid != "").group_by(jobs.c.grid)
        wanted.append((jobs.c.grid == "") | jobs.c.id.in_(newest))
    if query.page_token:
        last = read_token(query.page_token)
        if not isinstance(last, int):
            raise InvalidValue("Invalid page token: it belongs to another call.")
        wanted.append(jobs.c.id < last)
    states = query.states or (tuple(JobState) if query.queue and not query.project else ())
    n_wanted = query.max_results + 1
    newest_first = [jobs.c.state == state.value for state in dict.fromkeys(states)] or [sa.true()]
    numbers = first_of(wanted, newest_first, jobs.c.id.desc(), limit=n_wanted)
    rows = connection.execute(
        sa.select(jobs).where(jobs.c.id.in_(numbers)).order_by(jobs.c.id.desc()).limit(n_wanted)
    ).all()
    shown = rows[: query.max_results]
    token = write_token(shown[-1].id) if len(rows) > len(shown) and shown else ""
    return Page(items=tuple(map(job_of, shown)), next_token=token)


def count_jobs(connection: sa.Connection, query: JobQuery) -> JobCounts:
    wanted = [*_conditions(connection, query), *_of_states(query)]
    n = sa.select(jobs.c.state, sa.func.count()).where(*wanted).group_by(jobs.c.state)
    return JobCounts(
        states={JobState(state): count for state, count in connection.execute(n)},
        queues=_names(connection, jobs.c.queue),
        targets=_names(connection, jobs.c.target),
        users=_names(connection, jobs.c.user_id),
    )


def get_job_grids(connection: sa.Connection, grids: Sequence[str]) -> tuple[JobGrid, ...]:
    states: dict[str, dict[JobState, int]] = {grid: {} for grid in grids}
    for chunk in chunks([grid for grid in states if grid and "\0" not in grid], MAX_IN):
        n = (
            sa.select(jobs.c.grid, jobs.c.state, sa.func.count())
            .where(jobs.c.grid.in_(chunk))
            .group_by(jobs.c.grid, jobs.c.state)
        )
        for grid, state, count in connection.execute(n):
            states[grid][JobState(state)] = count
    return tuple(JobGrid(grid=grid, states=states[grid]) for grid in grids)


def _of_states(query: JobQuery) -> list[sa.ColumnElement[bool]]:
    return [jobs.c.state.in_([state.value for state in query.states])] if query.states else []


def _conditions(connection: sa.Connection, query: JobQuery) -> list[sa.ColumnElement[bool]]:
    """All but those of its states."""
    exact = {
        jobs.c.project: current_name(connection, query.project),
        jobs.c.queue: query.queue,
        jobs.c.target: query.target,
        jobs.c.user_id: query.user_id,
        jobs.c.grid: query.grid,
    }
    # PostgreSQL takes no NUL in a text, and no name holds one.
    wanted = [column == value if "\0" not in value else sa.false() for column, value in exact.items() if value]
    wanted += [_holds(word) for word in query.text.casefold().split()]
    return wanted


def _holds(word: str) -> sa.ColumnElement[bool]:
    if "\0" in word:
        return sa.false()
    for sign in (_ESCAPE, "%", "_"):
        word = word.replace(sign, _ESCAPE + sign)
    pattern = f"%{word}%"
    return sa.or_(
        jobs.c.search_text.like(pattern, escape=_ESCAPE),
        sa.func.lower(jobs.c.project).like(pattern, escape=_ESCAPE),
        jobs.c.run_id.like(f"{word}%", escape=_ESCAPE),
    )


def _names(connection: sa.Connection, column: sa.Column[str]) -> tuple[str, ...]:
    """By name, those that jobs have; of very many, the first."""
    found = sa.select(column).where(column != "").distinct().order_by(column).limit(_MAX_NAMES)
    return tuple(connection.execute(found).scalars())
