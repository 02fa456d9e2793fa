"""Params and tags."""

from __future__ import annotations

import pytest

from runfold.domain.limits import MAX_KEY, MAX_PARAM_VALUE, MAX_TAG_VALUE
from runfold.domain.metric import Metric
from runfold.domain.run import RunBatch
from runfold.errors import InvalidValue, NotFound
from runfold.stores.base import TrackingStore
from runfold.testing.stores.records import history, log, log_texts, new_run

ODD_VALUES = ["", " ", "  padded ", "1e-3", "NaN", "Größe 数据 🚀", "a'b\"c;--%_\\", "line\nbreak\ttab", "x" * 3000]
GOOD_KEYS = ["a", "a/b/c", "a.b-c_d:e f", "Größe", "数据", "k" * MAX_KEY, "1", "-"]
BAD_KEYS = [
    "",
    "k" * (MAX_KEY + 1),
    "a//b",
    "/a",
    "a/",
    "../a",
    "a/../b",
    ".",
    "..",
    "./a",
    "a\x00",
    "a\n",
    "a,b",
    "🚀",
]


@pytest.mark.parametrize("value", ODD_VALUES)
def test_values_are_kept_to_the_letter(store: TrackingStore, value: str) -> None:
    run_id = new_run(store)
    log_texts(store, run_id, params={"p": value}, tags={"t": value})
    run = store.get_run(run_id)
    assert (run.params["p"], run.tags["t"]) == (value, value)


@pytest.mark.parametrize("key", GOOD_KEYS)
def test_keys_may_hold_word_characters_and_a_few_marks(store: TrackingStore, key: str) -> None:
    run_id = new_run(store)
    store.log_batch(run_id, RunBatch(metrics=(Metric(key, 1.0, 0, 0),), params=((key, "p"),), tags=((key, "t"),)))
    run = store.get_run(run_id)
    assert (run.metrics[key].last, run.params[key], run.tags[key]) == (1.0, "p", "t")
    assert history(store, run_id, key) == [(0, 0, 1.0)]


@pytest.mark.parametrize("key", BAD_KEYS)
def test_other_keys_are_refused(store: TrackingStore, key: str) -> None:
    run_id = new_run(store)
    for batch in (
        RunBatch(metrics=(Metric(key, 1.0, 0, 0),)),
        RunBatch(params=((key, "v"),)),
        RunBatch(tags=((key, "v"),)),
    ):
        with pytest.raises(InvalidValue):
            store.log_batch(run_id, batch)


@pytest.mark.parametrize("value", ["a\x00b", "a\ud800b"])
def test_a_value_that_is_no_text_is_refused(store: TrackingStore, value: str) -> None:
    run_id = new_run(store)
    with pytest.raises(InvalidValue):
        log_texts(store, run_id, params={"good": "1", "bad": value})
    with pytest.raises(InvalidValue):
        log_texts(store, run_id, tags={"good": "1", "bad": value})
    assert store.get_run(run_id).params == {}
    assert "good" not in store.get_run(run_id).tags


def test_a_long_value_is_cut(store: TrackingStore) -> None:
    run_id = new_run(store)
    log_texts(store, run_id, params={"p": "é" * (MAX_PARAM_VALUE + 1)}, tags={"t": "é" * (MAX_TAG_VALUE + 1)})
    run = store.get_run(run_id)
    assert (run.params["p"], run.tags["t"]) == ("é" * MAX_PARAM_VALUE, "é" * MAX_TAG_VALUE)


def test_a_param_may_be_set_again_to_its_value_only(store: TrackingStore) -> None:
    run_id = new_run(store)
    log_texts(store, run_id, params={"lr": "0.1", "long": "x" * (MAX_PARAM_VALUE + 10)})
    log_texts(store, run_id, params={"lr": "0.1", "long": "x" * (MAX_PARAM_VALUE + 20)})
    with pytest.raises(InvalidValue) as caught:
        log_texts(store, run_id, params={"lr": "0.10"})
    assert "'lr'" in caught.value.message
    assert store.get_run(run_id).params["lr"] == "0.1"


def test_a_refused_param_takes_the_whole_batch_with_it(store: TrackingStore) -> None:
    run_id = new_run(store)
    log_texts(store, run_id, params={"lr": "0.1"}, tags={"t": "before"})
    batch = RunBatch(
        metrics=(Metric("m", 1.0, 0, 0),), params=(("new", "1"), ("lr", "0.2")), tags=(("t", "after"), ("u", "1"))
    )
    before = store.get_run(run_id)
    with pytest.raises(InvalidValue):
        store.log_batch(run_id, batch)
    after = store.get_run(run_id)
    assert (after.params, after.tags, after.metrics) == (before.params, before.tags, {})
    assert history(store, run_id, "m") == []


@pytest.mark.parametrize("second", ["1", "2"])
def test_a_param_that_comes_twice_in_one_batch_is_refused(store: TrackingStore, second: str) -> None:
    run_id = new_run(store)
    with pytest.raises(InvalidValue):
        store.log_batch(run_id, RunBatch(params=(("a", "1"), ("b", "1"), ("a", second))))
    assert store.get_run(run_id).params == {}


def test_the_last_of_two_equal_tags_in_one_batch_counts(store: TrackingStore) -> None:
    run_id = new_run(store)
    store.log_batch(run_id, RunBatch(tags=(("t", "1"), ("t", "2"))))
    assert store.get_run(run_id).tags["t"] == "2"


def test_a_tag_replaces_the_one_before(store: TrackingStore) -> None:
    run_id = new_run(store, tags={"t": "1"})
    store.set_tag(run_id, "t", "2")
    assert store.get_run(run_id).tags["t"] == "2"


def test_the_name_tag_renames_the_run(store: TrackingStore) -> None:
    run_id = new_run(store, run_name="before")
    store.set_tag(run_id, "mlflow.runName", "after")
    assert store.get_run(run_id).info.run_name == "after"


def test_keys_of_metrics_params_and_tags_do_not_meet(store: TrackingStore) -> None:
    run_id = new_run(store)
    store.log_batch(run_id, RunBatch(metrics=(Metric("k", 1.0, 0, 0),), params=(("k", "p"),), tags=(("k", "t"),)))
    store.delete_param(run_id, "k")
    run = store.get_run(run_id)
    assert (run.metrics["k"].last, run.params, run.tags["k"]) == (1.0, {}, "t")


def test_single_params_and_tags_are_deleted(store: TrackingStore) -> None:
    run_id = new_run(store)
    log_texts(store, run_id, params={"a": "1", "b": "2"}, tags={"c": "3", "d": "4"})
    store.delete_param(run_id, "a")
    store.delete_tag(run_id, "c")
    run = store.get_run(run_id)
    assert run.params == {"b": "2"}
    assert {key: run.tags.get(key) for key in "cd"} == {"c": None, "d": "4"}


def test_a_deleted_param_may_be_written_anew(store: TrackingStore) -> None:
    run_id = new_run(store)
    log_texts(store, run_id, params={"lr": "wrong"})
    store.delete_param(run_id, "lr")
    log_texts(store, run_id, params={"lr": "right"})
    assert store.get_run(run_id).params == {"lr": "right"}


@pytest.mark.parametrize("key", ["absent", "a//b", "k" * 300])
def test_deleting_what_is_not_there_says_so(store: TrackingStore, key: str) -> None:
    run_id, other = new_run(store), new_run(store)
    log_texts(store, other, params={"absent": "1"}, tags={"absent": "1"})
    log(store, other, "absent", (0, 0, 1.0))
    for call in (store.delete_param, store.delete_tag, store.delete_metric):
        with pytest.raises(NotFound):
            call(run_id, key)
