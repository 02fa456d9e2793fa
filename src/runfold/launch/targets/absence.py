"""Hosts that do not answer while a job of ours runs on them."""

from __future__ import annotations

import threading
import time

from runfold.errors import Unavailable
from runfold.launch.process import Ending
from runfold.launch.targets.base import Tell

AWAY_S = 24 * 3600.0
"""A host that is away for longer is given up, with the job on it."""
CANCEL_AWAY_S = 60.0
"""Likewise when the job is to be cancelled."""


class Absence:
    """The time for which a host has not answered; the job goes on there, so it is looked for again and again.

    Args:
        name: of the host, for people.
        cancelled: set when the job is to end.
    """

    def __init__(self, name: str, tell: Tell, cancelled: threading.Event) -> None:
        self._name = name
        self._tell = tell
        self._cancelled = cancelled
        self._since: float | None = None

    def is_too_long(self, error: Unavailable) -> bool:
        """Note that the host has not answered once more."""
        if self._since is None:
            self._since = time.monotonic()
            self._tell(f"{error.message} The job goes on there; it is looked for again and again.")
        return time.monotonic() - self._since > (CANCEL_AWAY_S if self._cancelled.is_set() else AWAY_S)

    def end(self) -> None:
        """Note that it answers."""
        if self._since is not None:
            self._since = None
            self._tell(f"{self._name} answers again")

    def pause(self, seconds: float) -> None:
        """Wait before it is asked again. A cancel is told to it at once, and after that as seldom as the rest."""
        if self._cancelled.is_set():
            time.sleep(seconds)
        else:
            self._cancelled.wait(seconds)

    def given_up(self) -> Ending:
        reason = f"{self._name} does not answer any more; the command may go on there"
        return Ending(exit_code=-9, reason=reason, is_cancelled=self._cancelled.is_set())
