from pathlib import Path

import pytest

from runfold.domain.project import EnvironmentKind, EnvironmentSpec
from runfold.errors import InvalidValue, NotFound
from runfold.projects.environments.recipe import Recipe, Requirement, as_pip, read_recipe


@pytest.fixture
def read(tmp_path: Path):
    def make(name: str, text: str, kind: EnvironmentKind = EnvironmentKind.UV) -> Recipe:
        (tmp_path / name).write_text(text)
        return read_recipe(EnvironmentSpec(kind=kind, path=name), tmp_path)

    return make


def test_a_python_env_with_a_requirements_file(read, tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("# pinned\nnumpy==2.0  # fast\n\n-f wheels\n")

    recipe = read("python_env.yaml", "python: 3.11.9\nbuild_dependencies: [pip]\ndependencies: [-r requirements.txt]\n")

    assert recipe == Recipe(
        python="3.11.9",
        requirements=(
            Requirement("pip", "python_env.yaml, build_dependencies"),
            Requirement("numpy==2.0", "requirements.txt, line 2"),
            Requirement("-f wheels", "requirements.txt, line 4"),
        ),
    )


def test_a_conda_file_and_what_of_it_pip_can_install(read) -> None:
    recipe = read(
        "conda.yaml",
        "channels: [conda-forge]\ndependencies: [python=3.8, pip<24, numpy=1.26, 'scipy>=1.1', {pip: [mlflow]}]\n",
        EnvironmentKind.CONDA,
    )

    assert (recipe.python, recipe.channels) == ("3.8", ("conda-forge",))
    assert [line.text for line in as_pip(recipe).requirements] == ["numpy==1.26.*", "scipy>=1.1", "mlflow"]


def test_the_digest_follows_the_content_and_not_the_place(read, tmp_path: Path) -> None:
    first = read("python_env.yaml", "dependencies: [numpy]")
    again = read("renamed.yaml", "python:\ndependencies: [numpy]")
    other = read("python_env.yaml", "dependencies: [numpy==2.0]")

    assert first.digest("uv") == again.digest("uv")
    assert len({first.digest("uv"), first.digest("conda"), other.digest("uv")}) == 3


@pytest.mark.parametrize(
    "text", ["[", "- x", "dependencies: numpy", "dependencies: [{a: b}]", "dependencies: [-r gone]"]
)
def test_a_file_that_cannot_be_read_is_named(read, text: str) -> None:
    with pytest.raises(InvalidValue, match=r"python_env\.yaml|gone"):
        read("python_env.yaml", text)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        read_recipe(EnvironmentSpec(kind=EnvironmentKind.UV, path="gone.txt"), tmp_path)
