"""`runfold models build-image`."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from runfold.cli.serving.options import model_options, say


@click.command("build-image")
@model_options
@click.option("-n", "--tag", default="", metavar="NAME[:TAG]", help="What the image is called. [default: the model]")
@click.option("--engine", type=click.Choice(["docker", "podman", "buildah"]), help="[default: the first installed]")
@click.option("--base-image", default="", help="Image to build on. [default: python:<version of the model>-slim]")
@click.option("--with-mlflow", is_flag=True, help="Install MLflow too, where the model lists it.")
@click.option(
    "--context-only",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Write what an engine builds from into this folder, and build nothing.",
)
def build_image(
    uri: str,
    name: str,
    allow_pickle: bool | None,
    allow_code: bool | None,
    tag: str,
    engine: str | None,
    base_image: str,
    with_mlflow: bool,
    context_only: Path | None,
) -> None:
    """Make a container image that serves a model on port 8080, not as root.

    The image has the model, what it was made for and this Runfold. SageMaker, KServe, Azure ML and Kubernetes take it
    as it is; so does `docker run -p 8080:8080 NAME`. Settings are environment variables RUNFOLD_SERVING_<NAME>.
    """
    from runfold.serving.container.engine import build, find_engine
    from runfold.serving.container.image import write_image_context

    chosen = None if context_only else find_engine(engine or "")
    with tempfile.TemporaryDirectory(prefix="runfold-image-") as place:
        context = write_image_context(
            uri,
            context_only or Path(place) / "context",
            name=name,
            base=base_image,
            allow_pickle=bool(allow_pickle),
            allow_code=bool(allow_code),
            with_mlflow=with_mlflow,
        )
        if chosen is None:
            click.echo(context.folder)
            return
        build(chosen, context.folder, tag or context.name.lower())
    say(f"image {tag or context.name.lower()} is built")
