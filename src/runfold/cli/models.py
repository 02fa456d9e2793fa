"""`runfold models`: one module for each command."""

from __future__ import annotations

import click

from runfold.cli.serving.build_image import build_image
from runfold.cli.serving.predict import predict
from runfold.cli.serving.prepare_env import prepare_env
from runfold.cli.serving.serve import serve


@click.group()
def models() -> None:
    """Serve models, and predict with them."""


for command in (serve, predict, prepare_env, build_image):
    models.add_command(command)
