from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import pytest

from benchmarks.processes import ServerDidNotStart, free_port, process_tree, serving


def test_a_server_is_measured_with_its_children_and_leaves_none_behind(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "ready").write_text("ok")
    port = free_port()
    serve = (
        f"import subprocess, sys; subprocess.run([sys.executable, '-m', 'http.server', '{port}', '-b', '127.0.0.1'])"
    )

    with serving([sys.executable, "-c", serve], port=port, data=data, environment={}, health_path="/ready") as server:
        tree = process_tree(server.pid)
        assert len(tree) == 2
        assert server.cpu_s() > 0
        assert server.pss_mib() > 1

    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))


def test_a_server_that_ends_is_reported_with_its_log(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    command = [sys.executable, "-c", "raise SystemExit('no such store')"]

    with (
        pytest.raises(ServerDidNotStart, match="no such store"),
        serving(command, port=free_port(), data=data, environment={}, health_path="/"),
    ):
        pass


def test_the_tree_of_a_process_begins_with_itself() -> None:
    assert process_tree(os.getpid())[0] == os.getpid()
