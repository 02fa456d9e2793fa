"""What this process is doing just now: the one place with state of the module's own.

The current run lives in a context variable, so threads and asyncio tasks keep their own. A thread that never
began a run logs to the one open run of the process, or the innermost of nested ones: a worker thread of a
training script means that run. With several side by side, nobody knows which.
"""

from __future__ import annotations

import threading
from contextvars import ContextVar

from runfold.domain.experiment import Experiment
from runfold.domain.states import RunStatus
from runfold.tracking import address, settings
from runfold.tracking.active_run import ActiveRun
from runfold.tracking.environment import EnvironmentCapture
from runfold.tracking.session import Session


class ProcessState:
    """
    Attributes:
        tracking_uri: as set by the script; None: from the settings.
        experiment: as set by the script; its id is empty while the server can't be asked.
        open_runs: begun here and not ended, by id, oldest first.
        attached_runs: of others, logged to by their id.
        last_run_id: of the run that was begun last.
        has_used_run_id: the run named by the settings has been taken up, which happens once.
        environment: describes the process, from the first run on.
        watched_pid: the process in which the hooks of `lifecycle` were installed; forked children inherit them.
    """

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.tracking_uri: str | None = None
        self.experiment: Experiment | None = None
        self.sessions: dict[str, Session] = {}
        self.open_runs: dict[str, ActiveRun] = {}
        self.attached_runs: dict[str, ActiveRun] = {}
        self.last_run_id: str | None = None
        self.has_used_run_id = False
        self.watched_pid: int | None = None
        self.environment: EnvironmentCapture | None = None


state = ProcessState()
_stack: ContextVar[tuple[ActiveRun, ...]] = ContextVar("runfold_runs", default=())


def session(tracking_uri: str | None = None) -> Session:
    """The session of a tracking URI; None: of the one in force."""
    with state.lock:
        client_settings = settings.load()
        chosen = tracking_uri or state.tracking_uri
        uri = address.resolve(chosen if chosen is not None else client_settings.tracking_uri)
        key = f"{uri} {client_settings.workspace} {'offline' if client_settings.offline else ''}"
        if key not in state.sessions:
            state.sessions[key] = Session(uri, client_settings)
        return state.sessions[key]


def run_stack() -> tuple[ActiveRun, ...]:
    """Open runs of this context, innermost last."""
    return tuple(run for run in _stack.get() if run.is_open)


def current_run() -> ActiveRun | None:
    """The run to log to; None when there is none, or none that this thread can mean."""
    stack = _stack.get()
    if stack and stack[-1].is_open:
        return stack[-1]
    if inner := run_stack():
        return inner[-1]
    with state.lock:
        running = list(state.open_runs.values())
    outer = {run.record.info.parent_run_id for run in running}
    innermost = [run for run in running if run.info.run_id not in outer]
    return innermost[0] if len(innermost) == 1 else None


def find_run(run_id: str) -> ActiveRun | None:
    """A run that this process writes, whether it began it or only logs to it."""
    with state.lock:
        return state.open_runs.get(run_id) or state.attached_runs.get(run_id)


def attach(run: ActiveRun) -> ActiveRun:
    """Remember a run that is logged to but never current; of several for one run the first counts."""
    with state.lock:
        return state.attached_runs.setdefault(run.info.run_id, run)


def push(run: ActiveRun) -> None:
    with state.lock:
        state.open_runs[run.info.run_id] = run
        state.last_run_id = run.info.run_id
    _stack.set((*run_stack(), run))


def end(run: ActiveRun, status: RunStatus, *, timeout_s: float | None = None) -> None:
    """End a run and take it off the stack of this context, wherever in it it is."""
    run.end(status, timeout_s=timeout_s)
    with state.lock:
        if state.open_runs.get(run.info.run_id) is run:
            del state.open_runs[run.info.run_id]
    _stack.set(run_stack())


def end_all(status: RunStatus, *, timeout_s: float | None = None) -> None:
    """End every open run of the process, the inner ones first."""
    with state.lock:
        runs = [*state.attached_runs.values(), *state.open_runs.values()]
    for run in reversed(runs):
        end(run, status, timeout_s=timeout_s)


def forget_after_fork() -> None:
    """In a forked child: go on with the same runs, on files and connections of its own."""
    state.lock = threading.RLock()
    state.environment = None
    for one in state.sessions.values():
        one.forget_after_fork()
    for run in (*state.open_runs.values(), *state.attached_runs.values()):
        run.continue_in_child()
