"""Purging: what is in the trash goes for ever, after saying what goes."""

from __future__ import annotations

import pytest

from runfold.domain.dataset import Dataset, DatasetUse
from runfold.domain.logged_model import ModelUse, NewLoggedModel
from runfold.domain.registered_model import NewModelVersion
from runfold.domain.run import PurgeReport
from runfold.errors import InvalidState, InvalidValue, NotFound
from runfold.stores.base import TrackingStore
from runfold.testing.stores.records import (
    deleted_run,
    history,
    log,
    log_texts,
    new_experiment,
    new_model,
    new_run,
    unique,
)


def full_run(store: TrackingStore, experiment_id: str | None = None) -> str:
    run_id = new_run(store, experiment_id)
    log(store, run_id, "m", *[(step, 0, 1.0) for step in range(300)])
    log(store, run_id, "n", (0, 0, 1.0))
    log_texts(store, run_id, params={"p": "1"}, tags={"t": "1"})
    use = DatasetUse(dataset=Dataset(name="wine", digest="d", source_type="local", source="{}"))
    store.log_inputs(run_id, [use])
    return run_id


def figures(report: PurgeReport) -> tuple[int, int, int]:
    return report.n_experiments, report.n_runs, report.n_points


def assert_names(report: PurgeReport, uris: set[str]) -> None:
    """The folders whose files the caller has to remove: all, or those that the store did not remove itself."""
    assert set(report.artifact_uris) <= uris
    assert len(report.artifact_uris) == len(set(report.artifact_uris))


def test_a_dry_run_says_what_would_go_and_changes_nothing(store: TrackingStore) -> None:
    run_id = full_run(store)
    store.delete_runs([run_id])
    before = store.get_run(run_id)
    report = store.purge(run_ids=[run_id])
    assert figures(report) == (0, 1, 301)
    assert report.is_dry_run
    assert_names(report, {before.info.artifact_uri})
    after = store.get_run(run_id)
    # Not the time of the last write, which the store notes a moment after it.
    assert (after.info.lifecycle_stage, after.params, after.tags, after.metrics, after.datasets) == (
        before.info.lifecycle_stage,
        before.params,
        before.tags,
        before.metrics,
        before.datasets,
    )
    assert len(history(store, run_id, "m")) == 300


def test_a_purged_run_is_gone_and_its_neighbour_untouched(store: TrackingStore) -> None:
    experiment_id = new_experiment(store)
    gone, stays = full_run(store, experiment_id), full_run(store, experiment_id)
    before = store.get_run(stays)
    store.delete_runs([gone])
    promised = store.purge(run_ids=[gone], dry_run=True)
    done = store.purge(run_ids=[gone], dry_run=False)
    assert figures(done) == figures(promised)
    assert done.artifact_uris == promised.artifact_uris
    assert not done.is_dry_run
    with pytest.raises(NotFound):
        store.get_run(gone)
    assert history(store, gone, "m") == []
    after = store.get_run(stays)
    assert (after.params, after.tags, after.metrics, after.datasets) == (
        before.params,
        before.tags,
        before.metrics,
        before.datasets,
    )


def test_a_purged_experiment_takes_its_runs_and_frees_its_name(store: TrackingStore) -> None:
    name = unique("purged")
    experiment_id = store.create_experiment(name, tags={"k": "v"})
    runs = [full_run(store, experiment_id), full_run(store, experiment_id)]
    uris = {store.get_run(run_id).info.artifact_uri for run_id in runs}
    store.delete_experiment(experiment_id)
    report = store.purge(experiment_ids=[experiment_id], dry_run=False)
    assert figures(report) == (1, 2, 602)
    assert not report.is_dry_run
    assert_names(report, uris)
    assert store.find_experiment_by_name(name) is None
    for run_id in runs:
        with pytest.raises(NotFound):
            store.get_run(run_id)
    again = store.create_experiment(name)
    assert again != experiment_id
    assert store.get_experiment(again).tags == {}
    run_id = full_run(store, again)
    assert store.get_run(run_id).params == {"p": "1"}


def test_only_what_is_in_the_trash_can_be_purged(store: TrackingStore) -> None:
    run_id, gone = new_run(store), deleted_run(store)
    experiment_id = store.get_run(run_id).info.experiment_id
    for dry_run in (True, False):
        with pytest.raises(InvalidValue):
            store.purge(run_ids=[gone, run_id], dry_run=dry_run)
        with pytest.raises(InvalidValue):
            store.purge(experiment_ids=[experiment_id], dry_run=dry_run)
        with pytest.raises(NotFound):
            store.purge(run_ids=["absent"], dry_run=dry_run)
        with pytest.raises(NotFound):
            store.purge(experiment_ids=["999999999"], dry_run=dry_run)
    assert store.get_run(gone).info.run_id == gone


def test_a_run_that_was_brought_back_alone_keeps_its_experiment(store: TrackingStore) -> None:
    experiment_id = new_experiment(store)
    kept, gone = new_run(store, experiment_id), new_run(store, experiment_id)
    store.delete_experiment(experiment_id)
    before = figures(store.purge())
    store.restore_runs([kept])
    assert [was - now for was, now in zip(before, figures(store.purge()), strict=True)] == [1, 1, 0]
    with pytest.raises(InvalidValue):
        store.purge(experiment_ids=[experiment_id], dry_run=False)
    assert store.get_run(kept).info.run_id == kept
    assert store.get_run(gone).info.run_id == gone


def test_only_what_was_deleted_before_a_time_goes(store: TrackingStore) -> None:
    run_id = deleted_run(store)
    deleted_ms = store.get_run(run_id).info.deleted_time_ms
    assert deleted_ms is not None
    assert store.purge(run_ids=[run_id], older_than_ms=deleted_ms, dry_run=False).n_runs == 0
    assert store.purge(run_ids=[run_id], older_than_ms=deleted_ms + 1, dry_run=False).n_runs == 1


def test_without_names_the_whole_trash_is_meant(store: TrackingStore) -> None:
    active = new_run(store)
    gone, experiment_id = deleted_run(store), new_experiment(store)
    with_it = new_run(store, experiment_id)
    before = figures(store.purge())
    store.delete_experiment(experiment_id)
    report = store.purge()
    assert [after - now for after, now in zip(figures(report), before, strict=True)] == [1, 1, 0]
    store.get_run(with_it)
    store.get_run(gone)
    assert store.get_run(active).info.artifact_uri not in report.artifact_uris


def test_an_id_is_free_again_after_the_purge(store: TrackingStore) -> None:
    run_id = unique("again")
    new_run(store, run_id=run_id, tags={"old": "1"})
    log(store, run_id, "m", (0, 0, 1.0))
    store.delete_runs([run_id])
    store.purge(run_ids=[run_id], dry_run=False)
    new_run(store, run_id=run_id)
    run = store.get_run(run_id)
    assert "old" not in run.tags
    assert run.metrics == {}
    assert history(store, run_id, "m") == []


def test_records_take_up_room(store: TrackingStore) -> None:
    new_run(store)
    size = store.measure_records()
    assert size.n_bytes > size.n_free_bytes >= 0


def registered(store: TrackingStore, location: str) -> tuple[str, int]:
    """A version whose files lie at a location."""
    name = new_model(store)
    made = store.create_model_version(NewModelVersion(name=name, source=location))
    return name, made.version


def location_in(store: TrackingStore, run_id: str) -> str:
    uri = store.get_run(run_id).info.artifact_uri
    return f"{uri}/model"


def test_a_run_that_a_version_has_its_files_in_stays_until_the_version_is_deleted(store: TrackingStore) -> None:
    run_id = new_run(store)
    name, version = registered(store, location_in(store, run_id))
    store.delete_runs([run_id])

    with pytest.raises(InvalidState, match=run_id):
        store.purge(run_ids=[run_id], dry_run=False)
    assert store.get_run(run_id).info.run_id == run_id

    store.delete_model_version(name, version)
    assert figures(store.purge(run_ids=[run_id], dry_run=False)) == (0, 1, 0)


def test_an_experiment_that_a_version_has_its_files_in_stays(store: TrackingStore) -> None:
    experiment_id = new_experiment(store)
    model = store.create_logged_model(NewLoggedModel(experiment_id=experiment_id))
    name = new_model(store)
    store.create_model_version(NewModelVersion(name=name, source=f"models:/{model.model_id}"))
    store.delete_experiment(experiment_id)

    with pytest.raises(InvalidState, match="Registered versions"):
        store.purge(experiment_ids=[experiment_id], dry_run=False)


def test_logged_models_go_with_their_experiment(store: TrackingStore) -> None:
    experiment_id = new_experiment(store)
    run_id = new_run(store, experiment_id)
    model = store.create_logged_model(
        NewLoggedModel(experiment_id=experiment_id, source_run_id=run_id, params={"p": "1"}, tags={"t": "1"})
    )
    store.log_model_uses(run_id, [ModelUse(model_id=model.model_id, is_output=True)])
    store.delete_experiment(experiment_id)

    planned = store.purge(experiment_ids=[experiment_id])
    done = store.purge(experiment_ids=[experiment_id], dry_run=False)

    assert planned.n_models == done.n_models == 1
    with pytest.raises(NotFound):
        store.get_logged_model(model.model_id)


def test_emptying_the_trash_passes_over_what_versions_need(store: TrackingStore) -> None:
    held, free = new_run(store), new_run(store)
    registered(store, location_in(store, held))
    before = store.purge()
    store.delete_runs([held, free])
    after = store.purge()
    assert (after.n_held - before.n_held, after.n_runs - before.n_runs) == (1, 1)
