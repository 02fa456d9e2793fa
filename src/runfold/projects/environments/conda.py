"""Environments of conda packages: those of conda first, then those of the pip section."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from runfold.launch.conda import CondaFailed, link
from runfold.projects.environments import uv
from runfold.projects.environments.recipe import Recipe

DEFAULT_CHANNELS = ("conda-forge",)


def build(recipe: Recipe, path: Path, folder: Path, tell: Callable[[str], None]) -> None:
    """Make an environment: conda's packages first, then those of its pip section.

    Args:
        folder: of the project; channels that are paths count from it.

    Raises:
        EnvironmentFailed: a package or channel cannot be had.
        MissingDependency: rattler is not installed.
    """
    specs, channels = specs_of(recipe), channels_of(recipe, folder)
    tell(f"Solving {', '.join(specs) or 'an empty environment'} from {', '.join(channels)}")
    try:
        link(channels, specs, path, constraints=recipe.conda_constraints)
    except CondaFailed as error:
        asked = "".join(f"\n  {line.text}  ({line.place})" for line in recipe.conda_packages)
        raise uv.EnvironmentFailed(
            f"The conda environment could not be made from {', '.join(channels)}. It asks for:{asked}\n{error}"
        ) from error
    if recipe.requirements:
        uv.install(recipe, path)


def specs_of(recipe: Recipe) -> tuple[str, ...]:
    """What is asked of conda: its packages, and Python where the recipe needs one."""
    specs = tuple(package.text for package in recipe.conda_packages)
    if recipe.python or recipe.requirements:
        specs += (f"python {recipe.python}.*" if recipe.python else "python",)
    return specs


def channels_of(recipe: Recipe, folder: Path) -> tuple[str, ...]:
    """Names and addresses of channels; paths count from the project's folder."""
    return tuple(_channel(channel, folder) for channel in recipe.channels or DEFAULT_CHANNELS)


def _channel(channel: str, folder: Path) -> str:
    """`defaults` means conda-forge here: Anaconda's own channel asks for a licence. Paths become addresses."""
    if channel == "defaults":
        return DEFAULT_CHANNELS[0]
    if channel.startswith((".", "/")):
        return (folder / channel).resolve().as_uri()
    return channel
