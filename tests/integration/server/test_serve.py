"""The server as a process: starts, refuses to start, drains, stops."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

pytestmark = pytest.mark.slow

PROGRAM = """
from runfold.config import ServerSettings, load
from runfold.server import serve
serve(load(ServerSettings))
"""
UPLOAD = (
    b"PUT /api/2.0/mlflow-artifacts/artifacts/0/r/artifacts/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\n"
)
EVENTS = b"GET /api/runfold/v1/runs/events?experiment_ids=0 HTTP/1.1\r\nHost: localhost\r\n\r\n"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Server:
    """A server process on a folder of its own."""

    def __init__(self, folder: Path, port: int = 0, **settings: object) -> None:
        self.port = port or free_port()
        values = {
            "port": self.port,
            "store": f"sqlite:///{folder}/runfold.db",
            "artifacts": folder / "files",
        } | settings
        environment = {f"RUNFOLD_{name.upper()}": str(value) for name, value in values.items()}
        self._log = folder / f"{self.port}.log"
        with self._log.open("w") as log:
            self.process = subprocess.Popen([sys.executable, "-c", PROGRAM], env=os.environ | environment, stderr=log)

    def connect(self) -> socket.socket:
        deadline = time.monotonic() + 30
        while True:
            try:
                return socket.create_connection(("127.0.0.1", self.port), timeout=30)
            except OSError:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    raise
                time.sleep(0.02)

    def wait_until_deaf(self) -> None:
        """Wait until no new connection is taken."""
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=5).close()
            except ConnectionRefusedError:
                return
            time.sleep(0.02)

    def call(self, path: str, body: object = None) -> dict[str, object]:
        self.connect().close()
        data = None if body is None else json.dumps(body).encode()
        request = Request(f"http://127.0.0.1:{self.port}{path}", data, {"Content-Type": "application/json"})
        with urlopen(request, timeout=30) as answer:
            found: dict[str, object] = json.loads(answer.read())
            return found

    def log(self) -> str:
        return self._log.read_text()

    def end(self, signal_number: int = 0) -> tuple[int, str]:
        """Wait for the end, after a signal if one is given: the exit code and the log."""
        if signal_number:
            self.process.send_signal(signal_number)
        return self.process.wait(timeout=40), self.log()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    started = Server(tmp_path)
    yield started
    if started.process.poll() is None:
        started.end(signal.SIGKILL)


@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_server_cleanly(server: Server, signal_number: int) -> None:
    assert server.call("/api/2.0/mlflow/experiments/get?experiment_id=0")["experiment"]
    code, errors = server.end(signal_number)
    assert code == 0
    assert "listens on" in errors
    assert "Traceback" not in errors


def test_what_is_in_flight_is_finished_before_the_end(server: Server, tmp_path: Path) -> None:
    with server.connect() as upload, server.connect() as events:
        upload.sendall(UPLOAD + b"ab")
        events.sendall(EVENTS)
        assert events.recv(100).startswith(b"HTTP/1.1 200")
        server.process.send_signal(signal.SIGTERM)
        server.wait_until_deaf()
        upload.sendall(b"cd")
        assert upload.recv(1000).startswith(b"HTTP/1.1 200")
        assert server.process.wait(timeout=20) == 0
    assert (tmp_path / "files/0/r/artifacts/x").read_bytes() == b"abcd"


def test_a_killed_server_leaves_nothing_behind(server: Server, tmp_path: Path) -> None:
    run = server.call("/api/2.0/mlflow/runs/create", {"experiment_id": "0"})["run"]
    server.end(signal.SIGKILL)
    server.wait_until_deaf()  # the process that answers notices a moment later that its parent is gone
    second = Server(tmp_path, port=server.port)
    try:
        run_id = run["info"]["run_id"]  # type: ignore[index]
        assert second.call(f"/api/2.0/mlflow/runs/get?run_id={run_id}")["run"] == run
    finally:
        second.end(signal.SIGTERM)


def test_a_server_process_that_dies_again_and_again_is_replaced(server: Server) -> None:
    server.connect().close()
    for _ in range(3):
        [process] = children_of(server.process.pid)
        os.kill(process, signal.SIGKILL)
        deadline = time.monotonic() + 30
        while children_of(server.process.pid) in ([], [process]):
            assert time.monotonic() < deadline, "no process takes its place"
            time.sleep(0.05)
    assert server.call("/api/2.0/mlflow/experiments/get?experiment_id=0")["experiment"]


def children_of(process: int) -> list[int]:
    return [int(number) for number in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def test_a_taken_port_is_named(server: Server, tmp_path: Path) -> None:
    server.connect().close()
    second = Server(tmp_path, port=server.port)
    code, errors = second.end()
    assert code != 0
    assert f"Cannot listen on 127.0.0.1 port {server.port}" in errors


def test_several_processes_share_one_store(tmp_path: Path) -> None:
    server = Server(tmp_path, processes=2)
    try:
        ids = set()
        for number in range(20):
            body = {"experiment_id": "0", "run_name": f"run {number}"}
            ids.add(str(server.call("/api/2.0/mlflow/runs/create", body)["run"]["info"]["run_id"]))  # type: ignore[index]
        found = server.call("/api/2.0/mlflow/runs/search", {"experiment_ids": ["0"]})["runs"]
        assert {run["info"]["run_id"] for run in found} == ids  # type: ignore[attr-defined]
    finally:
        code, _ = server.end(signal.SIGTERM)
    assert code == 0


def test_a_store_that_is_no_store_is_refused(tmp_path: Path) -> None:
    (tmp_path / "runfold.db").write_text("this is no database, and long enough to be looked at " * 100)
    server = Server(tmp_path)
    code, errors = server.end()
    assert code != 0
    assert "runfold.db" in errors


def test_a_password_is_not_logged(tmp_path: Path) -> None:
    server = Server(tmp_path, store="postgresql://me:secret-word@127.0.0.1:1/none")
    code, errors = server.end()
    assert code != 0
    assert "secret-word" not in errors


def test_a_key_that_does_not_belong_to_its_certificate_is_refused(tmp_path: Path) -> None:
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=test"
    for name in ("one", "other"):
        files = ["-keyout", f"{name}.key", "-out", f"{name}.pem"]
        subprocess.run([*command.split(), *files], cwd=tmp_path, check=True, capture_output=True)
    for certificate, key in (("one.pem", "other.key"), ("one.key", "one.key")):
        server = Server(tmp_path, tls_cert=f"{tmp_path}/{certificate}", tls_key=f"{tmp_path}/{key}")
        code, errors = server.end()
        assert code != 0
        assert "HTTPS cannot be spoken" in errors


def test_a_setting_that_makes_no_sense_is_refused(tmp_path: Path) -> None:
    server = Server(tmp_path, tls_cert="/nowhere/cert.pem")
    code, errors = server.end()
    assert code != 0
    assert "tls_key" in errors
