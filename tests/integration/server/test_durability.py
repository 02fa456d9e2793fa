"""What a server has acknowledged is there, exactly once and whole, whatever ends its processes."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from runfold.config import ClientSettings
from runfold.domain.run import NewRun
from runfold.errors import Unavailable
from runfold.stores.open import open_store
from runfold.stores.rest.store import RestStore
from tests.integration.numbered import numbered_batch, numbers_of
from tests.integration.servers import ServerProcess

N_CLIENTS = 6


class Load:
    """Clients that log numbered batches to one run, each as fast as it is answered, through all that happens."""

    def __init__(self, uri: str, run_id: str) -> None:
        self.acknowledged: list[int] = []
        self.errors: list[BaseException] = []
        self._numbers = count()
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._log, args=(uri, run_id), daemon=True) for _ in range(N_CLIENTS)]

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(60)

    def _log(self, uri: str, run_id: str) -> None:
        store = RestStore(uri, ClientSettings())
        try:
            while not self._stop.is_set():
                number = next(self._numbers)
                while not self._stop.is_set():
                    try:
                        store.log_batch(run_id, numbered_batch(number))
                    except Unavailable:
                        continue  # perhaps written, perhaps not: the same again is harmless
                    self.acknowledged.append(number)
                    break
        except BaseException as error:  # a client must meet nothing else
            self.errors.append(error)
        finally:
            store.close()

    def wait_for(self, n: int) -> None:
        """Until so many more batches were acknowledged."""
        goal, deadline = len(self.acknowledged) + n, time.monotonic() + 60
        while len(self.acknowledged) < goal:
            assert not self.errors
            assert time.monotonic() < deadline, "the server does not answer"
            time.sleep(0.01)


@pytest.fixture(params=["sqlite, one process", "sqlite, two processes", "postgresql, two processes"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ServerProcess]:
    store_uri = None
    if request.param.startswith("postgresql"):
        new_database: Callable[[], str] = request.getfixturevalue("new_postgres_database")
        store_uri = new_database()
    processes = 2 if request.param.endswith("two processes") else 1
    server = ServerProcess(tmp_path, store_uri=store_uri, processes=processes, durability="full", fold_interval_s=0.05)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def run_id(server: ServerProcess) -> str:
    store = RestStore(server.uri, ClientSettings())
    try:
        return store.create_run(NewRun(experiment_id="0")).info.run_id
    finally:
        store.close()


def assert_kept(server: ServerProcess, run_id: str, load: Load) -> None:
    assert load.errors == []
    store = open_store(server.store_uri)
    found = numbers_of(store, run_id)
    store.fold()
    assert numbers_of(store, run_id) == found
    assert store.get_run(run_id).metrics["a"].count == len(found)
    store.close()
    assert len(set(load.acknowledged)) == len(load.acknowledged)
    assert set(load.acknowledged) <= found
    assert len(found - set(load.acknowledged)) <= N_CLIENTS, "only what was in flight may be there too"


def test_a_server_killed_under_load_loses_nothing_and_doubles_nothing(server: ServerProcess, run_id: str) -> None:
    chance = random.Random()
    with Load(server.uri, run_id) as load:
        for _ in range(3):
            load.wait_for(20)
            time.sleep(chance.uniform(0, 0.2))
            server.kill()
            server.start()
        load.wait_for(20)
    server.kill()
    assert_kept(server, run_id, load)


def test_a_server_told_to_stop_under_load_finishes_what_it_took(server: ServerProcess, run_id: str) -> None:
    with Load(server.uri, run_id) as load:
        load.wait_for(50)
        start = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - start < 30
    assert_kept(server, run_id, load)


def test_one_killed_process_is_replaced_and_loses_nothing(server: ServerProcess, run_id: str) -> None:
    with Load(server.uri, run_id) as load:
        load.wait_for(20)
        os.kill(random.choice(server.children()), signal.SIGKILL)
        load.wait_for(40)
    assert_kept(server, run_id, load)
    deadline = time.monotonic() + 30
    while len(server.children()) < server.processes:
        assert time.monotonic() < deadline, "the process is not replaced"
        time.sleep(0.05)
