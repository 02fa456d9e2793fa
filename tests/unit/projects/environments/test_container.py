import os
from pathlib import Path

import pytest

from runfold.domain.project import EnvironmentKind, EnvironmentSpec
from runfold.errors import InvalidValue, MissingDependency, NotSupported
from runfold.projects.environments.container import container_command
from runfold.projects.environments.prepare import EnvironmentManager, prepare

SPEC = EnvironmentSpec(
    kind=EnvironmentKind.CONTAINER,
    image="team/train:1",
    volumes=("/data:/data:ro",),
    variables=("MODE=fast", "HOME_OF_DATA", "NOT_SET"),
)


def command(spec: EnvironmentSpec = SPEC, **variables: str) -> tuple[str, ...]:
    environ = {"HOME_OF_DATA": "/data"}
    vector = ("python", "train.py", "1 2")
    return container_command("docker", spec, vector, folder=Path("/p"), variables=variables, environ=environ)


def test_the_image_gets_code_volumes_and_variables_and_the_command_comes_last() -> None:
    found = command(TOKEN="hunter2", A="1")

    user = f"--user={os.getuid()}:{os.getgid()}"
    assert found == (
        *("docker", "run", "--rm", "--init", "--network=host"),
        *("--volume=/p:/mlflow/projects/code", "--workdir=/mlflow/projects/code", "--volume=/data:/data:ro"),
        *("--env=MODE=fast", "--env=HOME_OF_DATA", "--env=A", "--env=TOKEN", user),
        *("team/train:1", "python", "train.py", "1 2"),
    )
    assert "hunter2" not in " ".join(found)


@pytest.mark.parametrize("image", ["--privileged", "", " "])
def test_an_image_is_never_an_option(image: str) -> None:
    with pytest.raises(InvalidValue):
        command(EnvironmentSpec(kind=EnvironmentKind.CONTAINER, image=image))


def test_podman_is_taken_where_there_is_no_docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = tmp_path / "podman"
    engine.write_text("#!/bin/sh\n")
    engine.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    prepared = prepare(SPEC, tmp_path, tell=lambda line: None)

    assert (prepared.engine, prepared.mlflow_name) == (str(engine), "docker")


def test_no_engine_and_no_image_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(MissingDependency, match="docker or podman"):
        prepare(SPEC, tmp_path, tell=lambda line: None)
    with pytest.raises(NotSupported, match="names no image"):
        prepare(EnvironmentSpec(), tmp_path, manager=EnvironmentManager.CONTAINER, tell=lambda line: None)
