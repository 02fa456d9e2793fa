"""The output of a job on its way to the store: gathered, sent piece by piece, kept while the store is away."""

from __future__ import annotations

import logging
import threading

from runfold.domain.job import JobId
from runfold.errors import InvalidState, LimitExceeded, RunfoldError, Unavailable
from runfold.stores.work import JobStore

PIECE_BYTES = 256 * 1024
INTERVAL_S = 0.5
# While the store is away, so much is kept; the run's own log file has all of it.
MAX_WAITING_BYTES = 16 * 2**20

_log = logging.getLogger("runfold")


class JobLogSender:
    """Sends what `write` gets from a thread of its own. Safe from any thread."""

    def __init__(self, store: JobStore, job_id: JobId, attempt: int) -> None:
        self._store = store
        self._job_id = job_id
        self._attempt = attempt
        self._waiting = bytearray()
        self._n_left_out = 0
        self._piece = b""  # under way; sent again unchanged, since the store may have it although it did not say so
        self._sent = 0
        self._is_full = False
        self._changed = threading.Condition()
        self._is_closing = False
        self._thread = threading.Thread(target=self._work, name="runfold-job-log", daemon=True)
        self._thread.start()

    def write(self, content: bytes) -> None:
        with self._changed:
            if self._is_full or len(self._waiting) + len(content) > MAX_WAITING_BYTES:
                self._n_left_out += len(content)
                return
            self._note_left_out()
            self._waiting += content

    def _note_left_out(self) -> None:
        if self._n_left_out and not self._is_full:
            self._waiting += (
                f"\n[{self._n_left_out} bytes are left out here: they came while the server could take none. "
                "The log among the run's files has them.]\n"
            ).encode()
            self._n_left_out = 0

    def close(self, timeout_s: float) -> bool:
        """Send the rest, for some seconds at most; whether that is done. If it is not, sending goes on."""
        with self._changed:
            self._note_left_out()
            self._is_closing = True
            self._changed.notify()
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._is_closing, timeout=INTERVAL_S)
                is_last = self._is_closing
            is_all = self._send()
            if is_last and is_all:
                return

    def _send(self) -> bool:
        """Whether nothing waits any more."""
        while True:
            with self._changed:
                self._piece = self._piece or bytes(self._waiting[:PIECE_BYTES])
            if not self._piece or self._is_full:
                return True
            try:
                self._store.append_job_log(self._job_id, self._attempt, self._sent, self._piece)
            except Unavailable:
                return False
            except (LimitExceeded, InvalidState) as error:
                self._is_full = True
                _log.debug("the log of job %s takes no more: %s", self._job_id, error.message)
                return True
            except RunfoldError as error:
                self._is_full = True
                _log.warning("The log of job %s cannot be kept: %s", self._job_id, error.message)
                return True
            with self._changed:
                del self._waiting[: len(self._piece)]
                self._sent += len(self._piece)
                self._piece = b""
