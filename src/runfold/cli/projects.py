"""`runfold projects` and `runfold environments`."""

from __future__ import annotations

from pathlib import Path

import click

from runfold.cli import formats
from runfold.cli.connect import json_option
from runfold.cli.output import print_done, print_json, print_table
from runfold.cli.tables import Column

_INVALID = 2


@click.group()
def projects() -> None:
    """Look at project folders; `runfold run` runs them."""


@projects.command()
@click.argument("folder", default=".", type=click.Path(exists=True, file_okay=False, path_type=Path))
@json_option
def check(folder: Path, as_json: bool) -> None:
    """Read a project's MLproject file and say what is wrong in it, by line. Exits with 2 when it cannot be used."""
    from runfold.projects.spec import FILE, find_file, read_project

    path = find_file(folder)
    if path is None:
        raise click.UsageError(f"{folder} has no {FILE} file. Its .py and .sh files can be run all the same.")
    project, problems = read_project(path.read_text(encoding="utf-8", errors="replace"), folder)
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
    from runfold.projects.spec import load_project

    project = load_project(folder)
    if as_json:
        print_json(project)
        return
    for entry in project.entry_points:
        click.secho(entry.name, bold=True, nl=not entry.help)
        if entry.help:
            click.echo(f"  {entry.help}")
        print_table(
            [Column("parameter"), Column("type"), Column("default"), Column("help")],
            [
                [parameter.name, parameter.type.value, _default(parameter.default), parameter.help]
                for parameter in entry.parameters
            ],
            empty="It takes no parameters.",
        )


def _default(value: str | None) -> str:
    return "(needed)" if value is None else value


@projects.command()
def schema() -> None:
    """Print the JSON Schema of MLproject files, for editors that check YAML."""
    from runfold.projects.schema import schema as json_schema

    print_json(json_schema())


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
@click.option("--unused-days", type=float, default=30.0, show_default=True, help="Remove what was unused for so long.")
@click.option("--dry-run", is_flag=True, help="Only say what would be removed.")
@json_option
def prune(unused_days: float, dry_run: bool, as_json: bool) -> None:
    """Remove environments that nobody has used for a while."""
    from runfold.projects.environments.cache import EnvironmentCache

    removed = EnvironmentCache().prune(unused_for_s=unused_days * 86_400, is_dry_run=dry_run)
    freed = formats.size(sum(built.n_bytes for built in removed))
    verb = "Would remove" if dry_run else "Removed"
    print_done(f"{verb} {len(removed)} environments, {freed}.", removed, as_json=as_json)
