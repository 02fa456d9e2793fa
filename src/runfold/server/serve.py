"""Runs the server: checks first, then one or more processes until a signal ends them."""

from __future__ import annotations

import gc
import logging
import multiprocessing
import os
import re
import socket
import threading
import time
from collections.abc import Callable
from contextlib import closing, nullcontext
from dataclasses import replace
from functools import partial
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.mp import MPServer
from starlette.types import ASGIApp

from runfold.artifacts.open import open_artifacts
from runfold.config import ServerSettings, StoreSettings, load
from runfold.domain.links import setup_path
from runfold.errors import InvalidValue
from runfold.hosting import logs
from runfold.hosting.processes import check_address, end_with_parent
from runfold.server.app import create_app
from runfold.server.artifacts.roots import PROXY_SCHEME
from runfold.server.callers.agent_account import AgentBeside, prolong
from runfold.server.certificates import check_certificate, doubt_about
from runfold.stores.open import open_served_store

log = logging.getLogger("runfold.server")

MAX_CONNECTIONS = 4096
_HEADER_TIMEOUT_MS = 15_000
# A process that dies more often than this, each time within seconds of its start, will never live.
_MAX_DEATHS = 5
_DEATHS_WITHIN_S = 60.0
_LOOPBACK = ("127.", "::1", "localhost")


def serve(
    settings: ServerSettings,
    store_settings: StoreSettings | None = None,
    *,
    agent: AgentBeside | None = None,
) -> None:
    """Answer requests until SIGTERM or SIGINT; then finish what is in flight and close the store.

    Args:
        agent: started once the address and the store are known to be usable, ended while requests are still answered.

    Raises:
        InvalidValue: a setting that cannot be used.
        Unavailable: the address is taken, or the store cannot be reached.
        StoreError: the store cannot be used as it is, such as before an upgrade.
    """
    logs.configure(settings.log_format, settings.log_level)
    stored = store_settings or load(StoreSettings)
    _check(settings)
    check_address(settings.host, settings.port)
    # Opened once before any process starts: an unusable store is one clear error here, not a crash of each.
    open_store = partial(open_served_store, settings.store, stored, artifact_root=settings.default_artifact_root)
    with closing(open_store()) as store:
        setup_code = store.begin_setup() if settings.auth else ""
    open_artifacts(settings.artifacts).close()
    _warn(settings)
    with agent.started(open_store, auth=settings.auth) if agent else nullcontext((_nothing, "")) as beside:
        _serve(settings, stored, setup_code, *beside)
    log.info("Runfold has stopped")


def _nothing() -> None:
    return


def _serve(
    settings: ServerSettings, stored: StoreSettings, setup_code: str, before_stop: Callable[[], None], token_id: str
) -> None:
    """
    Args:
        before_stop: called when the end is near and requests are still answered.
        token_id: of a token that is kept alive; empty: none.
    """
    stopping = _Stopping()
    server = _StoppableServer(
        settings,
        stopping,
        before_stop,
        target="runfold.server",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        workers=settings.processes,
        http=HTTPModes.auto,
        http1_settings=HTTP1Settings(header_read_timeout=_HEADER_TIMEOUT_MS),
        websockets=False,
        backpressure=MAX_CONNECTIONS,
        ssl_cert=Path(settings.tls_cert) if settings.tls_cert else None,
        ssl_key=Path(settings.tls_key) if settings.tls_key else None,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=max(1, round(settings.shutdown_timeout_s)),
    )
    where = _without_password(settings.store), _without_password(settings.artifacts)
    log.info("Runfold listens on %s (store %s, files %s)", address_of(settings), *where)
    if setup_code:
        log.warning(
            "There is no administrator yet. Make the first one within a day, in a browser or in a shell:\n"
            "  %s%s\n  runfold users setup %s %s",
            address_to_open(settings),
            setup_path(setup_code),
            address_to_open(settings),
            setup_code,
        )
    server.serve(target_loader=partial(_application, settings, stored, stopping, token_id), wrap_loader=False)


def address_of(settings: ServerSettings) -> str:
    """The URL of the server, as one would type it."""
    scheme = "https" if settings.tls_cert else "http"
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"{scheme}://{host}:{settings.port}{settings.static_prefix}"


def address_to_open(settings: ServerSettings) -> str:
    """Like `address_of`, and also one that leads somewhere when the server listens on every address."""
    if settings.host in ("0.0.0.0", "::"):  # noqa: S104 - compared, not listened on
        name = settings.allowed_hosts[0] if settings.allowed_hosts else socket.gethostname()
        return address_of(replace(settings, host=name))
    return address_of(settings)


def _without_password(uri: str) -> str:
    return re.sub(r"(//[^/@:]*):[^/@]*@", r"\1:***@", uri)


class _Stopping:
    """Tells processes that their end is near. Those that were started later have an event of their own."""

    def __init__(self) -> None:
        self.event: Event = multiprocessing.get_context().Event()

    def begin_anew(self) -> Event:
        """The event of the processes so far."""
        before, self.event = self.event, multiprocessing.get_context().Event()
        return before


class _StoppableServer(MPServer):
    """Tells its processes that the end is near before it waits for them: open streams must end by themselves.

    At SIGHUP it starts others in their place, which read the certificate anew; those that were there finish what is in
    flight. A certificate that cannot be used leaves all as it is.

    And it replaces processes that die more patiently than granian, which ends the server, processes in good health
    included, when one dies twice within seconds.
    """

    def __init__(
        self, settings: ServerSettings, stopping: _Stopping, before_stop: Callable[[], None], **options: Any
    ) -> None:
        super().__init__(**options)
        self._settings = settings
        self._stopping = stopping
        self._before_stop = before_stop
        self._deaths: list[float] = []

    def shutdown(self, exit_code: int = 0) -> None:
        self._before_stop()
        self._stopping.event.set()
        super().shutdown(exit_code)  # type: ignore[no-untyped-call]

    def _reload(self, *arguments: Any) -> None:
        settings = self._settings
        if settings.tls_cert:
            try:
                check_certificate(settings.tls_cert, settings.tls_key)
            except InvalidValue as problem:
                log.error("The certificate was not read anew, the one before stays in use: %s", problem)
                self.reload_signal = False
                self.main_loop_interrupt.clear()
                return
            if doubt := doubt_about(settings.tls_cert):
                log.warning("%s", doubt)
        log.info("New processes take over; those before finish what is in flight")
        self._stopping.begin_anew().set()
        super()._reload(*arguments)  # type: ignore[no-untyped-call]

    def _respawn_workers(self, workers: list[int], *arguments: Any, **options: Any) -> None:
        super()._respawn_workers(workers, *arguments, **options)
        now = time.monotonic()
        self._deaths = [at for at in self._deaths if now - at < _DEATHS_WITHIN_S] + [now] * len(workers)
        if len(self._deaths) <= _MAX_DEATHS * self.workers:
            self.respawned_wrks.clear()  # by these times granian tells that one died twice


def _application(settings: ServerSettings, store_settings: StoreSettings, end: _Stopping, token_id: str) -> ASGIApp:
    """The application of one server process, made inside it: connections and threads do not survive a fork."""
    logs.configure(settings.log_format, settings.log_level)
    end_with_parent()
    stopping = end.event
    store = open_served_store(settings.store, store_settings, artifact_root=settings.default_artifact_root)
    app = create_app(settings, store, open_artifacts(settings.artifacts), is_stopping=stopping.is_set)
    if token_id:
        threading.Thread(target=prolong, args=(store, token_id, stopping), name="runfold-token", daemon=True).start()
    # What exists now stays for good: the collector need not walk it again and again.
    gc.freeze()
    return app


def _check(settings: ServerSettings) -> None:
    if settings.processes < 1:
        raise InvalidValue(f"The setting processes is {settings.processes}; give at least 1.")
    if not 0 < settings.port < 65536:
        raise InvalidValue(f"The setting port is {settings.port}; give 1 to 65535.")
    if not settings.serve_artifacts and settings.default_artifact_root.startswith(f"{PROXY_SCHEME}:"):
        raise InvalidValue(
            "A server that keeps no files must tell clients where to put theirs: give --default-artifact-root, such as "
            "s3://bucket/folder."
        )
    if bool(settings.tls_cert) != bool(settings.tls_key):
        raise InvalidValue("HTTPS needs both tls_cert and tls_key; only one of them is set.")
    if settings.tls_cert:
        check_certificate(settings.tls_cert, settings.tls_key)
    prefix = settings.static_prefix
    if prefix and (not prefix.startswith("/") or prefix.endswith("/")):
        raise InvalidValue(f"The setting static_prefix is {prefix!r}; begin with a slash and end without one.")


def _warn(settings: ServerSettings) -> None:
    if settings.tls_cert and (doubt := doubt_about(settings.tls_cert)):
        log.warning("%s", doubt)
    is_far = not settings.host.startswith(_LOOPBACK)
    if is_far and settings.auth and not settings.tls_cert:
        log.warning(
            "Passwords and tokens come to %s unencrypted: give --tls-cert and --tls-key, or keep the server behind a "
            "proxy that speaks HTTPS.",
            settings.host,
        )
    if is_far and not settings.auth:
        log.warning(
            "Everyone who reaches %s port %s may read, write and delete everything: this server has no users. "
            "Start it with --auth, or keep it behind a proxy that asks who they are.",
            settings.host,
            settings.port,
        )
        if settings.agent_slots:
            log.warning("They may run any program here, too: the setting agent_slots starts an agent for their jobs.")
    if settings.agent_slots and settings.auth:
        log.warning(
            "Whoever may queue jobs may run any program here as the server's user, and so read all that the server "
            "can: the setting agent_slots starts an agent for their jobs."
        )
    if is_far and hasattr(os, "geteuid") and os.geteuid() == 0:
        log.warning("The server runs as root and listens beyond this machine; start it as a user of its own.")
