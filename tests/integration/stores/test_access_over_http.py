"""The shipped suite of accounts and grants, of quotas and of retention, over the REST store, as an administrator."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from runfold.config import ClientSettings, StoreSettings
from runfold.stores.rest.store import RestStore
from runfold.stores.sql.store import SqlStore
from runfold.testing.accounts import *  # noqa: F403 - the suite is its tests
from runfold.testing.accounts import PASSWORD
from runfold.testing.groups import *  # noqa: F403 - the suite is its tests
from runfold.testing.quotas import *  # noqa: F403 - likewise
from runfold.testing.retention import *  # noqa: F403 - likewise
from runfold.testing.roles import *  # noqa: F403 - likewise
from tests.integration.servers import ServerProcess


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RestStore]:
    server = ServerProcess(tmp_path_factory.mktemp("server"), auth=True)
    server.start()
    with closing(SqlStore(server.store_uri, StoreSettings())) as records:
        records.finish_setup(records.begin_setup(), "root", PASSWORD)
    opened = RestStore(server.uri.replace("//", f"//root:{PASSWORD}@"), ClientSettings())
    yield opened
    opened.close()
    server.stop()
