"""A server before an embedded store, for the time of a command.

Clients of MLflow record over HTTP alone. A project that uses one must work on a laptop without a server, too; our own
client would write to the store directly, but gets the same address, so that every project sees the same thing.
"""

from __future__ import annotations

import http.client
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from runfold.errors import Unavailable
from runfold.tracking.session import Session

START_TIMEOUT_S = 60.0
_STOP_TIMEOUT_S = 30.0


@contextmanager
def reachable(session: Session) -> Iterator[str]:
    """An address at which any client can record to a session's store.

    Raises:
        Unavailable: the server does not start; the message has its last words.
    """
    if session.is_remote:
        yield session.full_uri
        return
    port = _free_port()
    command = [
        *(sys.executable, "-m", "runfold", "server", "--port", str(port), "--log-level", "warning"),
        *("--store", session.full_uri, "--artifacts", session.file_root),
    ]
    process = subprocess.Popen(  # noqa: S603 - an argument vector of our own
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
    )
    try:
        _await(process, port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        try:
            process.communicate(timeout=_STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await(process: subprocess.Popen[bytes], port: int) -> None:
    end = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < end and process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2.0)
        try:
            connection.request("GET", "/ready")
            if connection.getresponse().status == http.client.OK:
                return
        except OSError:
            time.sleep(0.05)
        finally:
            connection.close()
    process.terminate()
    said = process.communicate()[1].decode(errors="replace").strip().splitlines()
    raise Unavailable(
        "The server that lets the project record to this store did not start: "
        + (said[-1] if said else f"no answer within {START_TIMEOUT_S:g} s.")
    )
