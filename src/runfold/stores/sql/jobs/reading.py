"""Jobs as they are kept, read by their ids, by what changed, and by whatever else selects them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from runfold.domain.job import Job, JobChanges, JobId, JobState, NewJob
from runfold.domain.job_access import JobHome
from runfold.errors import NotFound
from runfold.stores.sql.jobs.steps import changed_numbers
from runfold.stores.sql.jobs.tables import former_project_names, jobs
from runfold.stores.sql.rows import MAX_IN
from runfold.stores.sql.transaction import chunks
from runfold.stores.sql.workspaces import names_of, workspace_of


def get_job(connection: sa.Connection, job_id: JobId) -> Job:
    for job in select_jobs(connection, jobs.c.job_id == job_id) if "\0" not in job_id else ():
        return job
    raise NotFound("job", job_id)


def select_jobs(connection: sa.Connection, which: sa.ColumnElement[bool]) -> list[Job]:
    return jobs_of(connection, connection.execute(sa.select(jobs).where(which).order_by(jobs.c.id)).all())


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


def homes_of_jobs(connection: sa.Connection, job_ids: Sequence[JobId]) -> dict[JobId, JobHome]:
    """Of those that exist."""
    found: dict[JobId, JobHome] = {}
    columns = (jobs.c.job_id, jobs.c.workspace, jobs.c.project, jobs.c.target, jobs.c.owner, jobs.c.holder)
    for chunk in chunks([job_id for job_id in job_ids if "\0" not in job_id], MAX_IN):
        rows = connection.execute(sa.select(*columns).where(jobs.c.job_id.in_(chunk))).all()
        names = names_of(connection, {row.workspace for row in rows})
        found |= {
            row.job_id: JobHome(names[row.workspace], row.project, row.target, row.owner, row.holder) for row in rows
        }
    return found


def first_of(
    wanted: Sequence[sa.ColumnElement[bool]],
    parts: Sequence[sa.ColumnElement[bool]],
    *order: sa.ColumnElement[Any],
    limit: int,
) -> sa.Select[tuple[int]]:
    """Numbers of the first jobs of each part. An index has a part in order; of several at once, all would be sorted."""
    firsts = [sa.select(jobs.c.id).where(*wanted, part).order_by(*order).limit(limit).subquery() for part in parts]
    return sa.select(sa.union_all(*(sa.select(first.c.id) for first in firsts)).subquery().c.id)


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
