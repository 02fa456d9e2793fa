"""The shipped suite over SQLite: the reference meaning."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from runfold.config import StoreSettings
from runfold.stores.open import open_store
from runfold.stores.sql.store import SqlStore
from runfold.testing.stores import *  # noqa: F403 - the suite is its tests
from runfold.testing.stores import JOB_LEASE_S, LOST_AFTER_S


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlStore]:
    folder: Path = tmp_path_factory.mktemp("store")
    opened = open_store(
        f"sqlite:///{folder}/runfold.db", StoreSettings(lost_after_s=LOST_AFTER_S, job_lease_s=JOB_LEASE_S)
    )
    yield opened
    opened.close()
