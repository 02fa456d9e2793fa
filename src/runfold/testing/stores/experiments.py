"""Experiments: names, trash, tags, counts."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from runfold.domain.experiment import ExperimentSummary
from runfold.domain.limits import MAX_EXPERIMENT_NAME, MAX_EXPERIMENT_TAG_VALUE, MAX_KEY
from runfold.domain.run import NewRun
from runfold.domain.states import LifecycleStage, RunStatus, ViewType
from runfold.errors import AlreadyExists, InvalidState, InvalidValue, NotFound
from runfold.stores.base import TrackingStore
from runfold.testing.stores.records import new_experiment, new_run, unique

DAY_MS = 86_400_000


def test_a_new_experiment_reads_back_as_it_was_made(store: TrackingStore) -> None:
    name = unique("vision/digits")
    experiment_id = store.create_experiment(name, artifact_location="s3://bucket/here", tags={"b": "2", "a": "1"})
    experiment = store.get_experiment(experiment_id)
    assert (experiment.experiment_id, experiment.name) == (experiment_id, name)
    assert experiment.artifact_location == "s3://bucket/here"
    assert experiment.tags == {"a": "1", "b": "2"}
    assert experiment.lifecycle_stage is LifecycleStage.ACTIVE
    assert experiment.creation_time_ms == experiment.last_update_time_ms > 0


def test_an_experiment_without_a_location_gets_a_folder_of_its_own(store: TrackingStore) -> None:
    one, other = new_experiment(store), new_experiment(store)
    assert store.get_experiment(one).artifact_location.endswith(f"/{one}")
    assert store.get_experiment(other).artifact_location.endswith(f"/{other}")


def test_there_is_a_default_experiment(store: TrackingStore) -> None:
    assert store.get_experiment("0").name == "Default"


@pytest.mark.parametrize("name", ["", " ", "\t\n", "x" * (MAX_EXPERIMENT_NAME + 1), "a\x00b", "a\ud800b"])
def test_a_name_that_is_none_is_refused(store: TrackingStore, name: str) -> None:
    experiment_id = new_experiment(store)
    with pytest.raises(InvalidValue):
        store.create_experiment(name)
    with pytest.raises(InvalidValue):
        store.rename_experiment(experiment_id, name)


@pytest.mark.parametrize("name", ["x" * (MAX_EXPERIMENT_NAME - 50), "Größe/数据 🚀", "a'b\"c;--%_\\", " spaces "])
def test_an_odd_name_is_kept_to_the_letter(store: TrackingStore, name: str) -> None:
    name = unique(name)
    experiment_id = store.create_experiment(name)
    found = store.find_experiment_by_name(name)
    assert found is not None
    assert (found.experiment_id, found.name) == (experiment_id, name)


def test_names_differ_by_case(store: TrackingStore) -> None:
    name = unique("Case")
    assert store.create_experiment(name) != store.create_experiment(name.lower())


def test_a_taken_name_is_refused(store: TrackingStore) -> None:
    name = unique("taken")
    store.create_experiment(name)
    with pytest.raises(AlreadyExists) as caught:
        store.create_experiment(name)
    assert name in caught.value.message


def test_a_deleted_experiment_keeps_its_name(store: TrackingStore) -> None:
    name = unique("kept")
    experiment_id = store.create_experiment(name)
    store.delete_experiment(experiment_id)
    with pytest.raises(AlreadyExists):
        store.create_experiment(name)
    found = store.find_experiment_by_name(name)
    assert found is not None
    assert found.lifecycle_stage is LifecycleStage.DELETED
    assert found == store.get_experiment(experiment_id)


def test_an_unknown_name_finds_nothing(store: TrackingStore) -> None:
    assert store.find_experiment_by_name(unique("unknown")) is None


def test_an_unknown_id_is_not_found(store: TrackingStore) -> None:
    for call in (
        lambda: store.get_experiment("999999999"),
        lambda: store.delete_experiment("999999999"),
        lambda: store.restore_experiment("999999999"),
        lambda: store.rename_experiment("999999999", unique("x")),
        lambda: store.set_experiment_tag("999999999", "k", "v"),
        lambda: store.delete_experiment_tag("999999999", "k"),
    ):
        with pytest.raises(NotFound):
            call()


@pytest.mark.parametrize("experiment_id", ["abc", "-1", "1.5", "٣", "1" * 30])
def test_an_id_that_is_no_number_is_refused(store: TrackingStore, experiment_id: str) -> None:
    with pytest.raises(InvalidValue):
        store.get_experiment(experiment_id)


def test_renaming_frees_the_old_name(store: TrackingStore) -> None:
    old, new = unique("old"), unique("new")
    experiment_id = store.create_experiment(old)
    store.rename_experiment(experiment_id, new)
    assert store.get_experiment(experiment_id).name == new
    assert store.find_experiment_by_name(old) is None
    assert store.create_experiment(old) != experiment_id


def test_renaming_to_the_present_name_is_allowed(store: TrackingStore) -> None:
    name = unique("same")
    experiment_id = store.create_experiment(name)
    store.rename_experiment(experiment_id, name)
    assert store.get_experiment(experiment_id).name == name


def test_renaming_to_a_taken_name_is_refused(store: TrackingStore) -> None:
    name = unique("taken")
    store.create_experiment(name)
    with pytest.raises(AlreadyExists):
        store.rename_experiment(new_experiment(store), name)


def test_a_deleted_experiment_takes_no_writes(store: TrackingStore) -> None:
    experiment_id = store.create_experiment(unique("deleted"), tags={"k": "v"})
    store.delete_experiment(experiment_id)
    with pytest.raises(InvalidState):
        store.rename_experiment(experiment_id, unique("new"))
    with pytest.raises(InvalidValue):
        store.set_experiment_tag(experiment_id, "k", "w")
    with pytest.raises(InvalidValue):
        store.delete_experiment_tag(experiment_id, "k")
    with pytest.raises(InvalidValue):
        store.create_run(NewRun(experiment_id=experiment_id))
    assert store.get_experiment(experiment_id).tags == {"k": "v"}


def test_deleting_and_restoring_are_each_done_once(store: TrackingStore) -> None:
    experiment_id = new_experiment(store)
    with pytest.raises(NotFound):
        store.restore_experiment(experiment_id)
    store.delete_experiment(experiment_id)
    with pytest.raises(NotFound):
        store.delete_experiment(experiment_id)
    store.restore_experiment(experiment_id)
    assert store.get_experiment(experiment_id).lifecycle_stage is LifecycleStage.ACTIVE


def test_an_experiment_takes_its_active_runs_along_and_brings_back_only_them(store: TrackingStore) -> None:
    experiment_id = new_experiment(store)
    gone_before, gone_with_it = new_run(store, experiment_id), new_run(store, experiment_id)
    store.delete_runs([gone_before])
    store.delete_experiment(experiment_id)
    assert store.get_run(gone_with_it).info.lifecycle_stage is LifecycleStage.DELETED
    assert store.get_run(gone_with_it).info.deleted_time_ms is not None
    store.restore_experiment(experiment_id)
    assert store.get_run(gone_with_it).info.lifecycle_stage is LifecycleStage.ACTIVE
    assert store.get_run(gone_with_it).info.deleted_time_ms is None
    assert store.get_run(gone_before).info.lifecycle_stage is LifecycleStage.DELETED


def test_tags_are_set_replaced_and_deleted(store: TrackingStore) -> None:
    experiment_id = new_experiment(store)
    store.set_experiment_tag(experiment_id, "stage", "try")
    store.set_experiment_tag(experiment_id, "stage", "real")
    store.set_experiment_tag(experiment_id, "note", "v" * MAX_EXPERIMENT_TAG_VALUE)
    assert store.get_experiment(experiment_id).tags == {"note": "v" * MAX_EXPERIMENT_TAG_VALUE, "stage": "real"}
    store.delete_experiment_tag(experiment_id, "note")
    assert store.get_experiment(experiment_id).tags == {"stage": "real"}


def test_deleting_a_tag_that_is_not_there_says_so(store: TrackingStore) -> None:
    with pytest.raises(NotFound):
        store.delete_experiment_tag(new_experiment(store), "absent")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("", "v"),
        ("a//b", "v"),
        ("k" * (MAX_KEY + 1), "v"),
        ("k", "v" * (MAX_EXPERIMENT_TAG_VALUE + 1)),
        ("k", "a\x00b"),
        ("k", "a\ud800b"),
    ],
)
def test_a_tag_that_cannot_be_kept_is_refused_also_at_creation(store: TrackingStore, key: str, value: str) -> None:
    experiment_id, name = new_experiment(store), unique("half")
    with pytest.raises(InvalidValue):
        store.set_experiment_tag(experiment_id, key, value)
    with pytest.raises(InvalidValue):
        store.create_experiment(name, tags={"good": "1", key: value})
    assert store.get_experiment(experiment_id).tags == {}
    assert store.find_experiment_by_name(name) is None


def test_a_change_moves_the_time_of_the_last_update(store: TrackingStore) -> None:
    experiment_id = new_experiment(store)
    before = store.get_experiment(experiment_id)
    changes: list[Callable[[], None]] = [
        lambda: store.set_experiment_tag(experiment_id, "k", "v"),
        lambda: store.delete_experiment_tag(experiment_id, "k"),
        lambda: store.rename_experiment(experiment_id, unique("moved")),
        lambda: store.delete_experiment(experiment_id),
        lambda: store.restore_experiment(experiment_id),
    ]
    for change in changes:
        time.sleep(0.002)
        change()
        after = store.get_experiment(experiment_id)
        assert after.last_update_time_ms > before.last_update_time_ms
        assert after.creation_time_ms == before.creation_time_ms
        before = after


def summary_of(store: TrackingStore, experiment_id: str, view_type: ViewType) -> ExperimentSummary | None:
    found = store.summarize_experiments(view_type=view_type, n_days=3)
    names = [summary.experiment.name for summary in found]
    assert names == sorted(names)
    return next((summary for summary in found if summary.experiment.experiment_id == experiment_id), None)


def test_the_summary_counts_active_runs(store: TrackingStore) -> None:
    experiment_id = new_experiment(store)
    now_ms = time.time_ns() // 1_000_000
    day_before = now_ms - DAY_MS
    new_run(store, experiment_id, start_time_ms=now_ms)
    finished = new_run(store, experiment_id, start_time_ms=day_before)
    store.update_run(finished, status=RunStatus.FINISHED, end_time_ms=now_ms)
    new_run(store, experiment_id, start_time_ms=now_ms - 10 * DAY_MS)
    store.delete_runs([new_run(store, experiment_id, start_time_ms=now_ms + 1)])
    summary = summary_of(store, experiment_id, ViewType.ACTIVE_ONLY)
    assert summary == ExperimentSummary(
        experiment=store.get_experiment(experiment_id),
        n_runs=3,
        n_running=2,
        last_run_ms=now_ms,
        runs_per_day=(0, 1, 1),
    )


def test_the_summary_shows_the_stages_asked_for(store: TrackingStore) -> None:
    kept, deleted = new_experiment(store), new_experiment(store)
    store.delete_experiment(deleted)
    assert summary_of(store, kept, ViewType.ACTIVE_ONLY) is not None
    assert summary_of(store, kept, ViewType.DELETED_ONLY) is None
    assert summary_of(store, deleted, ViewType.ACTIVE_ONLY) is None
    assert summary_of(store, deleted, ViewType.DELETED_ONLY) is not None
    assert summary_of(store, deleted, ViewType.ALL) is not None


def test_an_experiment_that_holds_nothing_is_taken_back(store: TrackingStore) -> None:
    name = unique("experiment")
    experiment = store.create_experiment(name, tags={"k": "v"})
    assert store.discard_experiment(experiment)
    assert store.find_experiment_by_name(name) is None
    with pytest.raises(NotFound):
        store.discard_experiment(experiment)
    assert store.get_experiment(store.create_experiment(name)).tags == {}


def test_an_experiment_that_holds_a_run_stays(store: TrackingStore) -> None:
    experiment = store.create_experiment(unique("experiment"))
    run = store.create_run(NewRun(experiment_id=experiment))
    store.delete_runs([run.info.run_id])
    assert not store.discard_experiment(experiment)
    assert store.get_run(run.info.run_id).info.experiment_id == experiment
