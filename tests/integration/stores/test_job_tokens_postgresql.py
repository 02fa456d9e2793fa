"""The shipped suite of tokens of jobs, over a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from runfold.config import StoreSettings
from runfold.stores.sql.store import SqlStore
from runfold.testing.job_tokens import *  # noqa: F403 - the suite is its tests
from runfold.testing.job_tokens import Desk
from runfold.testing.stores import JOB_LEASE_S
from tests.unit.stores.sql.desk import SqlDesk


@pytest.fixture(scope="module")
def desk(new_postgres_database: Callable[[], str]) -> Iterator[Desk]:
    store = SqlStore(new_postgres_database(), StoreSettings(job_lease_s=JOB_LEASE_S))
    yield SqlDesk(store)
    store.close()
