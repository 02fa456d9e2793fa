"""The shipped suite of tokens of jobs, over a server with users: tokens are tried by signing in with them."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing

import pytest

from runfold.config import ClientSettings, StoreSettings
from runfold.domain.access import User
from runfold.domain.job import Job, NewJob
from runfold.domain.workspace import DEFAULT_WORKSPACE
from runfold.stores.rest.store import RestStore
from runfold.stores.sql.store import SqlStore
from runfold.testing.job_tokens import *  # noqa: F403 - the suite is its tests
from runfold.testing.job_tokens import PASSWORD, Desk
from runfold.testing.stores import JOB_LEASE_S
from tests.integration.servers import ServerProcess


class RestDesk:
    """`runfold.testing.job_tokens.Desk`."""

    def __init__(self, server: ServerProcess) -> None:
        self._uri = server.uri
        self.store = self._as("root")

    def _as(self, name: str) -> RestStore:
        return RestStore(self._uri.replace("//", f"//{name}:{PASSWORD.replace(' ', '%20')}@"), ClientSettings())

    def submit(self, user: User, work: NewJob, workspace: str = DEFAULT_WORKSPACE) -> Job:
        with closing(self._as(user.name)) as store:
            return store.in_workspace(workspace).submit_job(work)

    def known_as(self, token: str) -> str:
        request = urllib.request.Request(
            f"{self._uri}/api/runfold/v1/account", headers={"Authorization": f"Bearer {token}"}
        )
        try:
            with urllib.request.urlopen(request) as answer:
                name: str = json.load(answer)["user"]["name"]
                return name
        except urllib.error.HTTPError as error:
            if error.code != 401:
                raise
            return ""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    server = ServerProcess(tmp_path_factory.mktemp("server"), auth=True, job_lease_s=JOB_LEASE_S)
    server.start()
    with closing(SqlStore(server.store_uri, StoreSettings())) as records:
        records.finish_setup(records.begin_setup(), "root", PASSWORD)
    made = RestDesk(server)
    yield made
    made.store.close()
    server.stop()
