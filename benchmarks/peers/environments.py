"""Python environments of their own for every system, made by uv and kept between runs."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

PYTHON = "3.11"

# Bytecode is compiled once, as pip does and uv by itself does not: no system's start is to be measured by its compiler.
_INSTALL = ("pip", "install", "--quiet", "--compile-bytecode")


def make_environment(home: Path, name: str, *installs: Sequence[str]) -> Path:
    """The `bin` folder of an environment; it is made on first use.

    Args:
        home: Where environments are kept.
        installs: The arguments of one `uv pip install` after the other, so that a later one can put a
            wheel over what an earlier one resolved.
    """
    folder = home / name
    complete = folder / ".complete"
    recipe = "\n".join(" ".join((*_INSTALL, *arguments)) for arguments in installs)
    if not complete.exists() or complete.read_text() != recipe:
        uv = _uv(home)
        _run(uv, "venv", "--quiet", "--clear", "--python", PYTHON, str(folder))
        for arguments in installs:
            _run(uv, *_INSTALL, "--python", str(folder), *arguments)
        complete.write_text(recipe)
    return folder / "bin"


def refresh_project(home: Path, name: str, project: Path, *, keep: bool = False) -> Path:
    """An environment with the project as it is now, built and installed as a user would get it.

    Args:
        keep: The environment was made with other packages beside the project.
    """
    bin_folder = home / name / "bin" if keep else make_environment(home, name)
    python = str(home / name)
    _run(_uv(home), *_INSTALL, "--python", python, "--reinstall-package", "runfold", str(project))
    return bin_folder


def _uv(home: Path) -> str:
    """uv from an environment of its own, which the standard library's pip fills."""
    uv = home / "tools" / "bin" / "uv"
    if not uv.exists():
        _run(sys.executable, "-m", "venv", str(home / "tools"))
        _run(str(home / "tools" / "bin" / "pip"), "install", "--quiet", "uv")
    return str(uv)


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)!r} failed:\n{done.stderr[-3000:]}")
