from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from runfold.config import StoreSettings
from runfold.domain.metric import Metric
from runfold.domain.run import NewRun, RunBatch
from runfold.stores.sql.engine import Engines
from runfold.stores.sql.space import KEPT_PAGES, STEP_PAGES, give_back, is_spare
from runfold.stores.sql.store import SqlStore

SETTINGS = StoreSettings(fold_interval_s=3600)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    opened = SqlStore(f"sqlite:///{tmp_path / 'records.db'}", SETTINGS)
    yield opened
    opened.close()


@pytest.fixture
def engines(store: SqlStore) -> Iterator[Engines]:
    opened = Engines(store.uri, SETTINGS)
    yield opened
    opened.dispose()


def free_pages(engines: Engines) -> int:
    with engines.connect_to_read() as connection:
        return int(connection.exec_driver_sql("PRAGMA freelist_count").scalar_one())


def log_and_fold(store: SqlStore, n_batches: int) -> str:
    run_id = store.create_run(NewRun(experiment_id="0", start_time_ms=1)).info.run_id
    for start in range(0, n_batches * 1000, 1000):
        points = tuple(Metric("loss", 1 / (i + 1), i, i) for i in range(start, start + 1000))
        store.log_batch(run_id, RunBatch(metrics=points))
    store.fold()
    return run_id


def test_space_that_a_journal_took_is_given_back_in_steps(store: SqlStore, engines: Engines, tmp_path: Path) -> None:
    run_id = log_and_fold(store, 300)
    before = free_pages(engines)
    assert before > KEPT_PAGES + STEP_PAGES

    store.committer.run(give_back)
    after_one = free_pages(engines)
    while free_pages(engines) > KEPT_PAGES:
        store.committer.run(give_back)

    assert after_one == before - STEP_PAGES
    assert len(store.get_metric_history(run_id, "loss").items) == 300_000


def test_a_file_with_little_free_space_is_left_alone(store: SqlStore, engines: Engines) -> None:
    log_and_fold(store, 3)
    before = free_pages(engines)

    store.committer.run(give_back)

    with engines.connect_to_read() as connection:
        assert not is_spare(connection)
    assert free_pages(engines) == before


def test_the_background_thread_makes_a_quiet_file_smaller(store: SqlStore, engines: Engines, tmp_path: Path) -> None:
    log_and_fold(store, 100)
    with engines.connect_to_read() as connection:
        assert is_spare(connection)

    maintenance = store._maintenance
    maintenance.give_back_space()

    assert free_pages(engines) == KEPT_PAGES
