import subprocess
from pathlib import Path

import pytest

from runfold.domain.project import EnvironmentKind, EnvironmentSpec
from runfold.errors import InvalidValue
from runfold.projects.environments.cache import EnvironmentCache
from runfold.projects.environments.prepare import EnvironmentManager, Prepared, prepare
from runfold.projects.environments.uv import EnvironmentFailed

PACKAGE = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
[project]
name = "greeting"
version = "1.0"
"""
# A build backend of our own, so that nothing comes from an index.
BACKEND = """
import zipfile
def build_wheel(folder, config_settings=None, metadata_directory=None):
    name = "greeting-1.0-py3-none-any.whl"
    with zipfile.ZipFile(f"{folder}/{name}", "w") as wheel:
        wheel.writestr("greeting.py", "WORD = 'hello'")
        wheel.writestr("greeting-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: greeting\\nVersion: 1.0\\n")
        wheel.writestr("greeting-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nGenerator: t\\nTag: py3-none-any\\n")
        wheel.writestr("greeting-1.0.dist-info/RECORD", "")
    return name
"""


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def make(tmp_path: Path, said: list[str]):
    project = tmp_path / "project"
    (project / "greeting").mkdir(parents=True)
    (project / "greeting" / "pyproject.toml").write_text(PACKAGE)
    (project / "greeting" / "backend.py").write_text(BACKEND)

    def prepared(text: str, manager: EnvironmentManager | None = None) -> Prepared:
        (project / "python_env.yaml").write_text(text)
        spec = EnvironmentSpec(kind=EnvironmentKind.UV, path="python_env.yaml")
        return prepare(spec, project, manager=manager, tell=said.append, cache=EnvironmentCache(tmp_path / "cache"))

    return prepared


def test_packages_of_the_file_are_there_and_the_next_run_finds_them_made(make, tmp_path: Path, said) -> None:
    text = f"dependencies: ['greeting @ file://{tmp_path}/project/greeting']\n"

    first, second = make(text), make(text)

    greeting = [str(first.bin_folder / "python"), "-c", "import greeting; print(greeting.WORD)"]
    assert subprocess.run(greeting, capture_output=True, check=True, text=True).stdout == "hello\n"
    assert first == second
    assert len(said) == 1


def test_a_package_that_cannot_be_had_is_told_with_its_line(make) -> None:
    with pytest.raises(EnvironmentFailed, match=r"(?s)no-such-thing @ .* \(python_env\.yaml, dependencies\).*uv says"):
        make("dependencies: ['no-such-thing @ file:///no/such/place']\n")


def test_a_patch_release_that_is_not_there_gives_way_to_its_minor_one(make, said) -> None:
    prepared = make("python: 3.11.99\n")

    assert (prepared.bin_folder / "python").exists()
    assert "another 3.11" in said[-1]


def test_a_python_that_cannot_be_had(make) -> None:
    with pytest.raises(EnvironmentFailed, match=r"Python 3\.2"):
        make("python: '3.2'\n")


@pytest.mark.parametrize("python", ["--help", "3.11; id", "/usr/bin/python3"])
def test_what_is_no_version_never_reaches_uv(make, python: str) -> None:
    with pytest.raises(InvalidValue, match="no version"):
        make(f"python: '{python}'\n")


def test_the_local_manager_takes_the_current_environment(make) -> None:
    prepared = make("python: '3.2'\n", EnvironmentManager.LOCAL)

    assert (prepared.mlflow_name, prepared.digest) == ("local", "")
