import math
import random

import pytest

from runfold.domain.dataset import Dataset, DatasetSummary, DatasetUse
from runfold.domain.keys import KeyKind, KeyStats
from runfold.domain.metric import Metric
from runfold.domain.run import FinishedRun, NewRun, RunBatch
from runfold.stores.sql.store import SqlStore
from tests.unit.stores.sql.search import records


@pytest.fixture
def store(tmp_path):
    store = SqlStore(f"sqlite:///{tmp_path}/records.db", records.SETTINGS)
    yield store
    store.close()


def register(store, *, experiment_id="0", metrics=(), params=(), tags=None, datasets=()):
    run = NewRun(experiment_id=experiment_id, tags=tags or {})
    points = tuple(Metric(key, value, 0) for key, value in metrics)
    finished = FinishedRun(run=run, batch=RunBatch(metrics=points, params=params), datasets=datasets)
    return store.register_run(finished).run.info.run_id


def test_keys_come_with_counts_and_ends_the_most_telling_first(store):
    for number in range(7):
        register(
            store,
            metrics=[("loss", number / 10), ("epochs", 3.0), ("bad", math.nan)],
            params=(("lr", f"{number % 2}.50"), ("opt", "adam"), ("mixed", "1" if number else "auto")),
        )

    found = store.search_keys(["0"], kinds=[KeyKind.METRIC, KeyKind.PARAM])

    metric, param = KeyKind.METRIC, KeyKind.PARAM
    assert found == (
        KeyStats(kind=metric, key="loss", n_runs=7, n_distinct=5, variation=1.0, min=0.0, max=0.6),
        KeyStats(
            kind=param, key="lr", n_runs=7, n_distinct=2, variation=0.25, min=0.5, max=1.5, examples=("0.50", "1.50")
        ),
        KeyStats(kind=param, key="mixed", n_runs=7, n_distinct=2, variation=0.25, examples=("1", "auto")),
        KeyStats(kind=metric, key="bad", n_runs=7),
        KeyStats(kind=metric, key="epochs", n_runs=7, n_distinct=1, min=3.0, max=3.0),
        KeyStats(kind=param, key="opt", n_runs=7, n_distinct=1, examples=("adam",)),
    )


def test_keys_of_several_experiments_are_put_together(store):
    store.create_experiment("other")
    register(store, params=(("lr", "1"),))
    register(store, params=(("lr", "2"), ("LRate", "3")), experiment_id="1")

    found = store.search_keys(["0", "1"], kinds=[KeyKind.PARAM], text="Lr")

    assert [(stats.key, stats.n_runs, stats.min, stats.max) for stats in found] == [("lr", 2, 1, 2), ("LRate", 1, 3, 3)]
    assert store.search_keys(["0", "1"], text="lr", max_results=1)[0].key == "lr"


@pytest.mark.parametrize("max_results", [1, 7, 120, 150, 250])
def test_a_short_answer_is_the_beginning_of_the_whole_one(store, max_results):
    chance = random.Random(max_results)
    for number in range(6):
        metrics = [(f"m{key:03}", float(number * chance.randrange(2))) for key in range(150) if chance.random() < 0.8]
        params = tuple((f"p{key:03}", str(chance.randrange(6))) for key in range(100) if chance.random() < 0.9)
        register(store, metrics=metrics, params=params)
    whole = store.search_keys(["0"])

    assert len(whole) > 240
    assert store.search_keys(["0"], max_results=max_results) == whole[:max_results]


def test_values_of_a_key_come_with_their_number_of_runs(store):
    for value in ("adam", "sgd", "adam", "Adamax", "1"):
        register(store, params=(("opt", value),), tags={"team": "a"})

    assert store.search_key_values(["0"], KeyKind.PARAM, "opt") == (("adam", 2), ("1", 1), ("Adamax", 1), ("sgd", 1))
    assert store.search_key_values(["0"], KeyKind.PARAM, "opt", text="ADAM", max_results=1) == (("adam", 2),)
    assert store.search_key_values(["0"], KeyKind.TAG, "team") == (("a", 5),)


def test_datasets_come_last_used_first(store):
    for name, context in (("old", ""), ("new", "training"), ("new", "eval")):
        dataset = Dataset(name=name, digest="1", source_type="local", source="{}")
        tags = {"mlflow.data.context": context} if context else {}
        register(store, datasets=(DatasetUse(dataset=dataset, tags=tags),))

    assert store.search_datasets(["0"]) == (
        DatasetSummary("0", "new", "1", "eval"),
        DatasetSummary("0", "new", "1", "training"),
        DatasetSummary("0", "old", "1", ""),
    )


def test_changes_come_in_order_after_a_cursor(store):
    first = register(store)
    cursor = store.changed_runs(["0"], after=-1).cursor
    second, third = register(store), register(store)
    store.update_run(first, run_name="renamed")

    changes = store.changed_runs(["0"], after=cursor)

    assert [run.info.run_id for run in changes.runs] == [second, third, first]
    assert changes.runs[-1].info.run_name == "renamed"
    assert store.changed_runs(["0"], after=changes.cursor).runs == ()
    assert [run.info.run_id for run in store.changed_runs(["0"], after=cursor, max_results=1).runs] == [second]
