"""Webhooks: addresses that are told of changes in the registry, and what is sent to them."""

from __future__ import annotations

import enum
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import urlsplit

import msgspec

from runfold.domain.limits import check_text
from runfold.errors import InvalidValue, LimitExceeded

MAX_NAME = 250
MAX_DESCRIPTION = 10_000
MAX_URL = 2_000
MAX_SECRET = 1_000


class Event(enum.StrEnum):
    """What happened, as `<entity>.<action>`. The first block is MLflow 3.18's; the second one is our own."""

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

    @property
    def entity(self) -> str:
        return self.value.partition(".")[0]

    @property
    def action(self) -> str:
        return self.value.partition(".")[2]

    @property
    def is_mlflow(self) -> bool:
        """MLflow's clients know it; on others they fail."""
        return self not in _OUR_OWN

    @property
    def of_prompt(self) -> Event | None:
        """What it is called when it happens to a prompt, which MLflow keeps as a registered model; None: as here."""
        return _OF_PROMPTS.get(self)


_OUR_OWN = frozenset(list(Event)[list(Event).index(Event.MODEL_RENAMED) :])
_OF_PROMPTS = {
    Event.MODEL_CREATED: Event.PROMPT_CREATED,
    Event.VERSION_CREATED: Event.PROMPT_VERSION_CREATED,
    Event.MODEL_TAG_SET: Event.PROMPT_TAG_SET,
    Event.MODEL_TAG_DELETED: Event.PROMPT_TAG_DELETED,
    Event.VERSION_TAG_SET: Event.PROMPT_VERSION_TAG_SET,
    Event.VERSION_TAG_DELETED: Event.PROMPT_VERSION_TAG_DELETED,
    Event.ALIAS_CREATED: Event.PROMPT_ALIAS_CREATED,
    Event.ALIAS_DELETED: Event.PROMPT_ALIAS_DELETED,
}


class Webhook(msgspec.Struct, frozen=True, kw_only=True):
    """
    Attributes:
        has_secret: what is sent is signed; the secret itself is never read back.
        n_dropped: events that it was never told of, because as many deliveries waited as may.
        last_drop_time_ms: when that last happened; None: never.
    """

    webhook_id: str
    name: str
    url: str
    events: tuple[Event, ...]
    creation_time_ms: int
    last_update_time_ms: int
    description: str = ""
    is_active: bool = True
    has_secret: bool = False
    n_dropped: int = 0
    last_drop_time_ms: int | None = None


class NewWebhook(msgspec.Struct, frozen=True, kw_only=True):
    """Attributes: secret: signs what is sent; empty: nothing does."""

    name: str
    url: str
    events: tuple[Event, ...]
    description: str = ""
    secret: str = ""
    is_active: bool = True


class WebhookChanges(msgspec.Struct, frozen=True, kw_only=True):
    """None: stays as it is. Attributes: secret: empty: from now on nothing is signed."""

    name: str | None = None
    url: str | None = None
    events: tuple[Event, ...] | None = None
    description: str | None = None
    secret: str | None = None
    is_active: bool | None = None


class DeliveryState(enum.StrEnum):
    """WAITING ones are sent, or sent again, when their time comes; the others are over."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """One event for one webhook.

    Attributes:
        body: JSON, as it is sent.
        time_ms: WAITING: when it is sent next, or when another server may take it over from the one that sends it
            now; otherwise: when it was over.
        status: of the last answer; None: none came.
        error: why the last attempt went wrong.
    """

    delivery_id: str
    webhook_id: str
    event: Event
    state: DeliveryState
    body: str
    creation_time_ms: int
    time_ms: int
    n_attempts: int = 0
    status: int | None = None
    error: str = ""


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """What a server needs to send a delivery. The secret is in clear: this goes into no log and no answer."""

    delivery: Delivery
    url: str
    secret: str


class WebhookTrial(msgspec.Struct, frozen=True, kw_only=True):
    """How a made-up event was sent.

    Attributes:
        took_ms: from the look-up of the address to the answer.
        body: what was sent.
        status: of the answer; None: none came.
        error: why it went wrong; empty: it was delivered.
    """

    is_delivered: bool
    took_ms: float
    body: str
    status: int | None = None
    error: str = ""


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """How sending went.

    Attributes:
        status: of the answer; None: none came.
        error: empty when it was delivered.
        is_final: trying again would not help.
        retry_after_s: the receiver asks to be left alone for so long; 0: it does not say.
    """

    status: int | None = None
    error: str = ""
    is_final: bool = False
    retry_after_s: float = 0.0

    @property
    def is_delivered(self) -> bool:
        return not self.error


def check_webhook(*, name: str, url: str, events: tuple[Event, ...], description: str = "", secret: str = "") -> None:
    """Raises InvalidValue or LimitExceeded for what cannot be kept."""
    if not name.strip():
        raise InvalidValue("A webhook needs a name.")
    if not events:
        raise InvalidValue("A webhook needs events that it is told of.")
    check_url(url)
    texts = (("name", name, MAX_NAME), ("description", description, MAX_DESCRIPTION), ("secret", secret, MAX_SECRET))
    for what, text, most in texts:
        check_text(f"{what} of a webhook", text)
        if len(text) > most:
            raise LimitExceeded(f"The {what} of a webhook has {len(text)} characters; at most {most} are allowed.")


def check_url(url: str) -> None:
    """Raises InvalidValue unless it is an http(s) address of printable ASCII, without user, password and fragment."""
    if len(url) > MAX_URL:
        raise LimitExceeded(f"The url of a webhook has {len(url)} characters; at most {MAX_URL} are allowed.")
    if not url.isascii() or any(letter <= " " or letter == "\x7f" for letter in url):
        raise InvalidValue("The url of a webhook holds spaces or other characters that must be percent-encoded.")
    try:
        parts = urlsplit(url)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_address = False
    if not is_address:
        raise InvalidValue(f"{url!r} is not an address that can be sent to, such as https://example.com/hook.")
    if "@" in parts.netloc:
        raise InvalidValue("The url of a webhook must not hold a user or password; the secret signs what is sent.")
    if "#" in url or "\\" in url:
        raise InvalidValue(f"The url {url!r} of a webhook holds '#' or a backslash, which lead nowhere.")


def body_of(event: Event, data: Mapping[str, object], now_ms: int) -> str:
    """What is sent: JSON in the form that MLflow's servers give it."""
    moment = datetime.fromtimestamp(now_ms / 1000, tz=UTC).isoformat()
    return json.dumps({"entity": event.entity, "action": event.action, "timestamp": moment, "data": data})


def example_of(event: Event) -> Mapping[str, object]:
    """What is sent with an event, made up; for trying a webhook out."""
    name, version = "example_model", "1"
    if event.entity == "promotion":
        return {
            "request_id": "0123456789abcdef0123456789abcdef",
            "name": name,
            "version": version,
            "alias": "champion",
            "state": {"created": "open", "reviewed": "open"}.get(event.action, event.action),
            "user_id": "example_user",
        }
    data: dict[str, object] = {"name": name}
    if "version" in event.entity or event in (Event.PROMPT_ALIAS_CREATED,):
        data["version"] = version
    if event.entity.endswith("_alias"):
        data["alias"] = "example_alias"
        if event.action == "deleted":
            data.pop("version", None)
    elif event.entity.endswith("_tag"):
        data["key"] = "example_key"
        if event.action == "set":
            data["value"] = "example_value"
    elif event.action == "created":
        data |= {"tags": {"example_key": "example_value"}, "description": "An example"}
    match event:
        case Event.VERSION_CREATED:
            data |= {"source": "runs:/abcd1234abcd5678/model", "run_id": "abcd1234abcd5678"}
        case Event.PROMPT_VERSION_CREATED:
            data["template"] = "Hello, {{ name }}"
        case Event.MODEL_RENAMED:
            data["previous_name"] = "previous_name"
        case Event.VERSION_FAILED:
            data["message"] = "The model would run harmful code when it is loaded."
        case Event.VERSION_STAGED:
            data |= {"stage": "Production", "previous_stage": "Staging"}
    return data
