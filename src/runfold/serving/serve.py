"""Runs the scoring server: one or more processes, each with its copy of the model, until a signal ends them."""

from __future__ import annotations

import logging
import os
import signal
import tempfile
from pathlib import Path

from runfold.config import ServingSettings
from runfold.errors import InvalidValue, RunfoldError
from runfold.hosting import logs
from runfold.hosting.counters import Counters
from runfold.hosting.processes import check_address
from runfold.serving.container.environment import Home, current_home, home_of
from runfold.serving.process import Assignment
from runfold.serving.reload import FAILED_RELOADS
from runfold.serving.source import ModelSource
from runfold.serving.supervisor import Supervisor

log = logging.getLogger("runfold.serving")


def serve(source: ModelSource, settings: ServingSettings, *, in_own_environment: bool = False) -> bool:
    """Answer requests until SIGTERM or SIGINT; then finish what is in flight.

    A process that is killed is started again.

    Args:
        in_own_environment: run the model in the environment that it was made for. When an alias moves to a version
            that asks for another, that is made and takes over, while the old one serves.

    Returns:
        False when the model cannot be loaded; the log says why.

    Raises:
        InvalidValue: a setting that cannot be used.
        NotFound: there is no such model.
        Unavailable: the address is taken.
        EnvironmentFailed: the environment cannot be made.
    """
    logs.configure(settings.log_format, settings.log_level)
    _check(settings)
    check_address(settings.host, settings.port)
    found, _ = source.describe()  # once, before any process starts: what is wrong with the address is one clear error
    # Threads of OpenMP spin while they wait for each other, which costs a small prediction several times its work when
    # there are fewer cores than threads. What the user has set stays.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    home = home_of(found.uri, tell=log.info) if in_own_environment else current_home()
    follows = in_own_environment and source.may_move
    with tempfile.TemporaryDirectory(prefix="runfold-serving-") as counters:
        failures = Counters(Path(counters))
        supervisor = Supervisor(
            Assignment(source=source, settings=settings, environment=home.digest, counters=counters),
            home,
            find_home=HomeFinder(source).find,
            look_s=settings.reload_interval_s if follows else 0.0,
            note_failure=lambda: failures.add(FAILED_RELOADS, 1),
        )
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: supervisor.stop())
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        log.info("serving %s (%s) on http://%s:%s", source.uri, found.label, host, settings.port)
        was_served = supervisor.run()
    log.info("serving has stopped")
    return was_served


class HomeFinder:
    """Tells when the version that is meant now asks for another environment, and makes that."""

    def __init__(self, source: ModelSource) -> None:
        self._source = source
        self._known = ""

    def find(self, home: Home) -> Home | None:
        """Where the model that is meant now runs; None: where it does already, or it cannot be seen which one it is."""
        try:
            found = self._source.resolve()
        except (RunfoldError, OSError):
            return None  # the serving processes look for themselves, and say so
        if found.label == self._known:
            return None
        if self._source.asks_for(found) == home.digest:
            self._known = found.label
            return None
        log.info("%s asks for another environment", found.label)
        return home_of(found.uri, tell=log.info)


def _check(settings: ServingSettings) -> None:
    if settings.processes < 1:
        raise InvalidValue(f"The setting processes is {settings.processes}; give at least 1.")
    if not 0 < settings.port < 65536:
        raise InvalidValue(f"The setting port is {settings.port}; give 1 to 65535.")
    for name in ("max_batch_rows", "max_waiting", "max_body_bytes"):
        if getattr(settings, name) < 1:
            raise InvalidValue(f"The setting {name} is {getattr(settings, name)}; give at least 1.")
