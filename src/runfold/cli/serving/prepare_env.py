"""`runfold models prepare-env`."""

from __future__ import annotations

import click

from runfold.cli.serving.options import say


@click.command("prepare-env")
@click.option("-m", "--model-uri", "uri", required=True, metavar="URI", help="The model.")
def prepare_env(uri: str) -> None:
    """Make the environment that a model was made for, so that serve and predict find it there.

    Prints its folder. The same requirements give the same environment, which all models share that have them;
    `runfold environments list` shows what there is.
    """
    from runfold.models.uris import fetched_model
    from runfold.serving.container.environment import build_environment, model_recipe

    with fetched_model(uri) as folder:
        click.echo(build_environment(model_recipe(folder), f"the model {uri}", tell=say))
