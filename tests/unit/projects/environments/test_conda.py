"""A channel in a folder stands for one on a server: rattler reads both in the same way."""

import subprocess
from pathlib import Path

import pytest

from runfold.domain.project import EnvironmentKind, EnvironmentSpec
from runfold.projects.environments.cache import EnvironmentCache
from runfold.projects.environments.pins import Pins, pins_of
from runfold.projects.environments.prepare import EnvironmentManager, Prepared, prepare
from runfold.projects.environments.uv import EnvironmentFailed
from tests.unit.projects.environments.channel import Channel
from tests.wheels import write_wheel


@pytest.fixture
def channel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Channel:
    """Two packages, one of which needs the other, and Python."""
    monkeypatch.setenv("RATTLER_CACHE_DIR", str(tmp_path / "rattler"))
    channel = Channel(tmp_path / "project" / "channel")
    channel.add("hello", "1.0", {"bin/hello": "#!/bin/sh\nword\n"}, depends=["word >=2"])
    channel.add("word", "2.5", {"bin/word": "#!/bin/sh\necho moin\n"})
    channel.add_python()
    return channel


@pytest.fixture
def project(channel: Channel) -> Path:
    """A folder with the channel in it."""
    return channel.folder.parent


@pytest.fixture
def make(project: Path, tmp_path: Path):
    def prepared(text: str, manager: EnvironmentManager | None = None, pins: Pins | None = None) -> Prepared:
        (project / "conda.yaml").write_text(text)
        spec = EnvironmentSpec(kind=EnvironmentKind.CONDA, path="conda.yaml")
        cache = EnvironmentCache(tmp_path / "cache")
        return prepare(spec, project, manager=manager, pins=pins, tell=lambda line: None, cache=cache)

    return prepared


def test_conda_packages_and_what_they_need_are_there_without_conda(make) -> None:
    prepared = make("channels: [./channel]\ndependencies: [hello=1]\n")

    environ = {"PATH": f"{prepared.bin_folder}:/usr/bin:/bin"}
    assert subprocess.run(["hello"], env=environ, capture_output=True, check=True, text=True).stdout == "moin\n"
    assert prepared.mlflow_name == "conda"
    assert make("channels: [./channel]\ndependencies: [hello=1]\n") == prepared


def test_it_is_made_again_with_the_packages_that_it_had(make, channel: Channel) -> None:
    text = "channels: [./channel]\ndependencies: [hello=1]\n"
    channel.add("word", "2.6", {"bin/word": "#!/bin/sh\necho moin moin\n"})
    before = Pins(conda_packages=("hello==1.0=0", "word==2.5=0"))

    assert pins_of(make(text, pins=before).bin_folder.parent) == before
    newer = make(text)
    assert pins_of(newer.bin_folder.parent).conda_packages[-1] == "word==2.6=0"
    assert make(text, pins=Pins(conda_packages=("hello==1.0=0", "word==2.4=0"))) == newer


def test_a_package_that_no_channel_has_is_named(make) -> None:
    with pytest.raises(EnvironmentFailed, match=r"(?s)goodbye=3  \(conda\.yaml, dependencies\)"):
        make("channels: [./channel]\ndependencies: [goodbye=3]\n")


def test_a_file_with_python_and_pip_alone_is_made_by_uv(make) -> None:
    assert make("dependencies: [pip, python=3.11]\n").mlflow_name == "virtualenv"


def test_the_pip_section_goes_into_the_same_environment(make, project: Path, tmp_path: Path) -> None:
    wheel = write_wheel(tmp_path, "greeting", {"greeting.py": "WORD = 'servus'"})
    (project / "more.txt").write_text(f"greeting @ {wheel.as_uri()}\n")
    prepared = make("channels: [./channel]\ndependencies: [python, pip, hello, {pip: [-r more.txt]}]\n")

    script = "import greeting, subprocess; print(greeting.WORD, subprocess.check_output(['hello']).decode())"
    environ = {"PATH": f"{prepared.bin_folder}:/usr/bin:/bin"}
    said = subprocess.run(["python", "-c", script], env=environ, capture_output=True, check=True, text=True).stdout
    assert said == "servus moin\n\n"
