"""Agents as processes: on their own, or beside a server on its machine."""

from __future__ import annotations

import logging
import multiprocessing
import os
import platform
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import fields

from runfold import __version__
from runfold.config import ClientSettings, ServerSettings, StoreSettings
from runfold.domain.job import Agent
from runfold.errors import RunfoldError
from runfold.hosting import logs
from runfold.hosting.processes import end_with_parent, hide_memory
from runfold.launch.agent import JobAgent
from runfold.projects.credentials import by_token, taken_out_of_environment
from runfold.projects.job import execute_with
from runfold.projects.relay import reachable
from runfold.tracking import settings
from runfold.tracking.session import Session

_STOP_TIMEOUT_S = 30.0
_PAUSE_S = 10.0

_log = logging.getLogger("runfold.agent")


def describe_agent(name: str, *, queues: tuple[str, ...], labels: tuple[str, ...], n_slots: int) -> Agent:
    return Agent(name=name, host=platform.node(), queues=queues, labels=labels, n_slots=n_slots, version=__version__)


def run_agent(session: Session, me: Agent, *, tell: Callable[[str], None], until_idle: bool = False) -> None:
    """Take jobs until SIGTERM or SIGINT; call this from the main thread.

    Who the agent is goes out of this process's environment, and stays with it.
    """
    with closing(taken_out_of_environment(session)) as own:
        _run(own, me, _told_to_stop(), tell=tell, until_idle=until_idle)


def _told_to_stop() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    return stop


def _run(
    session: Session, me: Agent, stop: threading.Event, *, tell: Callable[[str], None], until_idle: bool = False
) -> None:
    hide_memory()  # what is run here runs as the same user of the machine
    with reachable(session) as tracking_uri:
        tell(f"Agent {me.name} takes jobs from {', '.join(me.queues)} of {session.uri}")
        execute = execute_with(session, tracking_uri, me.labels)
        JobAgent(session.store, me, execute, tell=tell).run(stop, until_idle=until_idle)


@contextmanager
def agent_beside(
    server_uri: str, me: Agent, token: str, *, log_format: str, log_level: str
) -> Iterator[Callable[[], None]]:
    """An agent in a process of its own for as long as a server runs here, and no longer.

    Gives a function that ends it: while the server still answers, so that it can say how its jobs ended.

    Args:
        token: that it signs in with; empty: what the environment says.
    """
    arguments = (server_uri, me, token, log_format, log_level)
    # Not forked: the server's process has threads. What is spawned reads its arguments from a pipe.
    process = multiprocessing.get_context("spawn").Process(target=_work_beside, args=arguments, name="runfold-agent")
    process.start()

    def end() -> None:
        process.terminate()
        process.join(_STOP_TIMEOUT_S)
        if process.is_alive():
            process.kill()
            process.join()

    try:
        yield end
    finally:
        end()


def _work_beside(server_uri: str, me: Agent, token: str, log_format: str, log_level: str) -> None:
    logs.configure(log_format, log_level)
    end_with_parent()
    # Ctrl-C in a terminal is for the server, which ends the agent first.
    os.setsid()
    _leave_out_server()
    ours = settings.load()
    named = by_token(server_uri, token, ours) if token else Session(server_uri, ours)
    session = taken_out_of_environment(named)
    stop = _told_to_stop()
    try:
        while not stop.is_set():
            try:
                _run(session, me, stop, tell=_log.info)
            except RunfoldError as error:  # nobody would start it again
                _log.warning("The agent begins anew in %g s: %s", _PAUSE_S, error.message)
                stop.wait(_PAUSE_S)
    finally:
        session.close()


def _leave_out_server() -> None:
    """What is the server's own business in the environment, such as the address of its database, goes."""
    of_server = {field.name for kind in (ServerSettings, StoreSettings) for field in fields(kind)}
    of_clients = {field.name for field in fields(ClientSettings)}
    for name in of_server - of_clients:
        os.environ.pop(f"RUNFOLD_{name.upper()}", None)
