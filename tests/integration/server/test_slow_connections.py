"""A thousand connections that say nothing, or too little, do not starve who has something to say."""

from __future__ import annotations

import json
import resource
import socket
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.integration.servers import ServerProcess

N_CONNECTIONS = 1000
N_READERS = 300
HEAD = b"POST /api/runfold/v1/experiments/list HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
BEGINNINGS = {
    "nothing": b"",
    "half a head": HEAD[:60],
    "a head without a body": HEAD + b"Content-Length: 1000\r\n\r\n{",
    "a chunk without an end": HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    folder: Path = tmp_path_factory.mktemp("server")
    started = ServerProcess(folder)
    started.start()
    yield started
    started.stop()


@pytest.fixture
def many_files() -> Iterator[None]:
    """This process holds the other ends."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = N_CONNECTIONS + 500
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, hard), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.slow
@pytest.mark.usefixtures("many_files")
@pytest.mark.parametrize("beginning", BEGINNINGS.values(), ids=BEGINNINGS.keys())
def test_connections_that_go_nowhere_starve_nobody(server: ServerProcess, beginning: bytes) -> None:
    port = int(server.uri.rpartition(":")[2])
    with ExitStack() as held:
        for _ in range(N_CONNECTIONS):
            connection = held.enter_context(socket.create_connection(("127.0.0.1", port), timeout=10))
            if beginning:
                connection.sendall(beginning)
        for name in (f"{time.time_ns()}-{number}" for number in range(5)):
            body = json.dumps({"name": name}).encode()
            headers = {"Content-Type": "application/json"}
            asked = urllib.request.Request(f"{server.uri}/api/2.0/mlflow/experiments/create", body, headers)
            with urllib.request.urlopen(asked, timeout=10) as answer:
                assert answer.status == 200
    with urllib.request.urlopen(f"{server.uri}/health", timeout=10) as answer:
        assert answer.status == 200


@pytest.mark.slow
@pytest.mark.usefixtures("many_files")
def test_readers_that_do_not_read_starve_nobody(server: ServerProcess) -> None:
    """Hundreds of downloads of a file that fits into no buffer, none of which takes a byte."""
    path = "/api/2.0/mlflow-artifacts/artifacts/0/slow/large.bin"
    headers = {"Content-Type": "application/octet-stream"}
    upload = urllib.request.Request(f"{server.uri}{path}", b"x" * (8 << 20), headers, method="PUT")
    with urllib.request.urlopen(upload, timeout=60) as answer:
        assert answer.status == 200
    port = int(server.uri.rpartition(":")[2])
    with ExitStack() as held:
        for _ in range(N_READERS):
            connection = held.enter_context(socket.socket())
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.settimeout(10)
            connection.connect(("127.0.0.1", port))
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        for call, body in (("experiments/search", b'{"max_results": 10}'), ("runs/create", b'{"experiment_id": "0"}')):
            kind = {"Content-Type": "application/json"}
            asked = urllib.request.Request(f"{server.uri}/api/2.0/mlflow/{call}", body, kind)
            with urllib.request.urlopen(asked, timeout=30) as answer:
                assert answer.status == 200
        with urllib.request.urlopen(f"{server.uri}{path}", timeout=60) as answer:
            assert len(answer.read()) == 8 << 20
