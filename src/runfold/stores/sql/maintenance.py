"""The background thread of a store: stamps runs that were written to, folds journals, gives back disk space."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from functools import partial

from runfold.config import StoreSettings
from runfold.errors import RunfoldError
from runfold.stores.sql import fold, space
from runfold.stores.sql.committer import Committer
from runfold.stores.sql.engine import Engines
from runfold.stores.sql.jobs import claims, moves
from runfold.stores.sql.runs import note_writes
from runfold.stores.sql.transaction import Transaction

log = logging.getLogger(__name__)

PULSE_S = 0.5
# A journal is folded at once when it is this long, otherwise when its run has been quiet for a while.
EAGER_POINTS = 20_000
EAGER_ROWS = 500
QUIET_S = 10.0


class Maintenance:
    """Runs until it is closed."""

    def __init__(self, engines: Engines, committer: Committer, settings: StoreSettings) -> None:
        self._engines = engines
        self._committer = committer
        self._fold_interval_s = settings.fold_interval_s
        self._lease_ms = round(settings.job_lease_s * 1000)
        self._touched: set[int] = set()
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._seen: dict[int, tuple[int, float]] = {}
        self._thread = threading.Thread(target=self._work, name="runfold-maintenance", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def note_touched(self, numbers: set[int]) -> None:
        """Called by the committer after each commit."""
        with self._lock:
            self._touched |= numbers

    def close(self) -> None:
        """Stamp what was written last, and stop; the committer must still run."""
        if not self._stop.is_set():
            self._stop.set()
            self._thread.join()

    def _work(self) -> None:
        next_fold = time.monotonic() + self._fold_interval_s
        while not self._stop.wait(PULSE_S):
            self._guard(self.pulse)
            if time.monotonic() >= next_fold:
                self._guard(self.fold_ready)
                self._guard(self.end_lapsed_jobs)
                self._guard(self.give_back_space)
                next_fold = time.monotonic() + self._fold_interval_s
        self._guard(self.pulse)

    def _guard(self, work: Callable[[], None]) -> None:
        try:
            work()
        except RunfoldError as error:
            log.warning("Background work on the store will be tried again: %s", error.message)
        except Exception:  # the edge of a background thread
            log.exception("Background work on the store failed and will be tried again")

    def pulse(self) -> None:
        """Stamp the runs written to since the last pulse."""
        with self._lock:
            numbers, self._touched = self._touched, set()
        if not numbers:
            return
        try:
            self.note_touched(self._committer.run(lambda transaction: note_writes(transaction, numbers)))
        except RunfoldError:
            self.note_touched(numbers)
            raise

    def fold_ready(self) -> None:
        """Fold the journals that are long, and those of runs that went quiet."""
        now = time.monotonic()
        with self._engines.connect_to_read() as connection:
            pending = fold.find_pending(connection)
        seen: dict[int, tuple[int, float]] = {}
        for run in pending:
            last_seq, since = self._seen.get(run.run, (run.last_seq, now))
            seen[run.run] = (run.last_seq, since if last_seq == run.last_seq else now)
        self._seen = seen
        ready = [
            run
            for run in pending
            if now - seen[run.run][1] >= QUIET_S or run.n_points >= EAGER_POINTS or run.n_rows >= EAGER_ROWS
        ]
        for run in self._unsettled(ready):
            if self._stop.is_set():
                return
            # One journal that cannot be read must not keep the others from being folded.
            self._guard(partial(self.fold_run, run.run))

    def end_lapsed_jobs(self) -> None:
        """Mark jobs whose agents went silent; most times there are none, and nothing is written."""
        now_ms = Transaction.now()
        with self._engines.connect_to_read() as connection:
            is_any = claims.has_lapsed(connection, now_ms)
        if is_any:
            unit = partial(claims.end_lapsed, lease_ms=self._lease_ms)
            self._committer.run(partial(moves.in_turn, unit=unit), lane=moves.LANE)

    def give_back_space(self) -> None:
        """Make a SQLite file smaller, step by step, while no journal is about to need its free pages again."""
        if self._seen or not self._engines.is_sqlite:
            return
        with self._engines.connect_to_read() as connection:
            is_spare = space.is_spare(connection)
        if is_spare:
            self._committer.run(space.give_back)

    def fold_all(self) -> None:
        """Fold every journal now."""
        with self._engines.connect_to_read() as connection:
            pending = fold.find_pending(connection)
        for run in self._unsettled(pending):
            self.fold_run(run.run)

    def _unsettled(self, pending: list[fold.Pending]) -> list[fold.Pending]:
        """Those that must be folded, after the others have been left to stand as they are."""
        lone = [run for run in pending if run.is_lone]
        if not lone:
            return pending
        self._committer.run(partial(fold.settle, pending=lone))
        with self._engines.connect_to_read() as connection:
            still = {run.run for run in fold.find_pending(connection)}
        return [run for run in pending if run.run in still]

    def fold_run(self, run: int) -> None:
        """Fold one run's journal; what another process does at the same time is left to it."""
        is_more = True
        while is_more:
            with self._engines.connect_to_read() as connection:
                swap = fold.plan(connection, run)
            if swap is None:
                return
            try:
                self._committer.run(partial(fold.apply, swap=swap), lane=run)
            except fold.Overtaken:
                log.debug("run %d was folded by another process", run)
                return
            is_more = len(swap.old_journal) == fold.MAX_ROWS
