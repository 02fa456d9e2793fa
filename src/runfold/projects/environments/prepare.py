"""From what a project asks for to a folder of programs that its command runs with."""

from __future__ import annotations

import enum
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec

from runfold.domain.project import EnvironmentKind, EnvironmentSpec
from runfold.errors import NotSupported
from runfold.projects.environments import uv
from runfold.projects.environments.cache import EnvironmentCache
from runfold.projects.environments.recipe import Recipe, as_pip, read_recipe


class EnvironmentManager(enum.StrEnum):
    """Who makes the environment: `local` takes the one that Runfold runs in."""

    LOCAL = "local"
    UV = "uv"
    CONDA = "conda"
    CONTAINER = "docker"


class Prepared(msgspec.Struct, frozen=True, kw_only=True):
    """An environment that is there.

    Attributes:
        bin_folder: stands first in the command's PATH.
        variables: that the command gets.
        mlflow_name: the value of MLflow's tag `mlflow.project.env`.
        digest: of the content; empty for the current environment.
    """

    bin_folder: Path
    variables: dict[str, str]
    mlflow_name: str
    digest: str = ""


def prepare(
    spec: EnvironmentSpec,
    folder: Path,
    *,
    manager: EnvironmentManager | None = None,
    tell: Callable[[str], None],
    cache: EnvironmentCache | None = None,
) -> Prepared:
    """Make the environment of a project, or find it made.

    Args:
        folder: of the project.
        manager: None: as the project asks; a conda.yaml is then made by uv when it lists nothing that only conda has.

    Raises:
        EnvironmentFailed: something that it asks for cannot be had.
        NotSupported: it asks for what this machine cannot do.
    """
    if manager is EnvironmentManager.LOCAL or (manager is None and spec.kind is EnvironmentKind.CURRENT):
        return Prepared(bin_folder=Path(sys.executable).parent, variables={}, mlflow_name="local")
    if spec.kind is EnvironmentKind.CONTAINER or manager is EnvironmentManager.CONTAINER:
        raise NotSupported(
            f"The project runs in the container image {spec.image!r}. Containers are not run from here yet; "
            "--env-manager local runs it in the current environment."
        )
    if spec.kind is EnvironmentKind.CURRENT:
        raise NotSupported(
            f"The project names no environment that {manager} could make: it has no python_env.yaml, conda.yaml, "
            "pyproject.toml or requirements.txt."
        )
    if manager is EnvironmentManager.CONDA:
        raise NotSupported("Environments by conda are not made yet; --env-manager uv takes the packages from PyPI.")
    recipe = as_pip(read_recipe(spec, folder))
    digest = recipe.digest("uv")
    made_from = f"{spec.path} of {folder.name}"
    path = (cache or EnvironmentCache()).ensure(
        digest, made_from, lambda target: _build(recipe, target, spec.path, tell)
    )
    return Prepared(
        bin_folder=path / "bin", variables={"VIRTUAL_ENV": str(path)}, mlflow_name="virtualenv", digest=digest
    )


def _build(recipe: Recipe, target: Path, made_from: str, tell: Callable[[str], None]) -> None:
    tell(f"Making the environment of {made_from}; the next run finds it made")
    uv.build(recipe, target, tell)
