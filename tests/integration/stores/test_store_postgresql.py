"""The shipped suite over a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from runfold.config import StoreSettings
from runfold.stores.open import open_store
from runfold.stores.sql.store import SqlStore
from runfold.testing.stores import *  # noqa: F403 - the suite is its tests
from runfold.testing.stores import JOB_LEASE_S, LOST_AFTER_S


@pytest.fixture(scope="module")
def store(new_postgres_database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlStore]:
    settings = StoreSettings(
        lost_after_s=LOST_AFTER_S,
        job_lease_s=JOB_LEASE_S,
        secrets_key_file=str(tmp_path_factory.mktemp("secrets") / "key"),
    )
    opened = open_store(new_postgres_database(), settings)
    yield opened
    opened.close()
