"""What is to be sent to webhooks: noted with the change itself, claimed by one server at a time.

A delivery that is claimed stays `waiting`; its time moves on by the length of the lease. So a server that dies while it
sends leaves nothing to repair: when the lease is over, the delivery is due again.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from runfold.domain.registered_model import PROMPT_TAG
from runfold.domain.webhook import Attempt, Delivery, DeliveryState, Event, body_of
from runfold.errors import InvalidState, NotFound
from runfold.stores.sql.registry.tables import webhook_deliveries, webhooks
from runfold.stores.sql.transaction import Transaction

log = logging.getLogger(__name__)

MAX_WAITING = 1000
"""Deliveries that wait for one webhook; of further events it is not told, which its record counts."""
KEPT = 100
"""Deliveries of a webhook that are kept when they are over."""
MAX_ERROR = 500

_WAITING = DeliveryState.WAITING.value
_TEMPLATE_TAG = "mlflow.prompt.text"


def tell(transaction: Transaction, model: int, event: Event, data: Mapping[str, object]) -> None:
    """Note an event for every webhook that wants to know of it.

    Args:
        model: number of the registered model that it happened to; a prompt's events have other names.
    """
    active = transaction.rows("SELECT id, events FROM webhooks WHERE is_active = 1")
    if not active:
        return
    if event.of_prompt is not None and _is_prompt(transaction, model):
        event, data = event.of_prompt, _of_prompt(event, data)
    body = ""
    for number, events in active:
        if event not in msgspec.json.decode(events, type=list[str]):
            continue
        n_waiting = transaction.row(
            "SELECT COUNT(*) FROM webhook_deliveries WHERE webhook = ? AND state = ?", (number, _WAITING)
        )
        if n_waiting is not None and n_waiting[0] >= MAX_WAITING:
            _drop(transaction, int(number), event)
            continue
        body = body or body_of(event, data, transaction.now_ms)
        transaction.run(
            "INSERT INTO webhook_deliveries (delivery_id, webhook, entity, action, body, state, n_attempts, due_time, "
            "creation_time, error) VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?, '')",
            (
                str(uuid.uuid4()),
                number,
                event.entity,
                event.action,
                body,
                _WAITING,
                transaction.now_ms,
                transaction.now_ms,
            ),
        )


def _drop(transaction: Transaction, webhook: int, event: Event) -> None:
    transaction.run(
        "UPDATE webhooks SET n_dropped = n_dropped + 1, last_drop_time = ? WHERE id = ?", (transaction.now_ms, webhook)
    )
    row = transaction.row("SELECT webhook_id, name, n_dropped FROM webhooks WHERE id = ?", (webhook,))
    assert row is not None, "it was found active in this transaction"
    # Of a receiver that is gone for long, the first and then each thousandth are enough for a log.
    if row[2] % MAX_WAITING == 1:
        log.warning(
            "The webhook %s (%s) is not told of %s: %d deliveries wait for it already; %d events were dropped so far.",
            row[1],
            row[0],
            event.value,
            MAX_WAITING,
            row[2],
        )


def count_waiting(connection: sa.Connection) -> int:
    query = sa.select(sa.func.count()).where(webhook_deliveries.c.state == _WAITING)
    return int(connection.execute(query).scalar_one())


def _is_prompt(transaction: Transaction, model: int) -> bool:
    found = transaction.row("SELECT value FROM registered_model_tags WHERE model = ? AND key = ?", (model, PROMPT_TAG))
    return found is not None and str(found[0]).lower() == "true"


def _of_prompt(event: Event, data: Mapping[str, object]) -> Mapping[str, object]:
    tags = data.get("tags")
    if event is not Event.VERSION_CREATED or not isinstance(tags, Mapping):
        return data
    told = {name: value for name, value in data.items() if name not in ("source", "run_id")}
    return told | {"template": tags.get(_TEMPLATE_TAG)}


def has_due(connection: sa.Connection, now_ms: int) -> bool:
    """Whether a claim would find any; most times there are none, and nothing is written."""
    table = webhook_deliveries.c
    query = sa.select(table.id).where(table.state == _WAITING, table.due_time <= now_ms).limit(1)
    return connection.execute(query).first() is not None


def claim(transaction: Transaction, n: int, *, lease_ms: int, but_for: Sequence[str]) -> list[sa.Row[Any]]:
    """Rows of deliveries with `url`, `secret` and `webhook_id` of their webhooks."""
    found = transaction.connection.execute(_next_due(transaction.now_ms, but_for).limit(n)).all()
    claimed: list[sa.Row[Any]] = []
    for row in found:
        # Of two servers that found the same row one finds it still due; PostgreSQL lets the other wait and look again.
        changed = transaction.run(
            "UPDATE webhook_deliveries SET due_time = ?, n_attempts = n_attempts + 1 "
            "WHERE id = ? AND state = ? AND due_time = ?",
            (transaction.now_ms + lease_ms, row.id, _WAITING, row.due_time),
        )
        if changed.rowcount:
            claimed += transaction.connection.execute(_with_webhook(webhook_deliveries.c.id == row.id)).all()
    return claimed


def _next_due(now_ms: int, but_for: Sequence[str]) -> sa.Select[Any]:
    """The oldest due delivery of each webhook: a receiver that is slow holds up nobody else's."""
    table = webhook_deliveries.c
    oldest = (
        sa.select(sa.func.min(table.id))
        .join(webhooks, webhooks.c.id == table.webhook)
        .where(table.state == _WAITING, table.due_time <= now_ms, webhooks.c.webhook_id.not_in(but_for))
        .group_by(table.webhook)
    )
    return sa.select(table.id, table.due_time).where(table.id.in_(oldest)).order_by(table.due_time, table.id)


def settle(transaction: Transaction, delivery: Delivery, attempt: Attempt, *, retry_in_ms: int | None) -> None:
    if attempt.is_delivered:
        state = DeliveryState.DELIVERED
    else:
        state = DeliveryState.FAILED if retry_in_ms is None else DeliveryState.WAITING
    settled = transaction.run(
        "UPDATE webhook_deliveries SET state = ?, due_time = ?, status = ?, error = ? "
        "WHERE delivery_id = ? AND state = ? AND n_attempts = ?",
        (
            state.value,
            transaction.now_ms + (retry_in_ms or 0),
            attempt.status,
            attempt.error[:MAX_ERROR],
            delivery.delivery_id,
            _WAITING,
            delivery.n_attempts,
        ),
    )
    if settled.rowcount and state is not DeliveryState.WAITING:
        _forget_old(transaction, delivery.webhook_id)


def _forget_old(transaction: Transaction, webhook_id: str) -> None:
    table = webhook_deliveries.c
    number = sa.select(webhooks.c.id).where(webhooks.c.webhook_id == webhook_id).scalar_subquery()
    over = sa.and_(table.webhook == number, table.state != _WAITING)
    newest_gone = sa.select(table.id).where(over).order_by(table.id.desc()).offset(KEPT).limit(1).scalar_subquery()
    transaction.connection.execute(sa.delete(webhook_deliveries).where(over, table.id <= newest_gone))


def list_deliveries(connection: sa.Connection, webhook_id: str, max_results: int) -> tuple[Delivery, ...]:
    query = _with_webhook(webhooks.c.webhook_id == webhook_id).order_by(webhook_deliveries.c.id.desc())
    return tuple(map(delivery_of, connection.execute(query.limit(max_results))))


def redeliver(transaction: Transaction, delivery_id: str) -> Delivery:
    connection = transaction.connection
    which = _with_webhook(webhook_deliveries.c.delivery_id == delivery_id).add_columns(webhooks.c.is_active)
    row = None if "\x00" in delivery_id else connection.execute(which).first()
    if row is None:
        raise NotFound("delivery", delivery_id)
    if not row.is_active:
        raise InvalidState("The webhook is switched off; switch it on before something is sent to it again.")
    changed = transaction.run(
        "UPDATE webhook_deliveries SET state = ?, due_time = ?, n_attempts = 0, error = '', status = NULL "
        "WHERE id = ? AND state <> ?",
        (_WAITING, transaction.now_ms, row.id, _WAITING),
    )
    if not changed.rowcount:
        raise InvalidState("The delivery is not over yet; it is sent by itself when its time comes.")
    return delivery_of(connection.execute(which).one())


def _with_webhook(where: sa.ColumnElement[bool]) -> sa.Select[Any]:
    return (
        sa.select(webhook_deliveries, webhooks.c.webhook_id, webhooks.c.url, webhooks.c.secret)
        .join(webhooks, webhooks.c.id == webhook_deliveries.c.webhook)
        .where(where)
    )


def delivery_of(row: sa.Row[Any]) -> Delivery:
    return Delivery(
        delivery_id=row.delivery_id,
        webhook_id=row.webhook_id,
        event=Event(f"{row.entity}.{row.action}"),
        state=DeliveryState(row.state),
        body=row.body,
        creation_time_ms=row.creation_time,
        time_ms=row.due_time,
        n_attempts=row.n_attempts,
        status=row.status,
        error=row.error,
    )
