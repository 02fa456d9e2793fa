"""`runfold run` and `runfold rerun`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

from runfold.cli import formats
from runfold.cli.connect import json_option, with_new_session, with_session
from runfold.cli.exits import FAILURE
from runfold.cli.output import print_json, print_table
from runfold.cli.pairs import parse_pairs
from runfold.cli.suggestions import experiment_names, run_names
from runfold.cli.tables import Column

if TYPE_CHECKING:
    from runfold.domain.job import Resources
    from runfold.projects.verdict import Comparison
    from runfold.tracking.session import Session

F = TypeVar("F", bound=Callable[..., Any])

MANAGERS = ("local", "uv", "conda", "docker")


class ProjectOptions(NamedTuple):
    """What `project_options` gathers."""

    uri: str
    entry_point: str
    parameters: tuple[str, ...]
    version: str
    credential: str
    experiment: str
    run_name: str
    env_manager: str | None
    timeout_s: float
    target: str
    cpus: int
    gpus: int
    memory_gib: float

    @property
    def resources(self) -> Resources:
        from runfold.domain.job import Resources

        return Resources(n_cpus=self.cpus, n_gpus=self.gpus, memory_gib=self.memory_gib)


CREDENTIAL = click.option(
    "--credential",
    default="",
    metavar="WHERE",
    help="Where the secret of a private repository is found: secret:NAME, env:VARIABLE, file:/path or command:program.",
)


def project_options(command: F) -> F:
    """What says which project is to be run, and how."""
    options = (
        click.argument("uri", metavar="URI"),
        click.option(
            "-e", "--entry-point", default="main", show_default=True, help="Entry point, or a .py or .sh file."
        ),
        click.option(
            "-P", "--param", "parameters", multiple=True, metavar="NAME=VALUE", help="A parameter. Repeatable."
        ),
        click.option("-v", "--version", default="", metavar="REF", help="Branch, tag or commit of a repository."),
        CREDENTIAL,
        click.option(
            "-x",
            "--experiment",
            default="",
            metavar="NAME",
            shell_complete=experiment_names,
            help="Experiment of the run, by name (made if it is not there). Default: as the settings say.",
        ),
        click.option("--run-name", default="", help="Name of the run."),
        click.option(
            "--env-manager",
            type=click.Choice(MANAGERS),
            help="Who makes the environment. Default: as the project asks. local: the one Runfold runs in.",
        ),
        click.option(
            "--timeout", "timeout_s", type=float, default=0.0, metavar="SECONDS", help="End the command after it."
        ),
        click.option(
            "-t", "--target", default="", help="Where it is executed. Default: as the project says, or on this machine."
        ),
        click.option("--cpus", type=click.IntRange(0), default=0, help="CPUs that it wants of the target."),
        click.option("--gpus", type=click.IntRange(0), default=0, help="GPUs likewise."),
        click.option("--memory-gib", type=click.FloatRange(0), default=0.0, help="Memory likewise."),
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.command()
@project_options
@json_option
@with_new_session
def run(session: Session, as_json: bool, **given: Any) -> None:
    """Run a project: a folder, a Git repository or an archive, with or without an MLproject file.

    \b
      runfold run .  -P alpha=0.4
      runfold run https://host/team/project.git#sub/folder -v main -e train
      runfold run . -e evaluate.py

    The command's output is shown and kept with the run. Exits with 1 when the command failed.
    """
    from runfold.projects.environments.prepare import EnvironmentManager
    from runfold.projects.relay import reachable
    from runfold.projects.run import ProjectRequest, run_project

    options = ProjectOptions(**given)
    request = ProjectRequest(
        uri=options.uri,
        entry_point=options.entry_point,
        version=options.version,
        credential=options.credential,
        parameters=dict(parse_pairs(options.parameters)),
        experiment_id=experiment_id(session, options.experiment),
        run_name=options.run_name,
        manager=None if options.env_manager is None else EnvironmentManager(options.env_manager),
        timeout_s=options.timeout_s,
        target=options.target,
        resources=options.resources,
    )
    with reachable(session) as tracking_uri:
        done = run_project(session, request, tracking_uri=tracking_uri, tell=tell, tee=show)
    if as_json:
        print_json(done)
    else:
        tell(f"Run {done.run_id} is {done.status.name} ({done.ending.reason})")
    if not done.ending.is_success:
        click.get_current_context().exit(FAILURE)


@click.command()
@click.argument("run", metavar="RUN", shell_complete=run_names)
@click.option("-P", "--param", "parameters", multiple=True, metavar="NAME=VALUE", help="A parameter to change.")
@click.option("--without", multiple=True, metavar="NAME", help="A parameter to leave out. Repeatable.")
@click.option("--from", "where", default="", metavar="URI", help="Repository or folder, if not where the run found it.")
@CREDENTIAL
@click.option("--env-manager", type=click.Choice(MANAGERS), help="As for `runfold run`.")
@click.option("-t", "--target", default="", help="Where it is executed. Default: where the run was.")
@click.option("--here", "is_here", is_flag=True, help="Not where the run was, but as `runfold run` does it.")
@click.option(
    "--tolerance",
    type=click.FloatRange(0),
    default=0.01,
    show_default=True,
    help="Relative difference of last values that counts as noise.",
)
@json_option
@with_session
def rerun(
    session: Session,
    run: str,
    parameters: tuple[str, ...],
    without: tuple[str, ...],
    where: str,
    credential: str,
    env_manager: str | None,
    target: str,
    is_here: bool,
    tolerance: float,
    as_json: bool,
) -> None:
    """Run again what a run did: the same commit, uncommitted changes, parameters and arguments.

    Afterwards says whether the same came out: `same` (every point of every metric), `within noise` (last values near
    the first ones) or `different`, and where it began to differ. Exits with 1 when it is different, or when the
    command failed.
    """
    import msgspec

    from runfold.cli.lookup import find_run
    from runfold.projects.environments.prepare import EnvironmentManager
    from runfold.projects.relay import reachable
    from runfold.projects.rerun import request_of
    from runfold.projects.run import run_project
    from runfold.projects.verdict import Verdict, judge

    origin = find_run(session.store, run)
    request = request_of(
        session,
        origin,
        parameters=dict(parse_pairs(parameters)),
        without=without,
        manager=None if env_manager is None else EnvironmentManager(env_manager),
        where=where,
    )
    request = msgspec.structs.replace(request, credential=credential)
    if target or is_here:
        request = msgspec.structs.replace(request, target=target)
    with reachable(session) as tracking_uri:
        done = run_project(session, request, tracking_uri=tracking_uri, tell=tell, tee=show)
    compared = judge(session, origin, session.store.get_run(done.run_id), tolerance=tolerance)
    if as_json:
        print_json({"run": done, "comparison": compared})
    else:
        tell(f"Run {done.run_id} is {done.status.name} ({done.ending.reason})")
        show_comparison(compared)
    if not done.ending.is_success or compared.verdict is Verdict.DIFFERENT:
        click.get_current_context().exit(FAILURE)


def show_comparison(compared: Comparison) -> None:
    import msgspec

    from runfold.projects.verdict import explain

    print_table(
        [
            Column("metric"),
            Column("verdict"),
            Column("then", is_number=True),
            Column("now", is_number=True),
            Column("from step"),
        ],
        [
            [
                metric.key,
                metric.verdict.value,
                formats.number(metric.first),
                formats.number(metric.second),
                "" if metric.diverges_at is None else str(metric.diverges_at),
            ]
            for metric in compared.metrics
        ],
        empty="Neither run logged a metric.",
    )
    for line in explain(msgspec.structs.replace(compared, metrics=())):
        tell(line)


def experiment_id(session: Session, name: str) -> str:
    """The experiment that a command's runs go to; in every workspace there is a default one."""
    from runfold.tracking.opening import default_experiment_id

    return default_experiment_id(session, name=name)


def tell(line: str) -> None:
    """What happens, for people; the command's own output stays apart from it."""
    click.echo(line, err=True)


def show(output: bytes) -> None:
    sys.stderr.buffer.write(output)
    sys.stderr.buffer.flush()
