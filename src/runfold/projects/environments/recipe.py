"""What an environment is made from: read from python_env.yaml, conda.yaml, requirements.txt or pyproject.toml.

Source of python_env.yaml (python, build_dependencies, dependencies with `-r file`) and of the conda.yaml that models
and projects carry (channels, dependencies, a `pip` list): MLflow's documentation.
"""

from __future__ import annotations

import hashlib
import platform
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import yaml

from runfold.domain.project import EnvironmentKind, EnvironmentSpec
from runfold.errors import InvalidValue, NotFound
from runfold.projects.places import text_of

_CONDA_PYTHON = re.compile(r"python\s*[=<>~!]*=?\s*([\d.]*)")
_NOT_FROM_PYPI = {"pip", "python", "setuptools", "wheel"}


class Requirement(msgspec.Struct, frozen=True):
    """One line that asks for a package, and where it stands."""

    text: str
    place: str


class Recipe(msgspec.Struct, frozen=True, kw_only=True):
    """
    Attributes:
        python: the version asked for; empty: any.
        requirements: lines as pip reads them, in order.
        channels, conda_packages: of a conda environment.
        project: a folder with a pyproject.toml to install; None: none.
        locked: the text of the project's lock file, which decides the versions.
        constraints, conda_constraints: versions of packages that must be no others; they ask for none.
    """

    python: str = ""
    requirements: tuple[Requirement, ...] = ()
    channels: tuple[str, ...] = ()
    conda_packages: tuple[Requirement, ...] = ()
    project: Path | None = None
    locked: str = ""
    constraints: tuple[str, ...] = ()
    conda_constraints: tuple[str, ...] = ()

    @property
    def needs_conda(self) -> bool:
        """It lists packages of conda beside Python and pip."""
        return any(_name(package.text) not in _NOT_FROM_PYPI for package in self.conda_packages)

    def digest(self, *parts: str) -> str:
        """A name for what comes out: the same content gives the same environment, wherever the files lie."""
        project = "" if self.project is None else (self.project / "pyproject.toml").read_text(encoding="utf-8")
        content = [
            [self.python, [line.text for line in self.requirements], list(self.channels)],
            [[line.text for line in self.conda_packages], project, self.locked],
            [platform.machine(), sys.platform, *parts],
        ]
        if self.constraints or self.conda_constraints:
            content.append([list(self.constraints), list(self.conda_constraints)])
        return hashlib.sha256(msgspec.json.encode(content)).hexdigest()[:32]


def read_recipe(spec: EnvironmentSpec, folder: Path) -> Recipe:
    """Read the file that describes an environment.

    Raises:
        NotFound: the file is not there.
        InvalidValue: it cannot be read.
    """
    path = folder / spec.path
    if not path.is_file():
        raise NotFound("environment file", spec.path)
    if spec.kind is EnvironmentKind.CONDA:
        return _conda(path)
    if path.name == "pyproject.toml":
        return _pyproject(path)
    if path.suffix in (".yaml", ".yml"):
        return _python_env(path)
    return Recipe(requirements=tuple(_requirements(path)))


def _python_env(path: Path) -> Recipe:
    content = _mapping(path)
    lines: list[Requirement] = []
    for section in ("build_dependencies", "dependencies"):
        lines += _listed(content.get(section), path, section)
    return Recipe(python=str(content.get("python") or ""), requirements=tuple(lines))


def _conda(path: Path) -> Recipe:
    content = _mapping(path)
    python = ""
    packages: list[Requirement] = []
    lines: list[Requirement] = []
    listed = content.get("dependencies") or []
    if not isinstance(listed, list):
        raise InvalidValue(f"{path.name}: dependencies must be a list.")
    for item in listed:
        if isinstance(item, dict):
            lines += _listed(item.get("pip"), path, "pip")
        elif found := _CONDA_PYTHON.fullmatch(str(item)):
            python = found[1]
        else:
            packages.append(Requirement(str(item), f"{path.name}, dependencies"))
    return Recipe(
        python=python,
        requirements=tuple(lines),
        channels=tuple(_texts(content.get("channels"), path, "channels")),
        conda_packages=tuple(packages),
    )


def _listed(value: object, path: Path, section: str) -> Iterator[Requirement]:
    """The lines of a section, and those of the files that it names."""
    for text in _texts(value, path, section):
        if text.startswith(("-r", "--requirement")):
            yield from _requirements(path.parent / text.removeprefix("-r").removeprefix("--requirement").strip(" ="))
        else:
            yield Requirement(text, f"{path.name}, {section}")


def _pyproject(path: Path) -> Recipe:
    lock = path.parent / "uv.lock"
    return Recipe(project=path.parent, locked=lock.read_text(encoding="utf-8") if lock.is_file() else "")


def _requirements(path: Path) -> Iterator[Requirement]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidValue(f"{path.name} cannot be read: {error}.") from None
    for number, line in enumerate(lines, start=1):
        text = line.partition(" #")[0].strip()
        if text and not text.startswith("#"):
            yield Requirement(text, f"{path.name}, line {number}")


def _mapping(path: Path) -> dict[str, object]:
    try:
        content = yaml.safe_load(text_of(path))
    except (OSError, yaml.YAMLError, RecursionError) as error:
        raise InvalidValue(f"{path.name} cannot be read: {error}.") from None
    if not isinstance(content, dict):
        raise InvalidValue(f"{path.name} must be a mapping, such as `dependencies: [...]`.")
    return content


def _texts(value: object, path: Path, section: str) -> list[str]:
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, str | int | float) for item in value):
        raise InvalidValue(f"{path.name}: {section} must be a list of texts.")
    return [str(item) for item in value]


def as_pip(recipe: Recipe) -> Recipe:
    """A conda recipe for an environment that pip's packages alone make up: conda's names are tried as they are."""
    translated = tuple(
        Requirement(_pip_form(package.text), package.place)
        for package in recipe.conda_packages
        if _name(package.text) not in _NOT_FROM_PYPI
    )
    return msgspec.structs.replace(recipe, requirements=translated + recipe.requirements, conda_packages=())


def _name(text: str) -> str:
    return re.split(r"[=<>~! ]", text.rpartition("::")[2])[0].lower()


def _pip_form(text: str) -> str:
    """`numpy=1.26` (conda: any 1.26) as `numpy==1.26.*`; other conditions are the same in both."""
    name, _, version = text.rpartition("::")[2].partition("=")
    if not version or version.startswith("=") or name[-1:] in "<>~!":
        return text.rpartition("::")[2]
    version = version.partition("=")[0]  # a build string may follow
    return f"{name}=={version}" if version.endswith("*") else f"{name}=={version}.*"
