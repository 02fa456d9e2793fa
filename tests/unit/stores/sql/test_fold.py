"""Folding: however points came and whenever they were folded, a series is the set of its distinct points."""

from __future__ import annotations

import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from runfold.config import StoreSettings
from runfold.domain.metric import Metric, MetricSummary
from runfold.domain.run import NewRun, RunBatch
from runfold.stores.open import open_store
from runfold.stores.sql import fold
from runfold.stores.sql.store import SqlStore
from runfold.stores.sql.tables import metric_chunks, metric_journal
from runfold.testing.stores.records import Point, history, log, new_run

SETTINGS = StoreSettings(durability="process", fold_interval_s=3600)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlStore]:
    path: Path = tmp_path_factory.mktemp("fold") / "store.db"
    opened = open_store(f"sqlite:///{path}", SETTINGS)
    yield opened
    opened.close()


@contextmanager
def borders_close_together() -> Iterator[None]:
    """Chunks of a few points, so that short series meet all borders."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fold, "MAX_CHUNK", 16)
        patch.setattr(fold, "MIN_CHUNK", 4)
        patch.setattr(fold, "MAX_GATHERED", 12)
        patch.setattr(fold, "MAX_ROWS", 5)
        yield


@pytest.fixture
def small_chunks() -> Iterator[None]:
    with borders_close_together():
        yield


def rows_of(store: SqlStore, table: sa.Table, run_id: str) -> list[Any]:
    number = sa.select(sa.text("id")).select_from(sa.text("runs")).where(sa.text("run_id = :run_id"))
    with store._engines.connect_to_read() as connection:
        run = connection.execute(number, {"run_id": run_id}).scalar_one()
        return list(connection.execute(sa.select(table).where(table.c.run == run)).all())


def by_time(points: set[Point]) -> list[Point]:
    return sorted(points, key=lambda point: (point[1], point[0], point[2] is None, point[2] or 0.0))


def summarize_slowly(key: str, points: set[Point]) -> MetricSummary:
    """By the definition: NaN is the smallest value, and stays out of min and max."""
    step, timestamp, value = max(points, key=lambda p: (p[0], p[1], p[2] is not None, p[2] or 0.0))
    numbers = [value for _, _, value in points if value is not None]
    return MetricSummary(
        key=key,
        last=math.nan if value is None else value,
        step=step,
        timestamp_ms=timestamp,
        min=min(numbers, default=math.nan),
        max=max(numbers, default=math.nan),
        count=len(points),
    )


numbers = st.integers(-3, 12) | st.integers(-(2**63), 2**63 - 1)
times = st.integers(0, 3) | st.integers(0, 2**63 - 1)
values = st.sampled_from([None, math.inf, -math.inf, 0.5, 1.0, -1.0]) | st.floats(allow_nan=False)
some_points = st.lists(st.tuples(st.sampled_from("abc"), numbers, times, values), min_size=1, max_size=25)
FOLD = None


@settings(max_examples=60, deadline=None)
@given(st.lists(some_points | st.just(FOLD), max_size=12))
@borders_close_together()
def test_batches_and_folds_in_any_order_read_back_as_the_set_of_points(store: SqlStore, story: list[Any]) -> None:
    run_id = new_run(store, "0")
    expected: dict[str, set[Point]] = {key: set() for key in "abc"}
    for part in story:
        if part is FOLD:
            store.fold()
            continue
        batch = [Metric(key, math.nan if value is None else value, time, step) for key, step, time, value in part]
        store.log_batch(run_id, RunBatch(metrics=tuple(batch)))
        for key, step, time, value in part:
            expected[key].add((step, time, value))
    for is_folded in (False, True):
        for key, points in expected.items():
            # Zeros of either sign are distinct values that compare equal.
            found = history(store, run_id, key)
            assert {repr(point) for point in found} >= {repr(point) for point in points}
            assert {point[:2] for point in found} == {point[:2] for point in points}
        assert [key for key in "abc" if history(store, run_id, key)] == [key for key in "abc" if expected[key]]
        if not is_folded:
            store.fold()
    summaries = store.get_run(run_id).metrics
    for key, points in expected.items():
        if points and not any(value == 0 for _, _, value in points):
            assert history(store, run_id, key) == by_time(points)
            assert repr(summaries[key]) == repr(summarize_slowly(key, points))


def test_a_short_batch_sent_again_after_its_series_was_folded_is_not_counted_twice(store: SqlStore) -> None:
    run_id = new_run(store, "0")
    log(store, run_id, "m", *[(step, 0, 1.0) for step in range(1000)])
    store.fold()
    log(store, run_id, "m", (999, 0, 1.0))
    store.fold()
    assert store.get_run(run_id).metrics["m"].count == 1000


@pytest.mark.usefixtures("small_chunks")
def test_duplicates_collapse_across_the_borders_of_chunks(store: SqlStore) -> None:
    run_id = new_run(store, "0")
    points: list[Point] = [(step // 7, 0, float(step)) for step in range(100)]
    log(store, run_id, "m", *points)
    store.fold()
    assert len(rows_of(store, metric_chunks, run_id)) == math.ceil(100 / 16)
    for start in range(0, 100, 9):
        log(store, run_id, "m", *points[start : start + 13])
        store.fold()
    assert history(store, run_id, "m") == points
    assert sum(row.n_points for row in rows_of(store, metric_chunks, run_id)) == 100
    assert store.get_run(run_id).metrics["m"].count == 100


@pytest.mark.usefixtures("small_chunks")
def test_points_that_come_late_join_the_chunk_where_they_belong(store: SqlStore) -> None:
    run_id = new_run(store, "0")
    log(store, run_id, "m", *[(step, 0, 1.0) for step in range(0, 200, 2)])
    store.fold()
    log(store, run_id, "m", *[(step, 0, 1.0) for step in range(51, 61, 2)])
    store.fold()
    chunks = sorted(rows_of(store, metric_chunks, run_id), key=lambda row: row.first_step)
    assert [row.first_step for row in chunks] == sorted(row.first_step for row in chunks)
    assert all(one.last_step < other.first_step for one, other in pairwise(chunks))
    assert [step for step, _, _ in history(store, run_id, "m")] == sorted([*range(0, 200, 2), *range(51, 61, 2)])


def test_thousands_of_short_series_lie_in_one_row(store: SqlStore) -> None:
    run_id = new_run(store, "0")
    names = [f"layer/{number}" for number in range(12_000)]
    for start in range(0, 12_000, 1000):
        batch = [Metric(name, float(number), 0, 0) for number, name in enumerate(names[start : start + 1000])]
        store.log_batch(run_id, RunBatch(metrics=tuple(batch)))
    store.fold()
    assert rows_of(store, metric_chunks, run_id) == []
    (row,) = rows_of(store, metric_journal, run_id)
    assert (row.n_points, row.is_folded) == (12_000, 1)
    assert len(row.payload) < 120_000
    run = store.get_run(run_id)
    assert len(run.metrics) == 12_000
    assert history(store, run_id, "layer/11999") == [(0, 0, 999.0)]


def test_a_long_series_is_a_few_compressed_chunks(store: SqlStore) -> None:
    run_id = new_run(store, "0")
    n = 3 * fold.MAX_CHUNK
    for start in range(0, n, 8192):
        log(store, run_id, "m", *[(step, 1_700_000_000_000 + 50 * step, 0.5) for step in range(start, start + 8192)])
        store.fold()
    chunks = rows_of(store, metric_chunks, run_id)
    assert sum(row.n_points for row in chunks) == n
    assert len(chunks) <= 6
    assert sum(len(row.steps) + len(row.timestamps) + len(row.point_values) for row in chunks) < n / 10
    assert rows_of(store, metric_journal, run_id) == []


def test_a_fold_empties_a_journal_of_any_length(store: SqlStore) -> None:
    run_id = new_run(store, "0")
    futures = [
        store.submit_batch(run_id, RunBatch(metrics=(Metric("m", 1.0, 0, step),))) for step in range(fold.MAX_ROWS + 7)
    ]
    for future in futures:
        future.result(60)
    store.fold()
    assert [row.is_folded for row in rows_of(store, metric_journal, run_id)] == [1]
    assert len(history(store, run_id, "m")) == fold.MAX_ROWS + 7


@pytest.mark.usefixtures("small_chunks")
def test_folds_that_race_with_each_other_and_with_writers_lose_nothing(store: SqlStore) -> None:
    run_id = new_run(store, "0")

    def work(number: int) -> None:
        for turn in range(12):
            if number % 2:
                store.fold()
            else:
                log(store, run_id, "m", *[(turn, number, float(value)) for value in range(5)])
                log(store, run_id, f"m{number}", (turn, 0, 1.0))

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(6)))
    store.fold()
    expected = {(turn, number, float(value)) for number in (0, 2, 4) for turn in range(12) for value in range(5)}
    assert history(store, run_id, "m") == by_time(expected)  # type: ignore[arg-type]
    assert store.get_run(run_id).metrics["m"].count == len(expected)
    assert len(history(store, run_id, "m2")) == 12


def test_a_deleted_run_is_folded_like_others_and_a_purged_one_is_passed_over(store: SqlStore) -> None:
    run_id = store.create_run(NewRun(experiment_id="0")).info.run_id
    log(store, run_id, "m", *[(step, 0, 1.0) for step in range(1000)])
    store.delete_runs([run_id])
    with store._engines.connect_to_read() as connection:
        (pending,) = fold.find_pending(connection)
        swap = fold.plan(connection, pending.run)
    assert swap is not None
    store.purge(run_ids=[run_id], dry_run=False)
    with pytest.raises(fold.Overtaken):
        store.committer.run(lambda transaction: fold.apply(transaction, swap))
    store.fold()
    with store._engines.connect_to_read() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(metric_chunks)
                                  .where(metric_chunks.c.run == pending.run)).scalar() == 0  # fmt: skip


def test_an_unreadable_journal_keeps_no_other_from_being_folded(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/store.db", StoreSettings(durability="process", fold_interval_s=0.05))
    broken, sound = new_run(store, "0"), new_run(store, "0")
    log(store, broken, "m", *[(step, 0, 1.0) for step in range(fold.MIN_CHUNK + 1)])
    store.committer.run(lambda t: t.run("UPDATE metric_journal SET payload = x'00', n_points = 100000"))
    log(store, sound, "m", *[(step, 0, 1.0) for step in range(30_000)])
    for _ in range(200):
        if rows_of(store, metric_chunks, sound):
            break
        store._maintenance._stop.wait(0.05)
    assert rows_of(store, metric_chunks, sound) != []
    store.close()
