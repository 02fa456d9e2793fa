"""From what a project asks for to a folder of programs that its command runs with."""

from __future__ import annotations

import enum
import os
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import msgspec

from runfold.domain.project import EnvironmentKind, EnvironmentSpec
from runfold.errors import InvalidValue, NotSupported
from runfold.launch.far.installed import packages_of
from runfold.projects.environments import conda, uv
from runfold.projects.environments.cache import EnvironmentCache
from runfold.projects.environments.container import container_command, find_engine
from runfold.projects.environments.pins import Pins, pinned, pins_of
from runfold.projects.environments.recipe import Recipe, as_pip, read_recipe
from runfold.tracking.environment import installed_packages


class EnvironmentManager(enum.StrEnum):
    """Who makes the environment: `local` takes the one that Runfold runs in."""

    LOCAL = "local"
    UV = "uv"
    CONDA = "conda"
    CONTAINER = "docker"


def manager_of(name: str) -> EnvironmentManager:
    """Raises InvalidValue when there is none of the name."""
    if name == "virtualenv":  # so MLflow calls what it makes of a python_env
        return EnvironmentManager.UV
    try:
        return EnvironmentManager(name)
    except ValueError:
        raise InvalidValue(f"env_manager is {name[:100]!r}; it takes one of {', '.join(EnvironmentManager)}.") from None


class Prepared(msgspec.Struct, frozen=True, kw_only=True):
    """An environment that is there.

    Attributes:
        bin_folder: stands first in the command's PATH.
        variables: that the command gets.
        mlflow_name: the value of MLflow's tag `mlflow.project.env`.
        digest: of the content; empty for the current environment; of a container, the image's name.
        engine: the program that runs the image of `spec`; empty: no container.
    """

    bin_folder: Path
    variables: dict[str, str] = {}
    mlflow_name: str
    digest: str = ""
    spec: EnvironmentSpec = EnvironmentSpec()
    engine: str = ""

    def packages(self) -> dict[str, str]:
        """What is installed in it, as files by name; nothing is known of what an image holds."""
        if self.engine:
            return {}
        return packages_of(str(self.bin_folder.parent)) if self.digest else {"packages.txt": installed_packages()}

    def command(self, vector: tuple[str, ...], folder: Path, variables: Mapping[str, str]) -> tuple[str, ...]:
        """How a command is started in this environment.

        Args:
            variables: that it needs beside those of the caller.
        """
        if not self.engine:
            return vector
        return container_command(self.engine, self.spec, vector, folder=folder, variables=variables, environ=os.environ)


def prepare(
    spec: EnvironmentSpec,
    folder: Path,
    *,
    manager: EnvironmentManager | None = None,
    pins: Pins | None = None,
    tell: Callable[[str], None],
    cache: EnvironmentCache | None = None,
) -> Prepared:
    """Make the environment of a project, or find it made.

    Args:
        folder: of the project.
        manager: None: as the project asks; a conda.yaml that lists Python and pip's packages alone is made by uv, which
            is quicker and gives the same.
        pins: versions that it had when it was made before; where they cannot be had, a line says so, and the project's
            own conditions decide alone.

    Raises:
        EnvironmentFailed: something that it asks for cannot be had.
        NotSupported: the project does not describe what this manager makes.
        MissingDependency: what makes it is not installed.
    """
    if manager is EnvironmentManager.LOCAL or (manager is None and spec.kind is EnvironmentKind.CURRENT):
        return Prepared(bin_folder=Path(sys.executable).parent, mlflow_name="local")
    if manager is EnvironmentManager.CONTAINER or (manager is None and spec.kind is EnvironmentKind.CONTAINER):
        return _container(spec)
    if spec.kind not in (EnvironmentKind.UV, EnvironmentKind.CONDA):
        raise NotSupported(
            f"The project describes nothing that {manager} could make: it has no python_env.yaml, conda.yaml, "
            "pyproject.toml or requirements.txt. --env-manager local runs it in the current environment."
        )
    recipe = read_recipe(spec, folder)
    cache = cache or EnvironmentCache()
    description = f"{spec.path} of {folder.name}"
    if manager is EnvironmentManager.CONDA or (manager is None and recipe.needs_conda):
        make = partial(_conda, folder=folder, description=description, cache=cache, tell=tell)
    else:
        recipe = as_pip(recipe)
        make = partial(_uv, description=description, cache=cache, tell=tell)
    if pins is None or recipe.locked:
        return make(recipe)
    return _made_again(recipe, pins, make, cache, tell)


def _made_again(
    recipe: Recipe, pins: Pins, make: Callable[[Recipe], Prepared], cache: EnvironmentCache, tell: Callable[[str], None]
) -> Prepared:
    """With the versions of before: found, if what is there has them, or else made."""
    kinds = ("conda", "uv")
    there = [found for kind in kinds if (found := cache.find(recipe.digest(kind))) is not None]
    if any(pins_of(found) == pins for found in there):
        return make(recipe)
    try:
        return make(pinned(recipe, pins))
    except uv.EnvironmentFailed as error:
        tell(f"The versions of that run cannot be had any more, so others are taken. {error.message}")
        return make(recipe)


def _container(spec: EnvironmentSpec) -> Prepared:
    if spec.kind is not EnvironmentKind.CONTAINER:
        raise NotSupported("The project names no image: its MLproject file has no docker_env.")
    # The program's own search path is the image's: nothing of this machine stands before it.
    return Prepared(
        bin_folder=Path(sys.executable).parent,
        mlflow_name="docker",
        digest=spec.image,
        spec=spec,
        engine=find_engine(),
    )


def _uv(recipe: Recipe, *, description: str, cache: EnvironmentCache, tell: Callable[[str], None]) -> Prepared:
    def build(target: Path) -> None:
        tell(f"Making the environment of {description}; the next run finds it made")
        uv.build(recipe, target, tell)

    digest = recipe.digest("uv")
    path = cache.ensure(digest, description, build)
    return Prepared(
        bin_folder=path / "bin", variables={"VIRTUAL_ENV": str(path)}, mlflow_name="virtualenv", digest=digest
    )


def _conda(
    recipe: Recipe, *, folder: Path, description: str, cache: EnvironmentCache, tell: Callable[[str], None]
) -> Prepared:
    def build(target: Path) -> None:
        tell(f"Making the conda environment of {description}; the next run finds it made")
        conda.build(recipe, target, folder, tell)

    digest = recipe.digest("conda")
    path = cache.ensure(digest, description, build)
    return Prepared(bin_folder=path / "bin", variables={"CONDA_PREFIX": str(path)}, mlflow_name="conda", digest=digest)
