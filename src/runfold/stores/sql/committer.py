"""Group commit: many small writes, one sync.

Every write is a unit, a function `(Transaction) -> result`. A writer thread takes all units that wait, runs
them in one transaction, each in a savepoint, commits once, and then answers them all. A unit that raises is
rolled back alone. An answer therefore means committed and, with `durability = full`, synced.

SQLite has one writer thread. PostgreSQL has a few; units that name the same lane (a run) go to the same
thread, so that they don't wait for each other's row locks. Where a lane's units hold something from the first
statement to the commit, they go to a thread that no other lane shares.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import Any, Generic, TypeVar

import sqlalchemy as sa

from runfold.config import StoreSettings
from runfold.errors import QueueFull, RunfoldError, StorageFull, Unavailable
from runfold.stores.sql.engine import Engines, is_conflict, translate
from runfold.stores.sql.quotas.points import FullAccounts
from runfold.stores.sql.transaction import KeyCache, Transaction

log = logging.getLogger(__name__)

T = TypeVar("T")
Unit = Callable[[Transaction], T]

MAX_GROUP = 256
MAX_ATTEMPTS = 10


class Waiting(Generic[T]):
    """A unit in the queue, and who waits for it."""

    __slots__ = ("future", "unit")

    def __init__(self, unit: Unit[T]) -> None:
        self.unit = unit
        self.future: Future[T] = Future()


_Queue = SimpleQueue[Waiting[Any] | None]


class Committer:
    """Runs units of work, grouped.

    Args:
        on_touched: told, after each commit, which runs were written to.
        own_lanes: those that share no thread with others.
    """

    def __init__(
        self,
        engines: Engines,
        settings: StoreSettings,
        key_cache: KeyCache,
        on_touched: Callable[[set[int]], None],
        *,
        own_lanes: Sequence[Hashable] = (),
    ) -> None:
        self._engines = engines
        self._limit = settings.write_queue
        self._key_cache = key_cache
        self._on_touched = on_touched
        self._is_closed = False
        # Nothing may be queued behind the mark that ends a writer: nobody would answer it.
        self._gate = threading.Lock()
        n_lanes = 1 if engines.is_sqlite else max(1, settings.write_connections)
        self._shared: list[_Queue] = [SimpleQueue() for _ in range(n_lanes)]
        self._own: dict[Hashable, _Queue] = {} if engines.is_sqlite else {lane: SimpleQueue() for lane in own_lanes}
        self._queues = [*self._shared, *self._own.values()]
        self._threads = [
            threading.Thread(target=self._write, args=(queue,), name=f"runfold-writer-{number}", daemon=True)
            for number, queue in enumerate(self._queues)
        ]
        self._full = FullAccounts()
        self._last_full_ms: int | None = None
        self.n_commits = 0
        self.n_units = 0
        for thread in self._threads:
            thread.start()

    @property
    def n_waiting(self) -> int:
        return sum(queue.qsize() for queue in self._queues)

    @property
    def limit(self) -> int:
        return self._limit

    def submit(self, unit: Unit[T], *, lane: Hashable = None) -> Future[T]:
        """Queue a unit; the future answers after its commit.

        Raises:
            QueueFull: too many wait already.
            Unavailable: the store is closed.
        """
        if self.n_waiting >= self._limit:
            raise QueueFull(self._limit)
        waiting = Waiting(unit)
        with self._gate:
            if self._is_closed:
                raise Unavailable("The store is closed.")
            queue = self._own.get(lane) or self._shared[hash(lane) % len(self._shared)]
            queue.put(waiting)
        return waiting.future

    def run(self, unit: Unit[T], *, lane: Hashable = None) -> T:
        """Queue a unit and wait for its commit."""
        return self.submit(unit, lane=lane).result()

    def close(self) -> None:
        """Finish what waits, then stop."""
        with self._gate:
            if self._is_closed:
                return
            self._is_closed = True
            for queue in self._queues:
                queue.put(None)
        for thread in self._threads:
            thread.join()

    def _write(self, queue: _Queue) -> None:
        connection: sa.Connection | None = None
        while True:
            group, is_last = _take_group(queue)
            if group:
                connection = self._commit_group(connection, group)
            if is_last:
                break
        if connection is not None:
            connection.close()

    def _commit_group(self, connection: sa.Connection | None, group: list[Waiting[Any]]) -> sa.Connection | None:
        """Run a group in one transaction; where that is impossible, each unit in its own.

        Returns:
            The connection to use next, None after one that failed.
        """
        try:
            if connection is None:
                connection = self._engines.connect_to_write()
            answers = self._run_group(connection, group)
        except BaseException as error:  # the edge of a background thread: each unit must get an answer
            if connection is not None:
                _discard(connection)
            meaning = translate(error, self._engines.uri)
            if is_conflict(error) or (len(group) > 1 and not isinstance(meaning, Unavailable)):
                self._commit_each(group)
            else:  # one by one would only fail one by one (full disk, no connection)
                for waiting in group:
                    self._fail(waiting, meaning)
            return None
        for waiting, (result, failure) in zip(group, answers, strict=True):
            if failure is None:
                waiting.future.set_result(result)
            else:
                self._fail(waiting, failure)
        return connection

    def _commit_each(self, group: list[Waiting[Any]]) -> None:
        for waiting in group:
            for attempt in range(MAX_ATTEMPTS):
                try:
                    with self._engines.connect_to_write() as connection:
                        [(result, failure)] = self._run_group(connection, [waiting])
                except BaseException as error:  # as above
                    if is_conflict(error) and attempt + 1 < MAX_ATTEMPTS:
                        # Two that met in a circle must not meet there again at once.
                        time.sleep(random.uniform(0.0, 0.1))  # noqa: S311 (no secret)
                        continue
                    failure = translate(error, self._engines.uri)
                    result = None
                if failure is None:
                    waiting.future.set_result(result)
                else:
                    self._fail(waiting, failure)
                break

    def _run_group(
        self, connection: sa.Connection, group: list[Waiting[Any]]
    ) -> list[tuple[Any, BaseException | None]]:
        """Results or failures of the units, committed when this returns.

        Raises:
            BaseException: the transaction as a whole failed; nothing was written.
        """
        answers: list[tuple[Any, BaseException | None]] = []
        is_shared = len(group) > 1  # a unit that has the transaction to itself needs no savepoint in it
        with connection.begin() as whole:
            transaction = Transaction(connection, self._key_cache, full=self._full, last_full_ms=self._last_full_ms)
            for waiting in group:
                if is_shared:
                    transaction.savepoint()
                try:
                    result = waiting.unit(transaction)
                except BaseException as error:  # a panic in a compiled library is no Exception
                    if not isinstance(error, RunfoldError) and _transaction_is_over(connection, error):
                        raise
                    answers.append((None, translate(error, self._engines.uri)))
                    if not is_shared:
                        whole.rollback()
                        return answers
                    transaction.roll_back_to_savepoint()
                else:
                    if is_shared:
                        transaction.release()
                    answers.append((result, None))
            transaction.finish()
        transaction.publish_keys()
        self.n_commits += 1
        self.n_units += len(group)
        if transaction.touched:
            self._on_touched(transaction.touched)
        return answers

    def _fail(self, waiting: Waiting[Any], error: BaseException) -> None:
        if isinstance(error, StorageFull):
            self._last_full_ms = Transaction.now()
        elif not isinstance(error, RunfoldError):
            log.error("A write failed for a reason that is a fault of Runfold", exc_info=error)
        waiting.future.set_exception(error)


def _take_group(queue: _Queue) -> tuple[list[Waiting[Any]], bool]:
    """All units that wait, at least one; and whether the queue was closed behind them."""
    group: list[Waiting[Any]] = []
    item = queue.get()
    while item is not None:
        if item.future.set_running_or_notify_cancel():
            group.append(item)
        if len(group) >= MAX_GROUP:
            return group, False
        try:
            item = queue.get_nowait()
        except Empty:
            return group, False
    return group, True


def _discard(connection: sa.Connection) -> None:
    try:
        connection.invalidate()
        connection.close()
    except Exception:  # a broken connection may fail to close; it is gone either way
        log.debug("a failed connection did not close", exc_info=True)


def _transaction_is_over(connection: sa.Connection, error: BaseException) -> bool:
    """Whether the database itself gave up the whole transaction, so that no savepoint is left."""
    if is_conflict(error):
        return True
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        return not driver.in_transaction
    return bool(driver.closed)
