"""Many writers at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from runfold.domain.run import RunBatch
from runfold.errors import AlreadyExists, InvalidValue, RunfoldError
from runfold.stores.base import TrackingStore
from runfold.testing.stores.records import history, log, log_texts, metrics, model, new_experiment, new_run, unique

N_WRITERS = 64


def at_once(n: int, call: Callable[[int], object]) -> list[object]:
    """What each of `n` simultaneous calls returned or raised."""
    barrier = Barrier(n)

    def one(number: int) -> object:
        barrier.wait()
        try:
            return call(number)
        except RunfoldError as error:
            return error

    with ThreadPoolExecutor(n) as pool:
        return list(pool.map(one, range(n)))


def test_many_writers_fill_one_series(store: TrackingStore) -> None:
    run_id = new_run(store)

    def write(writer: int) -> None:
        for number in range(5):
            log(store, run_id, "m", *[(writer * 100 + number * 10 + step, writer, float(writer)) for step in range(10)])

    assert at_once(N_WRITERS, write) == [None] * N_WRITERS
    expected = sorted(
        (writer, writer * 100 + number, float(writer)) for writer in range(N_WRITERS) for number in range(50)
    )
    assert [(time, step, value) for step, time, value in history(store, run_id, "m")] == expected
    summary = store.get_run(run_id).metrics["m"]
    assert (summary.count, summary.min, summary.max) == (N_WRITERS * 50, 0.0, N_WRITERS - 1.0)


def test_many_writers_add_keys_of_their_own(store: TrackingStore) -> None:
    run_id = new_run(store)

    def write(writer: int) -> None:
        store.log_batch(
            run_id,
            RunBatch(
                metrics=metrics(f"m{writer}", (0, 0, 1.0)) + metrics("shared", (writer, 0, 1.0)),
                params=((f"p{writer}", "1"), ("shared", "same")),
                tags=((f"t{writer}", "1"), ("shared", str(writer))),
            ),
        )

    assert at_once(N_WRITERS, write) == [None] * N_WRITERS
    run = store.get_run(run_id)
    assert set(run.metrics) == {"shared", *(f"m{writer}" for writer in range(N_WRITERS))}
    assert set(run.params) == {"shared", *(f"p{writer}" for writer in range(N_WRITERS))}
    assert run.metrics["shared"].count == N_WRITERS


def test_of_racing_values_of_a_param_exactly_one_wins(store: TrackingStore) -> None:
    for _ in range(5):
        run_id = new_run(store)
        answers = at_once(8, lambda number, run_id=run_id: log_texts(store, run_id, params={"p": str(number)}))  # type: ignore[misc]
        winners = [number for number, answer in enumerate(answers) if answer is None]
        assert len(winners) == 1
        assert all(isinstance(answer, InvalidValue) for answer in answers if answer is not None)
        assert store.get_run(run_id).params == {"p": str(winners[0])}


def test_many_writers_append_models_to_one_list(store: TrackingStore) -> None:
    run_id = new_run(store)
    assert at_once(16, lambda number: store.log_model(run_id, model(f"model-{number}"))) == [None] * 16
    listed = json.loads(store.get_run(run_id).tags["mlflow.log-model.history"])
    assert sorted(one["artifact_path"] for one in listed) == sorted(f"model-{number}" for number in range(16))


def test_of_racing_creators_of_a_name_exactly_one_wins(store: TrackingStore) -> None:
    for _ in range(5):
        name = unique("race")
        answers = at_once(8, lambda _, name=name: store.create_experiment(name))  # type: ignore[misc]
        ids = [answer for answer in answers if isinstance(answer, str)]
        assert len(ids) == 1
        assert sum(isinstance(answer, AlreadyExists) for answer in answers) == 7
        found = store.find_experiment_by_name(name)
        assert found is not None
        assert found.experiment_id == ids[0]


def test_of_racing_creators_of_a_run_id_exactly_one_wins(store: TrackingStore) -> None:
    experiment_id, run_id = new_experiment(store), unique("race")
    answers = at_once(8, lambda _: new_run(store, experiment_id, run_id=run_id))
    assert [answer for answer in answers if isinstance(answer, str)] == [run_id]
    assert sum(isinstance(answer, AlreadyExists) for answer in answers) == 7


def test_readers_see_whole_batches_only(store: TrackingStore) -> None:
    """A batch holds two points; nobody ever sees one of them alone, however reads and writes meet."""
    run_id = new_run(store)

    def call(number: int) -> bool:
        if number % 2:
            for step in range(20):
                pair = metrics(f"w{number}", (2 * step, 0, 1.0), (2 * step + 1, 0, 1.0))
                store.log_batch(run_id, RunBatch(metrics=pair))
            return True
        return all(len(history(store, run_id, f"w{writer}")) % 2 == 0 for _ in range(20) for writer in range(1, 8, 2))

    assert at_once(8, call) == [True] * 8


def test_moves_and_writes_on_one_run_do_not_lose_points(store: TrackingStore) -> None:
    homes = [new_experiment(store), new_experiment(store)]
    run_id = new_run(store, homes[0])

    def call(number: int) -> None:
        for turn in range(10):
            if number == 0:
                store.move_runs([run_id], homes[(turn + 1) % 2])
            else:
                log(store, run_id, "m", (number * 100 + turn, 0, 1.0))

    assert at_once(9, call) == [None] * 9
    steps = [step for step, _, _ in history(store, run_id, "m")]
    assert steps == sorted(number * 100 + turn for number in range(1, 9) for turn in range(10))
    assert store.get_run(run_id).metrics["m"].count == 80
