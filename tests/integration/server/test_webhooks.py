"""Webhooks of several servers on one store: each delivery once, and none lost when a server is killed."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runfold.config import ClientSettings
from runfold.domain.webhook import Event, NewWebhook
from runfold.stores.open import open_store
from runfold.stores.rest.store import RestStore
from tests.integration.servers import ServerProcess
from tests.unit.server.webhooks.receiver import Receiver, run_receiver

N_MODELS = 20


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with run_receiver() as receiver:
        yield receiver


@pytest.fixture(params=["sqlite", "postgresql"])
def servers(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[list[ServerProcess]]:
    """Two servers on one store."""
    store_uri = f"sqlite:///{tmp_path}/runfold.db"
    if request.param == "postgresql":
        new_database: Callable[[], str] = request.getfixturevalue("new_postgres_database")
        store_uri = new_database()
    made = [
        ServerProcess(
            tmp_path,
            store_uri=store_uri,
            processes=processes,
            webhook_hosts=["127.0.0.1"],
            secrets_key_file=str(tmp_path / "secrets.key"),
        )
        for processes in (2, 1)
    ]
    yield made
    for server in made:
        server.stop()


def name_in(body: str) -> str:
    name: str = json.loads(body)["data"]["name"]
    return name


@pytest.mark.slow
def test_every_event_arrives_once_though_servers_share_the_work_and_one_is_killed(
    servers: list[ServerProcess], receiver: Receiver
) -> None:
    for server in servers:
        server.start()
    store = RestStore(servers[0].uri, ClientSettings())
    secret = "a long random text"
    new = NewWebhook(name="w", url=receiver.url, events=(Event.MODEL_CREATED,), secret=secret)
    webhook_id = store.create_webhook(new).webhook_id

    for number in range(N_MODELS):
        store.create_registered_model(f"m{number}")
    first = [receiver.next() for _ in range(N_MODELS)]
    assert sorted(name_in(one.body) for one in first) == sorted(f"m{number}" for number in range(N_MODELS))
    assert all("X-MLflow-Signature" in one.headers for one in first)

    until_over(store, webhook_id)
    store.close()

    for server in servers:
        server.kill()
    offline = open_store(servers[1].store_uri)
    offline.create_registered_model("while no server was there")
    offline.close()
    servers[1].start()
    assert name_in(receiver.next().body) == "while no server was there"
    assert len(receiver.received) == N_MODELS + 1


def until_over(store: RestStore, webhook_id: str) -> None:
    deadline = time.monotonic() + 20
    while any(one.state.value == "waiting" for one in store.list_deliveries(webhook_id)):
        assert time.monotonic() < deadline
        time.sleep(0.02)
