"""What happens to open runs when the process ends, is told to end, fails, or forks."""

from __future__ import annotations

import atexit
import os
import signal
import sys
import threading
from types import FrameType, TracebackType

from runfold.domain.states import RunStatus
from runfold.tracking import active
from runfold.tracking.active_run import status_after

SIGTERM_TIMEOUT_S = 5.0
"""Cluster managers kill some seconds after SIGTERM; what is not sent by then waits in the spool."""


def watch_process() -> None:
    """Install the hooks of this module, once per process; earlier hooks are called after ours."""
    with active.state.lock:
        watched_pid, active.state.watched_pid = active.state.watched_pid, os.getpid()
    if watched_pid is None:
        _Watch().install()
    if watched_pid != os.getpid():
        _watch_worker()


def _watch_worker() -> None:
    """Workers of `multiprocessing` leave without the hooks of `atexit`, but run finalizers of their own."""
    process = sys.modules.get("multiprocessing.process")
    if process is not None and process.parent_process() is not None:
        from multiprocessing.util import Finalize

        Finalize(None, active.end_all, args=(RunStatus.FINISHED,), exitpriority=100)


class _Watch:
    def __init__(self) -> None:
        self._status = RunStatus.FINISHED
        self._earlier_hook = sys.excepthook
        self._earlier_handler = signal.getsignal(signal.SIGTERM)

    def install(self) -> None:
        atexit.register(self._end_at_exit)
        os.register_at_fork(after_in_child=active.forget_after_fork)
        sys.excepthook = self._note_exception
        # Who ignores SIGTERM, or handles it outside of Python (None), goes on doing so.
        is_handled_elsewhere = self._earlier_handler in (signal.SIG_IGN, None)
        if threading.current_thread() is threading.main_thread() and not is_handled_elsewhere:
            signal.signal(signal.SIGTERM, self._end_on_sigterm)

    def _end_at_exit(self) -> None:
        active.end_all(self._status)
        for session in active.state.sessions.values():
            session.close()

    def _note_exception(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """A script that dies outside of any `with` block has failed all the same."""
        self._status = status_after(error)
        for run in list(active.state.open_runs.values()):
            run.note_error(error)
        self._earlier_hook(kind, error, trace)

    def _end_on_sigterm(self, number: int, frame: FrameType | None) -> None:
        active.end_all(RunStatus.KILLED, timeout_s=SIGTERM_TIMEOUT_S)
        if callable(self._earlier_handler):
            self._earlier_handler(number, frame)
            return
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTERM)
