"""Searches: the store answers what the language means in memory; pages join to the whole; keys know their runs."""

from __future__ import annotations

import math
import random

import pytest

from runfold.domain.dataset import Dataset, DatasetUse
from runfold.domain.keys import KeyKind
from runfold.domain.metric import Metric
from runfold.domain.run import FinishedRun, NewRun, Run, RunBatch
from runfold.domain.states import RunStatus, ViewType
from runfold.errors import InvalidFilter, InvalidValue
from runfold.search import evaluate
from runfold.search.fields import EXPERIMENTS, RUNS
from runfold.search.parser import parse_filter, parse_order
from runfold.stores.base import ExperimentQuery, RunColumns, RunQuery, TrackingStore
from runfold.testing.stores.records import log, log_texts, new_experiment, new_run, unique

NUMBERS = (0.0, 0.5, 1.0, -3.0, 1e300, math.nan, math.inf, -math.inf)
TEXTS = ("", "a", "A", "ab", "aB%", "a_b", "ä", "Ä", "Straße", "10", "9", "-0.5", "nan", "x\\y", "a\nb", "z" * 300)

FILTERS = (
    "",
    "metrics.loss > 0",
    "metrics.loss <= 0.5 AND params.lr != 'a'",
    "metrics.`val/acc` = 1 OR metrics.loss < -1",
    "NOT metrics.loss > 0",
    "metrics.loss.min < 0 AND metrics.loss.count >= 2",
    "params.lr < 10",
    "params.lr BETWEEN -1 AND 9.5",
    "params.lr LIKE 'a%'",
    "params.lr ILIKE 'A_'",
    "params.lr IN ('a', 'ab', '9')",
    "params.lr NOT IN ('a', 'ab', '9')",
    "params.lr IS NULL",
    "tags.team IS NOT NULL AND (params.lr = '10' OR attributes.status = 'FAILED')",
    "attributes.status != 'FINISHED'",
    "run_name LIKE 'run-%' AND start_time >= 2000",
    "attributes.duration > 500",
    "dataset.name = 'wine' AND dataset.context = 'train'",
    "children.metrics.loss.max > 0.9",
    "parent.params.lr = 'a'",
    "tags.`mlflow.note.content` ILIKE '%STRASSE%' OR tags.team = 'Ä'",
)
ORDERS: tuple[tuple[str, ...], ...] = (
    (),
    ("metrics.loss",),
    ("metrics.loss DESC", "run_id"),
    ("params.lr ASC",),
    ("params.lr DESC", "metrics.`val/acc` ASC"),
    ("tags.team DESC",),
    ("start_time", "run_name DESC"),
    ("attributes.duration DESC",),
    ("metrics.loss.max", "status"),
)


def filled_experiment(store: TrackingStore, n_runs: int = 24) -> str:
    """An experiment of runs full of edge cases, the same at each call but for their ids."""
    chance = random.Random(5)  # noqa: S311 (no secret)
    experiment_id = new_experiment(store)
    run_ids: list[str] = []
    for number in range(n_runs):
        metrics = [
            Metric(key, chance.choice(NUMBERS), chance.randrange(3), chance.randrange(-1, 3))
            for key in ("loss", "val/acc")
            for _ in range(chance.choice((0, 1, 3)))
        ]
        texts = {key: chance.choice(TEXTS) for key in ("lr", "opt") if chance.random() < 0.8}
        tags = {key: chance.choice(TEXTS) for key in ("team", "mlflow.note.content") if chance.random() < 0.6}
        dataset = Dataset(name=chance.choice(("wine", "digits")), digest="d", source_type="local", source="{}")
        run = NewRun(
            experiment_id=experiment_id,
            run_name=f"run-{number % 7}",
            start_time_ms=chance.choice((1000, 2000, 2000, 3000)),
            tags=tags,
            parent_run_id=chance.choice([None, *run_ids]),
        )
        finished = FinishedRun(
            run=run,
            status=chance.choice((RunStatus.FINISHED, RunStatus.FAILED, RunStatus.RUNNING)),
            end_time_ms=chance.choice((None, 2500, 4000)),
            batch=RunBatch(metrics=tuple(metrics), params=tuple(texts.items())),
            datasets=(DatasetUse(dataset=dataset, tags={"mlflow.data.context": chance.choice(("train", "eval"))}),),
        )
        run_ids.append(store.register_run(finished).run.info.run_id)
    store.delete_runs(run_ids[:3])
    return experiment_id


def meaning(runs: list[Run], filter_text: str, order_by: tuple[str, ...]) -> list[str]:
    family, node = evaluate.Runs(runs), parse_filter(filter_text, RUNS)
    found = [run for run in runs if evaluate.matches(node, run, family)]
    return [run.info.run_id for run in evaluate.sort_runs(found, parse_order(order_by, RUNS))]


def ids(runs: tuple[Run, ...]) -> list[str]:
    return [run.info.run_id for run in runs]


def test_a_search_answers_what_its_text_means(store: TrackingStore) -> None:
    experiment_id = filled_experiment(store)
    for view_type in ViewType:
        everything = store.search_runs(RunQuery(experiment_ids=(experiment_id,), view_type=view_type)).items
        runs = [store.get_run(run_id) for run_id in ids(everything)]
        assert len(runs) == {ViewType.ACTIVE_ONLY: 21, ViewType.DELETED_ONLY: 3, ViewType.ALL: 24}[view_type]
        for number, filter_text in enumerate(FILTERS):
            for order_by in (ORDERS[number % len(ORDERS)], ORDERS[(number + 4) % len(ORDERS)]):
                query = RunQuery(
                    experiment_ids=(experiment_id,), filter=filter_text, order_by=order_by, view_type=view_type
                )
                expected = meaning(runs, filter_text, order_by)
                assert ids(store.search_runs(query).items) == expected, (filter_text, order_by)


@pytest.mark.parametrize("order_by", ORDERS)
def test_pages_join_to_the_whole(store: TrackingStore, order_by: tuple[str, ...]) -> None:
    experiment_id = filled_experiment(store, 14)
    query = RunQuery(experiment_ids=(experiment_id,), order_by=order_by)
    whole = ids(store.search_runs(query).items)
    seen: list[str] = []
    token = ""
    while True:
        page = store.search_runs(
            RunQuery(experiment_ids=(experiment_id,), order_by=order_by, max_results=4, page_token=token)
        )
        seen += ids(page.items)
        token = page.next_token
        if not token:
            break
        assert len(page.items) == 4
    assert seen == whole


def test_a_found_run_is_the_run_itself(store: TrackingStore) -> None:
    experiment_id = filled_experiment(store, 8)
    for run in store.search_runs(RunQuery(experiment_ids=(experiment_id,))).items:
        assert repr(run) == repr(store.get_run(run.info.run_id))


def test_a_search_brings_the_columns_asked_for(store: TrackingStore) -> None:
    run_id = new_run(store, tags={"t": "1", "u": "2"})
    experiment_id = store.get_run(run_id).info.experiment_id
    log(store, run_id, "m", (0, 0, 1.0))
    log(store, run_id, "n", (0, 0, 2.0))
    log_texts(store, run_id, params={"p": "1", "q": "2"})
    columns = RunColumns(metrics=("m", "absent"), params=(), tags=("u",), datasets=False)
    (run,) = store.search_runs(RunQuery(experiment_ids=(experiment_id,), columns=columns)).items
    assert (list(run.metrics), run.params, run.tags, run.datasets) == (["m"], {}, {"u": "2"}, ())


def test_no_experiment_means_no_run(store: TrackingStore) -> None:
    new_run(store)
    assert store.search_runs(RunQuery(experiment_ids=())).items == ()
    assert store.search_runs(RunQuery(experiment_ids=("999999999",))).items == ()


@pytest.mark.parametrize(
    "text", ["metrics.loss >", "nonsense", "metrics.loss = 'a'", "attributes.nothing = 1", "a" * 20]
)
def test_a_filter_that_means_nothing_is_refused(store: TrackingStore, text: str) -> None:
    experiment_id = new_experiment(store)
    with pytest.raises(InvalidValue):
        store.search_runs(RunQuery(experiment_ids=(experiment_id,), filter=text))
    with pytest.raises(InvalidValue):
        store.search_runs(RunQuery(experiment_ids=(experiment_id,), order_by=(text,)))


@pytest.mark.parametrize("how", [{"max_results": 0}, {"max_results": -1}, {"page_token": "nonsense"}])
def test_a_page_that_cannot_be_is_refused(store: TrackingStore, how: dict[str, object]) -> None:
    with pytest.raises(InvalidValue):
        store.search_runs(RunQuery(experiment_ids=(new_experiment(store),), **how))  # type: ignore[arg-type]
    with pytest.raises(InvalidValue):
        store.search_experiments(ExperimentQuery(**how))  # type: ignore[arg-type]


def test_experiments_are_found_by_name_and_tag(store: TrackingStore) -> None:
    prefix = unique("find")
    made = [store.create_experiment(f"{prefix}/{name}", tags={"team": name}) for name in ("a", "b", "c", "d")]
    store.delete_experiment(made[3])
    like = f"name LIKE '{prefix}/%'"

    def names(**how: object) -> list[str]:
        found = store.search_experiments(ExperimentQuery(**how)).items  # type: ignore[arg-type]
        node = parse_filter(str(how["filter"]), EXPERIMENTS)
        assert all(evaluate.matches(node, experiment) for experiment in found)
        return [experiment.name.rpartition("/")[2] for experiment in found]

    assert names(filter=like, order_by=("name DESC",)) == ["c", "b", "a"]
    assert sorted(names(filter=like, view_type=ViewType.ALL)) == ["a", "b", "c", "d"]
    assert names(filter=f"{like} AND tags.team = 'b'") == ["b"]
    first = store.search_experiments(ExperimentQuery(filter=like, order_by=("name",), max_results=2))
    rest = store.search_experiments(
        ExperimentQuery(filter=like, order_by=("name",), max_results=2, page_token=first.next_token)
    )
    assert [experiment.experiment_id for experiment in (*first.items, *rest.items)] == made[:3]
    assert rest.next_token == ""


def test_keys_know_how_many_runs_have_them(store: TrackingStore) -> None:
    experiment_id = new_experiment(store)
    runs = [new_run(store, experiment_id) for _ in range(4)]
    for number, run_id in enumerate(runs):
        log_texts(store, run_id, params={"lr": str(number), "same": "x"})
        log(store, run_id, "loss", (0, 0, float(number)))
    log(store, runs[0], "Extra/Loss", (0, 0, 1.0))
    log_texts(store, runs[0], params={"gone": "1"})
    store.delete_param(runs[0], "gone")
    found = {(stats.kind, stats.key): stats for stats in store.search_keys([experiment_id])}
    assert found[KeyKind.PARAM, "lr"].n_runs == found[KeyKind.METRIC, "loss"].n_runs == 4
    assert found[KeyKind.METRIC, "Extra/Loss"].n_runs == 1
    assert (KeyKind.PARAM, "gone") not in found
    assert (found[KeyKind.METRIC, "loss"].min, found[KeyKind.METRIC, "loss"].max) == (0.0, 3.0)
    assert found[KeyKind.PARAM, "lr"].variation > found[KeyKind.PARAM, "same"].variation
    some = store.search_keys([experiment_id], kinds=[KeyKind.METRIC], text="LOSS")
    assert {stats.key for stats in some} == {"loss", "Extra/Loss"}


def test_values_of_a_key_come_most_frequent_first(store: TrackingStore) -> None:
    experiment_id = new_experiment(store)
    for value in ("adam", "sgd", "adam", "Adagrad"):
        log_texts(store, new_run(store, experiment_id), params={"opt": value})
    assert store.search_key_values([experiment_id], KeyKind.PARAM, "opt")[0] == ("adam", 2)
    found = store.search_key_values([experiment_id], KeyKind.PARAM, "opt", text="ada")
    assert dict(found) == {"adam": 2, "Adagrad": 1}


def test_datasets_of_experiments_are_listed_with_their_contexts(store: TrackingStore) -> None:
    experiment_id, run_id = new_experiment(store), ""
    for context in ("train", "eval"):
        run_id = new_run(store, experiment_id)
        dataset = Dataset(name="wine", digest="d", source_type="local", source="{}")
        store.log_inputs(run_id, [DatasetUse(dataset=dataset, tags={"mlflow.data.context": context})])
    found = store.search_datasets([experiment_id])
    assert {(summary.name, summary.digest, summary.context) for summary in found} == {
        ("wine", "d", "train"),
        ("wine", "d", "eval"),
    }
    assert store.search_datasets([]) == ()


def test_an_error_points_at_its_place(store: TrackingStore) -> None:
    with pytest.raises(InvalidValue) as caught:
        store.search_runs(RunQuery(experiment_ids=(new_experiment(store),), filter="metrics.loss >> 1"))
    assert "character" in caught.value.message
    assert isinstance(caught.value, InvalidFilter) or "^" in caught.value.message
