"""The store behind a tracking server: the shipped suite, then interrupted transfers and hostile answers."""

from __future__ import annotations

import uuid

import pytest

from runfold.artifacts import ServerAccess, open_artifacts
from runfold.artifacts.base import ArtifactStore
from runfold.domain.artifact import ArtifactPath
from runfold.testing.artifact_stores import *  # noqa: F403 - the suite is its tests


@pytest.fixture
def artifact_store(proxy_url: str) -> ArtifactStore:
    return open_artifacts(f"mlflow-artifacts:/0/{uuid.uuid4().hex}/artifacts", server=ServerAccess(proxy_url))


@pytest.fixture
def breaking_store(artifact_store: ArtifactStore, proxy_url: str) -> ArtifactStore:
    """The same store behind a connection that is lost after every 3 MB."""
    access = ServerAccess(proxy_url, headers={"X-Break-After": "3000000"})
    return open_artifacts(artifact_store.uri, server=access)


def test_a_download_goes_on_after_each_lost_connection(
    artifact_store: ArtifactStore, breaking_store: ArtifactStore
) -> None:
    path, content = ArtifactPath("large.bin"), bytes(range(256)) * 40_000
    with artifact_store.write(path) as writer:
        writer.write(content)
    with breaking_store.open_read(path) as reader:
        assert reader.read() == content
    with breaking_store.open_read(path, start=1_000_000, stop=9_000_000) as reader:
        assert reader.read() == content[1_000_000:9_000_000]
