"""Options that the commands around a model share."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable
from typing import Any, TypeVar

import click

from runfold.cli.connect import tracking_uri_option

F = TypeVar("F", bound=Callable[..., Any])

_INSIDE = "RUNFOLD_INSIDE_MODEL_ENVIRONMENT"
"""Set for a command that was started again in the model's own environment."""


def model_options(command: Callable[..., object]) -> Any:
    """Which model, and what loading it may do."""
    for option in reversed(
        (
            click.option("-m", "--model-uri", "uri", required=True, metavar="URI", help="The model."),
            click.option("--name", default="", help="What clients call the model. [default: its registered name]"),
            click.option("--allow-pickle", is_flag=True, default=None, help="Load files that run code when loaded."),
            click.option("--allow-code", is_flag=True, default=None, help="Import Python files that the model brings."),
        )
    ):
        command = option(command)
    return found_at(command)


def found_at(command: Callable[..., object]) -> Any:
    """Give a command the option --tracking-uri: where `models:/` and `runs:/` lead.

    It is told by the environment, which the processes that serve, and the same command in another one, inherit.
    """

    @functools.wraps(command)
    def run(*args: object, tracking_uri: str | None, **kwargs: object) -> object:
        if tracking_uri:
            from runfold.tracking import address

            os.environ["RUNFOLD_TRACKING_URI"] = address.resolve(tracking_uri)
        return command(*args, **kwargs)

    return tracking_uri_option(run)


def environment_option(command: F) -> F:
    """Where the model runs. `virtualenv` is MLflow's word for what uv makes."""
    return click.option(
        "--env-manager",
        type=click.Choice(["local", "uv", "virtualenv"]),
        default="local",
        help="local: in the current environment; uv: in the one that the model was made for, built once. "
        "[default: local]",
    )(command)


def enter_environment(uri: str, manager: str) -> None:
    """Start the same command again in the model's own environment, unless this is there already; does not return then.

    Raises:
        EnvironmentFailed: the environment cannot be made.
    """
    if manager == "local" or os.environ.get(_INSIDE):
        return
    from runfold.serving.container.environment import home_of

    home = home_of(uri, tell=say)
    sys.stdout.flush()
    os.execve(home.python, [home.python, "-m", "runfold", *sys.argv[1:]], {**home.environ, _INSIDE: home.digest})  # noqa: S606 (no shell, own arguments)


def say(text: str) -> None:
    click.echo(text, err=True)
