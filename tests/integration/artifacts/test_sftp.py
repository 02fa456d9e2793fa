"""OpenSSH's server: the shipped suite, then hosts and keys that must not be trusted."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

import pytest

from runfold.artifacts import open_artifacts
from runfold.artifacts.base import ArtifactStore
from runfold.domain.artifact import ArtifactPath
from runfold.errors import PermissionDenied, Unauthenticated
from runfold.testing.artifact_stores import *  # noqa: F403 - the suite is its tests


@pytest.fixture
def artifact_store(sftp_url: str) -> ArtifactStore:
    return open_artifacts(f"{sftp_url}/{uuid.uuid4().hex}/artifacts")


def test_a_host_that_is_not_known_is_not_trusted(sftp_url: str) -> None:
    known_hosts = Path(os.environ["HOME"], ".ssh", "known_hosts")
    before = known_hosts.read_text()
    known_hosts.write_text("")
    try:
        with pytest.raises(Unauthenticated):
            open_artifacts(sftp_url).list_folder()
    finally:
        known_hosts.write_text(before)


def test_a_user_whom_the_host_does_not_know_is_refused(sftp_url: str) -> None:
    stranger = f"sftp://stranger@{sftp_url.partition('@')[2]}"
    with pytest.raises(PermissionDenied, match="stranger"):
        open_artifacts(stranger).stat(ArtifactPath("a"))
