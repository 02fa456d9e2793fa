"""What a model needs to be loaded, found without a network: the packages that its files name, as they are installed."""

from __future__ import annotations

import ast
import platform
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from runfold.errors import InvalidValue
from runfold.mlmodel.containers import pickled_parts
from runfold.mlmodel.pickles import MalformedPickle, names_in_pickle

REQUIREMENTS_FILE = "requirements.txt"
CONSTRAINTS_FILE = "constraints.txt"
CONDA_FILE = "conda.yaml"
PYTHON_ENV_FILE = "python_env.yaml"
BUILD_DEPENDENCIES = ("pip", "setuptools", "wheel")

# What starts with `-` is an option of pip; only those that name files or indexes of the user's are known to it.
_NAME = re.compile(r"[A-Za-z0-9]([\w.-]*[A-Za-z0-9])?")
_CONDA_PYTHON = re.compile(r"python *={1,2} *(\d+(?:\.\d+){0,2})(?:\.\*)?")
_OWN = {"runfold", "__main__", "__mp_main__"}


def infer_requirements(packages: Iterable[str], folder: Path, files: Iterable[str] = ()) -> list[str]:
    """The distributions, with installed versions, of importable packages and of those that files name.

    Args:
        packages: such as `sklearn`.
        files: pickles, skops files and Python sources below `folder`. Their classes are looked up, none is loaded.
    """
    names = dict.fromkeys(packages)
    for file in files:
        names |= dict.fromkeys(sorted(_packages_of_file(folder / file)))
    found = {}
    for name in names:
        for distribution in _distributions().get(name, ()):
            try:
                found[distribution] = f"{distribution}=={version(distribution).partition('+')[0]}"
            except PackageNotFoundError:
                continue
    return list(found.values())


@lru_cache(maxsize=1)
def _distributions() -> dict[str, list[str]]:
    """Importable package to the distributions that bring it; reading the metadata of all takes a moment."""
    return {name: sorted(set(all)) for name, all in packages_distributions().items()}


def _packages_of_file(path: Path) -> set[str]:
    if path.is_dir():
        return set().union(*(_packages_of_file(one) for one in path.rglob("*.py")))
    if path.suffix == ".py":
        return imported_packages(path.read_text(encoding="utf-8", errors="replace"))
    with path.open("rb") as file:
        modules: set[str] = set()
        for part in pickled_parts(path.name, file):
            modules |= {module for module, _ in part.names}
            if part.stream is not None:
                try:
                    modules |= {module for module, _ in names_in_pickle(part.stream)}
                except MalformedPickle:
                    continue
    return _top_level(modules)


def imported_packages(source: str) -> set[str]:
    """Packages beyond the standard library that Python code imports anywhere, ours excepted."""
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        raise InvalidValue(f"The code of the model is no Python: line {error.lineno}: {error.msg}.") from None
    modules = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            modules.add(node.module)
    return _top_level(modules)


def _top_level(modules: Iterable[str]) -> set[str]:
    return {module.partition(".")[0] for module in modules} - sys.stdlib_module_names - _OWN


def given_requirements(given: str | Path | Sequence[str]) -> list[str]:
    """Requirements as a user gives them: a list, or the path of a file.

    Raises:
        InvalidValue: the file cannot be read, or a line is none of a requirement.
    """
    if isinstance(given, str | Path):
        try:
            lines = Path(given).read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise InvalidValue(f"The requirements {str(given)!r} cannot be read: {error}.") from None
    else:
        lines = list(given)
    wanted = [line.strip() for line in lines if line.strip() and not line.strip().startswith("#")]
    for line in wanted:
        if "\n" in line or not (_NAME.match(line) or line.startswith("-")):
            raise InvalidValue(f"{line!r} is no requirement; write it as pip does, such as scikit-learn>=1.5.")
    return wanted


class Environment(NamedTuple):
    """What a model runs in.

    Attributes:
        requirements: for pip, as a user would write them.
        python: its version.
        conda: the document of `conda.yaml`; None: made from the rest.
    """

    requirements: Sequence[str]
    python: str
    conda: Mapping[str, Any] | None = None


def given_conda(given: str | Path | Mapping[str, Any]) -> Environment:
    """A conda environment as a user gives it: its document, or the path of its file.

    pip's part of it becomes `requirements.txt`, and its Python that of `python_env.yaml`, for those who use no conda.

    Raises:
        InvalidValue: the file cannot be read, or it is no conda environment.
    """
    document = given if isinstance(given, Mapping) else _read_yaml(Path(given))
    dependencies = document.get("dependencies") if isinstance(document, Mapping) else None
    if not isinstance(document, Mapping) or not isinstance(dependencies, list):
        raise InvalidValue("A conda environment is a mapping with a list of 'dependencies', as in conda.yaml.")
    python, pip = platform.python_version(), []
    for dependency in dependencies:
        if isinstance(dependency, Mapping):
            pip += given_requirements(list(map(str, dependency.get("pip") or ())))
        elif isinstance(dependency, str) and (found := _CONDA_PYTHON.fullmatch(dependency.strip())):
            python = found[1]
    return Environment(pip, python, dict(document))


def _read_yaml(path: Path) -> object:
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InvalidValue(f"The conda environment {str(path)!r} cannot be read: {error}.") from None


def write_environment(folder: Path, environment: Environment) -> None:
    """Writes `requirements.txt`, `python_env.yaml` and `conda.yaml`, in MLflow's form."""
    requirements, python = environment.requirements, environment.python
    (folder / REQUIREMENTS_FILE).write_text("".join(f"{line}\n" for line in requirements), encoding="utf-8")
    python_env = {
        "python": python,
        "build_dependencies": list(BUILD_DEPENDENCIES),
        "dependencies": [f"-r {REQUIREMENTS_FILE}"],
    }
    conda = environment.conda or {
        "channels": ["conda-forge"],
        "dependencies": [f"python={python}", "pip", {"pip": list(requirements)}],
        "name": "model-env",
    }
    for name, content in ((PYTHON_ENV_FILE, python_env), (CONDA_FILE, conda)):
        (folder / name).write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
