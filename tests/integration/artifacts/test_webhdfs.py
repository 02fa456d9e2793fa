"""The shipped suite over a stand-in that answers as the WebHDFS documentation says; no Hadoop is at hand."""

from __future__ import annotations

import sys
import uuid
from pathlib import Path

import pytest

from runfold.artifacts import open_artifacts
from runfold.artifacts.base import ArtifactStore
from runfold.testing.artifact_stores import *  # noqa: F403 - the suite is its tests

SERVER = Path(__file__).with_name("webhdfs_server.py")


@pytest.fixture(scope="module")
def webhdfs_url(start_server, open_folder: Path) -> str:  # type: ignore[no-untyped-def]
    port = start_server(lambda port: [sys.executable, SERVER, str(port), open_folder])
    return f"webhdfs://127.0.0.1:{port}"


@pytest.fixture
def artifact_store(webhdfs_url: str) -> ArtifactStore:
    return open_artifacts(f"{webhdfs_url}/user/ann/{uuid.uuid4().hex}")
