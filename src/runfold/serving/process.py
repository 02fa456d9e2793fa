"""One serving process: it is told what to serve, loads the model, listens, and says that it does.

Started by `runfold.serving.supervisor` as `python -m runfold.serving.process <control> <listening>`, in the environment
of the model. Both are descriptors of sockets. Over the first an `Assignment` comes in, `READY` goes out, and its end is
the end of whoever started this; at the second, which is bound and may listen already, clients connect.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import msgspec

from runfold.config import ServingSettings
from runfold.errors import RunfoldError
from runfold.hosting import logs
from runfold.serving.app import ScoringApp
from runfold.serving.http.listener import Listener
from runfold.serving.reload import watch
from runfold.serving.source import ModelSource

log = logging.getLogger("runfold.serving")

READY = b"ready\n"
_MAX_ASSIGNMENT = 1 << 20


class Assignment(msgspec.Struct, frozen=True, kw_only=True):
    """What a process is to do.

    Attributes:
        environment: the digest of the environment it runs in; empty: any will do.
        counters: the folder where the processes of one server keep their measurements.
    """

    source: ModelSource
    settings: ServingSettings
    environment: str
    counters: str


def main(control: int, listening: int) -> int:
    """Serve until SIGTERM, or until the other end of the control socket is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches everybody; who started this passes it on
    with socket.socket(fileno=control) as supervisor, socket.socket(fileno=listening) as address:
        line = supervisor.makefile("rb").readline(_MAX_ASSIGNMENT)
        if not line:
            return 1
        assignment = msgspec.json.decode(line, type=Assignment)
        logs.configure(assignment.settings.log_format, assignment.settings.log_level)
        app = _application(assignment)
        if app is None:
            return 1
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(_serve(app, assignment.settings, supervisor, address))
    return 0


def _application(assignment: Assignment) -> ScoringApp | None:
    source, settings = assignment.source, assignment.settings
    try:
        model = source.load(batching=settings.batching)
    except RunfoldError as error:
        log.error("cannot load %s: %s", source.uri, error.message)
        return None
    except Exception:  # the model's code; its trace is what its author needs
        log.exception("cannot load %s", source.uri)
        return None
    app = ScoringApp(settings, model, counters=Path(assignment.counters))
    if source.may_move and settings.reload_interval_s > 0:
        watch(source, app, settings.reload_interval_s, assignment.environment)
    # What exists now stays for good: the collector need not walk it again and again.
    gc.freeze()
    log.info("process %s serves %s", os.getpid(), model.label)
    return app


async def _serve(
    app: ScoringApp, settings: ServingSettings, supervisor: socket.socket, listening: socket.socket
) -> None:
    loop = asyncio.get_running_loop()
    stopping = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stopping.set)
    loop.add_reader(supervisor, stopping.set)  # it has nothing more to say: its end is what can be read
    app.open(loop)
    listener = Listener(app, settings, loop)
    await listener.open(listening)
    supervisor.sendall(READY)
    await stopping.wait()
    loop.remove_reader(supervisor)
    await listener.close(settings.shutdown_timeout_s)
    await loop.run_in_executor(None, app.close)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        return import_module("uvloop").new_event_loop  # type: ignore[no-any-return]
    except ImportError:
        return None


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
