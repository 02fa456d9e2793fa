"""nginx with its WebDAV modules: the shipped suite, then names, passwords and hostile answers."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest

from runfold.artifacts import open_artifacts
from runfold.artifacts.base import ArtifactStore
from runfold.domain.artifact import ArtifactPath
from runfold.errors import InvalidState, Unauthenticated
from runfold.testing import artifact_stores as suite
from runfold.testing.artifact_stores import *  # noqa: F403 - the suite is its tests
from runfold.testing.artifact_stores import ODD_NAMES, get, put


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    file = tmp_path / ".netrc"
    file.write_text("machine 127.0.0.1 login ann password secret\n")
    file.chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    return file


@pytest.fixture
def artifact_store(nginx_url: str) -> ArtifactStore:
    return open_artifacts(f"webdav://{nginx_url}/dav/{uuid.uuid4().hex}/artifacts")


@pytest.mark.parametrize("name", [name for name in ODD_NAMES if name != ".hidden"])
def test_odd_names_are_kept(artifact_store: ArtifactStore, name: str) -> None:
    """As the suite has it, but for names with a dot in front: nginx does not list them."""
    suite.test_odd_names_are_kept(artifact_store, name)


def test_a_name_with_a_dot_in_front_can_be_read(artifact_store: ArtifactStore) -> None:
    put(artifact_store, "a/.hidden")
    assert get(artifact_store, "a/.hidden") == b"content"


def test_without_a_password_nothing_is_shown(nginx_url: str, password: Path) -> None:
    password.unlink()
    with pytest.raises(Unauthenticated):
        open_artifacts(f"webdav://{nginx_url}/dav").list_folder()


def test_a_file_does_not_replace_a_folder(artifact_store: ArtifactStore) -> None:
    put(artifact_store, "a/b.txt")
    with pytest.raises(InvalidState):
        put(artifact_store, "a")
    assert get(artifact_store, "a/b.txt") == b"content"


def test_unfinished_uploads_are_not_shown(artifact_store: ArtifactStore) -> None:
    put(artifact_store, "a.txt")
    assert [info.path for info in artifact_store.list_folder()] == [ArtifactPath("a.txt")]
