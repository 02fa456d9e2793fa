"""Racing clients of several server processes: the suite's races, over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from runfold.config import ClientSettings
from runfold.stores.rest.store import RestStore
from runfold.testing.stores.concurrency import *  # noqa: F403 - the suite is its tests
from tests.integration.servers import ServerProcess


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RestStore]:
    store_uri = None
    if request.param == "postgresql":
        new_database: Callable[[], str] = request.getfixturevalue("new_postgres_database")
        store_uri = new_database()
    server = ServerProcess(tmp_path_factory.mktemp("server"), store_uri=store_uri, processes=2)
    server.start()
    opened = RestStore(server.uri, ClientSettings())
    yield opened
    opened.close()
    server.stop()
