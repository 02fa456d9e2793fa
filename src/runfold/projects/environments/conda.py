"""Environments of conda packages, made by rattler: no conda is installed, and none is needed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from runfold.errors import MissingDependency
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
    rattler = _rattler()
    specs = [package.text for package in recipe.conda_packages]
    if recipe.python or recipe.requirements:
        specs.append(f"python {recipe.python}.*" if recipe.python else "python")
    channels = [_channel(channel, folder) for channel in recipe.channels or DEFAULT_CHANNELS]
    tell(f"Solving {', '.join(specs) or 'an empty environment'} from {', '.join(channels)}")
    path.mkdir(parents=True)
    try:
        asyncio.run(_install(rattler, channels, specs, path))
    except Exception as error:  # rattler raises its own errors and plain ones alike
        asked = "".join(f"\n  {line.text}  ({line.place})" for line in recipe.conda_packages)
        raise uv.EnvironmentFailed(
            f"The conda environment could not be made from {', '.join(channels)}. It asks for:{asked}\n{error}"
        ) from error
    if recipe.requirements:
        uv.install(recipe, path)


async def _install(rattler: Any, channels: list[str], specs: list[str], path: Path) -> None:
    records = await rattler.solve(
        sources=channels,
        specs=[rattler.MatchSpec(spec) for spec in specs],
        virtual_packages=rattler.VirtualPackage.detect(),
    )
    # Scripts that packages bring for after their linking would run anything: they stay off, as rattler has it.
    await rattler.install(records=records, target_prefix=str(path), show_progress=False)


def _channel(channel: str, folder: Path) -> str:
    """`defaults` means conda-forge here: Anaconda's own channel asks for a licence. Paths become addresses."""
    if channel == "defaults":
        return DEFAULT_CHANNELS[0]
    if channel.startswith((".", "/")):
        return (folder / channel).resolve().as_uri()
    return channel


def _rattler() -> Any:
    try:
        import rattler
    except ImportError:
        raise MissingDependency("rattler", needed_for="Making a conda environment", extra="projects") from None
    return rattler
