"""Stores on both engines, and several of them on one database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runfold.config import StoreSettings
from runfold.stores.open import open_store
from runfold.stores.sql.store import SqlStore
from runfold.testing.stores import JOB_LEASE_S, LOST_AFTER_S

SETTINGS = StoreSettings(lost_after_s=LOST_AFTER_S, job_lease_s=JOB_LEASE_S, fold_interval_s=0.1)


@pytest.fixture(params=["sqlite", "postgresql"])
def uri(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/runfold.db"
    new_database: Callable[[], str] = request.getfixturevalue("new_postgres_database")
    return new_database()


@pytest.fixture
def stores(uri: str) -> Iterator[list[SqlStore]]:
    """Three stores on one database, as three server processes have them."""
    opened = [open_store(uri, SETTINGS) for _ in range(3)]
    yield opened
    for store in opened:
        store.close()
