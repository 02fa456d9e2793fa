"""Processes of a server: they get a free address, and none outlives the one that started it."""

from __future__ import annotations

import ctypes
import errno
import multiprocessing
import os
import signal
import socket
import sys
import threading
import time

from runfold.errors import Unavailable

_LEAVING_S = 1.5
AGAIN_S = 5.0
"""Between two signals to a process whose parent is gone."""
_PR_SET_DUMPABLE = 4


def end_with_parent() -> None:
    """Stop this process when the one that started it is gone, killed for instance: nobody else would."""
    threading.Thread(target=_watch_parent, name="runfold-parent-watch", daemon=True).start()


def _watch_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    parent.join()
    # One that was forked a moment ago still has the handlers of its parent, which take the signal and do nothing.
    while True:
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(AGAIN_S)


def hide_memory() -> None:
    """Let no other process of the same user read what this one has in memory, or began with in its environment.

    Programs that it starts begin anew. Linux alone has this; root reads everything all the same.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def check_address(host: str, port: int) -> None:
    """Raises Unavailable when the address is taken; the server shares ports, so it would not notice by itself.

    Processes of a server that was killed are given a moment to end.
    """
    deadline = time.monotonic() + _LEAVING_S
    while True:
        try:
            family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
            with socket.socket(family, kind, protocol) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(address)
            return
        except OSError as error:
            if error.errno != errno.EADDRINUSE or time.monotonic() > deadline:
                raise Unavailable(
                    f"Cannot listen on {host} port {port}: {error.strerror or error}. If another server runs there, "
                    "stop it or choose another --port."
                ) from error
        time.sleep(0.05)
