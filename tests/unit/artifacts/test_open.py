import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from runfold.artifacts import open_artifacts
from runfold.artifacts.open import SCHEMES, Scheme
from runfold.domain.artifact import ArtifactPath
from runfold.errors import MissingDependency, NotSupported


def test_a_plain_path_opens_a_local_store_and_creates_nothing(tmp_path: Path) -> None:
    store = open_artifacts(str(tmp_path / "files"))
    assert store.uri == (tmp_path / "files").as_uri()
    assert store.list_folder() == []
    assert not (tmp_path / "files").exists()


def test_a_file_uri_opens_the_folder_it_names(tmp_path: Path) -> None:
    folder = tmp_path / "two words"
    with open_artifacts(folder.as_uri()).write(ArtifactPath("a.txt")) as writer:
        writer.write(b"content")
    assert (folder / "a.txt").read_bytes() == b"content"


def test_an_unknown_scheme_is_refused_with_the_known_ones() -> None:
    with pytest.raises(NotSupported, match=r"'gopher'.*s3:.*sftp:"):
        open_artifacts("gopher://host/x")


def test_a_missing_package_is_named_with_the_extra_that_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    row = Scheme("package_that_is_absent.part:open", "Storing artifacts on the moon", "moon")
    monkeypatch.setitem(SCHEMES, "moon", row)
    with pytest.raises(MissingDependency, match=r"on the moon needs 'package_that_is_absent'.*runfold\[moon\]"):
        open_artifacts("moon://crater/x")


def test_an_installed_package_can_add_a_scheme(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    row = EntryPoint("disc", "runfold.artifacts.open:open_local", "runfold.artifact_stores")
    monkeypatch.setattr("runfold.artifacts.open.entry_points", lambda group, name: [row] * (name == row.name))
    assert open_artifacts(f"disc://{tmp_path}").list_folder() == []


def test_importing_opener_and_transfer_loads_no_store_and_no_library_of_one() -> None:
    code = "import runfold.artifacts.transfer, sys; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    heavy = {"fsspec", "urllib3", "numpy", "botocore", "aiohttp", "asyncssh", "runfold.artifacts.local"}
    assert heavy & set(loaded.split()) == set()
