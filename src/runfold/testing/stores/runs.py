"""Runs: creation, changes of state, trash."""

from __future__ import annotations

import json
import re

import pytest

from runfold.domain.limits import MAX_MODEL_HISTORY
from runfold.domain.metric import MAX_INT64, MIN_INT64, Metric
from runfold.domain.run import NewRun, RunBatch
from runfold.domain.states import LifecycleStage, RunStatus
from runfold.errors import AlreadyExists, InvalidValue, NotFound
from runfold.stores.base import TrackingStore
from runfold.testing.stores.records import deleted_run, log, log_texts, model, new_experiment, new_run, unique


def test_a_new_run_is_running_and_reads_back_as_it_was_answered(store: TrackingStore) -> None:
    experiment_id = new_experiment(store)
    created = store.create_run(
        NewRun(experiment_id=experiment_id, run_name="first", user_id="ada", start_time_ms=1234, tags={"kind": "try"})
    )
    info = created.info
    assert re.fullmatch("[0-9a-f]{32}", info.run_id)
    assert (info.experiment_id, info.run_name, info.user_id) == (experiment_id, "first", "ada")
    assert (info.status, info.start_time_ms, info.end_time_ms) == (RunStatus.RUNNING, 1234, None)
    assert (info.lifecycle_stage, info.deleted_time_ms) == (LifecycleStage.ACTIVE, None)
    assert info.artifact_uri == f"{store.get_experiment(experiment_id).artifact_location}/{info.run_id}/artifacts"
    assert created.tags == {"kind": "try", "mlflow.runName": "first"}
    assert store.get_run(info.run_id) == created


def test_a_run_without_a_name_gets_one_that_the_tag_agrees_with(store: TrackingStore) -> None:
    run = store.get_run(new_run(store))
    assert re.fullmatch(r"[a-z]+-[a-z]+-\d+", run.info.run_name)
    assert run.tags["mlflow.runName"] == run.info.run_name


def test_the_name_may_come_as_a_tag(store: TrackingStore) -> None:
    assert store.get_run(new_run(store, tags={"mlflow.runName": "tagged"})).info.run_name == "tagged"


def test_a_name_and_a_tag_that_differ_are_refused(store: TrackingStore) -> None:
    new_run(store, run_name="same", tags={"mlflow.runName": "same"})
    with pytest.raises(InvalidValue):
        new_run(store, run_name="one", tags={"mlflow.runName": "other"})


def test_the_parent_is_field_and_tag_alike(store: TrackingStore) -> None:
    experiment_id = new_experiment(store)
    parent = new_run(store, experiment_id)
    by_tag = store.get_run(new_run(store, experiment_id, tags={"mlflow.parentRunId": parent}))
    by_field = store.get_run(new_run(store, experiment_id, parent_run_id=parent))
    for child in (by_tag, by_field):
        assert child.info.parent_run_id == parent
        assert child.tags["mlflow.parentRunId"] == parent
    store.set_tag(by_tag.info.run_id, "mlflow.parentRunId", by_field.info.run_id)
    assert store.get_run(by_tag.info.run_id).info.parent_run_id == by_field.info.run_id
    store.delete_tag(by_tag.info.run_id, "mlflow.parentRunId")
    assert store.get_run(by_tag.info.run_id).info.parent_run_id is None


def test_a_parent_that_no_run_can_be_is_refused_however_it_comes(store: TrackingStore) -> None:
    parent = "a" * 257
    run_id = new_run(store)
    with pytest.raises(InvalidValue):
        new_run(store, parent_run_id=parent)
    with pytest.raises(InvalidValue):
        store.set_tag(run_id, "mlflow.parentRunId", parent)
    with pytest.raises(InvalidValue):
        log_texts(store, run_id, tags={"mlflow.parentRunId": parent})
    assert store.get_run(run_id).info.parent_run_id is None


def test_the_user_may_come_as_a_tag(store: TrackingStore) -> None:
    assert store.get_run(new_run(store, tags={"mlflow.user": "grace"})).info.user_id == "grace"


def test_a_caller_may_bring_the_id(store: TrackingStore) -> None:
    run_id = unique("my_Run")
    assert new_run(store, run_id=run_id) == run_id
    with pytest.raises(AlreadyExists):
        new_run(store, run_id=run_id)


@pytest.mark.parametrize("run_id", ["-a", "a b", "a/b", "../a", "a" * 257, "é", "a\x00"])
def test_an_id_that_is_none_is_refused(store: TrackingStore, run_id: str) -> None:
    with pytest.raises(InvalidValue):
        new_run(store, run_id=run_id)


@pytest.mark.parametrize("tags", [{"": "v"}, {"a//b": "v"}, {"k": "a\x00b"}, {"k": "a\ud800b"}, {"k" * 251: "v"}])
def test_a_run_with_a_bad_tag_is_not_made(store: TrackingStore, tags: dict[str, str]) -> None:
    run_id = unique("half")
    with pytest.raises(InvalidValue):
        new_run(store, run_id=run_id, tags=tags)
    with pytest.raises(NotFound):
        store.get_run(run_id)


@pytest.mark.parametrize("name", ["a\x00b", "a\ud800b"])
def test_a_run_name_that_is_no_text_is_refused(store: TrackingStore, name: str) -> None:
    run_id = new_run(store)
    with pytest.raises(InvalidValue):
        new_run(store, run_name=name)
    with pytest.raises(InvalidValue):
        new_run(store, user_id=name)
    with pytest.raises(InvalidValue):
        store.update_run(run_id, run_name=name)


def test_an_unknown_experiment_is_not_found(store: TrackingStore) -> None:
    with pytest.raises(NotFound):
        new_run(store, "999999999")


@pytest.mark.parametrize("run_id", ["absent", "0" * 32, "a\x00b", "a\ud800b"])
def test_an_unknown_run_is_not_found(store: TrackingStore, run_id: str) -> None:
    # What is no text may be refused as such.
    error = NotFound if run_id.isalnum() else (NotFound, InvalidValue)
    for call in (
        lambda: store.get_run(run_id),
        lambda: store.update_run(run_id, status=RunStatus.FAILED),
        lambda: store.delete_runs([run_id]),
        lambda: store.restore_runs([run_id]),
        lambda: store.log_batch(run_id, RunBatch(metrics=(Metric("m", 1.0, 0, 0),))),
        lambda: store.submit_batch(run_id, RunBatch(tags=(("k", "v"),))).result(),
        lambda: store.log_inputs(run_id, []),
        lambda: store.set_tag(run_id, "k", "v"),
        lambda: store.delete_tag(run_id, "k"),
        lambda: store.delete_param(run_id, "k"),
        lambda: store.delete_metric(run_id, "k"),
    ):
        with pytest.raises(error):
            call()


def test_an_update_changes_what_is_given(store: TrackingStore) -> None:
    run_id = new_run(store, run_name="before", start_time_ms=10)
    assert store.update_run(run_id, status=RunStatus.FINISHED).end_time_ms is None
    info = store.update_run(run_id, end_time_ms=99)
    assert (info.status, info.end_time_ms, info.duration_ms) == (RunStatus.FINISHED, 99, 89)
    assert store.update_run(run_id, run_name="after").run_name == "after"
    run = store.get_run(run_id)
    assert (run.info.run_name, run.tags["mlflow.runName"]) == ("after", "after")
    assert (run.info.status, run.info.end_time_ms) == (RunStatus.FINISHED, 99)


def test_an_empty_name_is_ignored(store: TrackingStore) -> None:
    run_id = new_run(store, run_name="kept")
    assert store.update_run(run_id, run_name="").run_name == "kept"


def test_a_finished_run_may_go_on(store: TrackingStore) -> None:
    run_id = new_run(store)
    store.update_run(run_id, status=RunStatus.FAILED, end_time_ms=5)
    assert store.update_run(run_id, status=RunStatus.RUNNING).status is RunStatus.RUNNING
    log(store, run_id, "m", (0, 0, 1.0))


@pytest.mark.parametrize("time_ms", [0, 1, MAX_INT64])
def test_times_are_kept_to_the_millisecond(store: TrackingStore, time_ms: int) -> None:
    run_id = new_run(store, start_time_ms=time_ms)
    store.update_run(run_id, end_time_ms=time_ms)
    info = store.get_run(run_id).info
    assert (info.start_time_ms, info.end_time_ms) == (time_ms, time_ms)


@pytest.mark.parametrize("time_ms", [MAX_INT64 + 1, MIN_INT64 - 1])
def test_a_time_of_more_than_64_bits_is_refused(store: TrackingStore, time_ms: int) -> None:
    run_id = new_run(store)
    with pytest.raises(InvalidValue):
        new_run(store, start_time_ms=time_ms)
    with pytest.raises(InvalidValue):
        store.update_run(run_id, end_time_ms=time_ms)


def test_what_was_returned_never_changes(store: TrackingStore) -> None:
    run_id = new_run(store, tags={"k": "v"})
    log(store, run_id, "m", (0, 0, 1.0))
    before = store.get_run(run_id)
    log_texts(store, run_id, params={"p": "1"}, tags={"k": "w"})
    log(store, run_id, "m", (1, 0, 2.0))
    assert (before.params, before.tags["k"], before.metrics["m"].last) == ({}, "v", 1.0)


def test_a_deleted_run_is_still_read(store: TrackingStore) -> None:
    run_id = new_run(store)
    log_texts(store, run_id, params={"p": "1"}, tags={"k": "v"})
    log(store, run_id, "m", (0, 0, 1.0))
    before = store.get_run(run_id)
    store.delete_runs([run_id])
    after = store.get_run(run_id)
    assert (after.params, after.tags, after.metrics) == (before.params, before.tags, before.metrics)
    assert after.info.lifecycle_stage is LifecycleStage.DELETED
    assert after.info.deleted_time_ms is not None


def test_a_deleted_run_takes_no_writes(store: TrackingStore) -> None:
    run_id = new_run(store, tags={"k": "v"})
    log_texts(store, run_id, params={"p": "1"})
    log(store, run_id, "m", (0, 0, 1.0))
    target = new_experiment(store)
    store.delete_runs([run_id])
    before = store.get_run(run_id)
    for call in (
        lambda: store.update_run(run_id, status=RunStatus.FINISHED),
        lambda: log(store, run_id, "m", (1, 0, 1.0)),
        lambda: log_texts(store, run_id, params={"q": "1"}),
        lambda: store.set_tag(run_id, "k", "w"),
        lambda: store.log_inputs(run_id, []),
        lambda: store.delete_tag(run_id, "k"),
        lambda: store.delete_param(run_id, "p"),
        lambda: store.delete_metric(run_id, "m"),
        lambda: store.move_runs([run_id], target),
    ):
        with pytest.raises(InvalidValue):
            call()
    after = store.get_run(run_id)
    assert (after.params, after.tags, after.metrics) == (before.params, before.tags, before.metrics)
    assert (after.info.status, after.info.experiment_id) == (before.info.status, before.info.experiment_id)


def test_a_restored_run_takes_writes_again(store: TrackingStore) -> None:
    run_id = deleted_run(store)
    store.restore_runs([run_id])
    log(store, run_id, "m", (0, 0, 1.0))
    info = store.get_run(run_id).info
    assert (info.lifecycle_stage, info.deleted_time_ms) == (LifecycleStage.ACTIVE, None)


def test_deleting_or_restoring_again_changes_nothing(store: TrackingStore) -> None:
    run_id = deleted_run(store)
    before = store.get_run(run_id).info.deleted_time_ms
    store.delete_runs([run_id, run_id])
    assert store.get_run(run_id).info.deleted_time_ms == before
    store.restore_runs([run_id])
    store.restore_runs([run_id])
    assert store.get_run(run_id).info.lifecycle_stage is LifecycleStage.ACTIVE


def test_several_runs_are_deleted_all_or_none(store: TrackingStore) -> None:
    runs = [new_run(store), new_run(store)]
    with pytest.raises(NotFound):
        store.delete_runs([runs[0], "absent", runs[1]])
    assert [store.get_run(run_id).info.lifecycle_stage for run_id in runs] == [LifecycleStage.ACTIVE] * 2
    store.delete_runs(runs)
    assert [store.get_run(run_id).info.lifecycle_stage for run_id in runs] == [LifecycleStage.DELETED] * 2


def test_no_runs_are_nothing_to_do(store: TrackingStore) -> None:
    store.delete_runs([])
    store.restore_runs([])
    store.heartbeat([])
    store.move_runs([], new_experiment(store))


def test_the_list_of_models_keeps_the_newest_that_fit(store: TrackingStore) -> None:
    run_id = new_run(store)
    for number in range(4):
        store.log_model(run_id, model(f"m{number}", notes="x" * (MAX_MODEL_HISTORY // 3)))
    listed = json.loads(store.get_run(run_id).tags["mlflow.log-model.history"])
    assert [one["artifact_path"] for one in listed] == ["m2", "m3"]
    with pytest.raises(InvalidValue, match="too long"):
        store.log_model(run_id, model("m", notes="x" * MAX_MODEL_HISTORY))


def test_a_tag_that_is_no_list_of_models_is_begun_anew(store: TrackingStore) -> None:
    run_id = new_run(store)
    store.set_tag(run_id, "mlflow.log-model.history", "[oh no")
    store.log_model(run_id, model("m"))
    assert json.loads(store.get_run(run_id).tags["mlflow.log-model.history"]) == [model("m")]
