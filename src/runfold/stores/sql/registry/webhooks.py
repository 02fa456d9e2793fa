"""Webhooks: units and queries."""

from __future__ import annotations

import uuid
from typing import Any

import msgspec
import sqlalchemy as sa

from runfold.domain.page import Page
from runfold.domain.webhook import DeliveryState, Event, NewWebhook, Webhook, WebhookChanges, check_webhook
from runfold.errors import InvalidValue, NotFound
from runfold.hosting.sealing import Sealer
from runfold.stores.sql.cursors import read_token, write_token
from runfold.stores.sql.registry.tables import webhooks
from runfold.stores.sql.transaction import Transaction

KIND = "webhook"
MAX_WEBHOOKS = 1000


def create(transaction: Transaction, new: NewWebhook, sealer: Sealer) -> Webhook:
    n = transaction.row("SELECT COUNT(*) FROM webhooks")
    if n is not None and n[0] >= MAX_WEBHOOKS:
        raise InvalidValue(f"There are {MAX_WEBHOOKS} webhooks already; delete some that nobody needs.")
    webhook_id = str(uuid.uuid4())
    transaction.connection.execute(
        sa.insert(webhooks).values(
            webhook_id=webhook_id,
            name=new.name,
            description=new.description,
            url=new.url,
            events=_events_out(new.events),
            secret=_sealed(sealer, webhook_id, new.secret),
            is_active=int(new.is_active),
            creation_time=transaction.now_ms,
            last_update_time=transaction.now_ms,
        )
    )
    return get(transaction.connection, webhook_id)


def get(connection: sa.Connection, webhook_id: str) -> Webhook:
    return _webhook(_row(connection, webhook_id))


def open_webhook(connection: sa.Connection, webhook_id: str, sealer: Sealer) -> tuple[Webhook, str]:
    row = _row(connection, webhook_id)
    return _webhook(row), opened(sealer, row.webhook_id, row.secret)


def list_all(connection: sa.Connection, *, max_results: int, page_token: str) -> Page[Webhook]:
    query = sa.select(webhooks).order_by(webhooks.c.id).limit(max_results + 1)
    if page_token:
        last = read_token(page_token)
        if not isinstance(last, int):
            raise InvalidValue("Invalid page token: it belongs to another call.")
        query = query.where(webhooks.c.id > last)
    rows = connection.execute(query).all()
    shown = rows[:max_results]
    token = write_token(shown[-1].id) if len(rows) > len(shown) and shown else ""
    return Page(tuple(map(_webhook, shown)), token)


def update(transaction: Transaction, webhook_id: str, changes: WebhookChanges, sealer: Sealer) -> Webhook:
    before = get(transaction.connection, webhook_id)
    kept: dict[str, Any] = {"last_update_time": transaction.now_ms}
    given = {name: value for name, value in msgspec.structs.asdict(changes).items() if value is not None}
    after = msgspec.structs.replace(before, **{name: value for name, value in given.items() if name != "secret"})
    check_webhook(
        name=after.name,
        url=after.url,
        events=after.events,
        description=after.description,
        secret=changes.secret or "",
    )
    kept |= {"name": after.name, "url": after.url, "description": after.description}
    kept |= {"events": _events_out(after.events), "is_active": int(after.is_active)}
    if changes.secret is not None:
        kept["secret"] = _sealed(sealer, webhook_id, changes.secret)
    transaction.connection.execute(sa.update(webhooks).where(webhooks.c.webhook_id == webhook_id).values(**kept))
    if before.is_active and not after.is_active:
        transaction.run(
            "UPDATE webhook_deliveries SET state = ?, due_time = ?, error = 'The webhook was switched off.' "
            "WHERE state = ? AND webhook = (SELECT id FROM webhooks WHERE webhook_id = ?)",
            (DeliveryState.FAILED.value, transaction.now_ms, DeliveryState.WAITING.value, webhook_id),
        )
    return get(transaction.connection, webhook_id)


def delete(transaction: Transaction, webhook_id: str) -> None:
    row = _row(transaction.connection, webhook_id)
    transaction.run("DELETE FROM webhook_deliveries WHERE webhook = ?", (row.id,))
    transaction.run("DELETE FROM webhooks WHERE id = ?", (row.id,))


def count_dropped(connection: sa.Connection) -> int:
    return int(connection.execute(sa.select(sa.func.coalesce(sa.func.sum(webhooks.c.n_dropped), 0))).scalar_one())


def opened(sealer: Sealer, webhook_id: str, secret: str) -> str:
    return sealer.open(secret, purpose=_purpose(webhook_id)) if secret else ""


def _sealed(sealer: Sealer, webhook_id: str, secret: str) -> str:
    return sealer.seal(secret, purpose=_purpose(webhook_id)) if secret else ""


def _purpose(webhook_id: str) -> str:
    return f"webhook {webhook_id}"


def _row(connection: sa.Connection, webhook_id: str) -> sa.Row[Any]:
    query = sa.select(webhooks).where(webhooks.c.webhook_id == webhook_id)
    row = None if "\x00" in webhook_id else connection.execute(query).first()
    if row is None:
        raise NotFound(KIND, webhook_id)
    return row


def _webhook(row: sa.Row[Any]) -> Webhook:
    return Webhook(
        webhook_id=row.webhook_id,
        name=row.name,
        url=row.url,
        events=msgspec.json.decode(row.events, type=tuple[Event, ...]),
        creation_time_ms=row.creation_time,
        last_update_time_ms=row.last_update_time,
        description=row.description,
        is_active=bool(row.is_active),
        has_secret=bool(row.secret),
        n_dropped=row.n_dropped,
        last_drop_time_ms=row.last_drop_time,
    )


def _events_out(events: tuple[Event, ...]) -> str:
    """Without repetitions, in the order of the enumeration."""
    return msgspec.json.encode([event for event in Event if event in events]).decode()
