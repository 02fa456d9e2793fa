"""Webhooks, as MLflow's clients and Runfold's own call them."""

from __future__ import annotations

import enum

from runfold.wire.messages.base import Message


class WebhookEntityName(enum.StrEnum):
    """What an event of MLflow is about; the order is that of its numbers, from 1."""

    REGISTERED_MODEL = "REGISTERED_MODEL"
    MODEL_VERSION = "MODEL_VERSION"
    MODEL_VERSION_TAG = "MODEL_VERSION_TAG"
    MODEL_VERSION_ALIAS = "MODEL_VERSION_ALIAS"
    PROMPT = "PROMPT"
    PROMPT_VERSION = "PROMPT_VERSION"
    PROMPT_TAG = "PROMPT_TAG"
    PROMPT_VERSION_TAG = "PROMPT_VERSION_TAG"
    PROMPT_ALIAS = "PROMPT_ALIAS"


class WebhookActionName(enum.StrEnum):
    """What happened; the order is that of MLflow's numbers, from 1."""

    CREATED = "CREATED"
    UPDATED = "UPDATED"
    DELETED = "DELETED"
    SET = "SET"


class WebhookStatusName(enum.StrEnum):
    """The order is that of MLflow's numbers, from 1."""

    ACTIVE = "ACTIVE"
    DISABLED = "DISABLED"


class WebhookEventMessage(Message, frozen=True, kw_only=True):
    entity: WebhookEntityName
    action: WebhookActionName


class WebhookMessage(Message, frozen=True, kw_only=True):
    """A webhook in MLflow's words, which have none for Runfold's own events."""

    webhook_id: str
    name: str
    url: str
    events: tuple[WebhookEventMessage, ...]
    status: WebhookStatusName
    creation_timestamp: int
    last_updated_timestamp: int
    description: str = ""


class WebhookReply(Message, frozen=True, kw_only=True):
    webhook: WebhookMessage


class CreateWebhook(Message, frozen=True, kw_only=True):
    """
    Attributes:
        secret: signs what is sent; it is kept sealed and never read back.
    """

    name: str
    url: str
    events: tuple[WebhookEventMessage, ...]
    description: str = ""
    secret: str = ""
    status: WebhookStatusName = WebhookStatusName.ACTIVE


class ListWebhooks(Message, frozen=True, kw_only=True):
    max_results: int = 100
    page_token: str = ""


class ListWebhooksReply(Message, frozen=True, kw_only=True):
    webhooks: tuple[WebhookMessage, ...] = ()
    next_page_token: str = ""


class WebhookRef(Message, frozen=True, kw_only=True):
    webhook_id: str


class UpdateWebhook(Message, frozen=True, kw_only=True):
    """What is absent stays as it is; no events: they stay too."""

    webhook_id: str
    name: str | None = None
    url: str | None = None
    events: tuple[WebhookEventMessage, ...] = ()
    description: str | None = None
    secret: str | None = None
    status: WebhookStatusName | None = None


class TestWebhook(Message, frozen=True, kw_only=True):
    """
    Attributes:
        event: absent: the first that the webhook is told of.
    """

    webhook_id: str
    event: WebhookEventMessage | None = None


class WebhookTestMessage(Message, frozen=True, kw_only=True):
    """
    Attributes:
        response_status: absent: no answer came.
        error_message: why it went wrong.
    """

    success: bool
    response_status: int | None = None
    error_message: str = ""


class WebhookTestReply(Message, frozen=True, kw_only=True):
    result: WebhookTestMessage


class EventWord(enum.StrEnum):
    """`domain.webhook.Event`."""

    MODEL_CREATED = "registered_model.created"
    VERSION_CREATED = "model_version.created"
    VERSION_TAG_SET = "model_version_tag.set"
    VERSION_TAG_DELETED = "model_version_tag.deleted"
    ALIAS_CREATED = "model_version_alias.created"
    ALIAS_DELETED = "model_version_alias.deleted"
    PROMPT_CREATED = "prompt.created"
    PROMPT_VERSION_CREATED = "prompt_version.created"
    PROMPT_TAG_SET = "prompt_tag.set"
    PROMPT_TAG_DELETED = "prompt_tag.deleted"
    PROMPT_VERSION_TAG_SET = "prompt_version_tag.set"
    PROMPT_VERSION_TAG_DELETED = "prompt_version_tag.deleted"
    PROMPT_ALIAS_CREATED = "prompt_alias.created"
    PROMPT_ALIAS_DELETED = "prompt_alias.deleted"
    MODEL_RENAMED = "registered_model.renamed"
    MODEL_DELETED = "registered_model.deleted"
    MODEL_TAG_SET = "registered_model_tag.set"
    MODEL_TAG_DELETED = "registered_model_tag.deleted"
    VERSION_FAILED = "model_version.failed"
    VERSION_STAGED = "model_version.staged"
    VERSION_DELETED = "model_version.deleted"
    PROMOTION_CREATED = "promotion.created"
    PROMOTION_REVIEWED = "promotion.reviewed"
    PROMOTION_MERGED = "promotion.merged"
    PROMOTION_REJECTED = "promotion.rejected"
    PROMOTION_WITHDRAWN = "promotion.withdrawn"


class WebhookRecord(Message, frozen=True, kw_only=True):
    """
    Attributes:
        is_active: False: it is switched off, and told of nothing.
        has_secret: what is sent is signed.
        n_dropped: events that it was never told of, because as many deliveries waited as may.
        last_drop_time_ms: when that last happened; absent: never.
    """

    webhook_id: str
    name: str
    url: str
    events: tuple[EventWord, ...]
    creation_time_ms: int
    last_update_time_ms: int
    is_active: bool
    has_secret: bool
    description: str = ""
    n_dropped: int = 0
    last_drop_time_ms: int | None = None


class WebhookRecordReply(Message, frozen=True, kw_only=True):
    webhook: WebhookRecord


class CreateWebhookRecord(Message, frozen=True, kw_only=True):
    """
    Attributes:
        secret: signs what is sent; it is kept sealed and never read back.
    """

    name: str
    url: str
    events: tuple[EventWord, ...]
    description: str = ""
    secret: str = ""
    is_active: bool = True


class ListWebhookRecords(Message, frozen=True, kw_only=True):
    max_results: int = 100
    page_token: str = ""


class ListWebhookRecordsReply(Message, frozen=True, kw_only=True):
    """
    Attributes:
        hosts: where webhooks may be sent: the setting `webhook_hosts`.
    """

    webhooks: tuple[WebhookRecord, ...]
    hosts: tuple[str, ...]
    next_page_token: str = ""


class UpdateWebhookRecord(Message, frozen=True, kw_only=True):
    """What is absent stays as it is.

    Attributes:
        secret: empty: from now on nothing is signed.
    """

    webhook_id: str
    name: str | None = None
    url: str | None = None
    events: tuple[EventWord, ...] | None = None
    description: str | None = None
    secret: str | None = None
    is_active: bool | None = None


class TestWebhookRecord(Message, frozen=True, kw_only=True):
    """
    Attributes:
        event: absent: the first that the webhook is told of.
    """

    webhook_id: str
    event: EventWord | None = None


class TestWebhookReply(Message, frozen=True, kw_only=True):
    """
    Attributes:
        status: of the answer; absent: none came.
        error: why it went wrong; absent when it was delivered.
        took_ms: from the look-up of the address to the answer.
        body: what was sent.
    """

    is_delivered: bool
    took_ms: float
    body: str
    status: int | None = None
    error: str = ""


class DeliveryStateWord(enum.StrEnum):
    """`domain.webhook.DeliveryState`."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"


class DeliveryMessage(Message, frozen=True, kw_only=True):
    """One event for one webhook.

    Attributes:
        body: JSON, as it is sent.
        time_ms: of one that waits: when it is sent next; otherwise: when it was over.
        n_attempts: how often it was sent.
        status: of the last answer; absent: none came.
        error: why the last attempt went wrong.
    """

    delivery_id: str
    webhook_id: str
    event: EventWord
    state: DeliveryStateWord
    body: str
    creation_time_ms: int
    time_ms: int
    n_attempts: int
    status: int | None = None
    error: str = ""


class ListDeliveries(Message, frozen=True, kw_only=True):
    webhook_id: str
    max_results: int = 100


class ListDeliveriesReply(Message, frozen=True, kw_only=True):
    """Newest first: those that wait, and of those that are over the last hundred."""

    deliveries: tuple[DeliveryMessage, ...]


class DeliveryRef(Message, frozen=True, kw_only=True):
    delivery_id: str


class DeliveryReply(Message, frozen=True, kw_only=True):
    delivery: DeliveryMessage
