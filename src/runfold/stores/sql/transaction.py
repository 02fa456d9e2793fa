"""What a unit of work gets: one open transaction, driver-level statements, and interned keys."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from runfold.domain.audit import Act
from runfold.domain.keys import KeyKind
from runfold.stores.sql.audit import chain
from runfold.stores.sql.quotas import counting
from runfold.stores.sql.quotas.points import FullAccounts

KeyMap = dict[tuple[int, int, str], int]


class KeyCache:
    """Numbers of keys that are committed, shared by all threads of a process.

    Numbers are never used again, so an entry can be outdated only by a purge, after which nobody asks.
    """

    MAX_KEYS = 1_000_000

    def __init__(self) -> None:
        self._ids: KeyMap = {}
        self._lock = threading.Lock()

    def get(self, experiment: int, kind: int, key: str) -> int | None:
        return self._ids.get((experiment, kind, key))

    def add(self, ids: KeyMap) -> None:
        with self._lock:
            if len(self._ids) + len(ids) > self.MAX_KEYS:
                self._ids = {}
            self._ids.update(ids)


class Transaction:
    """One transaction of a writer thread.

    Attributes:
        connection: for SQLAlchemy statements.
        now_ms: the time of the transaction, Unix milliseconds.
        last_full_ms: when this process last had no room for a write; None: not since it opened the store.
        touched: numbers of runs that this transaction wrote points, params or tags of.
        acts: to be recorded in the audit with what the transaction writes.
        kept: what owners keep with what this transaction adds. See `quotas.counting`.
        full: who keeps as many points of series as they may, as far as this process knows.
    """

    def __init__(
        self,
        connection: sa.Connection,
        key_cache: KeyCache,
        *,
        full: FullAccounts | None = None,
        last_full_ms: int | None = None,
    ) -> None:
        self.connection = connection
        self.full = FullAccounts() if full is None else full
        self.last_full_ms = last_full_ms
        self.now_ms = self.now()
        self.touched: set[int] = set()
        self.acts: list[Act] = []
        self.kept: dict[counting.Account, counting.Kept] = {}
        self.new_keys: KeyMap = {}
        self._counts: Counter[int] = Counter()
        self._key_cache = key_cache
        self._is_sqlite = connection.dialect.name == "sqlite"
        self._cursor = connection.connection.cursor()

    @staticmethod
    def now() -> int:
        """The wall clock as Unix milliseconds."""
        return time.time_ns() // 1_000_000

    def run(self, statement: str, values: Sequence[object] = ()) -> Any:
        """Run one driver-level statement with `?` in place of values; returns the driver's cursor.

        For the statements that run thousands of times a second, where SQLAlchemy would cost more than the
        database. Each result must be read before the next call.
        """
        self._cursor.execute(statement if self._is_sqlite else _with_format_marks(statement), values)
        return self._cursor

    def run_many(self, statement: str, rows: Sequence[Sequence[object]]) -> None:
        if rows:
            self._cursor.executemany(statement if self._is_sqlite else _with_format_marks(statement), rows)

    def row(self, statement: str, values: Sequence[object] = ()) -> tuple[Any, ...] | None:
        found: tuple[Any, ...] | None = self.run(statement, values).fetchone()
        return found

    def rows(self, statement: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = self.run(statement, values).fetchall()
        return found

    def next_change(self) -> int:
        """The next number for `runs.change`. Numbers come in commit order: this locks the counter's row."""
        found = self.row("UPDATE change_counter SET value = value + 1 WHERE id = 0 RETURNING value")
        assert found is not None, "the change counter's row is made with the schema"
        return int(found[0])

    def read_run(self, statement: str, values: Sequence[object], *, alone: bool = False) -> tuple[Any, ...] | None:
        """One row of `runs`, which stays as it was read until the commit.

        Several transactions may hold a run in this way, to add to it; `alone`: no other may, to rewrite what it
        has. Without that, PostgreSQL would let a run move or go between the moment a writer looked it up and the
        moment it writes. SQLite has one writer at a time.
        """
        if self._is_sqlite:
            return self.row(statement, values)
        if alone:
            return self.row(f"{statement} FOR UPDATE", values)
        # A shared lock can be granted on a version of the row that was replaced a moment ago, since it only cares
        # for the row's key. Once it is held, nobody moves the run any more, and a second look finds the newest.
        held = self.row(f"{statement} FOR KEY SHARE", values)
        return held and self.row(statement, values)

    def take_turn(self, key: int) -> None:
        """Be the only transaction of any process that has taken this turn, until the commit.

        For units that hold several rows and the change counter in no fixed order: two such transactions would wait for
        each other in a circle, which PostgreSQL notices after a second. SQLite has one writer at a time.
        """
        if not self._is_sqlite:
            self.rows("SELECT pg_advisory_xact_lock(?)", (key,))

    def hold_row(self, statement: str, values: Sequence[object], *, alone: bool = False) -> tuple[Any, ...] | None:
        """One row, of an experiment or a role, which is there until the commit; `alone`: nobody who holds it, too, adds
        a run or a grant to it meanwhile.
        """
        if self._is_sqlite:
            return self.row(statement, values)
        return self.row(f"{statement} FOR {'UPDATE' if alone else 'KEY SHARE'}", values)

    def waits_for_run(self, number: int) -> bool:
        """Hold a run against others that add keys to it; False where there can be no others."""
        if self._is_sqlite:
            return False
        self.run("SELECT 1 FROM runs WHERE id = ? FOR NO KEY UPDATE", (number,))
        return True

    def hold_runs(self, numbers: Sequence[int]) -> None:
        """Hold these runs alone, as `read_run` does for one."""
        if not self._is_sqlite:
            for some in chunks(sorted(numbers), 500):
                marks = ", ".join("?" * len(some))
                self.rows(f"SELECT id FROM runs WHERE id IN ({marks}) ORDER BY id FOR UPDATE", some)  # noqa: S608

    def free_runs(self, numbers: Sequence[int]) -> list[int]:
        """Those of these runs that nobody else is changing, which are then held until the commit."""
        if self._is_sqlite:
            return list(numbers)
        free: list[int] = []
        for some in chunks(numbers, 500):
            marks = ", ".join("?" * len(some))
            query = f"SELECT id FROM runs WHERE id IN ({marks}) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED"  # noqa: S608
            free += [row[0] for row in self.rows(query, some)]
        return free

    def key_ids(self, experiment: int, kind: KeyKind, names: Iterable[str]) -> dict[str, int]:
        """Numbers of keys, made where they are new."""
        ids: dict[str, int] = {}
        missing: list[str] = []
        for name in names:
            found = self._key_cache.get(experiment, kind, name)
            if found is None:
                found = self.new_keys.get((experiment, kind, name))
            if found is None:
                missing.append(name)
            else:
                ids[name] = found
        if missing:
            self._intern(experiment, kind, missing, ids)
        return ids

    def _intern(self, experiment: int, kind: KeyKind, names: list[str], ids: dict[str, int]) -> None:
        # Sorted, so that two writers who add the same keys lock them in the same order.
        self.run_many(
            "INSERT INTO keys (experiment_id, kind, key) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            [(experiment, int(kind), name) for name in sorted(names)],
        )
        for chunk in chunks(names, 500):
            marks = ", ".join("?" * len(chunk))
            for name, number in self.rows(
                f"SELECT key, id FROM keys WHERE experiment_id = ? AND kind = ? AND key IN ({marks})",  # noqa: S608
                (experiment, int(kind), *chunk),
            ):
                ids[name] = number
                self.new_keys[(experiment, int(kind), name)] = number

    def count_new(self, key_ids: Iterable[int], *, by: int = 1) -> None:
        """Note that one more run (or fewer) has each of these keys."""
        for number in key_ids:
            self._counts[number] += by

    def finish(self) -> None:
        """Before the commit: write what was counted, and end the last statement, read to its end or not.

        All runs of an experiment share these rows. Written once, last and in order, they are locked for a moment
        only, and two transactions that count the same keys never wait for each other in a circle.
        """
        changes = [(by, number) for number, by in sorted(self._counts.items()) if by]
        self.run_many("UPDATE keys SET n_runs = n_runs + ? WHERE id = ?", changes)
        if self.kept:
            counting.write(self)
        if self.acts:
            chain.append(self, self.acts)
        self._cursor.close()

    def savepoint(self) -> None:
        self._cursor.execute("SAVEPOINT unit")
        self._before = set(self.touched), dict(self.new_keys), Counter(self._counts), list(self.acts), dict(self.kept)

    def release(self) -> None:
        self._cursor.execute("RELEASE SAVEPOINT unit")

    def roll_back_to_savepoint(self) -> None:
        self._cursor.execute("ROLLBACK TO SAVEPOINT unit")
        self._cursor.execute("RELEASE SAVEPOINT unit")
        self.touched, self.new_keys, self._counts, self.acts, self.kept = self._before

    def publish_keys(self) -> None:
        """After the commit: let others use the keys that this transaction made."""
        if self.new_keys:
            self._key_cache.add(self.new_keys)


def chunks(items: Sequence[Any], size: int) -> Iterable[Sequence[Any]]:
    """Slices of at most `size`: databases bound the number of values in one statement."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


@lru_cache(maxsize=1024)
def _with_format_marks(statement: str) -> str:
    return statement.replace("?", "%s")
