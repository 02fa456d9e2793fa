"""The audit over a real PostgreSQL: the shipped suite, and one chain of several processes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from runfold.config import StoreSettings
from runfold.domain.audit import Act
from runfold.stores.sql.store import SqlStore
from runfold.testing.audit import *  # noqa: F403 - the suite is its tests
from runfold.testing.audit import check
from runfold.testing.stores.records import unique


@pytest.fixture(scope="module")
def store(new_postgres_database: Callable[[], str]) -> Iterator[SqlStore]:
    opened = SqlStore(new_postgres_database(), StoreSettings())
    yield opened
    opened.close()


def test_processes_that_write_at_the_same_time_make_one_chain(new_postgres_database: Callable[[], str]) -> None:
    uri = new_postgres_database()
    with closing(SqlStore(uri, StoreSettings())) as one, closing(SqlStore(uri, StoreSettings())) as other:

        def write(store: SqlStore) -> None:
            for _ in range(20):
                store.noting(lambda result: [Act(action="make")]).create_experiment(unique("experiment"))

        threads = [threading.Thread(target=write, args=(store,)) for store in (one, other) * 3]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert check(one).n_records == 120
