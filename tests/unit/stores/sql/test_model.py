"""The store against a plain model of it: whatever is done in whatever order, both say the same."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import settings
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from runfold.config import StoreSettings
from runfold.domain.keys import KeyKind
from runfold.domain.metric import Metric
from runfold.domain.run import NewRun, RunBatch
from runfold.domain.states import LifecycleStage
from runfold.errors import InvalidValue, NotFound
from runfold.stores.open import open_store
from runfold.stores.sql import fold, upkeep
from runfold.testing.stores.records import history

KEYS = st.sampled_from(["a", "b", "c"])
POINTS = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 3), st.sampled_from([1.0, 2.0, 3.0])), min_size=1, max_size=20
)


class ModelRun:
    """What a run should have."""

    def __init__(self, experiment_id: str) -> None:
        self.experiment_id = experiment_id
        self.is_deleted = False
        self.points: dict[str, set[tuple[int, int, float]]] = {}
        self.params: dict[str, str] = {}
        self.tags: dict[str, str] = {}


class StoreMachine(RuleBasedStateMachine):
    runs = Bundle("runs")

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        patch = self.stack.enter_context(pytest.MonkeyPatch.context())
        for name, value in (("MAX_CHUNK", 16), ("MIN_CHUNK", 4), ("MAX_GATHERED", 12)):
            patch.setattr(fold, name, value)
        self.folder = Path(tempfile.mkdtemp(prefix="runfold-test-"))
        self.stack.callback(shutil.rmtree, self.folder)
        self.uri = f"sqlite:///{self.folder}/store.db"
        self.store = open_store(self.uri, StoreSettings(durability="process", fold_interval_s=3600))
        self.model: dict[str, ModelRun] = {}

    def teardown(self) -> None:
        self.store.close()
        assert [finding.text for finding in upkeep.check(self.uri, StoreSettings()) if finding.is_fault] == []
        self.stack.close()

    @initialize()
    def two_experiments(self) -> None:
        self.experiments = ["0", self.store.create_experiment("other")]

    @rule(target=runs, which=st.integers(0, 1))
    def create(self, which: int) -> str:
        run_id = self.store.create_run(NewRun(experiment_id=self.experiments[which])).info.run_id
        self.model[run_id] = ModelRun(self.experiments[which])
        return run_id

    def _open(self, run_id: str, call: Any) -> ModelRun | None:
        """Do something to a run; the model of it where that was allowed."""
        run = self.model.get(run_id)
        if run is None:
            with pytest.raises(NotFound):
                call()
            return None
        if run.is_deleted:
            with pytest.raises(InvalidValue):
                call()
            return None
        call()
        return run

    @rule(run_id=runs, key=KEYS, points=POINTS)
    def log_points(self, run_id: str, key: str, points: list[tuple[int, int, float]]) -> None:
        batch = RunBatch(metrics=tuple(Metric(key, value, time, step) for step, time, value in points))
        run = self._open(run_id, lambda: self.store.log_batch(run_id, batch))
        if run is not None:
            run.points.setdefault(key, set()).update(points)

    @rule(run_id=runs, key=KEYS, value=st.sampled_from("xy"))
    def log_texts(self, run_id: str, key: str, value: str) -> None:
        batch = RunBatch(params=((key, value),), tags=((key, value),))
        run = self.model.get(run_id)
        if run is not None and not run.is_deleted and run.params.get(key, value) != value:
            with pytest.raises(InvalidValue):
                self.store.log_batch(run_id, batch)
        elif self._open(run_id, lambda: self.store.log_batch(run_id, batch)) is not None:
            assert run is not None
            run.params[key] = run.tags[key] = value

    @rule(run_id=runs, key=KEYS, after_step=st.none() | st.integers(-1, 30))
    def delete_points(self, run_id: str, key: str, after_step: int | None) -> None:
        run = self.model.get(run_id)
        if run is not None and not run.is_deleted and key not in run.points:
            with pytest.raises(NotFound):
                self.store.delete_metric(run_id, key, after_step=after_step)
            return
        run = self._open(run_id, lambda: self.store.delete_metric(run_id, key, after_step=after_step))
        if run is not None:
            kept = {point for point in run.points.pop(key) if after_step is not None and point[0] <= after_step}
            if kept:
                run.points[key] = kept

    @rule(run_id=runs, key=KEYS)
    def delete_param(self, run_id: str, key: str) -> None:
        run = self.model.get(run_id)
        if run is not None and not run.is_deleted and key not in run.params:
            with pytest.raises(NotFound):
                self.store.delete_param(run_id, key)
        elif self._open(run_id, lambda: self.store.delete_param(run_id, key)) is not None:
            assert run is not None
            del run.params[key]

    @rule(run_id=runs, which=st.integers(0, 1))
    def move(self, run_id: str, which: int) -> None:
        run = self._open(run_id, lambda: self.store.move_runs([run_id], self.experiments[which]))
        if run is not None:
            run.experiment_id = self.experiments[which]

    @rule(run_id=runs)
    def delete_or_restore(self, run_id: str) -> None:
        run = self.model.get(run_id)
        if run is None:
            return
        (self.store.restore_runs if run.is_deleted else self.store.delete_runs)([run_id])
        run.is_deleted = not run.is_deleted

    @rule()
    def purge(self) -> None:
        gone = [run_id for run_id, run in self.model.items() if run.is_deleted]
        report = self.store.purge(dry_run=False)
        assert report.n_runs == len(gone)
        for run_id in gone:
            del self.model[run_id]

    @rule()
    def fold(self) -> None:
        self.store.fold()
        for run_id, run in self.model.items():
            counts = {key: summary.count for key, summary in self.store.get_run(run_id).metrics.items()}
            assert counts == {key: len(points) for key, points in run.points.items()}

    @invariant()
    def both_say_the_same(self) -> None:
        for run_id, expected in self.model.items():
            run = self.store.get_run(run_id)
            assert run.info.experiment_id == expected.experiment_id
            assert (run.info.lifecycle_stage is LifecycleStage.DELETED) == expected.is_deleted
            assert run.params == expected.params
            assert {key: value for key, value in run.tags.items() if key in "abc"} == expected.tags
            assert set(run.metrics) == set(expected.points)
            for key, points in expected.points.items():
                assert history(self.store, run_id, key) == sorted(
                    points, key=lambda point: (point[1], point[0], point[2])
                )
                summary, values = run.metrics[key], [value for _, _, value in points]
                assert (summary.step, summary.timestamp_ms, summary.last) == max(points)
                assert summary.count >= len(points)
                assert (summary.min, summary.max) == (min(values), max(values))

    @invariant()
    def keys_count_their_runs(self) -> None:
        for experiment_id in getattr(self, "experiments", ()):
            found = {(stats.kind, stats.key): stats.n_runs for stats in self.store.search_keys([experiment_id])}
            mine = [run for run in self.model.values() if run.experiment_id == experiment_id]
            for key in "abc":
                for kind, of in ((KeyKind.METRIC, "points"), (KeyKind.PARAM, "params"), (KeyKind.TAG, "tags")):
                    n_runs = sum(key in getattr(run, of) for run in mine)
                    assert found.get((kind, key), 0) == n_runs


TestStore = StoreMachine.TestCase
TestStore.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)
