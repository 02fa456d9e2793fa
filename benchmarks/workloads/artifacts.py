"""One large file up and down through the server, next to a plain file server."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.bench import Bench, metered
from benchmarks.load import ReplyReader
from benchmarks.peers.nginx import PlainFileServer
from benchmarks.processes import Server, free_port, serving

WORK = "artifact through the server"
_PIECE = 1 << 20
_WATCH_S = 0.1
_PROXY = "/api/2.0/mlflow-artifacts/artifacts"


def measure(bench: Bench) -> None:
    source = _random_file(bench)
    for number in range(bench.sizes.rounds):
        yardstick = PlainFileServer()
        if yardstick.find():
            data = bench.scratch("artifacts-plain")
            port = free_port()
            command = yardstick.prepare(data, port)
            with serving(command, port=port, data=data, environment={}, health_path="/ready") as server:
                _up_and_down(bench, server, yardstick.name, f"/{number}.bin", source)
        for system in bench.systems:
            if not system.proxies_artifacts:
                continue
            data = bench.scratch("artifacts")
            with bench.serve(system, data, lean=True) as server:
                _up_and_down(bench, server, system.name, f"{_PROXY}/0/bench/{number}.bin", source)
    bench.scratch("artifacts")
    bench.scratch("artifacts-plain")
    source.unlink()


def _up_and_down(bench: Bench, server: Server, label: str, path: str, source: Path) -> None:
    size = source.stat().st_size
    for case, transfer in (("up", _upload), ("down", _download)):
        idle = server.pss_mib()
        with metered(server) as meter, _peak_memory(server) as peak:
            moved = transfer(server.port, path, source)
        assert moved == size, f"{label} moved {moved} of {size} bytes {case}"
        bench.journal.add(
            WORK,
            case,
            label,
            mib_per_s=size / 2**20 / meter.wall_s,
            cpu_s_per_gib=meter.server_cpu_s / (size / 2**30),
            grown_mib=peak.pss_mib - idle,
            other_cores=meter.other_cores,
        )


def _upload(port: int, path: str, source: Path) -> int:
    size = source.stat().st_size
    with socket.create_connection(("127.0.0.1", port)) as connection, source.open("rb") as file:
        head = f"PUT {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/octet-stream\r\n"
        connection.sendall(f"{head}Content-Length: {size}\r\n\r\n".encode())
        sent = connection.sendfile(file)
        reader = ReplyReader()
        while (reply := reader.feed(connection.recv(_PIECE))) is None:
            pass
    assert reply.status < 300, reply
    return sent


def _download(port: int, path: str, _source: Path) -> int:
    """The bytes of the body; they are read and dropped."""
    buffer = bytearray(_PIECE)
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
        head = b""
        while b"\r\n\r\n" not in head:
            head += connection.recv(4096)
        fields, _, body = head.partition(b"\r\n\r\n")
        assert fields.split(b" ", 2)[1] == b"200", fields
        received = len(body)
        while n := connection.recv_into(buffer):
            received += n
    return received


@dataclass
class _Peak:
    pss_mib: float


@contextmanager
def _peak_memory(server: Server) -> Iterator[_Peak]:
    """Watch the memory of the server while the block runs."""
    peak = _Peak(server.pss_mib())
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(_WATCH_S):
            peak.pss_mib = max(peak.pss_mib, server.pss_mib())

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield peak
    finally:
        ended.set()
        watcher.join()


def _random_file(bench: Bench) -> Path:
    path = bench.home / "artifact.bin"
    with path.open("wb") as file:
        for _ in range(bench.sizes.artifact_mib):
            file.write(os.urandom(_PIECE))
    return path
