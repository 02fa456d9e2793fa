"""What a records store can do with webhooks, and with what is to be sent to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from runfold.domain.page import Page
from runfold.domain.webhook import (
    Attempt,
    Delivery,
    Event,
    NewWebhook,
    Outgoing,
    Webhook,
    WebhookChanges,
    WebhookTrial,
)


class WebhookStore(Protocol):
    """Webhooks. A change that one is told of and the note that it must be sent are one write: both or neither."""

    def create_webhook(self, webhook: NewWebhook) -> Webhook:
        """The secret is kept sealed. NotSupported when the store has no key for that."""
        ...

    def get_webhook(self, webhook_id: str) -> Webhook: ...

    def list_webhooks(self, *, max_results: int = 100, page_token: str = "") -> Page[Webhook]:
        """In the order in which they were made."""
        ...

    def update_webhook(self, webhook_id: str, changes: WebhookChanges) -> Webhook:
        """Switched off, it is told of nothing, and what waits for it is given up."""
        ...

    def delete_webhook(self, webhook_id: str) -> None:
        """With its deliveries, also those that wait."""
        ...

    def list_deliveries(self, webhook_id: str, *, max_results: int = 100) -> tuple[Delivery, ...]:
        """Newest first: those that wait, and of those that are over the last hundred."""
        ...

    def redeliver(self, delivery_id: str) -> Delivery:
        """Send a delivery again that is over, under the same id.

        Raises:
            InvalidState: it still waits, or its webhook is switched off.
        """
        ...

    def try_webhook(self, webhook_id: str, event: Event | None = None) -> WebhookTrial:
        """Send a made-up event now, once.

        Args:
            event: None: the first that the webhook is told of.

        Raises:
            NotSupported: this store is no server, and servers alone send.
        """
        ...


class DeliveryQueue(Protocol):
    """What waits to be sent, for the servers of a store. It holds secrets in clear, so no call leads to it."""

    def claim_deliveries(self, n: int, *, lease_ms: int, but_for: Sequence[str] = ()) -> tuple[Outgoing, ...]:
        """Take deliveries that are due, each for one server alone.

        What is not settled when the lease ends may be taken by another server.

        Args:
            but_for: ids of webhooks that have one under way already. Each webhook gets one at most.
        """
        ...

    def settle_delivery(self, outgoing: Outgoing, attempt: Attempt, *, retry_in_ms: int | None) -> None:
        """Write how sending went; nothing happens when another server has taken the delivery over.

        Args:
            retry_in_ms: when to send it again; None: not again.
        """
        ...

    def open_webhook(self, webhook_id: str) -> tuple[Webhook, str]:
        """A webhook and its secret in clear."""
        ...
