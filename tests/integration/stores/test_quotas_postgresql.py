"""Quotas over a real PostgreSQL: the shipped suite, and writers of several servers at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from runfold.config import StoreSettings
from runfold.domain.quota import Owner, Quota
from runfold.domain.run import NewRun, RunBatch
from runfold.errors import QuotaExceeded
from runfold.stores.sql.store import SqlStore
from runfold.testing.quotas import *  # noqa: F403 - the suite is its tests


@pytest.fixture(scope="module")
def uri(new_postgres_database: Callable[[], str]) -> str:
    return new_postgres_database()


@pytest.fixture(scope="module")
def store(uri: str) -> Iterator[SqlStore]:
    opened = SqlStore(uri, StoreSettings())
    yield opened
    opened.close()


def test_writers_of_two_servers_meet_a_quota_exactly(store: SqlStore, uri: str, owner: Owner) -> None:
    number = store.get_user(owner.name).number
    store.set_quota(owner, Quota(max_runs=20, max_bytes=1000))
    with closing(SqlStore(uri, StoreSettings())) as other, ThreadPoolExecutor(16) as threads:
        mine = (store.owned_by(number), other.owned_by(number))

        def work(n: int) -> str:
            """A run, a point, a file, and for some the way through the trash: all that locks one another's rows."""
            try:
                run_id = mine[n % 2].create_run(NewRun(experiment_id="0")).info.run_id
            except QuotaExceeded:
                return ""
            mine[(n + 1) % 2].log_batch(run_id, RunBatch(params=(("lr", "1"),)))
            (holder,) = store.find_holders([run_id])
            mine[n % 2].charge_files(holder, 10)
            if n % 5 == 0:
                mine[n % 2].delete_runs([run_id])
                mine[(n + 1) % 2].purge(run_ids=[run_id], dry_run=False)
                return ""
            return run_id

        made = [run_id for run_id in threads.map(work, range(60)) if run_id]
        found = store.get_usage(owner.name)
        assert found.n_runs <= 20
        assert (found.n_runs, found.n_bytes) == (len(made), 10 * len(made))
