"""Jobs found, counted, and seen as the grids that they were asked for in."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from runfold.domain.job import Job, JobCounts, JobGrid, JobState
from runfold.domain.job_access import ALL_JOBS_VISIBLE, VisibleJobs
from runfold.domain.page import Page
from runfold.errors import InvalidValue
from runfold.stores.sql.cursors import read_token, write_token
from runfold.stores.sql.jobs.reading import current_name, first_of, jobs_of
from runfold.stores.sql.jobs.tables import jobs
from runfold.stores.sql.rows import MAX_IN
from runfold.stores.sql.search.visible import is_visible
from runfold.stores.sql.transaction import chunks
from runfold.stores.sql.workspaces import workspace_of
from runfold.stores.work import JobQuery

_MAX_NAMES = 200
_ESCAPE = "\\"


def list_jobs(connection: sa.Connection, query: JobQuery, visible: VisibleJobs = ALL_JOBS_VISIBLE) -> Page[Job]:
    """Newest first, by the number that grows with each."""
    wanted = [*_conditions(connection, query), *seen_by(connection, visible)]
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
    return Page(items=tuple(jobs_of(connection, shown)), next_token=token)


def seen_by(connection: sa.Connection, visible: VisibleJobs) -> list[sa.ColumnElement[bool]]:
    """That a job lies in the workspace of the connection, and `domain.job_access.VisibleJobs.includes` it."""
    here = jobs.c.workspace == workspace_of(connection)
    if visible.is_all:
        return [here]
    has_project = jobs.c.project != ""
    others = (
        sa.true() if visible.without_project else (jobs.c.owner == visible.of_user) & sa.literal(visible.of_user != 0)
    )
    is_seen = sa.or_(
        has_project & is_visible(connection, visible.projects, jobs.c.project, jobs.c.project),
        ~has_project & others,
        jobs.c.target.in_(visible.targets),
    )
    return [here, is_seen]


def count_jobs(connection: sa.Connection, query: JobQuery, visible: VisibleJobs = ALL_JOBS_VISIBLE) -> JobCounts:
    seen = seen_by(connection, visible)
    wanted = [*_conditions(connection, query), *_of_states(query), *seen]
    n = sa.select(jobs.c.state, sa.func.count()).where(*wanted).group_by(jobs.c.state)
    return JobCounts(
        states={JobState(state): count for state, count in connection.execute(n)},
        queues=_names(connection, jobs.c.queue, seen),
        targets=_names(connection, jobs.c.target, seen),
        users=_names(connection, jobs.c.user_id, seen),
    )


def get_job_grids(connection: sa.Connection, grids: Sequence[str], visible: VisibleJobs) -> tuple[JobGrid, ...]:
    seen = seen_by(connection, visible)
    states: dict[str, dict[JobState, int]] = {grid: {} for grid in grids}
    for chunk in chunks([grid for grid in states if grid and "\0" not in grid], MAX_IN):
        n = (
            sa.select(jobs.c.grid, jobs.c.state, sa.func.count())
            .where(jobs.c.grid.in_(chunk), *seen)
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


def _names(
    connection: sa.Connection, column: sa.Column[str], seen: Sequence[sa.ColumnElement[bool]]
) -> tuple[str, ...]:
    """By name, those that jobs have; of very many, the first."""
    found = sa.select(column).where(column != "", *seen).distinct().order_by(column).limit(_MAX_NAMES)
    return tuple(connection.execute(found).scalars())
