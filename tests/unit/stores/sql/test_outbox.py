"""Deliveries shared by the servers of one store."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from runfold.config import StoreSettings
from runfold.domain.webhook import Attempt, Delivery, Event, NewWebhook, Outgoing, WebhookChanges
from runfold.errors import StoreError
from runfold.stores.sql.registry import outbox
from runfold.stores.sql.store import SqlStore

SETTINGS = StoreSettings(durability="process")
URL = "https://hooks.invalid/"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "runfold.db"


@pytest.fixture
def store(path: Path) -> Iterator[SqlStore]:
    store = SqlStore(str(path), SETTINGS)
    yield store
    store.close()


def add_webhook(store: SqlStore, *, secret: str = "") -> str:
    return store.create_webhook(NewWebhook(name="w", url=URL, events=(Event.MODEL_CREATED,), secret=secret)).webhook_id


def claim(store: SqlStore, *, lease_ms: int = 60_000) -> tuple[Outgoing, ...]:
    return store.claim_deliveries(10, lease_ms=lease_ms)


def history(store: SqlStore, webhook_id: str) -> list[Delivery]:
    return list(store.list_deliveries(webhook_id, max_results=1000))


def test_the_secret_lies_sealed_in_the_database_and_opens_for_the_one_that_sends(store: SqlStore, path: Path) -> None:
    webhook_id = add_webhook(store, secret="s3cret-word")
    store.create_registered_model("m")

    assert claim(store)[0].secret == "s3cret-word"
    assert store.open_webhook(webhook_id)[1] == "s3cret-word"
    files = [file.read_bytes() for file in path.parent.iterdir() if file.is_file()]
    assert not any(b"s3cret-word" in content for content in files)
    assert path.with_name("runfold.db.key").stat().st_mode & 0o77 == 0


def test_a_delivery_is_claimed_by_one_server(store: SqlStore, path: Path) -> None:
    add_webhook(store)
    store.create_registered_model("m")
    others = [SqlStore(str(path), SETTINGS) for _ in range(3)]

    with ThreadPoolExecutor(4) as threads:
        claimed = [one for found in threads.map(claim, [store, *others]) for one in found]

    for other in others:
        other.close()
    assert len(claimed) == 1
    assert claimed[0].delivery.n_attempts == 1


def test_each_webhook_gets_one_delivery_at_a_time_in_their_order(store: SqlStore) -> None:
    first, second = add_webhook(store), add_webhook(store)
    store.create_registered_model("a")
    store.create_registered_model("b")

    claimed = claim(store)

    assert {outgoing.delivery.webhook_id for outgoing in claimed} == {first, second}
    assert all('"a"' in outgoing.delivery.body for outgoing in claimed)
    assert store.claim_deliveries(10, lease_ms=60_000, but_for=(first, second)) == ()
    left = store.claim_deliveries(10, lease_ms=60_000, but_for=(first,))
    assert [(one.delivery.webhook_id, '"b"' in one.delivery.body) for one in left] == [(second, True)]


def test_what_a_dead_server_held_is_taken_over_and_its_late_word_counts_for_nothing(store: SqlStore) -> None:
    webhook_id = add_webhook(store)
    store.create_registered_model("m")
    (lost,) = claim(store, lease_ms=-1)

    (taken,) = claim(store)
    store.settle_delivery(lost, Attempt(status=500, error="late"), retry_in_ms=None)

    assert taken.delivery.delivery_id == lost.delivery.delivery_id
    (delivery,) = history(store, webhook_id)
    assert (delivery.state.value, delivery.n_attempts, delivery.error) == ("waiting", 2, "")
    store.settle_delivery(taken, Attempt(status=204), retry_in_ms=None)
    assert history(store, webhook_id)[0].state.value == "delivered"


def test_a_failed_attempt_waits_for_its_time(store: SqlStore) -> None:
    webhook_id = add_webhook(store)
    store.create_registered_model("m")
    store.settle_delivery(claim(store)[0], Attempt(status=503, error="busy"), retry_in_ms=60_000)

    assert claim(store) == ()
    (delivery,) = history(store, webhook_id)
    assert (delivery.state.value, delivery.status, delivery.error) == ("waiting", 503, "busy")
    assert delivery.time_ms > delivery.creation_time_ms + 50_000


def test_a_delivery_that_is_over_can_be_sent_again(store: SqlStore) -> None:
    webhook_id = add_webhook(store)
    store.create_registered_model("m")
    outgoing = claim(store)[0]
    store.settle_delivery(outgoing, Attempt(status=404, error="gone"), retry_in_ms=None)

    again = store.redeliver(outgoing.delivery.delivery_id)

    assert (again.state.value, again.n_attempts, again.status, again.error) == ("waiting", 0, None, "")
    assert claim(store)[0].delivery.delivery_id == outgoing.delivery.delivery_id
    assert len(history(store, webhook_id)) == 1


def test_a_receiver_that_never_answers_is_bounded_and_what_it_misses_is_counted(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(outbox, "MAX_WAITING", 3)
    webhook_id = add_webhook(store)

    with caplog.at_level("WARNING", outbox.log.name):
        for number in range(5):
            store.create_registered_model(f"m{number}")

    assert len(history(store, webhook_id)) == 3
    webhook, backlog = store.get_webhook(webhook_id), store.backlog()
    assert (webhook.n_dropped, webhook.last_drop_time_ms is not None) == (2, True)
    assert (backlog.n_deliveries, backlog.n_dropped, backlog.n_pending_versions) == (3, 2, 0)
    assert [record.getMessage() for record in caplog.records if "is not told of" in record.getMessage()] != []


def test_the_history_keeps_the_last_deliveries(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "KEPT", 2)
    webhook_id, other_id = add_webhook(store), add_webhook(store)
    for number in range(4):
        store.create_registered_model(f"m{number}")
        for outgoing in claim(store):
            if outgoing.delivery.webhook_id == webhook_id:
                store.settle_delivery(outgoing, Attempt(status=200), retry_in_ms=None)

    assert ['"m3"' in delivery.body for delivery in history(store, webhook_id)] == [True, False]
    assert len(history(store, other_id)) == 4


def test_a_secret_that_does_not_open_is_told_in_the_history(store: SqlStore, path: Path) -> None:
    with_secret, without = add_webhook(store, secret="s"), add_webhook(store)
    store.create_registered_model("m")
    path.with_name("runfold.db.key").unlink()
    restarted = SqlStore(str(path), SETTINGS)

    claimed = claim(restarted)

    assert [outgoing.delivery.webhook_id for outgoing in claimed] == [without]
    (failed,) = history(restarted, with_secret)
    assert (failed.state.value, "key file" in failed.error) == ("failed", True)
    with pytest.raises(StoreError):
        restarted.open_webhook(with_secret)
    assert restarted.update_webhook(with_secret, WebhookChanges(secret="new")).has_secret
    restarted.close()
