"""Webhooks, as MLflow's clients and Runfold's own call them."""

from __future__ import annotations

from collections.abc import Mapping

from runfold.domain.webhook import Event
from runfold.errors import InvalidValue
from runfold.server.bind import Answer
from runfold.server.services import Services
from runfold.wire import convert
from runfold.wire.messages import webhooks as m
from runfold.wire.messages.base import Empty

MAX_RESULTS = 1000

# --- MLflow's calls


def create(services: Services, request: m.CreateWebhook) -> m.WebhookReply:
    services.courier.destinations.check(request.url)
    made = services.store.create_webhook(convert.new_webhook_in(request))
    return m.WebhookReply(webhook=convert.webhook_out(made))


def get(services: Services, request: m.WebhookRef) -> m.WebhookReply:
    return m.WebhookReply(webhook=convert.webhook_out(services.store.get_webhook(request.webhook_id)))


def list_some(services: Services, request: m.ListWebhooks) -> m.ListWebhooksReply:
    _check_limit(request.max_results)
    page = services.store.list_webhooks(max_results=request.max_results, page_token=request.page_token)
    # MLflow's clients fail on events that they do not know, and on a webhook without any.
    shown = [webhook for webhook in map(convert.webhook_out, page.items) if webhook.events]
    return m.ListWebhooksReply(webhooks=tuple(shown), next_page_token=page.next_token)


def update(services: Services, request: m.UpdateWebhook) -> m.WebhookReply:
    if request.url is not None:
        services.courier.destinations.check(request.url)
    changed = services.store.update_webhook(request.webhook_id, convert.webhook_changes_in(request))
    return m.WebhookReply(webhook=convert.webhook_out(changed))


def delete(services: Services, request: m.WebhookRef) -> Empty:
    services.store.delete_webhook(request.webhook_id)
    return Empty()


async def try_out(services: Services, request: m.TestWebhook) -> m.WebhookTestReply:
    event = None if request.event is None else convert.event_in(request.event)
    attempt = (await services.courier.try_out(request.webhook_id, event)).attempt
    return m.WebhookTestReply(
        result=m.WebhookTestMessage(
            success=attempt.is_delivered, response_status=attempt.status, error_message=attempt.error
        )
    )


# --- Runfold's own


def create_record(services: Services, request: m.CreateWebhookRecord) -> m.WebhookRecordReply:
    services.courier.destinations.check(request.url)
    made = services.store.create_webhook(convert.new_webhook_record_in(request))
    return m.WebhookRecordReply(webhook=convert.webhook_record_out(made))


def get_record(services: Services, request: m.WebhookRef) -> m.WebhookRecordReply:
    return m.WebhookRecordReply(webhook=convert.webhook_record_out(services.store.get_webhook(request.webhook_id)))


def list_records(services: Services, request: m.ListWebhookRecords) -> m.ListWebhookRecordsReply:
    _check_limit(request.max_results)
    page = services.store.list_webhooks(max_results=request.max_results, page_token=request.page_token)
    return m.ListWebhookRecordsReply(
        webhooks=tuple(map(convert.webhook_record_out, page.items)),
        hosts=services.courier.destinations.hosts,
        next_page_token=page.next_token,
    )


def update_record(services: Services, request: m.UpdateWebhookRecord) -> m.WebhookRecordReply:
    if request.url is not None:
        services.courier.destinations.check(request.url)
    changed = services.store.update_webhook(request.webhook_id, convert.webhook_record_changes_in(request))
    return m.WebhookRecordReply(webhook=convert.webhook_record_out(changed))


async def try_out_record(services: Services, request: m.TestWebhookRecord) -> m.TestWebhookReply:
    event = None if request.event is None else Event(request.event.value)
    trial = await services.courier.try_out(request.webhook_id, event)
    return m.TestWebhookReply(
        is_delivered=trial.attempt.is_delivered,
        took_ms=round(trial.took_s * 1000, 1),
        body=trial.body,
        status=trial.attempt.status,
        error=trial.attempt.error,
    )


def list_deliveries(services: Services, request: m.ListDeliveries) -> m.ListDeliveriesReply:
    _check_limit(request.max_results)
    found = services.store.list_deliveries(request.webhook_id, max_results=request.max_results)
    return m.ListDeliveriesReply(deliveries=tuple(map(convert.delivery_out, found)))


def redeliver(services: Services, request: m.DeliveryRef) -> m.DeliveryReply:
    return m.DeliveryReply(delivery=convert.delivery_out(services.store.redeliver(request.delivery_id)))


def _check_limit(max_results: int) -> None:
    if not 1 <= max_results <= MAX_RESULTS:
        raise InvalidValue(f"Invalid value {max_results} for parameter 'max_results': it is from 1 to {MAX_RESULTS}.")


ANSWERS: Mapping[str, Answer] = {
    "mlflow:POST webhooks": create,
    "mlflow:GET webhooks": list_some,
    "mlflow:GET webhooks/{webhook_id}": get,
    "mlflow:PATCH webhooks/{webhook_id}": update,
    "mlflow:DELETE webhooks/{webhook_id}": delete,
    "mlflow:webhooks/{webhook_id}/test": try_out,
    "webhooks/create": create_record,
    "webhooks/get": get_record,
    "webhooks/list": list_records,
    "webhooks/update": update_record,
    "webhooks/delete": delete,
    "webhooks/test": try_out_record,
    "webhooks/deliveries": list_deliveries,
    "webhooks/redeliver": redeliver,
}
