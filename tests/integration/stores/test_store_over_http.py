"""The shipped suite over the REST store: through the table of calls, a live server and the SQL store behind it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from runfold.config import ClientSettings
from runfold.stores.rest.store import RestStore
from runfold.testing.stores import *  # noqa: F403 - the suite is its tests
from runfold.testing.stores import JOB_LEASE_S, LOST_AFTER_S
from tests.integration.servers import ServerProcess


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RestStore]:
    server = ServerProcess(tmp_path_factory.mktemp("server"), lost_after_s=LOST_AFTER_S, job_lease_s=JOB_LEASE_S)
    server.start()
    opened = RestStore(server.uri, ClientSettings())
    yield opened
    opened.close()
    server.stop()
