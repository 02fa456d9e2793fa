"""Batches that tell their number in every part, so that a lost, doubled or half one shows."""

from __future__ import annotations

from runfold.domain.metric import Metric
from runfold.domain.run import RunBatch
from runfold.stores.base import TrackingStore

KEYS = ("a", "b", "b/c")


def numbered_batch(number: int) -> RunBatch:
    points = tuple(Metric(key, float(number), number, number) for key in KEYS)
    return RunBatch(metrics=points, params=((f"p{number}", str(number)),), tags=((f"t{number}", str(number)),))


def numbers_of(store: TrackingStore, run_id: str) -> set[int]:
    """The numbers of the batches that a run has, each of which must be there once and whole.

    The histories are read between two equal looks at the run: PostgreSQL may still finish what a client sent before
    it was killed.
    """
    run = store.get_run(run_id)
    while True:
        histories = {key: store.get_metric_history(run_id, key).items for key in KEYS}
        before, run = run, store.get_run(run_id)
        if run.params == before.params:
            break
    numbers = {int(key[1:]) for key in run.params if key.startswith("p")}
    assert {int(key[1:]) for key in run.tags if key.startswith("t")} == numbers
    for key in KEYS:
        assert histories[key] == tuple(Metric(key, float(number), number, number) for number in sorted(numbers))
        if numbers:
            summary = run.metrics[key]
            assert (summary.last, summary.step, summary.max) == (max(numbers),) * 3
    return numbers
