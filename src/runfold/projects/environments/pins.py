"""Versions that an environment held, so that the same can be made again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import msgspec

from runfold.launch.far.installed import packages_of
from runfold.projects.environments.recipe import Recipe

_CONDA_FILE = re.compile(r"/([^/\n]+)-([^/\n-]+)-([^/\n-]+)\.(?:conda|tar\.bz2)(?:#|$)", re.MULTILINE)


class Pins(msgspec.Struct, frozen=True, kw_only=True):
    """
    Attributes:
        packages: as pip writes them, `numpy==1.26.4`; sorted.
        conda_packages: as conda writes them, `numpy==1.26.4=py311_0`; sorted.
    """

    packages: tuple[str, ...] = ()
    conda_packages: tuple[str, ...] = ()


def read_pins(described: Mapping[str, str]) -> Pins:
    """From the files that `packages_of` gives, by name."""
    lines = described.get("packages.txt", "").splitlines()
    found = _CONDA_FILE.findall(described.get("conda-packages.txt", ""))
    return Pins(
        packages=tuple(sorted(line for line in lines if "==" in line and not line.startswith("#"))),
        conda_packages=tuple(sorted(f"{name}=={version}={build}" for name, version, build in found)),
    )


def pins_of(environment: Path) -> Pins:
    """Of an environment that is there."""
    return read_pins(packages_of(str(environment)))


def pinned(recipe: Recipe, pins: Pins) -> Recipe:
    """A recipe that takes these versions and no others of what it asks for."""
    return msgspec.structs.replace(recipe, constraints=pins.packages, conda_constraints=pins.conda_packages)
