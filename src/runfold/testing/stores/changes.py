"""Live views: which runs changed since a cursor."""

from __future__ import annotations

import time

from runfold.domain.dataset import Dataset, DatasetUse
from runfold.domain.states import RunStatus
from runfold.stores.base import RunColumns, TrackingStore
from runfold.testing.stores.records import log, new_experiment, new_run, wait_for

NOTED_WITHIN_S = 0.7
"""Seconds that a store may take to note a change."""


def changed(store: TrackingStore, experiment_id: str, after: int) -> tuple[set[str], int]:
    changes = store.changed_runs([experiment_id], after=after)
    return {run.info.run_id for run in changes.runs}, changes.cursor


def test_every_kind_of_change_shows_after_the_cursor(store: TrackingStore) -> None:
    experiment_id, other = new_experiment(store), new_experiment(store)
    untouched = new_run(store, experiment_id)
    log_batch, tagged, untagged, used, cut, ended, deleted, restored, renamed = (
        new_run(store, experiment_id, tags={"k": "v"}) for _ in range(9)
    )
    log(store, cut, "m", (0, 0, 1.0))
    store.delete_runs([restored])
    use = DatasetUse(dataset=Dataset(name="wine", digest="d", source_type="local", source="{}"))
    wait_for(lambda: is_quiet(store, experiment_id))
    runs, cursor = changed(store, experiment_id, -1)
    assert runs == set()

    log(store, log_batch, "m", (0, 0, 1.0))
    store.set_tag(tagged, "k", "w")
    store.delete_tag(untagged, "k")
    store.log_inputs(used, [use])
    store.delete_metric(cut, "m")
    store.update_run(ended, status=RunStatus.FINISHED, end_time_ms=1)
    store.delete_runs([deleted])
    store.restore_runs([restored])
    store.update_run(renamed, run_name="new")
    created = new_run(store, experiment_id)
    new_run(store, other)

    expected = {log_batch, tagged, untagged, used, cut, ended, deleted, restored, renamed, created}
    wait_for(lambda: changed(store, experiment_id, cursor)[0] >= expected)
    assert changed(store, experiment_id, cursor)[0] == expected
    assert untouched not in expected


def is_quiet(store: TrackingStore, experiment_id: str) -> bool:
    """Whether nothing changed for longer than a store takes to note a change."""
    _, cursor = changed(store, experiment_id, -1)
    time.sleep(NOTED_WITHIN_S)
    return changed(store, experiment_id, cursor)[0] == set()


def test_changes_come_oldest_first_and_in_pages(store: TrackingStore) -> None:
    experiment_id = new_experiment(store)
    _, cursor = changed(store, experiment_id, -1)
    runs = [new_run(store, experiment_id) for _ in range(5)]
    seen: list[str] = []
    for n_expected in (2, 2, 1):
        changes = store.changed_runs([experiment_id], after=cursor, max_results=2)
        assert len(changes.runs) == n_expected
        seen += [run.info.run_id for run in changes.runs]
        assert changes.cursor > cursor
        cursor = changes.cursor
    assert seen == runs
    assert store.changed_runs([experiment_id], after=cursor).runs == ()


def test_a_run_that_is_moved_shows_in_its_new_experiment(store: TrackingStore) -> None:
    source, target = new_experiment(store), new_experiment(store)
    run_id = new_run(store, source)
    _, cursor = changed(store, target, -1)
    store.move_runs([run_id], target)
    assert changed(store, target, cursor)[0] == {run_id}


def test_changes_come_with_the_columns_that_are_named(store: TrackingStore) -> None:
    experiment_id = new_experiment(store)
    run_id = new_run(store, experiment_id, tags={"k": "v"})
    log(store, run_id, "m", (0, 0, 1.0))
    log(store, run_id, "other", (0, 0, 1.0))
    columns = RunColumns(metrics=("m",), params=(), tags=(), datasets=False)
    [run] = store.changed_runs([experiment_id], after=0, columns=columns).runs
    assert (list(run.metrics), run.tags) == (["m"], {})
