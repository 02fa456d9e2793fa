"""What only PostgreSQL does: writers that wait for each other, and connections that break."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import psycopg
import pytest

from runfold.config import StoreSettings
from runfold.domain.metric import Metric
from runfold.domain.run import RunBatch
from runfold.errors import RunfoldError, Unavailable
from runfold.stores.open import open_store
from runfold.stores.sql.runs import note_writes
from runfold.stores.sql.store import SqlStore
from runfold.stores.sql.transaction import Transaction
from runfold.testing.stores.records import history, log, new_run, wait_for


@pytest.fixture
def address(new_postgres_database: Callable[[], str]) -> str:
    return new_postgres_database()


@pytest.fixture
def store(address: str) -> Iterator[SqlStore]:
    opened = open_store(address, StoreSettings(write_connections=2, lost_after_s=300))
    yield opened
    opened.close()


@pytest.fixture
def other_store(address: str) -> Iterator[SqlStore]:
    opened = open_store(address, StoreSettings(write_connections=2, lost_after_s=300))
    yield opened
    opened.close()


def test_writers_that_wait_for_each_other_in_a_circle_both_succeed(store: SqlStore, other_store: SqlStore) -> None:
    stores, runs = (store, other_store), [new_run(store), new_run(store)]
    both_hold_one = threading.Barrier(2)

    def crossing(first: str, second: str) -> Callable[[Transaction], None]:
        attempts = 0

        def unit(transaction: Transaction) -> None:
            nonlocal attempts
            attempts += 1
            transaction.run("UPDATE runs SET user_id = user_id || 'a' WHERE run_id = ?", (first,))
            if attempts == 1:
                both_hold_one.wait(30)
            transaction.run("UPDATE runs SET user_id = user_id || 'b' WHERE run_id = ?", (second,))

        return unit

    futures = [
        stores[0].committer.submit(crossing(runs[0], runs[1])),
        stores[1].committer.submit(crossing(runs[1], runs[0])),
    ]
    assert [future.result(60) for future in futures] == [None, None]
    assert sorted("".join(sorted(store.get_run(run_id).info.user_id)) for run_id in runs) == ["ab", "ab"]


def test_a_run_that_another_transaction_holds_is_stamped_later(store: SqlStore, other_store: SqlStore) -> None:
    held, free, purged = new_run(store), new_run(store), 10**9
    numbers = {}
    for run_id in (held, free):
        numbers[run_id] = store.committer.run(
            lambda t, run_id=run_id: t.row("SELECT id FROM runs WHERE run_id = ?", (run_id,))[0]
        )
    is_held, release = threading.Event(), threading.Event()

    def hold(transaction: Transaction) -> None:
        transaction.run("UPDATE runs SET user_id = 'x' WHERE run_id = ?", (held,))
        is_held.set()
        assert release.wait(30)

    holding = other_store.committer.submit(hold)
    assert is_held.wait(30)
    later = store.committer.run(lambda t: note_writes(t, {*numbers.values(), purged}))
    assert later == {numbers[held]}
    release.set()
    holding.result(30)
    assert store.committer.run(lambda t: note_writes(t, later)) == set()


def test_a_broken_connection_costs_the_writes_in_flight_at_most(address: str, store: SqlStore) -> None:
    run_id = new_run(store)
    acknowledged, failures = [], []
    with psycopg.connect(address, autocommit=True) as admin:
        for turn in range(60):
            if turn % 20 == 10:
                admin.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            try:
                store.log_batch(run_id, RunBatch(metrics=(Metric("m", 1.0, 0, turn),)))
            except RunfoldError as error:
                failures.append(error)
            else:
                acknowledged.append(turn)
    assert all(isinstance(error, Unavailable) for error in failures)
    assert len(failures) <= 2 * 3, "each writer's connection broke three times"
    assert acknowledged[-1] == 59
    found = wait_for(lambda: _read_or_none(store, run_id))
    assert set(acknowledged) <= {step for step, _, _ in found}
    assert len(found) == len(set(found))


def _read_or_none(store: SqlStore, run_id: str) -> list[tuple[int, int, float | None]] | None:
    try:
        return history(store, run_id, "m")
    except Unavailable:
        return None


def test_a_server_that_is_not_there_says_so(address: str) -> None:
    missing = address.replace(address.rsplit("/", 1)[1].split("?")[0], "no_such_database")
    with pytest.raises(Unavailable, match="cannot be reached"):
        open_store(missing)


def test_a_slow_query_is_given_up_and_the_store_goes_on(address: str) -> None:
    store = open_store(address, StoreSettings(statement_timeout_s=0.05, read_connections=1))
    run_id = new_run(store)
    with pytest.raises(Unavailable, match="time limit"):
        store._read(lambda connection: connection.exec_driver_sql("SELECT pg_sleep(5)"))
    log(store, run_id, "m", (0, 0, 1.0))
    assert history(store, run_id, "m") == [(0, 0, 1.0)]
    store.close()
