"""Options that the commands around a model share."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

_INSIDE = "RUNFOLD_INSIDE_MODEL_ENVIRONMENT"
"""Set for a command that was started again in the model's own environment, to what that was made from."""


def model_options(command: F) -> F:
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
    return command


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
    from runfold.models.uris import fetched_model
    from runfold.serving.container.environment import build_environment, model_recipe, recipe_digest

    with fetched_model(uri) as folder:
        recipe = model_recipe(folder)
        path = build_environment(recipe, f"the model {uri}", tell=say)
    python = path / "bin" / "python"
    environ = {**os.environ, _INSIDE: recipe_digest(recipe), "VIRTUAL_ENV": str(path)}
    environ["PATH"] = os.pathsep.join([str(path / "bin"), os.environ.get("PATH", "")])
    environ.pop("PYTHONPATH", None)
    sys.stdout.flush()
    os.execve(python, [str(python), "-m", "runfold", *sys.argv[1:]], environ)  # noqa: S606 (no shell, own arguments)


def entered_environment() -> str:
    """What the environment was made from that this command was started again in; empty: it was not."""
    return os.environ.get(_INSIDE, "")


def say(text: str) -> None:
    click.echo(text, err=True)
