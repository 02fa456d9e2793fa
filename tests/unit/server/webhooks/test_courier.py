from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from runfold.config import StoreSettings
from runfold.domain.webhook import Delivery, Event, NewWebhook
from runfold.server.webhooks.courier import Courier
from runfold.server.webhooks.destinations import Destinations
from runfold.stores.sql.store import SqlStore
from tests.unit.server.webhooks.receiver import Receiver

pytestmark = pytest.mark.anyio

HERE = Destinations(["127.0.0.1"])


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    store = SqlStore(str(tmp_path / "runfold.db"), StoreSettings(durability="process"))
    yield store
    store.close()


@asynccontextmanager
async def courier_for(
    store: SqlStore, *, retries_s: Sequence[float] = (), destinations: Destinations = HERE
) -> AsyncIterator[Courier]:
    courier = Courier(store, destinations, retries_s=retries_s, poll_s=0.01)
    courier.start()
    try:
        yield courier
    finally:
        await courier.stop()


def add_webhook(store: SqlStore, url: str, *, secret: str = "") -> str:
    new = NewWebhook(name="w", url=url, events=(Event.MODEL_CREATED, Event.PROMOTION_MERGED), secret=secret)
    return store.create_webhook(new).webhook_id


async def until(look: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not await asyncio.to_thread(look):  # noqa: ASYNC110 - others read the history as this does
            await asyncio.sleep(0.01)


def last(store: SqlStore, webhook_id: str) -> Delivery:
    return store.list_deliveries(webhook_id)[0]


def is_over(store: SqlStore, webhook_id: str) -> bool:
    return all(one.state.value != "waiting" for one in store.list_deliveries(webhook_id, max_results=1000))


async def test_what_happened_reaches_the_receiver(store: SqlStore, receiver: Receiver) -> None:
    webhook_id = add_webhook(store, receiver.url)
    store.create_registered_model("churn", tags={"team": "ml"})

    async with courier_for(store):
        await until(lambda: is_over(store, webhook_id))

    body = json.loads(receiver.next().body)
    assert body.pop("timestamp").endswith("+00:00")
    told = {"name": "churn", "tags": {"team": "ml"}, "description": None}
    assert body == {"entity": "registered_model", "action": "created", "data": told}
    assert (last(store, webhook_id).state.value, last(store, webhook_id).status) == ("delivered", 200)


async def test_a_receiver_that_fails_for_a_while_gets_the_same_delivery_again(
    store: SqlStore, receiver: Receiver
) -> None:
    receiver.statuses = [500, 503]
    webhook_id = add_webhook(store, receiver.url, secret="s")
    store.create_registered_model("churn")

    async with courier_for(store, retries_s=[0.01, 0.01, 0.01]):
        await until(lambda: is_over(store, webhook_id))

    assert last(store, webhook_id).n_attempts == 3
    assert len({one.headers["X-MLflow-Delivery-Id"] for one in receiver.received}) == 1
    assert len({one.body for one in receiver.received}) == 1


async def test_after_the_last_attempt_it_is_given_up(store: SqlStore, receiver: Receiver) -> None:
    receiver.statuses = [500] * 9
    webhook_id = add_webhook(store, receiver.url)
    store.create_registered_model("churn")

    async with courier_for(store, retries_s=[0.01, 0.01]):
        await until(lambda: is_over(store, webhook_id))

    failed = last(store, webhook_id)
    assert (failed.state.value, failed.n_attempts, failed.status) == ("failed", 3, 500)
    assert "500 (Internal Server Error)" in failed.error


async def test_a_refusal_of_the_request_itself_is_not_tried_again(store: SqlStore, receiver: Receiver) -> None:
    receiver.statuses = [400]
    webhook_id = add_webhook(store, receiver.url)
    store.create_registered_model("churn")

    async with courier_for(store, retries_s=[0.01]):
        await until(lambda: is_over(store, webhook_id))

    assert last(store, webhook_id).n_attempts == 1


async def test_what_is_due_at_an_address_that_is_no_longer_allowed_is_given_up(
    store: SqlStore, receiver: Receiver
) -> None:
    webhook_id = add_webhook(store, receiver.url)
    store.create_registered_model("churn")

    async with courier_for(store, retries_s=[0.01], destinations=Destinations(["none"])):
        await until(lambda: is_over(store, webhook_id))

    assert "webhook_hosts" in last(store, webhook_id).error
    assert receiver.received == []


async def test_several_servers_deliver_each_once_and_in_order(store: SqlStore, receiver: Receiver) -> None:
    webhook_id = add_webhook(store, receiver.url)
    for number in range(30):
        store.create_registered_model(f"m{number:02}")

    async with courier_for(store), courier_for(store), courier_for(store):
        await until(lambda: is_over(store, webhook_id))

    names = [json.loads(one.body)["data"]["name"] for one in receiver.received]
    assert sorted(names) == [f"m{number:02}" for number in range(30)]


async def test_stopping_waits_for_what_is_under_way(store: SqlStore) -> None:
    arrived, may_answer = asyncio.Event(), asyncio.Event()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        arrived.set()
        await may_answer.wait()
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        webhook_id = add_webhook(store, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
        store.create_registered_model("churn")
        courier = Courier(store, HERE, poll_s=0.01)
        courier.start()
        await asyncio.wait_for(arrived.wait(), 20)
        stopping = asyncio.create_task(courier.stop())
        may_answer.set()
        await asyncio.wait_for(stopping, 20)

    assert last(store, webhook_id).state.value == "delivered"


@pytest.mark.parametrize("event", [None, *Event])
async def test_a_webhook_can_be_tried_out(store: SqlStore, receiver: Receiver, event: Event | None) -> None:
    webhook_id = add_webhook(store, receiver.url, secret="s")

    trial = await Courier(store, HERE).try_out(webhook_id, event)

    arrived = receiver.next()
    assert trial.attempt.is_delivered
    assert arrived.body == trial.body
    assert "X-MLflow-Signature" in arrived.headers
    body = json.loads(trial.body)
    assert f"{body['entity']}.{body['action']}" == (event or Event.MODEL_CREATED)
    assert body["data"]["name"] == "example_model"
    assert store.list_deliveries(webhook_id) == ()
