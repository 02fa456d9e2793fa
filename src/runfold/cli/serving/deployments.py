"""`runfold deployments`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from runfold.cli.connect import json_option
from runfold.cli.output import print_json
from runfold.cli.serving.options import found_at
from runfold.errors import InvalidValue

if TYPE_CHECKING:
    from runfold.serving.deploy.base import Deployment, DeployTarget

_TARGET = click.option(
    "-t", "--target", required=True, envvar="RUNFOLD_DEPLOYMENTS_TARGET", metavar="URI", help="Where models run."
)
_NAME = click.option("--name", required=True, help="Of the deployment.")
_CONFIG = click.option("-C", "--config", "config", multiple=True, metavar="KEY=VALUE", help="A setting. Repeatable.")


@click.group()
def deployments() -> None:
    """Deploy models to other machines.

    \b
    -t sagemaker:/REGION                     Amazon SageMaker
    -t azureml:/SUBSCRIPTION/GROUP/WORKSPACE Azure Machine Learning
    -t kubernetes:/NAMESPACE                 a Deployment and a Service, by kubectl
    -t kserve:/NAMESPACE                     an InferenceService, by kubectl
    -t ssh://USER@HOST:PORT/FOLDER           a host that one logs in to

    Packages add targets by the entry-point group runfold.deployments.
    """


@deployments.command()
@_TARGET
@_NAME
@click.option("-m", "--model-uri", "uri", required=True, metavar="URI", help="The model.")
@_CONFIG
@found_at
@json_option
def create(target: str, name: str, uri: str, config: tuple[str, ...], as_json: bool) -> None:
    """Deploy a model."""
    _show(_open(target).create(name, uri, _settings(config)), as_json)


@deployments.command()
@_TARGET
@_NAME
@click.option("-m", "--model-uri", "uri", default="", metavar="URI", help="Another model. [default: the same]")
@_CONFIG
@found_at
@json_option
def update(target: str, name: str, uri: str, config: tuple[str, ...], as_json: bool) -> None:
    """Put another model or configuration in the place of a deployment."""
    _show(_open(target).update(name, uri, _settings(config)), as_json)


@deployments.command()
@_TARGET
@_NAME
def delete(target: str, name: str) -> None:
    """Remove a deployment and what it was made of."""
    _open(target).delete(name)


@deployments.command("list")
@_TARGET
@json_option
def list_command(target: str, as_json: bool) -> None:
    """List the deployments of a target."""
    found = _open(target).list_all()
    if as_json:
        print_json([_plain(deployment) for deployment in found])
    for deployment in () if as_json else found:
        click.echo(f"{deployment.name}\t{deployment.state}\t{deployment.model_uri}\t{deployment.endpoint}")


@deployments.command()
@_TARGET
@_NAME
@json_option
def get(target: str, name: str, as_json: bool) -> None:
    """Show one deployment."""
    _show(_open(target).get(name), as_json)


@deployments.command()
@_TARGET
@_NAME
@click.option("-i", "--input-path", type=click.Path(path_type=Path), help="The request. [default: stdin]")
@click.option("--content-type", default="application/json", help="[default: application/json]")
def predict(target: str, name: str, input_path: Path | None, content_type: str) -> None:
    """Send a request of the scoring protocol and print its answer."""
    body = input_path.read_bytes() if input_path else sys.stdin.buffer.read()
    click.echo(_open(target).predict(name, body, content_type))


def _open(target: str) -> DeployTarget:
    from runfold.serving.deploy.targets import open_target

    return open_target(target)


def _settings(given: tuple[str, ...]) -> dict[str, str]:
    settings = {}
    for text in given:
        key, separator, value = text.partition("=")
        if not separator or not key:
            raise InvalidValue(f"A setting is written KEY=VALUE; found {text[:100]!r}.")
        settings[key] = value
    return settings


def _show(deployment: Deployment, as_json: bool) -> None:
    if as_json:
        print_json(_plain(deployment))
        return
    for key, value in _plain(deployment).items():
        click.echo(f"{key}\t{value}")


def _plain(deployment: Deployment) -> dict[str, Any]:
    import msgspec

    found = msgspec.structs.asdict(deployment)
    return {**{key: value for key, value in found.items() if key != "details"}, **found["details"]}
