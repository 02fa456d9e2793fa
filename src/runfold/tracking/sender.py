"""The background thread that brings spooled records to the store."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable

from runfold.errors import RunfoldError, Unavailable
from runfold.stores.base import TrackingStore
from runfold.tracking.delivery import Delivery
from runfold.tracking.spool import Spool

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 60.0
STOP_TIMEOUT_S = 5.0
FIRST_HEARTBEAT_S = 3.0
SHORT_WAIT_S = 1.0

_log = logging.getLogger("runfold")


class Channel:
    """One run's spool on its way to the store.

    Attributes:
        is_open: the run goes on: it gets signs of life, and its spool stays when it is empty.
        problem: why the last attempt failed; None when it did not.
    """

    def __init__(self, spool: Spool, delivery: Delivery) -> None:
        self.spool = spool
        self.delivery = delivery
        self.is_open = True
        self.problem: Exception | None = None
        self.n_failures = 0
        self.next_attempt_s = 0.0

    @property
    def run_id(self) -> str:
        return self.spool.info.run_id


class Sender:
    """Delivers the channels given to it until each is closed and empty.

    The thread only calls `step`, which takes the time from `clock`, so a test drives hours in milliseconds.
    """

    def __init__(
        self,
        open_store: Callable[[], TrackingStore],
        *,
        place: str,
        interval_s: float,
        heartbeat_interval_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """
        Args:
            open_store: gives the store, the same one each time.
            place: what messages call the store, such as its address.
            interval_s: between looks for new records.
        """
        self._open_store = open_store
        self._place = place
        self._interval_s = interval_s
        self._heartbeat_interval_s = heartbeat_interval_s
        self._clock = clock
        self._channels: list[Channel] = []
        self._changed = threading.Condition()  # of delivery; guards the list too
        self._wake = threading.Event()
        self._is_stopping = False
        self._silent_since_s: float | None = None
        self._thread: threading.Thread | None = None
        self._next_heartbeat_s = clock() + heartbeat_interval_s

    def add(self, channel: Channel) -> None:
        with self._changed:
            self._channels.append(channel)
        # Soon, since a run without any sign of life is never called lost.
        self._next_heartbeat_s = min(self._next_heartbeat_s, self._clock() + FIRST_HEARTBEAT_S)

    def start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._loop, name="runfold-sender", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End the thread after the call it is in. Undelivered spools stay on disk for `runfold sync`."""
        self._is_stopping = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join(STOP_TIMEOUT_S)
            if self._thread.is_alive():
                return  # in a call that gets no answer; its spools are let go of when the process ends
        for channel in self._channels:
            channel.spool.close()
        self._channels.clear()

    def flush(self, channel: Channel, timeout_s: float) -> None:
        """Wait until the store has everything that the channel holds now.

        An outage is waited for once: while it lasts, later calls wait until `timeout_s` after its beginning, or
        for one more attempt. So a loop over many short runs does not stand still for each of them.

        Raises:
            Unavailable: that took longer than `timeout_s`; what is missing stays in the spool.
            RunfoldError: the store refuses all of it, such as for lack of permission.
        """
        mark = channel.spool.n_appended_bytes
        now = self._clock()
        deadline = now + timeout_s
        is_long_silent = False
        if self._silent_since_s is not None:
            deadline = max(now + min(timeout_s, SHORT_WAIT_S), self._silent_since_s + timeout_s)
            is_long_silent = now > self._silent_since_s + timeout_s
        failures = channel.n_failures
        with self._changed:
            channel.next_attempt_s = 0.0
            self._wake.set()
            while channel.spool.n_delivered_bytes < mark:
                has_failed_again = channel.n_failures > failures
                if has_failed_again and (is_long_silent or not isinstance(channel.problem, Unavailable)):
                    raise _not_delivered(channel) from channel.problem
                left = deadline - self._clock()
                if left <= 0 or not self._changed.wait(left):
                    raise _not_delivered(channel) from channel.problem

    def step(self) -> float:
        """Deliver what waits; returns the seconds after which to be called again."""
        now = self._clock()
        self._send_heartbeats(now)
        pause = self._interval_s
        with self._changed:
            channels = list(self._channels)
        for channel in channels:
            if channel.next_attempt_s <= now:
                self._deliver(channel)
            if channel.problem is not None:
                pause = min(pause, max(0.0, channel.next_attempt_s - now))
            self.retire(channel)
        return pause

    def _loop(self) -> None:
        while not self._is_stopping:
            try:
                pause = self.step()
            except Exception:  # a background thread: it must outlive what nobody thought of
                _log.exception("The sender failed; it tries again in %g s.", LONGEST_PAUSE_S)
                pause = LONGEST_PAUSE_S
            self._wake.wait(pause)
            self._wake.clear()

    def _deliver(self, channel: Channel) -> None:
        try:
            while not self._is_stopping and channel.delivery.step():
                self._recovered(channel)
        except Exception as error:  # a background thread: whatever it is, the records are safe and are tried again
            self._failed(channel, error)
        with self._changed:
            self._changed.notify_all()

    def _recovered(self, channel: Channel) -> None:
        if self._silent_since_s is not None:
            _log.warning("%s takes records again; what waits is being sent.", self._place)
        channel.problem = None
        channel.n_failures = 0
        self._silent_since_s = None
        with self._changed:
            self._changed.notify_all()

    def _failed(self, channel: Channel, error: Exception) -> None:
        is_known_outage = isinstance(error, Unavailable) and self._silent_since_s is not None
        if channel.problem is None and not is_known_outage:
            _log.warning(
                "%s does not take records of run %s: %s Training goes on; they wait in %s and are sent again later.",
                self._place,
                channel.run_id,
                _sentence(error),
                channel.spool.path,
                exc_info=None if isinstance(error, RunfoldError) else error,
            )
        channel.problem = error
        channel.n_failures += 1
        pause = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** min(channel.n_failures - 1, 10))
        if isinstance(error, Unavailable) and self._silent_since_s is None:
            self._silent_since_s = self._clock()
        # Many clients lose a server at once; without jitter they would all come back at once. None comes sooner than
        # the server asks for.
        pause *= random.uniform(0.5, 1.0)  # noqa: S311
        if isinstance(error, Unavailable) and error.retry_after_s:
            pause = max(pause, error.retry_after_s * random.uniform(1.0, 1.5))  # noqa: S311
        channel.next_attempt_s = self._clock() + pause

    def retire(self, channel: Channel) -> None:
        """Let go of a channel if it is closed and empty."""
        with self._changed:
            if not channel.is_open and channel.spool.is_delivered and channel in self._channels:
                self._channels.remove(channel)
                channel.spool.close()

    def _send_heartbeats(self, now: float) -> None:
        if now < self._next_heartbeat_s:
            return
        self._next_heartbeat_s = now + self._heartbeat_interval_s
        with self._changed:
            living = [channel for channel in self._channels if channel.is_open]
        if not living:
            return
        for channel in living:
            channel.spool.touch()
        try:
            self._open_store().heartbeat([channel.run_id for channel in living])
        except Exception:  # a sign of life that is lost costs nothing; delivery reports what is wrong
            _log.debug("heartbeat failed", exc_info=True)


def _not_delivered(channel: Channel) -> Unavailable:
    reason = f": {_sentence(channel.problem)}" if channel.problem is not None else " in the time given."
    return Unavailable(
        f"Not everything that run {channel.run_id} logged has been delivered{reason} The rest waits in "
        f"{channel.spool.path}; it is sent while this process lives, or later by `runfold sync`."
    )


def _sentence(error: Exception) -> str:
    text = error.message if isinstance(error, RunfoldError) else f"{type(error).__name__}: {error}"
    return text if text.endswith(".") else text + "."
