"""Registered projects: a row each, with the newest of the jobs that were asked for in its name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from runfold.domain import limits
from runfold.domain.access import PlaceKind
from runfold.domain.code_address import check_keeps_no_secret
from runfold.domain.job import Job
from runfold.domain.registered_project import ProjectName, ProjectReading, ProjectSettings, RegisteredProject
from runfold.domain.secret import check_reference
from runfold.errors import AlreadyExists, InvalidValue, LimitExceeded, NotFound
from runfold.stores.sql.access.versions import forget_place, move_place
from runfold.stores.sql.jobs.reading import current_name, jobs_of
from runfold.stores.sql.jobs.submission import MAX_PROJECT
from runfold.stores.sql.jobs.tables import former_project_names, jobs, registered_projects
from runfold.stores.sql.rows import MAX_IN
from runfold.stores.sql.transaction import Transaction, chunks
from runfold.stores.sql.workspaces import workspace_of

MAX_SETTINGS = 200_000
MAX_READING = 2_000_000
MAX_PROJECTS = 10_000

_encode = msgspec.json.encode


def create_project(transaction: Transaction, settings: ProjectSettings, user_id: str) -> RegisteredProject:
    _check(settings)
    connection = transaction.connection
    workspace = workspace_of(connection, to_write=True)
    n = sa.select(sa.func.count()).select_from(registered_projects).where(registered_projects.c.workspace == workspace)
    if connection.execute(n).scalar_one() >= MAX_PROJECTS:
        raise LimitExceeded(f"There are {MAX_PROJECTS} projects, and no more can be registered.")
    if connection.execute(sa.select(registered_projects.c.name).where(_named(connection, settings.name))).first():
        raise AlreadyExists("project", settings.name)
    connection.execute(
        sa.insert(registered_projects).values(
            name=settings.name,
            settings=_encode(settings).decode(),
            reading=_encode(ProjectReading()).decode(),
            creation_time=transaction.now_ms,
            last_update_time=transaction.now_ms,
            user_id=user_id[:250],
            workspace=workspace,
        )
    )
    _forget_former(connection, settings.name)
    return get_project(connection, settings.name)


def _check(settings: ProjectSettings) -> None:
    for field, value in (("name", settings.name), ("uri", settings.uri), ("queue", settings.queue)):
        if not value.strip():
            raise InvalidValue(f"The {field} of a project must not be blank.")
    check_keeps_no_secret(settings.uri)
    if len(settings.name) > MAX_PROJECT:
        raise LimitExceeded(
            f"A project's name has at most {MAX_PROJECT} characters; this one has {len(settings.name)}."
        )
    if settings.credential:
        check_reference("the credential", settings.credential)
    text = _encode(settings).decode()
    if len(text) > MAX_SETTINGS:
        raise LimitExceeded(
            f"What is said of the project has {len(text)} characters; at most {MAX_SETTINGS} are allowed."
        )
    limits.check_text("project", "".join([settings.name, settings.uri, settings.description, settings.queue]))


def update_project(transaction: Transaction, settings: ProjectSettings) -> RegisteredProject:
    _check(settings)
    before = get_project(transaction.connection, settings.name)
    settings = msgspec.structs.replace(settings, name=before.settings.name)
    values: dict[str, Any] = {"settings": _encode(settings).decode(), "last_update_time": transaction.now_ms}
    if _place(settings) != _place(before.settings):
        values |= {"reading": _encode(ProjectReading()).decode(), "read_time": None}
    connection = transaction.connection
    connection.execute(sa.update(registered_projects).where(_named(connection, settings.name)).values(**values))
    return get_project(connection, settings.name)


def _place(settings: ProjectSettings) -> tuple[str, str, str]:
    return settings.uri, settings.version, settings.folder


def record_reading(transaction: Transaction, name: ProjectName, reading: ProjectReading) -> RegisteredProject:
    connection = transaction.connection
    before = get_project(connection, name)
    name = before.settings.name
    if reading.spec is None:
        if not reading.problem.strip():
            raise InvalidValue("A reading has a spec, or a problem that says why there is none.")
        reading = msgspec.structs.replace(before.reading, problem=reading.problem)
    text = _encode(reading).decode()
    if len(text) > MAX_READING:
        raise LimitExceeded(f"What was read in the project has {len(text)} characters; at most {MAX_READING} are kept.")
    limits.check_text("reading of a project", reading.commit + reading.problem)
    connection.execute(
        sa.update(registered_projects)
        .where(_named(connection, name))
        .values(reading=text, read_time=transaction.now_ms)
    )
    return get_project(connection, name)


def rename_project(transaction: Transaction, name: ProjectName, new_name: ProjectName) -> RegisteredProject:
    connection = transaction.connection
    workspace = workspace_of(connection)
    before = get_project(connection, name).settings
    settings = msgspec.structs.replace(before, name=new_name)
    _check(settings)
    if new_name == before.name:
        return get_project(connection, new_name)
    if connection.execute(sa.select(registered_projects.c.name).where(_named(connection, new_name))).first():
        raise AlreadyExists("project", new_name)
    _forget_former(connection, new_name)
    connection.execute(
        sa.update(registered_projects)
        .where(_named(connection, before.name))
        .values(name=new_name, settings=_encode(settings).decode(), last_update_time=transaction.now_ms)
    )
    for table in (jobs, former_project_names):
        here = (table.c.workspace == workspace) & (table.c.project == before.name)
        connection.execute(sa.update(table).where(here).values(project=new_name))
    connection.execute(sa.insert(former_project_names).values(name=before.name, project=new_name, workspace=workspace))
    move_place(transaction, PlaceKind.PROJECT, before.name, new_name, workspace=workspace)
    return get_project(connection, new_name)


def _forget_former(connection: sa.Connection, name: ProjectName) -> None:
    """The name leads to the project that bears it now."""
    former = former_project_names
    here = former.c.workspace == workspace_of(connection)
    connection.execute(sa.delete(former).where(here & (former.c.name == name)))


def get_project(connection: sa.Connection, name: ProjectName) -> RegisteredProject:
    row = connection.execute(
        sa.select(registered_projects).where(_named(connection, current_name(connection, name)))
    ).first()
    if row is None:
        raise NotFound("project", name)
    return _with_jobs(connection, [row])[0]


def list_projects(connection: sa.Connection) -> tuple[RegisteredProject, ...]:
    """By name."""
    here = registered_projects.c.workspace == workspace_of(connection)
    rows = connection.execute(sa.select(registered_projects).where(here).order_by(registered_projects.c.name)).all()
    return tuple(_with_jobs(connection, rows))


def current_projects(connection: sa.Connection, names: Sequence[ProjectName]) -> dict[ProjectName, ProjectSettings]:
    """What is said of projects, by the names asked for, former ones included; only of those that there are."""
    found: dict[ProjectName, ProjectSettings] = {}
    for name in names:
        called = _named(connection, current_name(connection, name))
        settings = connection.execute(sa.select(registered_projects.c.settings).where(called)).scalar()
        if settings is not None:
            found[name] = msgspec.json.decode(settings, type=ProjectSettings)
    return found


def delete_project(transaction: Transaction, name: ProjectName) -> None:
    connection = transaction.connection
    name = get_project(connection, name).settings.name
    workspace = workspace_of(connection)
    connection.execute(sa.delete(registered_projects).where(_named(connection, name)))
    former = former_project_names
    connection.execute(sa.delete(former).where((former.c.workspace == workspace) & (former.c.project == name)))
    forget_place(transaction, PlaceKind.PROJECT, name, workspace=workspace)


def _named(connection: sa.Connection, name: ProjectName) -> sa.ColumnElement[bool]:
    # PostgreSQL takes no NUL in a text, and no name holds one.
    here = registered_projects.c.workspace == workspace_of(connection)
    return here & (registered_projects.c.name == name.replace("\0", ""))


def _with_jobs(connection: sa.Connection, rows: Sequence[sa.Row[Any]]) -> list[RegisteredProject]:
    counts: dict[str, int] = {}
    newest: dict[str, Job] = {}
    for names in chunks([row.name for row in rows], MAX_IN):
        asked_for = (
            sa.select(jobs.c.project, sa.func.count().label("n"), sa.func.max(jobs.c.id).label("last"))
            .where(jobs.c.workspace == workspace_of(connection), jobs.c.project.in_(names))
            .group_by(jobs.c.project)
        )
        found = connection.execute(asked_for).all()
        counts |= {row.project: row.n for row in found}
        last = connection.execute(sa.select(jobs).where(jobs.c.id.in_([row.last for row in found])))
        newest |= {job.work.project: job for job in jobs_of(connection, last.all())}
    return [
        RegisteredProject(
            settings=msgspec.json.decode(row.settings, type=ProjectSettings),
            reading=msgspec.json.decode(row.reading, type=ProjectReading),
            read_time_ms=row.read_time,
            creation_time_ms=row.creation_time,
            last_update_time_ms=row.last_update_time,
            user_id=row.user_id,
            n_jobs=counts.get(row.name, 0),
            last_job=newest.get(row.name),
        )
        for row in rows
    ]
