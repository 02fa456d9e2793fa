"""Which locations the server opens, and which a client may ask for."""

from __future__ import annotations

from pathlib import Path

import pytest

from runfold.artifacts.local import LocalArtifacts
from runfold.config import ServerSettings
from runfold.errors import InvalidValue, NotSupported
from runfold.server.artifacts.roots import RunFiles


@pytest.fixture
def files(tmp_path: Path) -> RunFiles:
    return RunFiles(ServerSettings(), LocalArtifacts(tmp_path))


@pytest.fixture
def shared(tmp_path: Path) -> RunFiles:
    """A server whose new experiments keep their files in a folder that clients reach too."""
    settings = ServerSettings(default_artifact_root=(tmp_path / "shared").as_uri(), artifacts=str(tmp_path / "own"))
    return RunFiles(settings, LocalArtifacts(tmp_path / "own"))


def test_a_proxied_location_is_a_folder_of_the_servers_store(files: RunFiles) -> None:
    folder = files.folder("mlflow-artifacts:/0/run/artifacts")
    assert folder.store is files.store
    assert folder.file("model/MLmodel").text == "0/run/artifacts/model/MLmodel"


@pytest.mark.parametrize("uri", ["file:///etc", "/etc", "s3://bucket/x", "mlflow-artifacts.evil:/x"])
def test_other_locations_are_not_opened(files: RunFiles, uri: str) -> None:
    with pytest.raises(NotSupported):
        files.folder(uri)


def test_the_default_root_is_opened_and_nothing_beside_it(shared: RunFiles, tmp_path: Path) -> None:
    folder = shared.folder((tmp_path / "shared/0/run/artifacts").as_uri())
    assert folder.path is not None
    assert folder.path.text == "0/run/artifacts"
    for beside in ("shared2/0", "", "owner/0"):
        with pytest.raises(NotSupported):
            shared.folder((tmp_path / beside).as_uri())


@pytest.mark.parametrize(
    "uri", ["", "mlflow-artifacts:/", "mlflow-artifacts:/team/a", "s3://bucket/a", "gs://b", "hdfs://h/a"]
)
def test_these_locations_may_be_asked_for(files: RunFiles, uri: str) -> None:
    files.check_location(uri)


@pytest.mark.parametrize(
    "uri",
    [
        "/srv",
        "relative",
        "file:///srv",
        "file:/srv",
        "FILE:///srv",
        "mlflow-artifacts:/../x",
        "mlflow-artifacts:/a/%2e%2e/b",
        "s3://bucket/a%2f..%2fb",
        "s3://bucket/a?x=../y",
        "s3://bucket/a#/../y",
        "s3://bucket/a;/../y",
        "s3://user:password@bucket/a",
        "javascript:alert(1)",
        "nosuch://x",
        "\\\\host\\share",
        "C:\\x",
    ],
)
def test_these_are_refused(files: RunFiles, uri: str) -> None:
    with pytest.raises(InvalidValue):
        files.check_location(uri)


def test_the_servers_own_folder_is_known_by_its_address_too(shared: RunFiles, tmp_path: Path) -> None:
    folder = shared.folder(str(tmp_path / "own/0/run/artifacts"))
    assert (folder.store, str(folder.path)) == (shared.store, "0/run/artifacts")


def test_a_path_that_leads_out_of_a_root_again_is_refused(shared: RunFiles, tmp_path: Path) -> None:
    for act in (shared.folder, shared.check_location):
        with pytest.raises(InvalidValue):
            act(f"{tmp_path}/shared/../../etc")


def test_below_a_shared_root_a_folder_may_be_asked_for(shared: RunFiles, tmp_path: Path) -> None:
    shared.check_location((tmp_path / "shared/team").as_uri())
    with pytest.raises(InvalidValue):
        shared.check_location((tmp_path / "other").as_uri())
