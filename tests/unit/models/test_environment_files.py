"""The files that say what a model runs in."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

import runfold
from runfold.errors import InvalidValue

CONDA = {
    "name": "mine",
    "channels": ["conda-forge", "nvidia"],
    "dependencies": ["python=3.10.4", "cudatoolkit=11", "pip", {"pip": ["numpy==1.26.4", "wine-tools>=2"]}],
}


@pytest.fixture
def code(tmp_path: Path) -> str:
    path = tmp_path / "doubling.py"
    path.write_text("def predict(rows):\n    return [2 * row for row in rows]\n")
    return str(path)


@pytest.mark.parametrize("as_file", [False, True])
def test_a_conda_environment_is_kept_as_it_is_given(tmp_path: Path, code: str, as_file: bool) -> None:
    given: object = CONDA
    if as_file:
        given = tmp_path / "environment.yml"
        given.write_text(yaml.safe_dump(CONDA))

    runfold.models.save_model(code, tmp_path / "model", conda_env=given)

    assert yaml.safe_load((tmp_path / "model" / "conda.yaml").read_text()) == CONDA
    assert (tmp_path / "model" / "requirements.txt").read_text() == "numpy==1.26.4\nwine-tools>=2\n"
    assert yaml.safe_load((tmp_path / "model" / "python_env.yaml").read_text())["python"] == "3.10.4"


@pytest.mark.parametrize(
    "given", ["missing.yaml", {}, {"dependencies": "numpy"}, {"dependencies": [{"pip": ["&& rm"]}]}]
)
def test_what_is_no_conda_environment_is_refused(tmp_path: Path, code: str, given: object) -> None:
    with pytest.raises(InvalidValue):
        runfold.models.save_model(code, tmp_path / "model", conda_env=given)
    assert not (tmp_path / "model").exists()


def test_a_conda_environment_and_pip_requirements_do_not_go_together(tmp_path: Path, code: str) -> None:
    with pytest.raises(InvalidValue, match="either conda_env or pip"):
        runfold.models.save_model(code, tmp_path / "model", conda_env=CONDA, pip_requirements=["numpy"])
