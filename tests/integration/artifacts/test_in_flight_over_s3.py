"""Uploads into a bucket that do not come to their end: nothing of them can be read, and nothing is left behind."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
import urllib3

from runfold.config import StoreSettings
from runfold.domain.access import Grant, Role, parse_place, parse_subject
from runfold.domain.quota import Owner, Quota, parse_owner
from runfold.stores.sql.store import SqlStore
from runfold.testing.accounts import PASSWORD
from runfold.testing.stores.records import unique
from tests.integration.artifacts.conftest import S3_ENVIRONMENT
from tests.integration.servers import ServerProcess

BUCKET = "in-flight"
PROXY = "/api/2.0/mlflow-artifacts"
# A client of the object store gathers 16 MiB before it begins an upload in parts, and sends them as they come.
BEGUN_BYTES = 40 << 20
WITHIN_S = 30


@dataclass
class Uploader:
    """Somebody who may contribute to one experiment, on a server over a bucket."""

    server: ServerProcess
    store: SqlStore
    bucket: Any
    name: str
    headers: dict[str, str]
    experiment_id: str
    run_id: str = ""

    @property
    def owner(self) -> Owner:
        return parse_owner(f"user:{self.name}")

    @property
    def folder(self) -> str:
        return f"{self.experiment_id}/{self.run_id}/artifacts"

    def has_no_right(self) -> None:
        """Until the server, which is another process, has noticed."""
        self.store.remove_grant(parse_subject(f"user:{self.name}"), parse_place(f"experiment:{self.experiment_id}"))
        deadline = time.monotonic() + 30
        while self.ask("GET", f"/api/2.0/mlflow/experiments/get?experiment_id={self.experiment_id}").status != 404:
            assert time.monotonic() < deadline
            time.sleep(0.05)

    def open_parts(self) -> list[str]:
        return [one["Key"] for one in self.bucket.list_multipart_uploads(Bucket=BUCKET).get("Uploads", [])]

    def keys(self) -> list[str]:
        return [one["Key"] for one in self.bucket.list_objects_v2(Bucket=BUCKET).get("Contents", [])]

    def ask(self, method: str, path: str, **more: Any) -> urllib3.BaseHTTPResponse:
        return urllib3.request(method, self.server.uri + path, headers=self.headers, retries=False, **more)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, s3_endpoint: str) -> Iterator[ServerProcess]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (S3_ENVIRONMENT | {"MLFLOW_S3_ENDPOINT_URL": s3_endpoint}).items():
            patch.setenv(name, value)
        boto3.client("s3", endpoint_url=s3_endpoint).create_bucket(Bucket=BUCKET)
        more = {"artifacts": f"s3://{BUCKET}/files"}
        started = ServerProcess(tmp_path_factory.mktemp("server"), auth=True, more=more)
        started.start()
        yield started
        started.stop()


@pytest.fixture
def uploader(server: ServerProcess, s3_endpoint: str) -> Iterator[Uploader]:
    bucket = boto3.client("s3", endpoint_url=s3_endpoint)
    with closing(SqlStore(server.store_uri, StoreSettings(durability="process"))) as store:
        name = unique("sender")
        store.create_user(name, password=PASSWORD)
        experiment_id = store.create_experiment(unique("sent"))
        place = parse_place(f"experiment:{experiment_id}")
        store.set_grant(Grant(subject=parse_subject(f"user:{name}"), place=place, role=Role.CONTRIBUTOR))
        headers = {"Authorization": f"Bearer {store.create_token(name, scope=Role.CONTRIBUTOR).secret}"}
        uploader = Uploader(server, store, bucket, name, headers, experiment_id)
        made = uploader.ask("POST", "/api/2.0/mlflow/runs/create", json={"experiment_id": experiment_id}).json()
        uploader.run_id = made["run"]["info"]["run_id"]
        yield uploader
    for one in bucket.list_objects_v2(Bucket=BUCKET).get("Contents", []):
        bucket.delete_object(Bucket=BUCKET, Key=one["Key"])
    for one in bucket.list_multipart_uploads(Bucket=BUCKET).get("Uploads", []):
        bucket.abort_multipart_upload(Bucket=BUCKET, Key=one["Key"], UploadId=one["UploadId"])


def eventually(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WITHIN_S
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def begin(uploader: Uploader, n_bytes: int, n_sent: int) -> socket.socket:
    """The beginning of an upload through the server, so long that parts of it lie in the bucket."""
    address = urlsplit(uploader.server.uri)
    connection = socket.create_connection((str(address.hostname), int(address.port or 0)), timeout=WITHIN_S)
    head = f"PUT {PROXY}/artifacts/{uploader.folder}/large.bin HTTP/1.1\r\nHost: {address.netloc}\r\n"
    head += f"Authorization: {uploader.headers['Authorization']}\r\nContent-Length: {n_bytes}\r\n\r\n"
    connection.sendall(head.encode() + bytes(n_sent))
    eventually(lambda: uploader.open_parts() != [])
    return connection


def expect_nothing(uploader: Uploader) -> None:
    eventually(lambda: uploader.open_parts() == [])
    assert uploader.keys() == []
    assert uploader.ask("GET", f"{PROXY}/artifacts/{uploader.folder}/large.bin").status == 404
    assert uploader.store.get_usage(uploader.name).n_bytes == 0


@pytest.mark.slow
def test_a_client_that_vanishes_leaves_no_parts(uploader: Uploader) -> None:
    begin(uploader, BEGUN_BYTES + 1, BEGUN_BYTES).close()
    expect_nothing(uploader)


@pytest.mark.slow
def test_an_upload_whose_right_ends_on_the_way_leaves_no_parts(uploader: Uploader) -> None:
    with begin(uploader, BEGUN_BYTES + 1, BEGUN_BYTES) as connection:
        uploader.has_no_right()
        connection.sendall(b"x")
        assert connection.recv(64).startswith(b"HTTP/1.1 404")
    expect_nothing(uploader)


@pytest.mark.slow
def test_an_upload_that_grows_beyond_its_quota_leaves_no_parts(uploader: Uploader) -> None:
    with begin(uploader, BEGUN_BYTES + 1, BEGUN_BYTES) as connection:
        uploader.store.set_quota(uploader.owner, Quota(max_bytes=1 << 20))
        connection.sendall(b"x")
        assert connection.recv(64).startswith(b"HTTP/1.1 413")
    expect_nothing(uploader)


def begin_in_parts(uploader: Uploader, content: bytes) -> dict[str, Any]:
    """One part is in the bucket. Returns what completes the upload."""
    asked = {"path": "large.bin", "num_parts": 1}
    made = uploader.ask("POST", f"{PROXY}/mpu/create/{uploader.folder}", json=asked).json()
    sent = urllib3.request("PUT", made["credentials"][0]["url"], body=content)
    parts = [{"part_number": 1, "etag": sent.headers["ETag"]}]
    return {"path": "large.bin", "upload_id": made["upload_id"], "parts": parts}


@pytest.mark.slow
def test_parts_that_are_more_than_the_quota_are_thrown_away(uploader: Uploader) -> None:
    uploader.store.set_quota(uploader.owner, Quota(max_bytes=1 << 20))
    completing = begin_in_parts(uploader, bytes((1 << 20) + 1))
    answer = uploader.ask("POST", f"{PROXY}/mpu/complete/{uploader.folder}", json=completing)
    assert (answer.status, answer.json()["error_code"]) == (413, "QUOTA_EXCEEDED")
    expect_nothing(uploader)


@pytest.mark.slow
def test_parts_within_the_quota_are_joined_and_counted(uploader: Uploader) -> None:
    uploader.store.set_quota(uploader.owner, Quota(max_bytes=1 << 20))
    completing = begin_in_parts(uploader, bytes(1 << 20))
    assert uploader.ask("POST", f"{PROXY}/mpu/complete/{uploader.folder}", json=completing).status == 200
    assert (uploader.store.get_usage(uploader.name).n_bytes, uploader.open_parts()) == (1 << 20, [])
    # Nothing is left to complete a second time, and nothing is counted twice.
    assert uploader.ask("POST", f"{PROXY}/mpu/complete/{uploader.folder}", json=completing).status == 404
    assert uploader.store.get_usage(uploader.name).n_bytes == 1 << 20


@pytest.mark.slow
def test_parts_of_who_may_write_no_more_are_joined_by_nobody(uploader: Uploader) -> None:
    completing = begin_in_parts(uploader, b"late")
    uploader.has_no_right()
    eventually(lambda: uploader.ask("GET", f"/api/2.0/mlflow/runs/get?run_id={uploader.run_id}").status == 404)
    for call in ("complete", "abort"):
        assert uploader.ask("POST", f"{PROXY}/mpu/{call}/{uploader.folder}", json=completing).status == 404
    assert uploader.keys() == []
    # Nor is anything told of what others have in the bucket.
    assert uploader.ask("GET", f"{PROXY}/presigned/{uploader.folder}/large.bin").status == 404
    asked = {"run_id": uploader.run_id, "path": "large.bin"}
    for way in ("upload", "download"):
        assert uploader.ask("POST", f"/api/2.0/mlflow/artifacts/presigned-{way}-url", json=asked).status in (404, 405)
