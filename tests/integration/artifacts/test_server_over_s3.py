"""Runfold's server with its files in a bucket: through the server, and past it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import urllib3

from runfold.artifacts import ServerAccess, open_artifacts
from runfold.artifacts.base import ArtifactStore
from runfold.artifacts.multipart import MULTIPART_BYTES
from runfold.artifacts.transfer import Progress, download, upload_file
from runfold.domain.artifact import ArtifactPath
from runfold.testing.artifact_stores import get, listed, put


@pytest.fixture
def store(server_over_s3_url: str) -> ArtifactStore:
    """The files of a new run."""
    answer = urllib3.request("POST", f"{server_over_s3_url}/api/2.0/mlflow/runs/create", json={"experiment_id": "0"})
    uri = answer.json()["run"]["info"]["artifact_uri"]
    return open_artifacts(uri, server=ServerAccess(server_over_s3_url))


def test_files_go_through_the_server(store: ArtifactStore) -> None:
    put(store, "a/b c.txt")
    assert get(store, "a/b c.txt") == b"content"
    assert get(store, "a/b c.txt", 3, 5) == b"te"
    assert listed(store, "a") == [("a/b c.txt", False, 7)]
    store.delete(ArtifactPath("a"))
    assert listed(store) == []


def test_a_presigned_address_leads_past_the_server(store: ArtifactStore, s3_endpoint: str) -> None:
    put(store, "a.txt")
    request = store.presign_read(ArtifactPath("a.txt"), expires_s=60)
    assert request.url.startswith(s3_endpoint)
    assert urllib3.request("GET", request.url, headers=request.headers).data == b"content"


def test_a_large_file_goes_past_the_server_in_parts(store: ArtifactStore, tmp_path: Path) -> None:
    (tmp_path / "large.bin").write_bytes(os.urandom(1 << 20) * (MULTIPART_BYTES >> 20) + b"the end")
    steps: list[Progress] = []
    info = upload_file(store, tmp_path / "large.bin", ArtifactPath("x/y.bin"), on_progress=steps.append)
    assert (info.size, len(steps)) == (MULTIPART_BYTES + 7, 5)
    download(store, ArtifactPath("x/y.bin"), tmp_path / "back.bin")
    assert (tmp_path / "back.bin").read_bytes() == (tmp_path / "large.bin").read_bytes()
