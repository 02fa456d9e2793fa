"""Webhooks."""

from __future__ import annotations

from runfold.domain.webhook import (
    Delivery,
    DeliveryState,
    Event,
    NewWebhook,
    Webhook,
    WebhookChanges,
    WebhookTrial,
)
from runfold.errors import InvalidValue
from runfold.wire.messages import webhooks as m

_SHARED = ("webhook_id", "name", "url", "creation_time_ms", "last_update_time_ms", "description", "is_active")
_RECORD = (*_SHARED, "has_secret", "n_dropped", "last_drop_time_ms")
_DELIVERY = (
    "delivery_id",
    "webhook_id",
    "body",
    "creation_time_ms",
    "time_ms",
    "n_attempts",
    "status",
    "error",
)


def webhook_out(webhook: Webhook) -> m.WebhookMessage:
    """In MLflow's words; events that it has no words for are left out."""
    return m.WebhookMessage(
        webhook_id=webhook.webhook_id,
        name=webhook.name,
        url=webhook.url,
        events=tuple(_event_out(event) for event in webhook.events if event.is_mlflow),
        status=m.WebhookStatusName.ACTIVE if webhook.is_active else m.WebhookStatusName.DISABLED,
        creation_timestamp=webhook.creation_time_ms,
        last_updated_timestamp=webhook.last_update_time_ms,
        description=webhook.description,
    )


def new_webhook_in(message: m.CreateWebhook) -> NewWebhook:
    return NewWebhook(
        name=message.name,
        url=message.url,
        events=tuple(map(event_in, message.events)),
        description=message.description,
        secret=message.secret,
        is_active=message.status is m.WebhookStatusName.ACTIVE,
    )


def webhook_changes_in(message: m.UpdateWebhook) -> WebhookChanges:
    return WebhookChanges(
        name=message.name,
        url=message.url,
        events=tuple(map(event_in, message.events)) or None,
        description=message.description,
        secret=message.secret,
        is_active=None if message.status is None else message.status is m.WebhookStatusName.ACTIVE,
    )


def event_in(message: m.WebhookEventMessage) -> Event:
    """Raises InvalidValue for a pair that MLflow does not know either."""
    word = f"{message.entity.value}.{message.action.value}".lower()
    known = [event.value for event in Event if event.is_mlflow]
    if word not in known:
        raise InvalidValue(f"There is no event {word}; there are {', '.join(known)}.")
    return Event(word)


def _event_out(event: Event) -> m.WebhookEventMessage:
    return m.WebhookEventMessage(
        entity=m.WebhookEntityName(event.entity.upper()), action=m.WebhookActionName(event.action.upper())
    )


def webhook_record_out(webhook: Webhook) -> m.WebhookRecord:
    fields = {name: getattr(webhook, name) for name in _RECORD}
    return m.WebhookRecord(events=_words(webhook.events), **fields)


def webhook_record_in(message: m.WebhookRecord) -> Webhook:
    fields = {name: getattr(message, name) for name in _RECORD}
    return Webhook(events=_events(message.events), **fields)


def new_webhook_record_out(new: NewWebhook) -> m.CreateWebhookRecord:
    return m.CreateWebhookRecord(
        name=new.name,
        url=new.url,
        events=_words(new.events),
        description=new.description,
        secret=new.secret,
        is_active=new.is_active,
    )


def new_webhook_record_in(message: m.CreateWebhookRecord) -> NewWebhook:
    return NewWebhook(
        name=message.name,
        url=message.url,
        events=_events(message.events),
        description=message.description,
        secret=message.secret,
        is_active=message.is_active,
    )


def webhook_record_changes_out(webhook_id: str, changes: WebhookChanges) -> m.UpdateWebhookRecord:
    return m.UpdateWebhookRecord(
        webhook_id=webhook_id,
        name=changes.name,
        url=changes.url,
        events=None if changes.events is None else _words(changes.events),
        description=changes.description,
        secret=changes.secret,
        is_active=changes.is_active,
    )


def webhook_record_changes_in(message: m.UpdateWebhookRecord) -> WebhookChanges:
    return WebhookChanges(
        name=message.name,
        url=message.url,
        events=None if message.events is None else _events(message.events),
        description=message.description,
        secret=message.secret,
        is_active=message.is_active,
    )


def webhook_trial_in(message: m.TestWebhookReply) -> WebhookTrial:
    return WebhookTrial(
        is_delivered=message.is_delivered,
        took_ms=message.took_ms,
        body=message.body,
        status=message.status,
        error=message.error,
    )


def delivery_out(delivery: Delivery) -> m.DeliveryMessage:
    return m.DeliveryMessage(
        event=m.EventWord(delivery.event.value),
        state=m.DeliveryStateWord(delivery.state.value),
        **{name: getattr(delivery, name) for name in _DELIVERY},
    )


def delivery_in(message: m.DeliveryMessage) -> Delivery:
    return Delivery(
        event=Event(message.event.value),
        state=DeliveryState(message.state.value),
        **{name: getattr(message, name) for name in _DELIVERY},
    )


def _words(events: tuple[Event, ...]) -> tuple[m.EventWord, ...]:
    return tuple(m.EventWord(event.value) for event in events)


def _events(words: tuple[m.EventWord, ...]) -> tuple[Event, ...]:
    return tuple(Event(word.value) for word in words)
