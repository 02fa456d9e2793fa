"""Container engines: whichever is installed builds the image."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from runfold.errors import InvalidValue, MissingDependency, RunfoldError

ENGINES = ("docker", "podman", "buildah")
_TAG = re.compile(r"[a-z0-9][a-z0-9._/-]*(:[A-Za-z0-9_][A-Za-z0-9._-]{0,127})?")


class ImageFailed(RunfoldError):
    """The engine could not build the image; its own words are on the terminal."""


def find_engine(name: str = "") -> str:
    """The engine of this name, or the first that is installed.

    Raises:
        InvalidValue: the name is none of ENGINES.
        MissingDependency: none is installed.
    """
    if name and name not in ENGINES:
        raise InvalidValue(f"{name!r} is no engine that is known here; there are {', '.join(ENGINES)}.")
    for engine in (name,) if name else ENGINES:
        if shutil.which(engine):
            return engine
    raise MissingDependency(
        name or " or ".join(ENGINES), needed_for="Building an image (--context-only writes its folder)", extra="serving"
    )


def build_command(engine: str, folder: Path, tag: str) -> list[str]:
    """The words of the command. Raises InvalidValue: the tag is no name of an image."""
    if not _TAG.fullmatch(tag):
        raise InvalidValue(f"{tag[:100]!r} is no name of an image, such as `models/churn:3`.")
    verb = "bud" if engine == "buildah" else "build"
    return [engine, verb, "--tag", tag, "--file", str(folder / "Dockerfile"), str(folder)]


def build(engine: str, folder: Path, tag: str) -> None:
    """Raises ImageFailed: the engine ended with an error."""
    done = subprocess.run(build_command(engine, folder, tag), check=False)  # noqa: S603 (own words, no shell)
    if done.returncode:
        raise ImageFailed(f"{engine} could not build {tag!r} from {folder} (exit code {done.returncode}).")
