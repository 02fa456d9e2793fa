"""Conda's packages, chosen and linked by rattler: no conda is installed, and none is needed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from runfold.errors import MissingDependency, RunfoldError


class CondaFailed(RunfoldError):
    """Packages could not be chosen or had; the message has rattler's words."""


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """What packages are chosen by.

    Attributes:
        subdir: the name of its system and processor in channels, such as `linux-64`.
        virtual_packages: name, version and build of what it brings itself, such as `("__glibc", "2.36", "0")`.
    """

    subdir: str
    virtual_packages: tuple[tuple[str, str, str], ...] = ()


def link(
    channels: Sequence[str],
    specs: Sequence[str],
    path: Path,
    *,
    constraints: Sequence[str] = (),
    machine: Machine | None = None,
    prefix: str = "",
) -> None:
    """Make an environment of conda's packages.

    Args:
        channels: names or addresses.
        specs: what is asked for, as conda writes it.
        path: becomes the environment.
        constraints: likewise, for packages that are needed anyway.
        machine: that it is for; None: this one.
        prefix: where it will lie there; empty: at `path`.

    Raises:
        CondaFailed: a package or channel cannot be had.
        MissingDependency: rattler is not installed.
    """
    rattler = _rattler()
    path.mkdir(parents=True)
    try:
        records = asyncio.run(_solve(rattler, channels, specs, constraints, machine))
        asyncio.run(_install(rattler, records, path, machine, prefix))
    except Exception as error:  # rattler raises its own errors and plain ones alike
        raise CondaFailed(str(error)) from error


async def _solve(
    rattler: Any, channels: Sequence[str], specs: Sequence[str], constraints: Sequence[str], machine: Machine | None
) -> Any:
    return await rattler.solve(
        sources=channels,
        specs=[rattler.MatchSpec(spec) for spec in specs],
        constraints=[rattler.MatchSpec(spec) for spec in constraints],
        platforms=None if machine is None else [rattler.Subdir(machine.subdir), rattler.Subdir("noarch")],
        virtual_packages=rattler.VirtualPackage.detect() if machine is None else _virtual(rattler, machine),
    )


async def _install(rattler: Any, records: Any, path: Path, machine: Machine | None, prefix: str) -> None:
    # Scripts that packages bring for after their linking would run anything: they stay off, as rattler has it.
    await rattler.install(
        records=records,
        target_prefix=str(path),
        platform=None if machine is None else rattler.Subdir(machine.subdir),
        alternative_target_prefix=prefix or None,
        show_progress=False,
    )


def _virtual(rattler: Any, machine: Machine) -> list[Any]:
    return [
        rattler.GenericVirtualPackage(rattler.PackageName(name), rattler.Version(version), rattler.BuildString(build))
        for name, version, build in machine.virtual_packages
    ]


def _rattler() -> Any:
    try:
        import rattler
    except ImportError:
        raise MissingDependency("rattler", needed_for="Making a conda environment", extra="projects") from None
    return rattler
