"""Keeps serving processes alive, and exchanges them for others in another environment while they serve."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

import msgspec

from runfold.errors import RunfoldError
from runfold.serving.container.environment import Home
from runfold.serving.generation import Addresses, Generation
from runfold.serving.process import Assignment

log = logging.getLogger("runfold.serving")

_LOOK_S = 0.05


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
        self._addresses = Addresses(assignment.settings)
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
        self._addresses.close()
        self._finder.shutdown(wait=False, cancel_futures=True)
        return was_told or not self._serving.has_failed

    def _generation(self, home: Home) -> Generation:
        return Generation(msgspec.structs.replace(self._assignment, environment=home.digest), home, self._addresses)

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
