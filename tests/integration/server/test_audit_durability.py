"""The audit of a server that is killed in the middle of writes: one whole chain with all that was acknowledged."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest
import urllib3

from runfold.config import StoreSettings
from runfold.domain.access import Role
from runfold.domain.audit import ChainCheck
from runfold.stores.sql.store import SqlStore
from runfold.testing.accounts import PASSWORD
from tests.integration.servers import ServerProcess

N_CLIENTS = 4


@pytest.fixture(params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ServerProcess]:
    store_uri = None
    if request.param == "postgresql":
        new_database: Callable[[], str] = request.getfixturevalue("new_postgres_database")
        store_uri = new_database()
    server = ServerProcess(tmp_path, store_uri=store_uri, processes=2, auth=True, durability="full")
    server.start()
    yield server
    server.stop()


@pytest.mark.slow
def test_every_acknowledged_change_stands_in_the_audit_after_a_kill(server: ServerProcess) -> None:
    made: list[str] = []
    stop, numbers = threading.Event(), count()

    def make(token: str) -> None:
        with urllib3.PoolManager(headers={"Authorization": f"Bearer {token}"}) as pool:
            while not stop.is_set():
                name = f"made-{next(numbers)}"
                try:
                    answer = pool.request(
                        *("POST", f"{server.uri}/api/2.0/mlflow/experiments/create"), json={"name": name}, retries=False
                    )
                except urllib3.exceptions.HTTPError:
                    continue  # killed: perhaps made, perhaps not
                if answer.status == 200:
                    made.append(answer.json()["experiment_id"])

    with closing(SqlStore(server.store_uri, StoreSettings(durability="full"))) as store:
        store.create_user("ann", password=PASSWORD, is_admin=True)
        token = store.create_token("ann", scope=Role.MANAGER).secret
        threads = [threading.Thread(target=make, args=(token,), daemon=True) for _ in range(N_CLIENTS)]
        for thread in threads:
            thread.start()
        wait_for(made, 20)
        server.kill()
        server.start()
        wait_for(made, 20)
        server.kill()
        stop.set()
        for thread in threads:
            thread.join(60)
        check, noted = ChainCheck(), set()
        while some := store.read_audit(after=check.number):
            check.follow(some)
            noted |= {one.act.object for one in some if one.act.action == "mlflow:experiments/create"}
        check.end(store.audit_head())
        assert {f"experiment:{one}" for one in made} <= noted
        for one in noted:  # and nothing is noted that is not there
            store.get_experiment(one.removeprefix("experiment:"))


def wait_for(made: list[str], n: int) -> None:
    goal, deadline = len(made) + n, time.monotonic() + 60
    while len(made) < goal:
        assert time.monotonic() < deadline, "the server does not answer"
        time.sleep(0.01)
