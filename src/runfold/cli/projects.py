"""`runfold projects` and `runfold environments`."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from runfold.cli import formats
from runfold.cli.connect import json_option, with_new_session, with_session, with_store
from runfold.cli.output import print_done, print_json, print_table
from runfold.cli.run import CREDENTIAL
from runfold.cli.tables import Column

if TYPE_CHECKING:
    from runfold.domain.project import Parameter
    from runfold.domain.registered_project import ProjectReading, ProjectSettings, RegisteredProject
    from runfold.stores.base import TrackingStore
    from runfold.tracking.session import Session

_INVALID = 2


@click.group()
def projects() -> None:
    """Look at project folders, and register projects on the server; `runfold run` runs them."""


@projects.command()
@click.argument("folder", default=".", type=click.Path(exists=True, file_okay=False, path_type=Path))
@json_option
def check(folder: Path, as_json: bool) -> None:
    """Read a project's MLproject file and say what is wrong in it, by line. Exits with 2 when it cannot be used."""
    from runfold.projects.places import text_of
    from runfold.projects.spec import FILE, find_file, read_project

    path = find_file(folder)
    if path is None:
        raise click.UsageError(f"{folder} has no {FILE} file. Its .py and .sh files can be run all the same.")
    project, problems = read_project(text_of(path), folder)
    if as_json:
        print_json({"project": project, "problems": problems})
    for problem in problems if not as_json else ():
        kind = "error" if problem.is_error else "warning"
        click.echo(f"{path}:{problem.line}: {kind}: {problem.message}", err=True)
    if any(problem.is_error for problem in problems):
        click.get_current_context().exit(_INVALID)
    if not as_json:
        names = ", ".join(entry.name for entry in project.entry_points) or "none; .py and .sh files can be run"
        click.echo(f"{path} can be used. Entry points: {names}.")


@projects.command()
@click.argument("folder", default=".", type=click.Path(exists=True, file_okay=False, path_type=Path))
@json_option
def show(folder: Path, as_json: bool) -> None:
    """Show the entry points of a project and their parameters."""
    from runfold.projects.spec import describe_project

    project = describe_project(folder)
    if as_json:
        print_json(project)
        return
    if not project.entry_points:
        click.echo(f"{folder} has nothing that could be run: no MLproject file, no .py and no .sh file.")
    for entry in project.entry_points:
        click.secho(entry.name, bold=True, nl=not entry.help)
        if entry.help:
            click.echo(f"  {entry.help}")
        print_table(
            [Column("parameter"), Column("type"), Column("values"), Column("default"), Column("help")],
            [
                [parameter.name, _type(parameter), parameter.accepted, _default(parameter), parameter.help]
                for parameter in entry.parameters
            ],
            empty="It takes no parameters.",
        )


def _type(parameter: Parameter) -> str:
    return "secret" if parameter.is_secret else parameter.type.value


def _default(parameter: Parameter) -> str:
    found = [f"${parameter.environment}"] if parameter.environment else []
    found += [] if parameter.default is None else [parameter.default]
    return ", else ".join(found) or "(needed)"


@projects.command()
def schema() -> None:
    """Print the JSON Schema of MLproject files, for editors that check YAML."""
    from runfold.projects.schema import schema as json_schema

    print_json(json_schema())


@projects.command()
@click.argument("uri", metavar="URI")
@click.option("-n", "--name", default="", help="Default: the name in its MLproject file, else that of its folder.")
@click.option("-v", "--version", default="", metavar="REF", help="Branch, tag or commit of a repository.")
@click.option("-d", "--description", default="", help="What it is for; Markdown.")
@CREDENTIAL
@click.option("-t", "--target", "targets", multiple=True, help="Target that its jobs may go to. Repeatable.")
@click.option("-q", "--queue", default="default", show_default=True, help="Queue of its jobs.")
@click.option("-x", "--experiment", default="", metavar="NAME", help="Experiment of its runs.")
@json_option
@with_new_session
def register(
    session: Session,
    uri: str,
    name: str,
    version: str,
    description: str,
    credential: str,
    targets: tuple[str, ...],
    queue: str,
    experiment: str,
    as_json: bool,
) -> None:
    """Make a project known to the server, so that it can be run from the web interface.

    URI is what `runfold run` takes. The code is read here, and the server keeps its entry points and parameters.
    Registering a name again replaces what is said of it.
    """
    from runfold.cli.run import experiment_id
    from runfold.domain.registered_project import ProjectSettings
    from runfold.projects.reading import absolute, read_code

    place, _, folder = absolute(uri).partition("#")
    reading = read_code(absolute(uri), version=version, credential=credential)
    settings = ProjectSettings(
        name=name or _name_of(reading, folder or place),
        uri=place,
        version=version,
        folder=folder,
        description=description,
        credential=credential,
        targets=targets,
        queue=queue,
        experiment_id=experiment_id(session, experiment),
    )
    project = _registered(session, settings, reading)
    print_done(_what_was_read(project), project, as_json=as_json)


def _name_of(reading: ProjectReading, place: str) -> str:
    named = reading.spec.name if reading.spec else ""
    return named or place.rstrip("/").rpartition("/")[2].removesuffix(".git")


def _registered(session: Session, settings: ProjectSettings, reading: ProjectReading) -> RegisteredProject:
    from runfold.errors import AlreadyExists
    from runfold.tracking.source import user_name

    try:
        session.store.create_project(settings, user_id=user_name())
    except AlreadyExists:
        session.store.update_project(settings)
    return session.store.record_project_reading(settings.name, reading)


def _what_was_read(project: RegisteredProject) -> str:
    name, reading = project.settings.name, project.reading
    if reading.problem:
        return f"Project {name!r} is registered, but its code could not be read: {reading.problem}"
    names = ", ".join(entry.name for entry in reading.spec.entry_points) if reading.spec else ""
    commit = f" at {reading.commit[:12]}" if reading.commit else ""
    return f"Project {name!r} is registered{commit}. Entry points: {names or 'none'}."


@projects.command()
@click.argument("name")
@json_option
@with_session
def read(session: Session, name: str, as_json: bool) -> None:
    """Read the code of a registered project anew."""
    from runfold.projects.reading import read_code

    settings = session.store.get_project(name).settings
    reading = read_code(settings.address, version=settings.version, credential=settings.credential)
    project = session.store.record_project_reading(name, reading)
    print_done(_what_was_read(project), project, as_json=as_json)


@projects.command("list")
@json_option
@with_store
def list_projects(store: TrackingStore, as_json: bool) -> None:
    """List the registered projects."""
    found = store.list_projects()
    if as_json:
        print_json(found)
        return
    now_ms = int(time.time() * 1000)
    print_table(
        [
            Column("project"),
            Column("entry points"),
            Column("where"),
            Column("jobs", is_number=True),
            Column("last job"),
        ],
        [_row(project, now_ms) for project in found],
        empty="No project is registered; `runfold projects register URI` does it.",
    )


def _row(project: RegisteredProject, now_ms: int) -> list[str]:
    settings, last, spec = project.settings, project.last_job, project.reading.spec
    return [
        settings.name,
        ", ".join(entry.name for entry in spec.entry_points) if spec else "(not read)",
        f"{settings.address} {settings.version}".strip(),
        str(project.n_jobs),
        "" if last is None else f"{last.state.value} {formats.age(last.creation_time_ms, now_ms=now_ms)}",
    ]


@projects.command()
@click.argument("name")
@click.argument("new_name")
@json_option
@with_store
def rename(store: TrackingStore, name: str, new_name: str, as_json: bool) -> None:
    """Call a registered project otherwise. Its jobs go with it, and its former name still leads to it."""
    project = store.rename_project(name, new_name)
    print_done(f"Project {name!r} is {new_name!r} now.", project, as_json=as_json)


@projects.command()
@click.argument("name")
@json_option
@with_store
def forget(store: TrackingStore, name: str, as_json: bool) -> None:
    """Remove a registered project. Its jobs and runs stay."""
    store.delete_project(name)
    print_done(f"Project {name!r} is forgotten.", {"name": name}, as_json=as_json)


@click.group()
def environments() -> None:
    """List and remove the environments that were made for projects and models."""


@environments.command("list")
@json_option
def list_environments(as_json: bool) -> None:
    """List them, last used first."""
    from runfold.projects.environments.cache import EnvironmentCache

    found = EnvironmentCache().list()
    if as_json:
        print_json(found)
        return
    print_table(
        [Column("environment"), Column("made from"), Column("last used"), Column("size", is_number=True)],
        [
            [built.digest[:12], built.description, formats.moment(built.used_ms), formats.size(built.n_bytes)]
            for built in found
        ],
        empty="No environment has been made yet.",
    )


@environments.command()
@click.option(
    "--unused-days",
    type=click.FloatRange(min=0),
    default=30.0,
    show_default=True,
    help="Remove what was unused for so long.",
)
@click.option("--dry-run", is_flag=True, help="Only say what would be removed.")
@json_option
def prune(unused_days: float, dry_run: bool, as_json: bool) -> None:
    """Remove environments that nobody has used for a while."""
    from runfold.projects.environments.cache import EnvironmentCache

    removed = EnvironmentCache().prune(unused_for_s=unused_days * 86_400, is_dry_run=dry_run)
    freed = formats.size(sum(built.n_bytes for built in removed))
    verb = "Would remove" if dry_run else "Removed"
    print_done(f"{verb} {len(removed)} environments, {freed}.", removed, as_json=as_json)
