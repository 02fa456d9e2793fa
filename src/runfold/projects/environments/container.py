"""Commands inside a container, by docker or podman: whichever is there."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from runfold.domain.project import EnvironmentSpec
from runfold.errors import InvalidValue, MissingDependency

ENGINES = ("docker", "podman")
CODE = "/mlflow/projects/code"
"""Where the project's folder stands inside; MLflow's images expect it there."""


def find_engine() -> str:
    """The first engine that is installed. Raises MissingDependency when none is."""
    for name in ENGINES:
        if found := shutil.which(name):
            return found
    raise MissingDependency("docker or podman", needed_for="Running a project in a container", extra="projects")


def container_command(
    engine: str,
    spec: EnvironmentSpec,
    vector: Sequence[str],
    *,
    folder: Path,
    variables: Mapping[str, str],
    environ: Mapping[str, str],
) -> tuple[str, ...]:
    """The command that runs another one in the project's image.

    Values of variables do not stand in it: the engine takes them from its own environment, so that no list of processes
    shows a secret.

    Args:
        variables: that the command needs; handed over by name, in the engine's environment.
        environ: of the caller, from which the project's own variables may come.

    Raises:
        InvalidValue: the image or a volume cannot be meant as such.
    """
    for text in (spec.image, *spec.volumes):
        if text.startswith("-") or not text.strip():
            raise InvalidValue(f"{text!r} is no name of an image or volume.")
    given = [text for text in spec.variables if "=" in text or text in environ]
    options = [
        "--rm",
        "--init",
        "--network=host",  # the server that the run records to may listen on loopback alone
        f"--volume={folder}:{CODE}",
        f"--workdir={CODE}",
        *(f"--volume={volume}" for volume in spec.volumes),
        *(f"--env={text}" for text in given),
        *(f"--env={name}" for name in sorted(variables)),
    ]
    if hasattr(os, "getuid"):
        options.append(f"--user={os.getuid()}:{os.getgid()}")  # files that it makes belong to the caller
    return (engine, "run", *options, spec.image, *vector)
