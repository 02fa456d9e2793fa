"""Signs of life: which runs are lost."""

from __future__ import annotations

from runfold.domain.states import RunStatus
from runfold.stores.base import TrackingStore
from runfold.testing.stores.records import LOST_AFTER_S, log, new_experiment, new_run, wait_for


def is_lost(store: TrackingStore, run_id: str) -> bool:
    return store.get_run(run_id).info.is_lost


def test_a_run_whose_client_falls_silent_is_lost_and_heals(store: TrackingStore) -> None:
    run_id = new_run(store)
    store.heartbeat([run_id, "absent"])
    info = store.get_run(run_id).info
    assert info.heartbeat_ms is not None
    wait_for(lambda: is_lost(store, run_id))
    assert store.get_run(run_id).info.status is RunStatus.RUNNING
    store.heartbeat([run_id])
    healed = store.get_run(run_id).info
    assert not healed.is_lost
    assert healed.heartbeat_ms is not None
    assert healed.heartbeat_ms > info.heartbeat_ms


def test_a_lost_run_heals_by_logging(store: TrackingStore) -> None:
    run_id = new_run(store)
    store.heartbeat([run_id])
    wait_for(lambda: is_lost(store, run_id))
    log(store, run_id, "m", (0, 0, 1.0))
    wait_for(lambda: not is_lost(store, run_id))


def test_a_run_without_signs_of_life_or_over_is_never_lost(store: TrackingStore) -> None:
    silent, over, lost = new_run(store), new_run(store), new_run(store)
    store.heartbeat([over, lost])
    store.update_run(over, status=RunStatus.FINISHED, end_time_ms=1)
    wait_for(lambda: is_lost(store, lost))
    assert not is_lost(store, silent)
    assert not is_lost(store, over)
    assert LOST_AFTER_S < 10, "a test would wait too long"


def test_lost_runs_do_not_count_as_running(store: TrackingStore) -> None:
    experiment_id = new_experiment(store)
    run_id = new_run(store, experiment_id)
    new_run(store, experiment_id)
    store.heartbeat([run_id])
    wait_for(lambda: is_lost(store, run_id))
    (summary,) = (s for s in store.summarize_experiments() if s.experiment.experiment_id == experiment_id)
    assert (summary.n_runs, summary.n_running) == (2, 1)


def test_a_run_tells_when_something_was_last_written_to_it(store: TrackingStore) -> None:
    run_id = new_run(store)
    made = store.get_run(run_id).info.last_write_ms
    assert made is not None
    log(store, run_id, "m", (0, 0, 1.0))
    wait_for(lambda: (store.get_run(run_id).info.last_write_ms or 0) > made)
