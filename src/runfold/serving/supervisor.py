"""Keeps serving processes alive, and exchanges them for others in another environment while they serve."""

from __future__ import annotations

import logging
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import NamedTuple

import msgspec

from runfold.errors import RunfoldError
from runfold.serving.container.environment import Home
from runfold.serving.process import READY, Assignment

log = logging.getLogger("runfold.serving")

_LOOK_S = 0.05
_KILL_AFTER_S = 2.0
"""Beyond the time that a process has for what is in flight."""
_MAX_PAUSE_S = 30.0


class Process:
    """One serving process."""

    def __init__(self, assignment: Assignment, home: Home) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            command = [home.python, "-P", "-m", "runfold.serving.process", str(theirs.fileno())]
            self._process = subprocess.Popen(  # noqa: S603 (own words, no shell)
                command, env=home.environ, stdin=subprocess.DEVNULL, pass_fds=[theirs.fileno()]
            )
        self._control = ours
        with suppress(BrokenPipeError):  # it has ended; that shows by itself
            ours.sendall(msgspec.json.encode(assignment) + b"\n")
        ours.setblocking(False)
        self.has_answered = False
        self.has_failed = False

    def look(self) -> None:
        """See whether it has begun to answer, or has ended without."""
        has_ended = self.has_ended  # asked first: what it said before its end can be read after it
        with suppress(BlockingIOError, ConnectionError):
            self.has_answered = self.has_answered or self._control.recv(len(READY)) == READY
        self.has_failed = has_ended and not self.has_answered

    @property
    def has_ended(self) -> bool:
        return self._process.poll() is not None

    def stop(self) -> None:
        self._process.terminate()

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        self._control.close()


class Generation:
    """The processes of one environment."""

    def __init__(self, assignment: Assignment, home: Home) -> None:
        self._assignment = assignment
        self._home = home
        self._processes = [Process(assignment, home) for _ in range(assignment.settings.processes)]
        self._is_wanted = True
        self._n_deaths = 0
        self._again_at = 0.0
        self._kill_at = 0.0
        self.has_served = False

    @property
    def environment(self) -> str:
        return self._home.digest

    def look(self) -> None:
        """See what has become of them, and replace those that have ended."""
        for process in self._processes:
            process.look()
        self.has_served = self.has_served or all(process.has_answered for process in self._processes)
        if self.is_ready:
            self._n_deaths = 0
        if not self.has_served or time.monotonic() < self._again_at:
            return
        for place, process in enumerate(self._processes):
            if process.has_ended:
                process.close()
                log.warning("a serving process has ended; another one takes its place")
                self._processes[place] = Process(self._assignment, self._home)
                self._again_at = time.monotonic() + min(_MAX_PAUSE_S, 2**self._n_deaths / 2)
                self._n_deaths += 1
                return

    @property
    def is_ready(self) -> bool:
        """Whether all of them answer."""
        return all(process.has_answered and not process.has_ended for process in self._processes)

    @property
    def has_failed(self) -> bool:
        """Whether one has ended without ever answering, before all of them did."""
        return not self.has_served and any(process.has_failed for process in self._processes)

    def stop(self) -> None:
        """Begin to end them, in order."""
        self._kill_at = time.monotonic() + self._assignment.settings.shutdown_timeout_s + _KILL_AFTER_S
        for process in self._processes:
            process.stop()

    def has_left(self) -> bool:
        """Whether all of them are gone; kills those that had their time."""
        if time.monotonic() > self._kill_at:
            for process in self._processes:
                process.kill()
        if all(process.has_ended for process in self._processes):
            for process in self._processes:
                process.close()
            return True
        return False


class Supervisor:
    """Serves until it is told to stop.

    Args:
        find_home: where the model that is meant now runs, given where the present one does; None: there as well. It
            may take as long as making an environment takes, and raise.
        look_s: how often to ask; 0: never.
        note_failure: called when a model in another environment does not come up.
    """

    def __init__(
        self,
        assignment: Assignment,
        home: Home,
        *,
        find_home: Callable[[Home], Home | None],
        look_s: float,
        note_failure: Callable[[], None],
    ) -> None:
        self._assignment = assignment
        self._find_home = find_home
        self._look_s = look_s
        self._note_failure = note_failure
        self._stopping = threading.Event()
        self._home = home
        self._serving = self._generation(home)
        self._next: _Next | None = None
        self._leaving: list[Generation] = []
        self._finder = ThreadPoolExecutor(1, "runfold-environment")
        self._finding: Future[Home | None] | None = None
        self._look_at = time.monotonic() + look_s
        self._n_failures = 0

    def stop(self) -> None:
        """May be called from a signal's handler."""
        self._stopping.set()

    def run(self) -> bool:
        """Returns: False when the model could not be served; True when told to stop, even while it is still loaded."""
        while not self._stopping.wait(_LOOK_S) and not self._serving.has_failed:
            self._serving.look()
            self._leaving = [generation for generation in self._leaving if not generation.has_left()]
            self._look_for_another()
            self._change_over()
        was_told = self._stopping.is_set()  # looked at before they end as told, which would look like a failure
        leaving = [*self._leaving, self._serving, *([self._next.generation] if self._next else [])]
        for generation in leaving:
            generation.stop()
        while leaving := [generation for generation in leaving if not generation.has_left()]:
            time.sleep(_LOOK_S)
        self._finder.shutdown(wait=False, cancel_futures=True)
        return was_told or not self._serving.has_failed

    def _generation(self, home: Home) -> Generation:
        return Generation(msgspec.structs.replace(self._assignment, environment=home.digest), home)

    def _look_for_another(self) -> None:
        if self._next is not None or not self._look_s or time.monotonic() < self._look_at:
            return
        if self._finding is None:
            self._finding = self._finder.submit(self._find_home, self._home)
        if not self._finding.done():
            return
        finding, self._finding = self._finding, None
        self._look_at = time.monotonic() + self._look_s
        try:
            home = finding.result()
        except (RunfoldError, OSError) as error:
            self._fail(f"the environment that is asked for now cannot be made; serving goes on: {error}")
            return
        if home is not None:
            self._next = _Next(home, self._generation(home))

    def _change_over(self) -> None:
        if self._next is None:
            return
        home, generation = self._next
        generation.look()
        if generation.is_ready:
            self._serving.stop()
            self._leaving.append(self._serving)
            self._home, self._serving, self._next = home, generation, None
            self._n_failures = 0
            log.info("processes in another environment have taken over")
        elif generation.has_failed:
            generation.stop()
            self._leaving.append(generation)
            self._next = None
            self._fail("the model does not load in the environment that it asks for; the old one serves on")

    def _fail(self, why: str) -> None:
        """Leave it alone for a while, longer each time."""
        log.error("%s", why)
        self._note_failure()
        self._n_failures += 1
        self._look_at = time.monotonic() + self._look_s * 2 ** min(self._n_failures, 6)


class _Next(NamedTuple):
    home: Home
    generation: Generation
