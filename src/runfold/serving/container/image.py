"""An image of a model: a folder that docker, podman and buildah build alike.

Layers go from what changes least to what changes most: Python's packages by the model's requirements, this Runfold,
the model. Nothing runs as root, nothing is fetched when the container starts, and no name of the model goes
through a shell.

The entry point is a program of its own, so that the same folder works without an engine: a test starts it in a folder
laid out as the image is.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import msgspec

from runfold.errors import AlreadyExists, InvalidValue
from runfold.models.uris import fetched_model, read_mlmodel
from runfold.serving.container.environment import model_recipe
from runfold.serving.container.own_wheel import write_own_wheel

PORT = 8080
_BASE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/:@-]*")
_VERSION = re.compile(r"\d+\.\d+(\.\d+)?")

_DOCKERFILE = """\
# syntax=docker/dockerfile:1
FROM {base}

RUN useradd --create-home --uid 10001 --shell /usr/sbin/nologin model
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 \\
    RUNFOLD_SERVING_HOST=0.0.0.0 RUNFOLD_SERVING_PORT={port} RUNFOLD_SERVING_LOG_FORMAT=json

# What the model asks for: this layer stays cached while its requirements do.
COPY requirements.txt /opt/runfold/requirements.txt
RUN pip install --requirement /opt/runfold/requirements.txt

COPY {wheel} /opt/runfold/{wheel}
RUN pip install "/opt/runfold/{wheel}[serving]"

COPY entrypoint.py /opt/runfold/entrypoint.py
COPY --chown=model:model model /opt/ml/model

USER 10001
WORKDIR /home/model
EXPOSE {port}
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s CMD ["python", "/opt/runfold/entrypoint.py", "check"]
ENTRYPOINT ["python", "/opt/runfold/entrypoint.py"]
CMD ["serve"]
"""

_ENTRYPOINT = '''\
"""The program of the image: `serve` (also what SageMaker calls), or `check` for a health check."""

import os
import sys
import urllib.request

FOLDER = os.environ.get("RUNFOLD_MODEL", "/opt/ml/model")
OPTIONS = {options!r}


def check():
    port = os.environ.get("RUNFOLD_SERVING_PORT", "{port}")
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{{port}}/ping", timeout=3) as answer:
            return 0 if answer.status == 200 else 1
    except OSError as error:
        print(f"The model is not served on port {{port}}: {{error}}", file=sys.stderr)
        return 1


def serve(arguments):
    command = [sys.executable, "-m", "runfold", "models", "serve", "--model-uri", FOLDER, *OPTIONS, *arguments]
    os.execv(sys.executable, command)


if __name__ == "__main__":
    words = sys.argv[1:]
    if words[:1] == ["check"]:
        sys.exit(check())
    serve(words[1:] if words[:1] == ["serve"] else words)
'''

_IGNORED = "**/__pycache__\n**/*.pyc\n.git\n"


class ImageContext(msgspec.Struct, frozen=True, kw_only=True):
    """A folder that an engine builds.

    Attributes:
        folder: holds the Dockerfile.
        name: what the model is called inside.
        files: written, relative to the folder.
    """

    folder: Path
    name: str
    files: tuple[str, ...]


def write_image_context(
    uri: str,
    folder: Path,
    *,
    name: str = "",
    base: str = "",
    allow_pickle: bool = False,
    allow_code: bool = False,
    with_mlflow: bool = False,
) -> ImageContext:
    """Write what an engine builds an image from.

    Args:
        folder: empty or not there yet.
        base: the image to build on; empty: Python's slim one, of the version that the model was made with.
        allow_pickle, allow_code: what loading the model may do inside the container.
        with_mlflow: install MLflow too, where the model's requirements list it.

    Raises:
        AlreadyExists: the folder has something in it.
        NotFound: there is no such model, or nothing says what it needs.
        InvalidValue: the base is no name of an image.
    """
    if folder.exists() and any(folder.iterdir()):
        raise AlreadyExists("folder", str(folder), "Give one that is empty.")
    if base and not _BASE.fullmatch(base):
        raise InvalidValue(f"{base[:100]!r} is no name of an image.")
    folder.mkdir(parents=True, exist_ok=True)
    with fetched_model(uri) as model:
        read_mlmodel(model)
        recipe = model_recipe(model, with_mlflow=with_mlflow)
        shutil.copytree(model, folder / "model", symlinks=False)
    wheel = write_own_wheel(folder)
    called = name or uri.rstrip("/").rpartition("/")[2]
    options = ["--name", called] + ["--allow-pickle"] * allow_pickle + ["--allow-code"] * allow_code
    version = recipe.python if _VERSION.fullmatch(recipe.python) else "3.11"
    minor = ".".join(version.split(".")[:2])
    texts = {
        "Dockerfile": _DOCKERFILE.format(base=base or f"python:{minor}-slim", port=PORT, wheel=wheel.name),
        "entrypoint.py": _ENTRYPOINT.format(options=options, port=PORT),
        "requirements.txt": "".join(f"{line.text}\n" for line in recipe.requirements),
        ".dockerignore": _IGNORED,
    }
    for path, text in texts.items():
        (folder / path).write_text(text, encoding="utf-8")
    return ImageContext(folder=folder, name=called, files=(*texts, wheel.name, "model"))
