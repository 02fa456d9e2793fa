"""A channel in a folder stands for one on a server: rattler reads both in the same way."""

import hashlib
import io
import json
import subprocess
import tarfile
from pathlib import Path

import pytest

from runfold.domain.project import EnvironmentKind, EnvironmentSpec
from runfold.projects.environments.cache import EnvironmentCache
from runfold.projects.environments.prepare import EnvironmentManager, Prepared, prepare
from runfold.projects.environments.uv import EnvironmentFailed


def write_package(folder: Path, name: str, version: str, depends: list[str], script: str) -> dict[str, object]:
    """A noarch package with one program, and its entry of the channel's index."""
    index = {"name": name, "version": version, "build": "0", "build_number": 0, "depends": depends, "subdir": "noarch"}
    paths = {"paths": [{"_path": f"bin/{name}", "path_type": "hardlink"}], "paths_version": 1}
    contents = {
        "info/index.json": json.dumps(index),
        "info/paths.json": json.dumps(paths),
        "info/files": f"bin/{name}\n",
        f"bin/{name}": script,
    }
    path = folder / f"{name}-{version}-0.tar.bz2"
    with tarfile.open(path, "w:bz2") as archive:
        for member_name, text in contents.items():
            member = tarfile.TarInfo(member_name)
            member.size, member.mode = len(text), 0o755
            archive.addfile(member, io.BytesIO(text.encode()))
    return {**index, "sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "size": path.stat().st_size}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a channel `channel` of two packages, one of which needs the other."""
    monkeypatch.setenv("RATTLER_CACHE_DIR", str(tmp_path / "rattler"))
    noarch = tmp_path / "project" / "channel" / "noarch"
    noarch.mkdir(parents=True)
    packages = {
        "hello-1.0-0.tar.bz2": write_package(noarch, "hello", "1.0", ["word >=2"], "#!/bin/sh\nword\n"),
        "word-2.5-0.tar.bz2": write_package(noarch, "word", "2.5", [], "#!/bin/sh\necho moin\n"),
    }
    (noarch / "repodata.json").write_text(json.dumps({"info": {"subdir": "noarch"}, "packages": packages}))
    for platform in ("linux-64", "linux-aarch64", "osx-64", "osx-arm64"):
        (noarch.parent / platform).mkdir()
        (noarch.parent / platform / "repodata.json").write_text(json.dumps({"info": {"subdir": platform}}))
    return tmp_path / "project"


@pytest.fixture
def make(project: Path, tmp_path: Path):
    def prepared(text: str, manager: EnvironmentManager | None = None) -> Prepared:
        (project / "conda.yaml").write_text(text)
        spec = EnvironmentSpec(kind=EnvironmentKind.CONDA, path="conda.yaml")
        cache = EnvironmentCache(tmp_path / "cache")
        return prepare(spec, project, manager=manager, tell=lambda line: None, cache=cache)

    return prepared


def test_conda_packages_and_what_they_need_are_there_without_conda(make) -> None:
    prepared = make("channels: [./channel]\ndependencies: [hello=1]\n")

    environ = {"PATH": f"{prepared.bin_folder}:/usr/bin:/bin"}
    assert subprocess.run(["hello"], env=environ, capture_output=True, check=True, text=True).stdout == "moin\n"
    assert prepared.mlflow_name == "conda"
    assert make("channels: [./channel]\ndependencies: [hello=1]\n") == prepared


def test_a_package_that_no_channel_has_is_named(make) -> None:
    with pytest.raises(EnvironmentFailed, match=r"(?s)goodbye=3  \(conda\.yaml, dependencies\)"):
        make("channels: [./channel]\ndependencies: [goodbye=3]\n")


def test_a_file_with_python_and_pip_alone_is_made_by_uv(make) -> None:
    assert make("dependencies: [pip, python=3.11]\n").mlflow_name == "virtualenv"
