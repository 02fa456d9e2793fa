"""The store behind Runfold's server: the shipped suite, then connections that break."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import urlsplit

import pytest
import urllib3

from runfold.artifacts import ServerAccess, open_artifacts
from runfold.artifacts.base import ArtifactStore
from runfold.domain.artifact import ArtifactPath
from runfold.errors import ArtifactError, NotFound, NotSupported
from runfold.testing.artifact_stores import *  # noqa: F403 - the suite is its tests
from runfold.testing.artifact_stores import put


@pytest.fixture
def artifact_store(server_url: str) -> ArtifactStore:
    """The files of a new run."""
    answer = urllib3.request("POST", f"{server_url}/api/2.0/mlflow/runs/create", json={"experiment_id": "0"})
    return open_artifacts(answer.json()["run"]["info"]["artifact_uri"], server=ServerAccess(server_url))


@pytest.fixture
def breaking_store(artifact_store: ArtifactStore, server_url: str) -> Iterator[ArtifactStore]:
    """The same store behind a connection that is lost after every 3 MB of answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=relay, args=(listener, urlsplit(server_url).port, 3_000_000), daemon=True).start()
        access = ServerAccess(f"http://127.0.0.1:{listener.getsockname()[1]}")
        yield open_artifacts(artifact_store.uri, server=access)
        listener.shutdown(socket.SHUT_RDWR)


def relay(listener: socket.socket, port: int, n_bytes: int) -> None:
    """Passes connections on to `port`, one after the other, and cuts each after `n_bytes` of answer."""
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        with client, socket.create_connection(("127.0.0.1", port)) as server:
            threading.Thread(target=pump, args=(client, server), daemon=True).start()
            pump(server, client, n_bytes)
            for side in (client, server):
                with suppress(OSError):
                    side.shutdown(socket.SHUT_RDWR)


def pump(source: socket.socket, sink: socket.socket, n_bytes: int | None = None) -> None:
    try:
        while (n_bytes is None or n_bytes > 0) and (data := source.recv(65536)):
            sink.sendall(data)
            n_bytes = None if n_bytes is None else n_bytes - len(data)
    except OSError:
        return


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


def test_a_file_that_was_replaced_between_two_connections_is_not_mixed(
    artifact_store: ArtifactStore, breaking_store: ArtifactStore
) -> None:
    path = ArtifactPath("large.bin")
    put(artifact_store, path.text, bytes(10_000_000))
    with breaking_store.open_read(path) as reader:
        chunks = iter(reader)
        next(chunks)
        put(artifact_store, path.text, b"1" * 10_000_000)
        with pytest.raises(ArtifactError, match="was replaced while it was read"):
            list(chunks)


def test_a_server_without_multipart_uploads_says_so(artifact_store: ArtifactStore) -> None:
    with pytest.raises((NotSupported, NotFound)):
        artifact_store.create_multipart(ArtifactPath("large.bin"), parts=3, expires_s=60)
