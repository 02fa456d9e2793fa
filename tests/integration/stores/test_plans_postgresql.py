"""How PostgreSQL is read for somebody who is denied datasets: along the search, not through all that is used."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from runfold.config import StoreSettings
from runfold.domain.dataset_access import HiddenDatasets
from runfold.stores.base import RunColumns, RunQuery
from runfold.stores.sql.hidden import hiding
from runfold.stores.sql.search import search_runs
from runfold.stores.sql.store import SqlStore

N_RUNS, N_DATASETS = 20_000, 50
# Far more than there are here, as where they were recorded in many other experiments.
HIDDEN = HiddenDatasets({"default": frozenset(f"corpus-{number}" for number in range(0, 2000, 2))})
ROWS = (
    "INSERT INTO runs (id, run_id, experiment_id, name, user_id, status, lifecycle_stage, start_time, artifact_uri, "
    "last_write, change) SELECT n, 'run-' || n, 0, 'run', '', 3, 'active', n, '', n, n FROM generate_series(1, %s) n",
    "INSERT INTO datasets (id, experiment_id, name, digest, source_type, source, schema, profile) "
    "SELECT n + 1, 0, 'corpus-' || n, '', '', '', '', '' FROM generate_series(0, %s - 1) n",
    "INSERT INTO dataset_uses (run, dataset_id, context, tags) "
    "SELECT n, n %% %s + 1, (ARRAY['train', 'eval', NULL])[n %% 3 + 1], '{}' FROM generate_series(1, %s) n",
)


@pytest.fixture(scope="module")
def connection(new_postgres_database: Callable[[], str]) -> Iterator[sa.Connection]:
    """To a store of many runs, each of which used one of a few datasets."""
    address = new_postgres_database()
    SqlStore(address, StoreSettings()).close()
    engine = sa.create_engine(address.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        for statement, parameters in zip(ROWS, ((N_RUNS,), (N_DATASETS,), (N_DATASETS, N_RUNS)), strict=True):
            connection.exec_driver_sql(statement, parameters)
        connection.exec_driver_sql("ANALYZE")
        yield connection
    engine.dispose()


def plans(connection: sa.Connection, text: str) -> list[str]:
    """Of the statements that look at one run after another."""
    driver: Any = connection.connection.driver_connection
    found = []

    def note(_: Any, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool) -> None:
        if statement.startswith("SELECT r.id"):
            steps = driver.execute(f"EXPLAIN (VERBOSE) {statement}", parameters).fetchall()
            found.append("\n".join([statement, *(step[0] for step in steps)]))

    query = RunQuery(experiment_ids=("0",), filter=text, max_results=50, columns=RunColumns(datasets=False))
    sa.event.listen(connection, "before_cursor_execute", note)
    try:
        with hiding(connection, HIDDEN):
            assert search_runs(connection, query, lost_before_ms=0).items
    finally:
        sa.event.remove(connection, "before_cursor_execute", note)
    assert found
    return found


@pytest.mark.parametrize(
    "text", ["dataset.context = 'train'", "dataset.context != 'train'", "dataset.context LIKE 't%'"]
)
def test_the_uses_of_a_run_are_looked_up_as_it_is_met(connection: sa.Connection, text: str) -> None:
    for plan in plans(connection, text):
        assert "Seq Scan on public.dataset_uses" not in plan, plan
        assert "(dataset_uses_1.run = r.id)" in plan, plan


def test_hidden_names_are_hashed(connection: sa.Connection) -> None:
    for plan in plans(connection, "dataset.context = 'train'"):
        assert "hashed SubPlan" in plan, plan
