"""Environments made by uv: a Python of the version asked for, and packages from the index or its cache."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from runfold.errors import InvalidValue, MissingDependency, RunfoldError
from runfold.launch.programs import run_program
from runfold.projects.environments.recipe import Recipe, Requirement

TIMEOUT_S = 3600.0

_VERSION = re.compile(r"\d+(\.\d+)*")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class EnvironmentFailed(RunfoldError):
    """An environment could not be made; the message names the line that asks for what is missing."""


def build(recipe: Recipe, path: Path, tell: Callable[[str], None]) -> None:
    """Make a virtual environment.

    Raises:
        EnvironmentFailed: Python or a package cannot be had.
    """
    _make(recipe.python, path, tell)
    if recipe.project is not None:
        _install_project(recipe, recipe.project, path)
    else:
        install(recipe, path)


def install(recipe: Recipe, path: Path) -> None:
    """Put a recipe's requirements into an environment that is there. Raises as `build` does."""
    if recipe.requirements:
        listed = path / "requirements.txt"
        listed.write_text("".join(f"{line.text}\n" for line in recipe.requirements), encoding="utf-8")
        install = ["pip", "install", "--python", str(path), "--requirement", str(listed)]
        _uv([*install, *_constraints(recipe, path)], recipe.requirements)


def _constraints(recipe: Recipe, path: Path) -> list[str]:
    if not recipe.constraints:
        return []
    listed = path / "constraints.txt"
    listed.write_text("".join(f"{line}\n" for line in recipe.constraints), encoding="utf-8")
    return ["--constraint", str(listed)]


def _make(python: str, path: Path, tell: Callable[[str], None]) -> None:
    wanted = python or "{}.{}".format(*sys.version_info[:2])
    if not _VERSION.fullmatch(wanted):
        raise InvalidValue(f"{python!r} is no version of Python; write it as 3.11 or 3.11.9.")
    minor = ".".join(wanted.split(".")[:2])
    for version in dict.fromkeys([wanted, minor]):
        done = _run(["venv", "--quiet", "--python", version, str(path)])
        if done.returncode == 0:
            if version != wanted:
                tell(f"Python {wanted} is not to be had here; the environment has another {version}.")
            return
    raise EnvironmentFailed(
        f"The environment asks for Python {wanted}, which is not installed here and could not be fetched. Install it, "
        f"or change the version.\n{_last_lines(done.stderr)}"
    )


def _install_project(recipe: Recipe, folder: Path, path: Path) -> None:
    if (folder / "uv.lock").is_file():
        command = ["sync", "--project", str(folder), "--frozen", "--inexact", "--active"]
        done = _run(command, environ={"VIRTUAL_ENV": str(path)})
    else:
        install = ["pip", "install", "--python", str(path), "--requirement", str(folder / "pyproject.toml")]
        done = _run([*install, *_constraints(recipe, path)])
    if done.returncode:
        raise EnvironmentFailed(f"pyproject.toml could not be installed.\n{_last_lines(done.stderr)}")


def _uv(arguments: list[str], requirements: tuple[Requirement, ...]) -> None:
    done = _run(arguments)
    if done.returncode:
        raise EnvironmentFailed(_explain(done.stderr, requirements))


def _explain(said: str, requirements: tuple[Requirement, ...]) -> str:
    """Whose fault it is: the lines whose package uv complains of."""
    guilty = [line for line in requirements if _is_meant(line.text, said)]
    asked = "".join(f"\n  {line.text}  ({line.place})" for line in guilty[:5])
    what = (
        f"The environment could not be made. These lines ask for what failed:{asked}"
        if guilty
        else ("The environment could not be made.")
    )
    return f"{what}\nuv says:\n{_last_lines(said)}"


def _is_meant(requirement: str, said: str) -> bool:
    """uv names a package, or the address that it was to come from."""
    name, _, place = requirement.partition(" @ ")
    if place:
        return place.strip() in said
    found = _NAME.match(name)
    return (
        found is not None and re.search(rf"(?<![\w-]){re.escape(found[0])}(?![\w-])", said, re.IGNORECASE) is not None
    )


def _last_lines(said: str) -> str:
    return "\n".join(f"  {line}" for line in said.strip().splitlines()[-12:])


def _run(arguments: list[str], environ: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    command = [*find_uv(), "--no-progress", "--color", "never", *arguments]
    try:
        done = run_program(command, environ={**os.environ, **(environ or {})}, timeout_s=TIMEOUT_S)
    except subprocess.TimeoutExpired:
        raise EnvironmentFailed(f"uv gave no answer within {TIMEOUT_S / 60:g} minutes.") from None
    said = (text.decode(errors="replace") for text in (done.stdout, done.stderr))
    return subprocess.CompletedProcess(command, done.returncode, *said)


def find_uv() -> list[str]:
    """The program: beside this interpreter, or wherever the system finds it.

    Raises:
        MissingDependency: it is nowhere.
    """
    beside = Path(sys.executable).with_name("uv")
    found = str(beside) if beside.exists() else shutil.which("uv")
    if found is None:
        raise MissingDependency("uv", needed_for="Making an environment", extra="projects")
    return [found]
