"""Several stores on one database, each with connections and caches of its own, as server processes have them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from runfold.domain.keys import KeyKind
from runfold.domain.metric import Metric
from runfold.domain.run import FinishedRun, NewRun, RegisteredRun, RunBatch
from runfold.errors import AlreadyExists, InvalidValue, RunfoldError
from runfold.stores.sql.store import SqlStore
from runfold.testing.stores.records import history, log, log_texts, new_experiment, new_run, unique

T = TypeVar("T")


def at_once(stores: list[SqlStore], n: int, call: Callable[[SqlStore, int], T]) -> list[T | RunfoldError]:
    """What each of `n` simultaneous calls, spread over the stores, returned or raised."""
    barrier = Barrier(n)

    def one(number: int) -> T | RunfoldError:
        barrier.wait()
        try:
            return call(stores[number % len(stores)], number)
        except RunfoldError as error:
            return error

    with ThreadPoolExecutor(n) as pool:
        return list(pool.map(one, range(n)))


def counts(store: SqlStore, experiment_id: str) -> dict[tuple[KeyKind, str], int]:
    """How many runs have each key, as the store counts them."""
    return {(stats.kind, stats.key): stats.n_runs for stats in store.search_keys([experiment_id])}


def test_what_one_writes_the_others_read_at_once(stores: list[SqlStore]) -> None:
    one, other, third = stores
    run_id = new_run(one)
    log(other, run_id, "m", (0, 0, 1.0))
    log_texts(third, run_id, params={"p": "1"})
    for store in stores:
        assert history(store, run_id, "m") == [(0, 0, 1.0)]
        assert store.get_run(run_id).params == {"p": "1"}


def test_many_runs_are_made_and_filled_at_once(stores: list[SqlStore]) -> None:
    """All runs of an experiment share the rows of its keys, and all changes one counter."""
    experiment_id = new_experiment(stores[0])
    keys = [f"k{number}" for number in range(12)]

    def train(store: SqlStore, number: int) -> str:
        order = keys[number % 12 :] + keys[: number % 12]
        run_id = new_run(store, experiment_id, tags=dict.fromkeys(order[:4], "1"))
        for step in range(12):
            batch = RunBatch(
                metrics=tuple(Metric(key, float(step), step, step) for key in order[:6]),
                params=((order[step], "1"),),
                tags=((order[step], str(step)),),
            )
            stores[(number + step) % 3].log_batch(run_id, batch)
        store.update_run(run_id, end_time_ms=1)
        return run_id

    answers = at_once(stores, 24, train)
    assert [answer for answer in answers if not isinstance(answer, str)] == []
    for run_id in answers:
        run = stores[0].get_run(str(run_id))
        assert {summary.count for summary in run.metrics.values()} == {12}
        assert (len(run.metrics), set(run.params)) == (6, set(keys))
    found = counts(stores[1], experiment_id)
    assert {key: found[KeyKind.METRIC, key] for key in keys} == dict.fromkeys(keys, 12)
    assert {key: found[KeyKind.PARAM, key] for key in keys} == dict.fromkeys(keys, 24)
    assert {key: found[KeyKind.TAG, key] for key in keys} == dict.fromkeys(keys, 24)


def test_a_key_that_several_add_to_one_run_counts_once(stores: list[SqlStore]) -> None:
    for _ in range(10):
        experiment_id = new_experiment(stores[0])
        run_id = new_run(stores[0], experiment_id)

        def add(store: SqlStore, number: int, run_id: str = run_id) -> None:
            batch = RunBatch(metrics=(Metric("m", 1.0, 0, number),), params=(("p", "1"),), tags=(("t", "1"),))
            store.log_batch(run_id, batch)

        assert at_once(stores, 6, add) == [None] * 6
        found = counts(stores[0], experiment_id)
        assert found[KeyKind.METRIC, "m"] == found[KeyKind.PARAM, "p"] == found[KeyKind.TAG, "t"] == 1


def test_of_racing_values_of_a_param_exactly_one_wins(stores: list[SqlStore]) -> None:
    for _ in range(10):
        run_id = new_run(stores[0])
        answers = at_once(
            stores, 6, lambda store, number, run_id=run_id: log_texts(store, run_id, params={"p": str(number)})
        )
        winners = [str(number) for number, answer in enumerate(answers) if answer is None]
        assert [store.get_run(run_id).params for store in stores] == [{"p": winner} for winner in winners * 3]
        assert sum(isinstance(answer, InvalidValue) for answer in answers) == 5


def test_of_racing_creators_of_a_name_exactly_one_wins(stores: list[SqlStore]) -> None:
    for _ in range(10):
        name = unique("race")
        answers = at_once(stores, 6, lambda store, number, name=name: store.create_experiment(name))
        assert sum(isinstance(answer, str) for answer in answers) == 1
        assert sum(isinstance(answer, AlreadyExists) for answer in answers) == 5


def test_of_racing_registrations_of_one_key_exactly_one_is_new(stores: list[SqlStore]) -> None:
    for _ in range(10):
        run = FinishedRun(run=NewRun(experiment_id="0"), idempotency_key=unique("key"))
        answers = at_once(stores, 6, lambda store, number, run=run: store.register_run(run))
        registered = [answer for answer in answers if isinstance(answer, RegisteredRun)]
        assert len(registered) == 6
        assert sum(answer.is_new for answer in registered) == 1
        assert len({answer.run.info.run_id for answer in registered}) == 1


def test_folding_moving_cutting_and_writing_at_once_lose_nothing(stores: list[SqlStore]) -> None:
    homes = [new_experiment(stores[0]), new_experiment(stores[0])]
    run_id = new_run(stores[0], homes[0])

    def call(store: SqlStore, number: int) -> None:
        for turn in range(8):
            if number == 0:
                store.move_runs([run_id], homes[(turn + 1) % 2])
            elif number == 1:
                log(store, run_id, "cut", (turn, 0, 1.0))
                store.delete_metric(run_id, "cut")
            elif number < 4:
                store.fold()
            else:
                first = 1000 * number + 50 * turn
                points = tuple(Metric("m", 1.0, 0, step) for step in range(first, first + 50))
                store.log_batch(run_id, RunBatch(metrics=(*points, Metric(f"short{number}", 1.0, 0, turn))))

    assert at_once(stores, 10, call) == [None] * 10
    for store in stores:
        assert [step for step, _, _ in history(store, run_id, "m")] == [
            1000 * number + step for number in range(4, 10) for step in range(400)
        ]
        for number in range(4, 10):
            assert [step for step, _, _ in history(store, run_id, f"short{number}")] == list(range(8))
        store.fold()
    run = stores[2].get_run(run_id)
    assert "cut" not in run.metrics
    assert run.metrics["m"].count == 2400


def test_a_purge_and_late_writers_leave_nothing_behind(stores: list[SqlStore]) -> None:
    for _ in range(10):
        experiment_id = new_experiment(stores[0])
        run_id = new_run(stores[0], experiment_id)

        def call(store: SqlStore, number: int, run_id: str = run_id) -> None:
            if number == 0:
                store.delete_runs([run_id])
                store.purge(run_ids=[run_id], dry_run=False)
            else:
                for step in range(5):
                    log(store, run_id, "m", (100 * number + step, 0, 1.0))

        assert not isinstance(at_once(stores, 5, call)[0], RunfoldError)
        new_run(stores[1], experiment_id, run_id=run_id)
        assert history(stores[2], run_id, "m") == []
        assert stores[2].get_run(run_id).metrics == {}
