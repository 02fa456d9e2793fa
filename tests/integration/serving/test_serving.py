from __future__ import annotations

import os
import shutil
import signal
import socket
import struct
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.integration.serving.scoring_server import ScoringServer, serving, start

pytestmark = pytest.mark.slow


def rows(*values: float) -> bytes:
    return f'{{"dataframe_split": {{"columns": ["x"], "data": {[[value] for value in values]}}}}}'.encode()


def predicted(server: ScoringServer, *values: float) -> list[float]:
    answer = server.call("/invocations", rows(*values))
    assert answer.status == 200, answer.body
    return [round(value, 6) for value in answer.document["predictions"]]


def test_many_clients_get_the_answers_to_their_own_rows(doubling: Path, tmp_path: Path) -> None:
    with serving(doubling, tmp_path, "--processes", "2") as server:
        with ThreadPoolExecutor(16) as clients:
            found = list(clients.map(lambda n: predicted(server, n, n + 0.5), range(400)))
        infer = server.call(
            "/v2/models/doubling/infer",
            b'{"inputs": [{"name": "x", "shape": [2], "datatype": "FP64", "data": [1, 2]}]}',
        )
        csv = server.call("/invocations", b"x\n4\n", "text/csv")
        measured = server.call("/metrics").body.decode()

        assert found == [[2.0 * n, 2.0 * n + 1.0] for n in range(400)]
        assert [round(value, 6) for value in infer.document["outputs"][0]["data"]] == [2.0, 4.0]
        assert round(csv.document["predictions"][0], 6) == 8.0
        # Whichever process was asked, it answers for both.
        assert "\nrunfold_serving_predictions_total 402\n" in measured
        assert "\nrunfold_serving_rows_total 803\n" in measured
        assert 'runfold_requests_total{call="invocations",status="200"} 401' in measured


def test_a_killed_process_is_replaced_and_the_stop_drains(doubling: Path, tmp_path: Path) -> None:
    with serving(doubling, tmp_path) as server:
        assert predicted(server, 1.0) == [2.0]
        (pid,) = server.serving_processes()
        os.kill(pid, signal.SIGKILL)
        server.wait_for(lambda: server.serving_processes() not in ([], [pid]), "a new process")
        server.wait_for(server.answers, "an answer of the new process")
        assert predicted(server, 1.0) == [2.0]
        assert "\nrunfold_serving_predictions_total 2\n" in server.call("/metrics").body.decode()

        assert server.stop() == 0
        assert "serving has stopped" in server.log


def test_a_link_set_anew_exchanges_the_model_without_losing_a_request(
    doubling: Path, tripling: Path, tmp_path: Path
) -> None:
    link = tmp_path / "current"
    link.symlink_to(doubling)
    with serving(link, tmp_path, "--reload-interval-s", "0.1") as server:
        answers: list[float] = []
        is_over = threading.Event()

        def ask() -> None:
            while not is_over.is_set():
                answers.extend(predicted(server, 1.0))

        with ThreadPoolExecutor(4) as clients:
            asking = [clients.submit(ask) for _ in range(4)]
            _point(link, tmp_path / "missing")
            server.wait_for(lambda: "cannot see" in server.log or "does not load" in server.log, "a failed look")
            _point(link, tripling)
            server.wait_for(lambda: 3.0 in answers, "the exchange")
            is_over.set()
            for client in asking:
                client.result()

        assert set(answers) == {2.0, 3.0}
        assert predicted(server, 1.0) == [3.0]
        assert "tripling takes over from" in server.log


def _point(link: Path, target: Path) -> None:
    """Set a link anew at once, so that it is never missing."""
    new = link.with_name("new")
    new.symlink_to(target)
    new.replace(link)


def test_slow_and_broken_clients_do_not_hold_up_others(doubling: Path, tmp_path: Path) -> None:
    with serving(doubling, tmp_path, "--body-timeout-s", "1") as server:
        slow = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(50)]
        head = b"POST /invocations HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n"
        for connection in slow[:40]:
            connection.sendall(head + b"{")
        for connection in slow[40:]:
            connection.sendall(head + b"{")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()

        began = time.monotonic()
        assert predicted(server, 5.0) == [10.0]
        assert time.monotonic() - began < 5
        slow[0].settimeout(20)
        assert b" 408 " in slow[0].recv(200)
        for connection in slow[:40]:
            connection.close()


def test_bodies_of_any_kind_are_answered(doubling: Path, tmp_path: Path) -> None:
    bodies = [b"", b"\x00" * 100, b"[" * 100_000, b'{"inputs": ' + b"[" * 5000, rows(1.0)[:-3], b'{"inputs": "\xff"}']
    with serving(doubling, tmp_path) as server:
        for content in bodies:
            for path in ("/invocations", "/v2/models/doubling/infer"):
                assert server.call(path, content).status == 400
        assert predicted(server, 1.0) == [2.0]


def test_a_model_that_does_not_load_ends_the_server_with_its_reason(doubling: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(doubling, broken)
    (broken / "model.skops").write_bytes(b"not a model")

    server = start(broken, tmp_path / "log")

    assert server.process.wait(240) == 1
    assert "cannot load" in server.log


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("flavors: {python_function: {loader_module: os, data: x}}", "no flavour here knows"),
        ("flavors: {python_function: {loader_module: mlflow.sklearn, model_path: ../../../etc/passwd}}", "cannot load"),
        ("!!python/object/apply:os.system ['touch /tmp/runfold-was-here']", "not valid YAML"),
        ("a: &a [x]\n" + "\n".join(f"b{n}: &b{n} [*a, *a]" for n in range(3)), "flavors"),
    ],
)
def test_hostile_models_are_refused(content: str, reason: str, tmp_path: Path) -> None:
    folder = tmp_path / "hostile"
    folder.mkdir()
    (folder / "MLmodel").write_text(f"{content}\n")  # a file without an end would be refused for that

    server = start(folder, tmp_path / "log")

    assert server.process.wait(240) != 0
    assert reason in server.log
    assert not Path("/tmp/runfold-was-here").exists()
