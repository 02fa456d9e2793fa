"""Runs the scoring server: one or more processes, each with its copy of the model, until a signal ends them."""

from __future__ import annotations

import gc
import logging
import multiprocessing
import os
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.mp import MPServer

from runfold.config import ServingSettings
from runfold.errors import InvalidValue, RunfoldError
from runfold.hosting import logs
from runfold.hosting.processes import check_address, end_with_parent
from runfold.serving.app import ScoringApp
from runfold.serving.reload import watch
from runfold.serving.source import ModelSource

log = logging.getLogger("runfold.serving")

MAX_CONNECTIONS = 4096
_HEADER_TIMEOUT_MS = 15_000


def serve(source: ModelSource, settings: ServingSettings) -> None:
    """Answer requests until SIGTERM or SIGINT; then finish what is in flight.

    A process that is killed is started again. A model that cannot be loaded ends the server with exit code 1.

    Raises:
        InvalidValue: a setting that cannot be used.
        NotFound: there is no such model.
        Unavailable: the address is taken.
    """
    logs.configure(settings.log_format, settings.log_level)
    _check(settings)
    # Threads of OpenMP spin while they wait for each other, which costs a small prediction several times its work when
    # there are fewer cores than threads. What the user has set stays.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    check_address(settings.host, settings.port)
    found, _ = source.describe()  # once, before any process starts: what is wrong with the address is one clear error
    unloadable = multiprocessing.get_context().Event()
    server = _ScoringServer(
        unloadable,
        target="runfold.serving",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.RSGI,
        workers=settings.processes,
        http=HTTPModes.auto,
        http1_settings=HTTP1Settings(header_read_timeout=_HEADER_TIMEOUT_MS),
        websockets=False,
        backpressure=MAX_CONNECTIONS,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=max(1, round(settings.shutdown_timeout_s)),
    )
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    log.info("serving %s (%s) on http://%s:%s", source.uri, found.label, host, settings.port)
    with tempfile.TemporaryDirectory(prefix="runfold-serving-") as counters:
        loader: Callable[..., Any] = partial(_application, source, settings, unloadable, Path(counters))
        server.serve(target_loader=loader, wrap_loader=False)
    log.info("serving has stopped")


class _ScoringServer(MPServer):
    """Ends, rather than starting processes anew, when they cannot load the model."""

    def __init__(self, unloadable: Event, **options: Any) -> None:
        super().__init__(**options)
        self._unloadable = unloadable

    def _respawn_workers(
        self, workers: list[int], spawn_target: Callable[..., None], target_loader: Callable[..., Any], delay: float = 0
    ) -> None:
        if self._unloadable.is_set():
            self.shutdown(1)  # type: ignore[no-untyped-call]
        log.warning("a serving process has ended; another one takes its place")
        super()._respawn_workers(workers, spawn_target, target_loader, delay)


def _application(source: ModelSource, settings: ServingSettings, unloadable: Event, counters: Path) -> ScoringApp:
    """The application of one process, made inside it."""
    logs.configure(settings.log_format, settings.log_level)
    end_with_parent()
    try:
        model = source.load(batching=settings.batching)
    except RunfoldError as error:
        log.error("cannot load %s: %s", source.uri, error.message)
        unloadable.set()
        sys.exit(1)
    except Exception:  # the model's code; its trace is what its author needs
        log.exception("cannot load %s", source.uri)
        unloadable.set()
        sys.exit(1)
    app = ScoringApp(settings, model, counters=counters)
    if source.may_move and settings.reload_interval_s > 0:
        watch(source, app, settings.reload_interval_s)
    # What exists now stays for good: the collector need not walk it again and again.
    gc.freeze()
    log.info("process %s serves %s", os.getpid(), model.label)
    return app


def _check(settings: ServingSettings) -> None:
    if settings.processes < 1:
        raise InvalidValue(f"The setting processes is {settings.processes}; give at least 1.")
    if not 0 < settings.port < 65536:
        raise InvalidValue(f"The setting port is {settings.port}; give 1 to 65535.")
    for name in ("max_batch_rows", "max_waiting", "max_body_bytes"):
        if getattr(settings, name) < 1:
            raise InvalidValue(f"The setting {name} is {getattr(settings, name)}; give at least 1.")
