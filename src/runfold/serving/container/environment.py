"""The environment that a model was made for, made by uv once and shared, with this Runfold inside."""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import msgspec

from runfold.domain.project import EnvironmentKind, EnvironmentSpec
from runfold.errors import NotFound
from runfold.models.uris import fetched_model
from runfold.projects.environments import uv
from runfold.projects.environments.cache import EnvironmentCache
from runfold.projects.environments.recipe import Recipe, Requirement, as_pip, read_recipe
from runfold.serving.container.own_wheel import write_own_wheel

_FILES = (
    ("python_env.yaml", EnvironmentKind.UV),
    ("conda.yaml", EnvironmentKind.CONDA),
    ("requirements.txt", EnvironmentKind.UV),
)
_NOT_NEEDED = ("mlflow", "mlflow-skinny", "mlflow-tracing")
"""Models that MLflow saved ask for it; here they are loaded without, unless their code imports it."""


class Home(NamedTuple):
    """Where a model runs.

    Attributes:
        python: its interpreter.
        environ: of the processes that run there.
        digest: of what it was made from, see `recipe_digest`; empty: any model will do.
    """

    python: str
    environ: Mapping[str, str]
    digest: str = ""


def current_home() -> Home:
    """The environment that this process runs in."""
    return Home(sys.executable, dict(os.environ))


def home_of(uri: str, *, tell: Callable[[str], None], cache: EnvironmentCache | None = None) -> Home:
    """The environment that a model was made for; made on first use.

    Raises:
        NotFound: there is no such model, or nothing says what it needs.
        EnvironmentFailed: something that it asks for cannot be had.
    """
    with fetched_model(uri) as folder:
        recipe = model_recipe(folder)
    path = build_environment(recipe, f"the model {uri}", tell=tell, cache=cache)
    environ = {**os.environ, "VIRTUAL_ENV": str(path)}
    environ["PATH"] = os.pathsep.join([str(path / "bin"), os.environ.get("PATH", "")])
    environ.pop("PYTHONPATH", None)  # what lies there was made for this Python
    return Home(str(path / "bin" / "python"), environ, recipe_digest(recipe))


def model_recipe(folder: Path, *, with_mlflow: bool = False) -> Recipe:
    """What a model's folder asks for, of the first file that is there.

    Raises:
        NotFound: no file says what the model needs.
        InvalidValue: it cannot be read.
    """
    for name, kind in _FILES:
        if (folder / name).is_file():
            recipe = as_pip(read_recipe(EnvironmentSpec(kind=kind, path=name), folder))
            kept = [line for line in recipe.requirements if with_mlflow or _package(line.text) not in _NOT_NEEDED]
            return msgspec.structs.replace(recipe, requirements=tuple(kept))
    raise NotFound("file of requirements in the model", ", ".join(name for name, _ in _FILES))


def recipe_digest(recipe: Recipe) -> str:
    """The same for all models that can run in one environment."""
    return recipe.digest("model", "")


def build_environment(
    recipe: Recipe, description: str, *, tell: Callable[[str], None], cache: EnvironmentCache | None = None
) -> Path:
    """The environment of a recipe with this Runfold; made on first use.

    Raises:
        EnvironmentFailed: something that it asks for cannot be had.
    """
    with tempfile.TemporaryDirectory(prefix="runfold-wheel-") as place:
        wheel = write_own_wheel(Path(place))
        ours = Requirement(f"runfold[serving] @ {wheel.as_uri()}", "this installation of Runfold")
        complete = msgspec.structs.replace(recipe, requirements=(*recipe.requirements, ours))
        digest = recipe.digest("model", hashlib.sha256(wheel.read_bytes()).hexdigest())

        def build(target: Path) -> None:
            tell(f"Making the environment of {description}; the next time it is there")
            uv.build(complete, target, tell)

        return (cache or EnvironmentCache()).ensure(digest, description, build)


def _package(requirement: str) -> str:
    name = requirement.split(";")[0].split("[")[0].strip()
    for sign in "=<>!~@ ":
        name = name.split(sign)[0]
    return name.strip().lower().replace("_", "-")
