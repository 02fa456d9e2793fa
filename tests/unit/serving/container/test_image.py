from __future__ import annotations

import os
import socket
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from sklearn.linear_model import LinearRegression

from runfold.errors import AlreadyExists, InvalidValue, MissingDependency, NotFound
from runfold.models.saving import save_model
from runfold.serving.container import engine
from runfold.serving.container.environment import model_recipe
from runfold.serving.container.image import write_image_context
from runfold.serving.container.own_wheel import write_own_wheel


@pytest.fixture
def model(tmp_path: Path) -> Path:
    save_model(LinearRegression().fit([[0.0], [1.0]], [0.0, 2.0]), tmp_path / "doubling", input_example=[[1.0]])
    return tmp_path / "doubling"


def test_the_wheel_is_this_installation_and_the_same_every_time(tmp_path: Path) -> None:
    (tmp_path / "again").mkdir()
    wheel = write_own_wheel(tmp_path)
    files = zipfile.ZipFile(wheel).namelist()

    assert "runfold/serving/app.py" in files
    assert "runfold/search/grammar.lark" in files
    assert not [name for name in files if "__pycache__" in name or "static/" in name]
    assert write_own_wheel(tmp_path / "again").read_bytes() == wheel.read_bytes()


@pytest.mark.slow
def test_the_wheel_installs(tmp_path: Path) -> None:
    wheel = write_own_wheel(tmp_path)
    target = tmp_path / "installed"
    uv = Path(sys.executable).with_name("uv")

    subprocess.run([uv, "pip", "install", "--quiet", "--no-deps", "--target", target, wheel], check=True)

    program = "import runfold, sys; print(runfold.__version__, runfold.__file__)"
    shown = subprocess.run(
        [sys.executable, "-S", "-c", program],
        env={"PYTHONPATH": str(target)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert str(target) in shown.stdout


def test_a_context_holds_all_that_an_engine_needs(model: Path, tmp_path: Path) -> None:
    context = write_image_context(str(model), tmp_path / "context", name="double; rm -rf /", allow_pickle=True)

    text = (context.folder / "Dockerfile").read_text()
    assert all((context.folder / name).exists() for name in context.files)
    assert text.index("requirements.txt") < text.index(".whl") < text.index("COPY --chown=model:model model")
    assert "USER 10001" in text
    assert "rm -rf" not in text
    assert "scikit-learn==" in (context.folder / "requirements.txt").read_text()
    assert "'--allow-pickle'" in (context.folder / "entrypoint.py").read_text()


def test_a_health_check_of_what_does_not_serve_says_so_in_a_line(model: Path, tmp_path: Path) -> None:
    context = write_image_context(str(model), tmp_path / "context")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
    checked = subprocess.run(
        [sys.executable, context.folder / "entrypoint.py", "check"],
        env={**os.environ, "RUNFOLD_SERVING_PORT": port},
        capture_output=True,
        text=True,
    )
    assert checked.returncode == 1
    assert checked.stderr.startswith(f"The model is not served on port {port}: ")
    assert checked.stderr.count("\n") == 1


def test_a_folder_that_is_in_use_is_left_alone(model: Path, tmp_path: Path) -> None:
    (tmp_path / "context").mkdir()
    (tmp_path / "context" / "mine").touch()

    with pytest.raises(AlreadyExists):
        write_image_context(str(model), tmp_path / "context")


@pytest.mark.parametrize("base", ["python:3.11\nRUN evil", "--privileged", "a b"])
def test_a_base_that_is_no_image_is_refused(base: str, model: Path, tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match="no name of an image"):
        write_image_context(str(model), tmp_path / "context", base=base)


def test_mlflow_is_left_out_of_what_a_model_asks_for(model: Path) -> None:
    (model / "requirements.txt").write_text("mlflow==3.18.0\nmlflow_skinny>=3\nscikit-learn==1.9.1\n")

    assert "mlflow" not in " ".join(line.text for line in model_recipe(model).requirements)
    assert "mlflow==3.18.0" in [line.text for line in model_recipe(model, with_mlflow=True).requirements]


def test_a_model_without_requirements_says_so(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="python_env"):
        model_recipe(tmp_path)


def test_engines_get_the_same_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in engine.ENGINES:
        (tmp_path / name).write_text('#!/bin/sh\necho "$@"\n')
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert engine.find_engine() == "docker"
    assert engine.find_engine("podman") == "podman"
    assert engine.build_command("buildah", Path("/x"), "m/churn:3")[:4] == ["buildah", "bud", "--tag", "m/churn:3"]
    with pytest.raises(InvalidValue):
        engine.build_command("docker", Path("/x"), "--rm")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(MissingDependency, match="context-only"):
        engine.find_engine()
