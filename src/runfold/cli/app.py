"""The root command."""

from __future__ import annotations

import os

import click

from runfold import __version__
from runfold.cli.artifacts import artifacts
from runfold.cli.audit import audit
from runfold.cli.compare import compare
from runfold.cli.completion import completion
from runfold.cli.datasets import datasets
from runfold.cli.db import db
from runfold.cli.doctor import doctor
from runfold.cli.exits import Commands
from runfold.cli.experiments import experiments
from runfold.cli.grants import grants
from runfold.cli.groups import groups
from runfold.cli.jobs import agent, jobs
from runfold.cli.login import login, logout, whoami
from runfold.cli.metrics import metrics
from runfold.cli.models import models
from runfold.cli.projects import environments, projects
from runfold.cli.purge import purge
from runfold.cli.register import register
from runfold.cli.retention import retention
from runfold.cli.run import rerun, run
from runfold.cli.runs import runs
from runfold.cli.search import search
from runfold.cli.secrets import secrets
from runfold.cli.server import server
from runfold.cli.serving.deployments import deployments
from runfold.cli.sync import sync
from runfold.cli.targets import targets
from runfold.cli.tokens import tokens
from runfold.cli.usage import usage
from runfold.cli.users import users
from runfold.cli.webhooks import webhooks
from runfold.cli.workspaces import workspaces

EXIT_CODES = """\b
Exit codes:
  0  done
  1  failed
  2  the command line, a filter or a value is not acceptable
  3  nothing has this id or name
  4  the server or store cannot be used just now; trying again later makes sense
  5  it collides with what is there (a taken name, a deleted record)
  6  access denied
"""


WORKSPACE_VARIABLE = "RUNFOLD_WORKSPACE"


@click.group(
    cls=Commands, epilog=EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, prog_name="runfold")
@click.option(
    "--workspace", metavar="NAME", help="Work in this one, before the command. Default: RUNFOLD_WORKSPACE, or your own."
)
@click.pass_context
def main(context: click.Context, workspace: str | None) -> None:
    """Record, find, compare and keep machine-learning runs.

    Commands work on the store named by --tracking-uri or RUNFOLD_TRACKING_URI: a server
    (http://host:port) or a store URI (sqlite:///path, postgresql://...). Without either, on the
    folder ./.runfold.

    On a terminal, tables fit its width. In a pipe they are tab-separated and whole; --json gives
    one JSON document.
    """
    if workspace is not None:
        _work_in(workspace, context)


def _work_in(workspace: str, context: click.Context) -> None:
    """By the environment, so that what a command starts works there, too; until the command is done."""
    before = os.environ.get(WORKSPACE_VARIABLE)
    os.environ[WORKSPACE_VARIABLE] = workspace

    def put_back() -> None:
        if before is None:
            os.environ.pop(WORKSPACE_VARIABLE, None)
        else:
            os.environ[WORKSPACE_VARIABLE] = before

    context.call_on_close(put_back)


for command in (
    server,
    search,
    runs,
    experiments,
    metrics,
    compare,
    artifacts,
    datasets,
    models,
    webhooks,
    register,
    deployments,
    run,
    rerun,
    projects,
    jobs,
    agent,
    targets,
    secrets,
    environments,
    sync,
    purge,
    db,
    doctor,
    login,
    whoami,
    logout,
    users,
    groups,
    workspaces,
    tokens,
    usage,
    retention,
    grants,
    audit,
    completion,
):
    main.add_command(command)
