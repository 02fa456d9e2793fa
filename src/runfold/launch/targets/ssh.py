"""Hosts reached by SSH: a detached supervisor over there, asked for log and result until it is over."""

from __future__ import annotations

import threading
import time
from contextlib import suppress

from runfold.domain.job import Resources
from runfold.domain.target import SshSettings, Target
from runfold.errors import RunfoldError, Unavailable
from runfold.launch.process import Ending, explain
from runfold.launch.targets.absence import Absence
from runfold.launch.targets.base import Output, Tell, Workload
from runfold.launch.targets.conda import CondaBringer
from runfold.launch.targets.folder import JobFolder, Result
from runfold.launch.targets.host import Host

LOOK_S = 0.3
"""Seconds between looks while something happens; they grow to `QUIET_S` while nothing does."""
QUIET_S = 3.0


class SshBackend:
    """`launch.targets.base.Backend`."""

    def __init__(self, target: Target, host: Host) -> None:
        self._settings = target.ssh or SshSettings()
        self._host = host
        self._conda = CondaBringer(host)

    def start(self, work: Workload, *, output: Output, tell: Tell) -> FarExecution:
        folder = JobFolder(self._host, self._settings.folder, work.work_id, self._settings.python)
        folder.prepare()
        if work.resources != Resources():
            tell(f"{self._host.name} is one host: CPUs, GPUs and memory that were asked for are not set aside there.")
        try:
            tell(f"Bringing the project to {self._host.name}, into {folder.path}")
            folder.upload(work.code)
            self._conda.bring(folder, work.environment, tell)
            folder.start(work)
        except RunfoldError:
            with suppress(RunfoldError):
                folder.end()
                folder.remove()
            raise
        return FarExecution(self._host, folder, output, tell)

    def check(self, tell: Tell) -> None:
        check_host(self._host, JobFolder(self._host, self._settings.folder, "test", self._settings.python), tell)

    def reachable_from_there(self, uri: str) -> str:
        return self._host.reachable_from_there(uri)

    def close(self) -> None:
        self._host.close()


def check_host(host: Host, folder: JobFolder, tell: Tell) -> None:
    """Log in, find Python, write a folder."""
    host.run("true")
    tell(f"{host.name} lets us in")
    folder.prepare()
    tell(f"Python works there, and {folder.path} can be written")
    folder.remove()


class FarExecution:
    """A workload under a supervisor on a host. It goes on while the host cannot be reached."""

    def __init__(self, host: Host, folder: JobFolder, output: Output, tell: Tell) -> None:
        self._host = host
        self._folder = folder
        self._output = output
        self._tell = tell
        self._cancelled = threading.Event()
        self._absence = Absence(host.name, tell, self._cancelled)
        self._has_ended_there = False
        self._packages: dict[str, str] = {}

    def cancel(self) -> None:
        self._cancelled.set()

    def packages(self) -> dict[str, str]:
        return self._packages

    def wait(self) -> Ending:
        try:
            return self._follow()
        except RunfoldError:
            with suppress(RunfoldError):
                self._folder.end()
            raise

    def _follow(self) -> Ending:
        offset = 0
        pause_s = LOOK_S
        while True:
            try:
                self._end_if_cancelled()
                look = self._folder.look(offset)
                self._absence.end()
            except Unavailable as error:
                if self._absence.is_too_long(error):
                    return self._absence.given_up()
                self._absence.pause(QUIET_S)
                continue
            offset += len(look.content)
            if look.content:
                self._output(look.content)
            if look.result is not None and offset >= look.size:
                return self._over(look.result)
            if not look.is_alive and look.result is None and not look.content:
                return self._vanished()
            pause_s = LOOK_S if look.content else min(pause_s * 1.5, QUIET_S)
            if offset >= look.size:
                self._pause(pause_s)

    def _pause(self, seconds: float) -> None:
        """Wait; a cancel ends it."""
        if self._has_ended_there:
            time.sleep(LOOK_S)
        else:
            self._cancelled.wait(seconds)

    def _end_if_cancelled(self) -> None:
        if self._cancelled.is_set() and not self._has_ended_there:
            self._folder.end()
            self._has_ended_there = True

    def _over(self, result: Result) -> Ending:
        try:
            self._packages = self._folder.read_packages()
            self._folder.remove()
        except RunfoldError as error:
            self._tell(f"The folder {self._folder.path} stays on {self._host.name}: {error.message}")
        return ending_of(result)

    def _vanished(self) -> Ending:
        if self._cancelled.is_set():
            return Ending(exit_code=-15, reason="cancelled", is_cancelled=True)
        return Ending(
            exit_code=-9,
            reason=f"its supervisor on {self._host.name} is gone without a result: killed, or the host was restarted",
        )


def ending_of(result: Result) -> Ending:
    reason = result.reason or explain(result.exit_code)
    return Ending(exit_code=result.exit_code, reason=reason, is_cancelled=result.is_cancelled)
