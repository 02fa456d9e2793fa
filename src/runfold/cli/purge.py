"""`runfold purge`."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

import click

from runfold.cli import formats
from runfold.cli.connect import json_option, with_session
from runfold.cli.exits import FAILURE
from runfold.cli.output import print_json
from runfold.errors import RunfoldError

if TYPE_CHECKING:
    from runfold.artifacts.base import ArtifactStore
    from runfold.domain.artifact import ArtifactPath
    from runfold.domain.run import PurgeReport
    from runfold.domain.workspace import WorkspacePurge
    from runfold.tracking.session import Session

_AGE = re.compile(r"(\d+)([hdwy])")
_HOUR_MS = 3_600_000
_UNITS_MS = {"h": _HOUR_MS, "d": 24 * _HOUR_MS, "w": 7 * 24 * _HOUR_MS, "y": 365 * 24 * _HOUR_MS}


class Age(click.ParamType[int]):
    """`12h`, `30d`, `8w`, `1y`, as milliseconds."""

    name = "age"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        match = _AGE.fullmatch(str(value))
        if match is None:
            self.fail(f"{value!r} is not an age such as 12h, 30d, 8w or 1y.", param, ctx)
        return int(match[1]) * _UNITS_MS[match[2]]


class Files(NamedTuple):
    """Files that go with records, and folders that could not be reached."""

    n_files: int
    n_bytes: int
    unreachable: list[str]


@click.command()
@click.option("--run", "runs", multiple=True, metavar="RUN", help="Only this run, by its whole id. Repeatable.")
@click.option("--experiment", "experiments", multiple=True, metavar="NAME", help="Only this experiment. Repeatable.")
@click.option("--older-than", type=Age(), metavar="AGE", help="Only what was deleted so long ago: 12h, 30d, 8w, 1y.")
@click.option("--yes", is_flag=True, help="Do it without asking.")
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
@json_option
@with_session
def purge(
    session: Session,
    runs: Sequence[str],
    experiments: Sequence[str],
    older_than: int | None,
    yes: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Empty the trash: remove deleted experiments and runs for good, with their files.

    Says first what would go, and asks; without a terminal to ask on, it needs --yes.
    """
    from runfold.cli.lookup import find_experiment

    scope: dict[str, object] = {
        "run_ids": tuple(runs),
        "experiment_ids": tuple(find_experiment(session.store, name).experiment_id for name in experiments),
        "older_than_ms": None if older_than is None else int(time.time() * 1000) - older_than,
    }
    plan = _purge(session, scope, dry_run=True)
    files = measure(session, plan)
    if dry_run or not (plan.n_runs or plan.n_experiments or plan.n_models):
        _report(plan, files, as_json=as_json)
        return
    if not yes:
        _report(plan, files, as_json=False)
        confirm("Remove all this for good?")
    done = _purge(session, scope, dry_run=False)
    left = remove_folders(session, done.artifact_uris)
    _report(done, files._replace(unreachable=left), as_json=as_json)
    if left:
        click.get_current_context().exit(FAILURE)


def confirm(question: str) -> None:
    """Raises UsageError where nobody can answer."""
    if not sys.stdin.isatty():
        raise click.UsageError("There is no terminal to ask on. Add --yes to do it, or --dry-run to look only.")
    click.confirm(question, abort=True, err=True)


def _purge(session: Session, scope: dict[str, object], *, dry_run: bool) -> PurgeReport:
    return session.store.purge(**scope, dry_run=dry_run)  # type: ignore[arg-type]


def measure(session: Session, plan: PurgeReport | WorkspacePurge) -> Files:
    """The files that a server removes by itself, and those in the folders that are left to us."""
    from runfold.artifacts.transfer import walk

    n_files, n_bytes, unreachable = plan.n_files, plan.n_bytes, []
    for uri in plan.artifact_uris:
        try:
            with _opened(session, uri) as (store, folder):
                sizes = [info.size or 0 for info in walk(store, folder) if not info.is_dir]
        except RunfoldError as error:
            unreachable.append(f"{uri}: {error.message}")
            continue
        n_files, n_bytes = n_files + len(sizes), n_bytes + sum(sizes)
    return Files(n_files, n_bytes, unreachable)


def remove_folders(session: Session, uris: Sequence[str]) -> list[str]:
    """Delete these folders; the records are gone already, so what fails is only told."""
    left = []
    for uri in uris:
        try:
            with _opened(session, uri) as (store, folder):
                store.delete(folder)
        except RunfoldError as error:
            left.append(f"{uri}: {error.message}")
    return left


@contextmanager
def _opened(session: Session, uri: str) -> Iterator[tuple[ArtifactStore, ArtifactPath]]:
    """The folder of a run, named from the folder above it, since a store cannot delete its own root."""
    from runfold.domain.artifact import ArtifactPath

    above, _, name = uri.rstrip("/").rpartition("/")
    with session.open_files(above) as store:
        yield store, ArtifactPath(name)


def _report(plan: PurgeReport, files: Files, *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "is_dry_run": plan.is_dry_run,
                "n_experiments": plan.n_experiments,
                "n_runs": plan.n_runs,
                "n_points": plan.n_points,
                "n_models": plan.n_models,
                "n_held": plan.n_held,
                "n_files": files.n_files,
                "n_bytes": files.n_bytes,
                "unreachable": files.unreachable,
            }
        )
        return
    verb = "Would remove" if plan.is_dry_run else "Removed"
    click.echo(
        f"{verb} {plan.n_experiments} experiments and {plan.n_runs} runs with {plan.n_points} metric points, "
        f"{files.n_files} files ({formats.size(files.n_bytes)})."
    )
    if plan.n_models:
        click.echo(f"With them {'go' if plan.is_dry_run else 'went'} {plan.n_models} logged models.")
    if plan.n_held:
        click.echo(f"{plan.n_held} stay in the trash: registered versions have their files there.")
    for line in files.unreachable:
        click.echo(f"Files that cannot be reached from here: {line}", err=True)
