"""Webhooks of a server."""

from __future__ import annotations

from runfold.domain.page import Page
from runfold.domain.webhook import Delivery, Event, NewWebhook, Webhook, WebhookChanges, WebhookTrial
from runfold.stores.rest.connection import Connection
from runfold.wire import convert
from runfold.wire.messages import webhooks as m
from runfold.wire.messages.base import Empty, Message


class RestWebhooks:
    """By Runfold's own calls: MLflow's know no events of ours."""

    _connection: Connection

    def create_webhook(self, webhook: NewWebhook) -> Webhook:
        return self._webhook("webhooks/create", convert.new_webhook_record_out(webhook), is_repeatable=False)

    def get_webhook(self, webhook_id: str) -> Webhook:
        return self._webhook("webhooks/get", m.WebhookRef(webhook_id=webhook_id))

    def list_webhooks(self, *, max_results: int = 100, page_token: str = "") -> Page[Webhook]:
        request = m.ListWebhookRecords(max_results=max_results, page_token=page_token)
        reply = self._connection.call("webhooks/list", request, m.ListWebhookRecordsReply)
        return Page(tuple(map(convert.webhook_record_in, reply.webhooks)), reply.next_page_token)

    def update_webhook(self, webhook_id: str, changes: WebhookChanges) -> Webhook:
        return self._webhook("webhooks/update", convert.webhook_record_changes_out(webhook_id, changes))

    def delete_webhook(self, webhook_id: str) -> None:
        self._connection.call("webhooks/delete", m.WebhookRef(webhook_id=webhook_id), Empty, is_repeatable=False)

    def list_deliveries(self, webhook_id: str, *, max_results: int = 100) -> tuple[Delivery, ...]:
        request = m.ListDeliveries(webhook_id=webhook_id, max_results=max_results)
        reply = self._connection.call("webhooks/deliveries", request, m.ListDeliveriesReply)
        return tuple(map(convert.delivery_in, reply.deliveries))

    def redeliver(self, delivery_id: str) -> Delivery:
        request = m.DeliveryRef(delivery_id=delivery_id)
        reply = self._connection.call("webhooks/redeliver", request, m.DeliveryReply, is_repeatable=False)
        return convert.delivery_in(reply.delivery)

    def try_webhook(self, webhook_id: str, event: Event | None = None) -> WebhookTrial:
        request = m.TestWebhookRecord(webhook_id=webhook_id, event=None if event is None else m.EventWord(event.value))
        reply = self._connection.call("webhooks/test", request, m.TestWebhookReply, is_repeatable=False)
        return convert.webhook_trial_in(reply)

    def _webhook(self, call: str, request: Message, *, is_repeatable: bool = True) -> Webhook:
        reply = self._connection.call(call, request, m.WebhookRecordReply, is_repeatable=is_repeatable)
        return convert.webhook_record_in(reply.webhook)
