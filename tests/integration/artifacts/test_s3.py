"""S3 as the emulator plays it: the shipped suite, then presigned requests and parts."""

from __future__ import annotations

import uuid
from pathlib import Path

import boto3
import pytest
import urllib3

from runfold.artifacts import open_artifacts
from runfold.artifacts.base import ArtifactStore
from runfold.artifacts.multipart import upload_in_parts
from runfold.artifacts.transfer import download, upload_folder
from runfold.domain.artifact import ArtifactPath
from runfold.errors import NotFound, Unauthenticated, Unavailable
from runfold.testing.artifact_stores import *  # noqa: F403 - the suite is its tests
from runfold.testing.artifact_stores import get, put

BUCKET = "artifacts"


@pytest.fixture(autouse=True)
def credentials(s3_endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_S3_ENDPOINT_URL", s3_endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "any")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "any")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture
def artifact_store(s3_endpoint: str) -> ArtifactStore:
    boto3.client("s3", endpoint_url=s3_endpoint).create_bucket(Bucket=BUCKET)
    return open_artifacts(f"s3://{BUCKET}/{uuid.uuid4().hex}/artifacts")


def test_a_presigned_address_gives_the_file_without_credentials(artifact_store: ArtifactStore) -> None:
    put(artifact_store, "a b/100%.txt")
    request = artifact_store.presign_read(ArtifactPath("a b/100%.txt"), expires_s=60)
    assert urllib3.request("GET", request.url, headers=request.headers).data == b"content"


def test_what_is_absent_gets_no_presigned_address(artifact_store: ArtifactStore) -> None:
    with pytest.raises(NotFound):
        artifact_store.presign_read(ArtifactPath("absent"), expires_s=60)


def test_a_presigned_address_takes_a_file_without_credentials(artifact_store: ArtifactStore) -> None:
    request = artifact_store.presign_write(ArtifactPath("a.txt"), expires_s=60)
    assert urllib3.request("PUT", request.url, body=b"content", headers=request.headers).status == 200
    assert get(artifact_store, "a.txt") == b"content"


def test_parts_sent_past_the_store_become_one_file(artifact_store: ArtifactStore, tmp_path: Path) -> None:
    content = bytes(range(256)) * 4096 * 40
    (tmp_path / "large.bin").write_bytes(content)
    moved: list[int] = []
    with (tmp_path / "large.bin").open("rb") as file:
        info = upload_in_parts(artifact_store, file, ArtifactPath("x/y.bin"), len(content), moved.append)
    assert info is not None
    assert (info.size, sum(moved), len(moved)) == (len(content), len(content), 3)
    assert get(artifact_store, "x/y.bin") == content


def test_parts_that_were_thrown_away_leave_nothing(artifact_store: ArtifactStore) -> None:
    path = ArtifactPath("x/y.bin")
    upload = artifact_store.create_multipart(path, parts=2, expires_s=60)
    artifact_store.abort_multipart(path, upload.upload_id)
    artifact_store.abort_multipart(path, upload.upload_id)
    assert artifact_store.list_folder() == []


def test_a_failed_large_upload_leaves_no_parts_to_pay_for(artifact_store: ArtifactStore, s3_endpoint: str) -> None:
    writer = artifact_store.write(ArtifactPath("large.bin"))
    for _ in range(40):
        writer.write(bytes(1 << 20))
    writer.abort()
    uploads = boto3.client("s3", endpoint_url=s3_endpoint).list_multipart_uploads(Bucket=BUCKET)
    assert uploads.get("Uploads", []) == []


def test_folders_move_both_ways(artifact_store: ArtifactStore, tmp_path: Path) -> None:
    for i in range(20):
        (tmp_path / "here" / str(i % 3)).mkdir(parents=True, exist_ok=True)
        (tmp_path / "here" / str(i % 3) / f"{i}.bin").write_bytes(bytes([i]) * 10_000)
    upload_folder(artifact_store, tmp_path / "here")
    download(artifact_store, None, tmp_path / "there")
    assert contents(tmp_path / "there") == contents(tmp_path / "here")


def test_an_endpoint_that_is_down_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_S3_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with pytest.raises(Unavailable, match=r"s3://bucket/x.*127\.0\.0\.1:9"):
        open_artifacts("s3://bucket/x").list_folder()


def test_missing_credentials_are_told_from_a_lost_connection(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "absent"))
    with pytest.raises(Unauthenticated):
        open_artifacts("s3://bucket/x").stat(ArtifactPath("a"))


def contents(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
