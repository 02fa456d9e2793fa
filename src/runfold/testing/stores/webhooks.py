"""Webhooks, and what is noted for them when something changes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest

from runfold.domain.page import Page
from runfold.domain.promotion import NewPromotion, Review, Verdict
from runfold.domain.registered_model import PROMPT_TAG, Stage
from runfold.domain.webhook import Event, NewWebhook, Webhook, WebhookChanges
from runfold.errors import InvalidState, InvalidValue, NotFound
from runfold.stores.base import TrackingStore
from runfold.testing.stores.records import new_model, new_version

# Nobody has this name, so nothing is delivered while a test looks at what waits.
URL = "https://hooks.invalid/runfold"
WORD = "a long random text"


@contextmanager
def webhook_for(store: TrackingStore, *events: Event, secret: str = "") -> Iterator[Webhook]:
    """A webhook that is gone afterwards: other tests of the store need not write for it."""
    made = store.create_webhook(NewWebhook(name="suite", url=URL, events=events or tuple(Event), secret=secret))
    try:
        yield made
    finally:
        store.delete_webhook(made.webhook_id)


def told(store: TrackingStore, webhook: Webhook, name: str) -> list[tuple[str, dict[str, object]]]:
    """Events of one model with their data, oldest first; others may change their own models meanwhile."""
    found: list[tuple[str, dict[str, object]]] = []
    for delivery in reversed(store.list_deliveries(webhook.webhook_id, max_results=1000)):
        body = json.loads(delivery.body)
        assert delivery.event.value == f"{body['entity']}.{body['action']}"
        if body["data"]["name"] == name:
            found.append((delivery.event.value, body["data"]))
    return found


def test_a_webhook_is_made_changed_and_deleted(store: TrackingStore) -> None:
    events = (Event.VERSION_CREATED, Event.MODEL_CREATED)
    made = store.create_webhook(
        NewWebhook(name="ci", url=URL, events=(*events, Event.MODEL_CREATED), description="d", secret=WORD)
    )
    assert made.events == (Event.MODEL_CREATED, Event.VERSION_CREATED)
    assert (made.name, made.url, made.description, made.is_active, made.has_secret) == ("ci", URL, "d", True, True)
    assert store.get_webhook(made.webhook_id) == made

    changes = WebhookChanges(name="cd", events=(Event.PROMOTION_MERGED,), is_active=False)
    changed = store.update_webhook(made.webhook_id, changes)
    assert (changed.name, changed.url, changed.is_active) == ("cd", URL, False)
    assert changed.events == (Event.PROMOTION_MERGED,)
    assert changed.has_secret
    assert not store.update_webhook(made.webhook_id, WebhookChanges(secret="")).has_secret

    store.delete_webhook(made.webhook_id)
    for call in (store.get_webhook, store.delete_webhook, store.list_deliveries):
        with pytest.raises(NotFound):
            call(made.webhook_id)


def test_webhooks_come_in_pages(store: TrackingStore) -> None:
    with webhook_for(store) as first, webhook_for(store) as second, webhook_for(store) as third:
        found: list[str] = []
        page: Page[Webhook] = store.list_webhooks(max_results=2)
        while True:
            found += [webhook.webhook_id for webhook in page.items]
            if not page.next_token:
                break
            page = store.list_webhooks(max_results=2, page_token=page.next_token)
        mine = [webhook.webhook_id for webhook in (first, second, third)]
        assert [webhook_id for webhook_id in found if webhook_id in mine] == mine


@pytest.mark.parametrize(
    "fields",
    [
        {"name": " "},
        {"events": ()},
        {"url": "ftp://example.com/"},
        {"url": "https://"},
        {"url": "https://user:password@example.com/"},
        {"url": "https://example.com/#part"},
        {"url": "https://example.com/a b"},
        {"url": "https://example.com/\r\nX-Header: 1"},
        {"url": "https://exämple.com/"},
        {"url": "https://example.com:99999/"},
        {"url": "https://example.com/" + "x" * 2000},
        {"secret": "s" * 1001},
    ],
)
def test_a_webhook_that_cannot_work_is_refused(store: TrackingStore, fields: dict[str, object]) -> None:
    given = {"name": "n", "url": URL, "events": (Event.MODEL_CREATED,), **fields}
    with pytest.raises(InvalidValue):
        store.create_webhook(NewWebhook(**given))  # type: ignore[arg-type]


def test_every_change_of_a_model_is_told(store: TrackingStore) -> None:
    with webhook_for(store) as webhook:
        name = f"told-{uuid4().hex}"
        store.create_registered_model(name, description="d", tags={"team": "ml"})
        store.set_registered_model_tag(name, "k", "v")
        store.delete_registered_model_tag(name, "k")
        store.delete_registered_model_tag(name, "k")
        store.rename_registered_model(name, f"{name}-2")
        store.delete_registered_model(f"{name}-2")

        assert told(store, webhook, name) == [
            ("registered_model.created", {"name": name, "tags": {"team": "ml"}, "description": "d"}),
            ("registered_model_tag.set", {"name": name, "key": "k", "value": "v"}),
            ("registered_model_tag.deleted", {"name": name, "key": "k"}),
        ]
        assert told(store, webhook, f"{name}-2") == [
            ("registered_model.renamed", {"name": f"{name}-2", "previous_name": name}),
            ("registered_model.deleted", {"name": f"{name}-2"}),
        ]


def test_every_change_of_a_version_is_told(store: TrackingStore) -> None:
    name = new_model(store)
    with webhook_for(store) as webhook:
        first, second = new_version(store, name), new_version(store, name)
        store.set_model_version_tag(name, first, "k", "v")
        store.delete_model_version_tag(name, first, "k")
        store.transition_model_version(name, first, Stage.PRODUCTION)
        store.transition_model_version(name, second, Stage.PRODUCTION, archive_existing=True)
        store.set_model_alias(name, "champion", first)
        store.set_model_alias(name, "champion", first)
        store.delete_model_version(name, first)

        found = told(store, webhook, name)
        assert {key: value for key, value in found[0][1].items() if key != "source"} == {
            "name": name,
            "version": "1",
            "run_id": None,
            "tags": {},
            "description": None,
        }
        assert found[2:] == [
            ("model_version_tag.set", {"name": name, "version": "1", "key": "k", "value": "v"}),
            ("model_version_tag.deleted", {"name": name, "version": "1", "key": "k"}),
            (
                "model_version.staged",
                {"name": name, "version": "1", "stage": "Production", "previous_stage": "None"},
            ),
            (
                "model_version.staged",
                {"name": name, "version": "2", "stage": "Production", "previous_stage": "None"},
            ),
            (
                "model_version.staged",
                {"name": name, "version": "1", "stage": "Archived", "previous_stage": "Production"},
            ),
            ("model_version_alias.created", {"name": name, "alias": "champion", "version": "1"}),
            ("model_version_alias.deleted", {"name": name, "alias": "champion"}),
            ("model_version.deleted", {"name": name, "version": "1"}),
        ]


def test_promotions_are_told(store: TrackingStore) -> None:
    name = new_model(store)
    new_version(store, name)
    with webhook_for(store) as webhook:
        new = NewPromotion(name=name, version=1, alias="champion", user_id="ada", n_approvals=1)
        asked = store.create_promotion(new)
        store.review_promotion(asked.request_id, Review(user_id="eve", verdict=Verdict.APPROVE))
        store.merge_promotion(asked.request_id, user_id="ada")
        rejected = store.create_promotion(new)
        store.review_promotion(rejected.request_id, Review(user_id="eve", verdict=Verdict.REJECT))
        store.withdraw_promotion(store.create_promotion(new).request_id)

        found = told(store, webhook, name)
        assert [event for event, _ in found] == [
            "promotion.created",
            "promotion.reviewed",
            "model_version_alias.created",
            "promotion.merged",
            "promotion.created",
            "promotion.rejected",
            "promotion.created",
            "promotion.withdrawn",
        ]
        assert found[3][1] == {
            "request_id": asked.request_id,
            "name": name,
            "version": "1",
            "alias": "champion",
            "state": "merged",
            "user_id": "ada",
        }


def test_what_happens_to_a_prompt_is_told_in_its_own_words(store: TrackingStore) -> None:
    with webhook_for(store) as webhook:
        name = f"prompt-{uuid4().hex}"
        store.create_registered_model(name, tags={PROMPT_TAG: "true"})
        new_version(store, name, tags={"mlflow.prompt.text": "Hello, {{ name }}"})
        store.set_model_version_tag(name, 1, "k", "v")
        store.set_registered_model_tag(name, "k", "v")
        store.set_model_alias(name, "live", 1)
        store.delete_model_alias(name, "live")

        found = told(store, webhook, name)
        assert [event for event, _ in found] == [
            "prompt.created",
            "prompt_version.created",
            "prompt_version_tag.set",
            "prompt_tag.set",
            "prompt_alias.created",
            "prompt_alias.deleted",
        ]
        assert found[1][1]["template"] == "Hello, {{ name }}"
        assert "source" not in found[1][1]


def test_a_webhook_is_told_of_its_events_alone(store: TrackingStore) -> None:
    with webhook_for(store, Event.VERSION_CREATED) as webhook:
        name = new_model(store)
        new_version(store, name)
        assert [event for event, _ in told(store, webhook, name)] == ["model_version.created"]


def test_a_change_that_is_refused_is_not_told(store: TrackingStore) -> None:
    with webhook_for(store) as webhook:
        name = new_model(store)
        with pytest.raises(NotFound):
            store.set_model_alias(name, "champion", 7)
        assert [event for event, _ in told(store, webhook, name)] == ["registered_model.created"]


def test_a_webhook_that_is_switched_off_is_told_nothing(store: TrackingStore) -> None:
    with webhook_for(store) as webhook:
        before = new_model(store)
        store.update_webhook(webhook.webhook_id, WebhookChanges(is_active=False))
        after = new_model(store)

        deliveries = store.list_deliveries(webhook.webhook_id, max_results=1000)
        assert {delivery.state.value for delivery in deliveries} == {"failed"}
        assert len(told(store, webhook, before)) == 1
        assert told(store, webhook, after) == []
        with pytest.raises(InvalidState, match="switched off"):
            store.redeliver(deliveries[0].delivery_id)


def test_what_waits_is_not_sent_twice(store: TrackingStore) -> None:
    with webhook_for(store) as webhook:
        new_model(store)
        waiting = store.list_deliveries(webhook.webhook_id)[0]
        assert (waiting.state.value, waiting.webhook_id) == ("waiting", webhook.webhook_id)
        with pytest.raises(InvalidState, match="not over yet"):
            store.redeliver(waiting.delivery_id)
        with pytest.raises(NotFound):
            store.redeliver(str(uuid4()))
