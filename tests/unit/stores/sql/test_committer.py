"""Group commit: what each unit is answered, whatever its neighbours do."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from runfold.config import StoreSettings
from runfold.domain.keys import KeyKind
from runfold.errors import InvalidValue, NotFound, QueueFull, StorageFull, Unavailable
from runfold.stores.sql.committer import MAX_GROUP, Committer
from runfold.stores.sql.engine import Engines
from runfold.stores.sql.transaction import KeyCache, Transaction

SETTINGS = StoreSettings(write_queue=1000)


class Bench:
    """A committer on an empty database with a table of its own, and a way to hold its writer."""

    def __init__(self, path: Path, settings: StoreSettings = SETTINGS, *, checks_references: bool = False) -> None:
        self.engines = Engines(f"sqlite:///{path}", settings)
        if checks_references:
            sa.event.listen(
                self.engines._write_engine,
                "connect",
                lambda connection, _: connection.execute("PRAGMA foreign_keys=ON"),
            )
        self.touched: list[set[int]] = []
        self.keys = KeyCache()
        self.committer = Committer(self.engines, settings, self.keys, self.touched.append)
        self.committer.run(lambda t: t.run("CREATE TABLE written (number INTEGER PRIMARY KEY, text TEXT)"))
        self.committer.run(
            lambda t: t.run(
                "CREATE TABLE keys (id INTEGER PRIMARY KEY, experiment_id, kind, key UNIQUE, n_runs DEFAULT 0)"
            )
        )

    def hold(self) -> Callable[[], None]:
        """Keep the writer busy, so that what is submitted next forms one group; returns what lets it go."""
        running, release = threading.Event(), threading.Event()

        def unit(transaction: Transaction) -> None:
            running.set()
            assert release.wait(30)

        self.committer.submit(unit)
        assert running.wait(30)
        return release.set

    def written(self) -> list[int]:
        with self.engines.connect_to_read() as connection:
            return [row[0] for row in connection.exec_driver_sql("SELECT number FROM written ORDER BY number")]

    def close(self) -> None:
        self.committer.close()
        self.engines.dispose()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path / "store.db")
    yield made
    made.close()


def write(number: int) -> Callable[[Transaction], int]:
    def unit(transaction: Transaction) -> int:
        transaction.run("INSERT INTO written (number) VALUES (?)", (number,))
        transaction.touched.add(number)
        return number

    return unit


def write_and_raise(number: int, error: BaseException) -> Callable[[Transaction], int]:
    def unit(transaction: Transaction) -> int:
        write(number)(transaction)
        raise error

    return unit


def test_units_that_wait_share_one_commit_and_each_gets_its_answer(bench: Bench) -> None:
    release = bench.hold()
    before = bench.committer.n_commits
    futures = [bench.committer.submit(write(number)) for number in range(100)]
    release()
    assert [future.result(30) for future in futures] == list(range(100))
    assert bench.written() == list(range(100))
    assert bench.committer.n_commits == before + 2, "the held unit, then all others at once"


@pytest.mark.parametrize("error", [InvalidValue("no"), NotFound("run", "x"), ZeroDivisionError(), SystemExit(3)])
def test_a_unit_that_raises_is_rolled_back_alone(bench: Bench, error: BaseException) -> None:
    release = bench.hold()
    before = bench.committer.submit(write(1))
    bad = bench.committer.submit(write_and_raise(2, error))
    after = bench.committer.submit(write(3))
    release()
    assert (before.result(30), after.result(30)) == (1, 3)
    with pytest.raises(type(error)):
        bad.result(30)
    assert bench.written() == [1, 3]
    assert bench.touched == [{1, 3}]


@pytest.mark.parametrize("error", [InvalidValue("no"), ZeroDivisionError()])
def test_a_unit_that_has_the_transaction_to_itself_leaves_nothing_when_it_raises(
    bench: Bench, error: BaseException
) -> None:
    before = bench.committer.n_commits
    with pytest.raises(type(error)):
        bench.committer.run(write_and_raise(1, error))
    assert bench.committer.run(write(2)) == 2
    assert bench.written() == [2]
    assert bench.touched == [{2}]
    assert bench.committer.n_commits == before + 1


def test_a_unit_may_leave_an_answer_of_the_database_unread(bench: Bench) -> None:
    bench.committer.run(lambda t: t.run("INSERT INTO written (number) VALUES (1), (2) RETURNING number").fetchone())
    assert bench.written() == [1, 2]


def test_a_statement_that_fails_is_rolled_back_alone(bench: Bench) -> None:
    bench.committer.run(write(1))
    release = bench.hold()
    futures = [bench.committer.submit(write(number)) for number in (2, 1, 3)]
    release()
    assert (futures[0].result(30), futures[2].result(30)) == (2, 3)
    assert futures[1].exception(30) is not None
    assert bench.written() == [1, 2, 3]


def test_a_unit_that_ends_the_whole_transaction_costs_the_others_nothing(bench: Bench) -> None:
    def unit(transaction: Transaction) -> None:
        transaction.run("ROLLBACK")
        transaction.run("SELECT nonsense")

    release = bench.hold()
    before, bad, after = (bench.committer.submit(each) for each in (write(1), unit, write(3)))
    release()
    assert (before.result(30), after.result(30)) == (1, 3)
    assert bad.exception(30) is not None
    assert bench.written() == [1, 3]
    assert bench.committer.run(write(4)) == 4


def test_a_commit_that_fails_is_tried_one_by_one(tmp_path: Path) -> None:
    """A deferred constraint fails the commit itself, so that nobody in the group is to blame yet."""
    bench = Bench(tmp_path / "store.db", checks_references=True)
    bench.committer.run(
        lambda t: t.run("CREATE TABLE child (number INTEGER REFERENCES written (number) DEFERRABLE INITIALLY DEFERRED)")
    )

    def orphan(transaction: Transaction) -> None:
        transaction.run("INSERT INTO child VALUES (99)")

    release = bench.hold()
    good, bad, other = (bench.committer.submit(unit) for unit in (write(1), orphan, write(3)))
    release()
    assert (good.result(30), other.result(30)) == (1, 3)
    assert "FOREIGN KEY" in str(bad.exception(30))
    assert bench.written() == [1, 3]
    bench.close()


def test_a_full_disk_fails_what_needs_space_and_nothing_else_breaks(bench: Bench) -> None:
    def fill(transaction: Transaction) -> None:
        [[pages]] = transaction.rows("PRAGMA page_count")
        transaction.run(f"PRAGMA max_page_count={pages + 1}").fetchall()
        transaction.run("INSERT INTO written (text) VALUES (?)", ("x" * 100_000,))

    assert bench.committer.run(lambda transaction: transaction.last_full_ms) is None
    assert isinstance(bench.committer.submit(fill).exception(30), StorageFull)
    assert bench.written() == []
    assert bench.committer.run(lambda transaction: transaction.now_ms - (transaction.last_full_ms or 0)) < 60_000
    assert bench.committer.run(write(1)) == 1
    assert isinstance(bench.committer.submit(fill).exception(30), StorageFull)
    assert bench.written() == [1]


def test_more_than_may_wait_is_refused_until_there_is_room(tmp_path: Path) -> None:
    bench = Bench(tmp_path / "store.db", StoreSettings(write_queue=5))
    release = bench.hold()
    futures = [bench.committer.submit(write(number)) for number in range(5)]
    with pytest.raises(QueueFull) as caught:
        bench.committer.submit(write(99))
    assert caught.value.limit == 5
    assert caught.value.retry_after_s > 0
    release()
    assert [future.result(30) for future in futures] == list(range(5))
    assert bench.committer.run(write(6)) == 6
    assert bench.written() == [0, 1, 2, 3, 4, 6]
    bench.close()


def test_more_units_than_a_group_holds_are_all_answered_in_order(bench: Bench) -> None:
    release = bench.hold()
    order: list[int] = []

    def note(number: int) -> Callable[[Transaction], None]:
        return lambda transaction: order.append(number)

    futures = [bench.committer.submit(note(number)) for number in range(2 * MAX_GROUP + 7)]
    release()
    assert [future.result(30) for future in futures] == [None] * len(futures)
    assert order == list(range(len(futures)))


def test_closing_finishes_what_waits_and_then_refuses(bench: Bench) -> None:
    release = bench.hold()
    futures = [bench.committer.submit(write(number)) for number in range(50)]
    closing = threading.Thread(target=bench.committer.close)
    closing.start()
    release()
    closing.join(30)
    assert not closing.is_alive()
    assert [future.result(0) for future in futures] == list(range(50))
    assert bench.written() == list(range(50))
    with pytest.raises(Unavailable):
        bench.committer.submit(write(99))
    bench.committer.close()


def test_a_unit_that_races_with_closing_is_answered_or_refused(tmp_path: Path) -> None:
    for attempt in range(20):
        bench = Bench(tmp_path / f"{attempt}.db")
        start = threading.Barrier(5)

        def submit(number: int, bench: Bench = bench, start: threading.Barrier = start) -> list[int]:
            start.wait()
            accepted = []
            for turn in range(200):
                try:
                    accepted.append(bench.committer.submit(write(1000 * number + turn)))
                except Unavailable:
                    break
            return [future.result(30) for future in accepted]

        with ThreadPoolExecutor(4) as pool:
            answers = pool.map(submit, range(4))
            start.wait()
            bench.committer.close()
            answered = [number for numbers in answers for number in numbers]
        assert bench.written() == sorted(answered)
        bench.close()


def test_a_unit_whose_caller_gave_up_is_not_run(bench: Bench) -> None:
    release = bench.hold()
    kept, given_up = bench.committer.submit(write(1)), bench.committer.submit(write(2))
    assert given_up.cancel()
    release()
    assert kept.result(30) == 1
    assert bench.written() == [1]


def test_keys_of_a_unit_that_was_rolled_back_are_forgotten(bench: Bench) -> None:
    def intern(name: str, error: Exception | None = None) -> Callable[[Transaction], int]:
        def unit(transaction: Transaction) -> int:
            ids = transaction.key_ids(1, KeyKind.METRIC, [name])
            transaction.count_new(ids.values())
            if error is not None:
                raise error
            return ids[name]

        return unit

    release = bench.hold()
    good = bench.committer.submit(intern("good"))
    bad = bench.committer.submit(intern("bad", InvalidValue("no")))
    same = bench.committer.submit(intern("good"))
    release()
    assert good.result(30) == same.result(30)
    assert bad.exception(30) is not None
    assert bench.keys.get(1, KeyKind.METRIC, "good") == good.result()
    assert bench.keys.get(1, KeyKind.METRIC, "bad") is None
    number = bench.committer.run(intern("bad"))
    with bench.engines.connect_to_read() as connection:
        found = connection.exec_driver_sql("SELECT key, id, n_runs FROM keys ORDER BY id").all()
    assert sorted(map(tuple, found)) == sorted([("good", good.result(), 2), ("bad", number, 1)])
