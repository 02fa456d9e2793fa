"""The part of the SQL store that keeps models: which unit or query answers which call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import sqlalchemy as sa

from runfold.domain.access import ALL_VISIBLE, Visible
from runfold.domain.ids import RunId
from runfold.domain.logged_model import LoggedModel, LoggedModelStatus, ModelUse, NewLoggedModel
from runfold.domain.model_files import ModelFile
from runfold.domain.model_policy import ModelPolicy
from runfold.domain.page import Page
from runfold.domain.promotion import NewPromotion, Promotion, PromotionState, Review
from runfold.domain.registered_model import (
    AliasMove,
    CardChanges,
    ModelCard,
    ModelVersion,
    NewModelVersion,
    PendingVersion,
    RegisteredModel,
    Stage,
)
from runfold.domain.webhook import (
    Attempt,
    Delivery,
    Event,
    NewWebhook,
    Outgoing,
    Webhook,
    WebhookChanges,
    WebhookTrial,
    check_webhook,
)
from runfold.errors import NotSupported, StoreError
from runfold.stores.registry import LoggedModelQuery, ModelQuery
from runfold.stores.sql.part import StorePart
from runfold.stores.sql.registry import (
    aliases,
    cards,
    listings,
    logged,
    models,
    outbox,
    pending,
    policies,
    promotions,
    versions,
    webhooks,
)
from runfold.stores.sql.search import models as search
from runfold.stores.sql.transaction import Transaction


class SqlRegistry(StorePart):
    """Registered models, versions and aliases; implements `stores.registry.RegistryStore`."""

    def create_registered_model(
        self, name: str, *, description: str = "", user_id: str = "", tags: Mapping[str, str] | None = None
    ) -> RegisteredModel:
        unit = partial(models.create_model, name=name, description=description, user_id=user_id, tags=tags or {})
        return self._write(unit)

    def get_registered_model(self, name: str) -> RegisteredModel:
        return self._read(partial(models.get_model, name=name))

    def search_registered_models(self, query: ModelQuery, *, visible: Visible = ALL_VISIBLE) -> Page[RegisteredModel]:
        return self._read(partial(search.search_registered_models, query=query, visible=visible))

    def rename_registered_model(self, name: str, new_name: str) -> RegisteredModel:
        return self._write(partial(models.rename_model, name=name, new_name=new_name))

    def update_registered_model(self, name: str, *, description: str) -> RegisteredModel:
        return self._write(partial(models.update_model, name=name, description=description))

    def delete_registered_model(self, name: str) -> None:
        self._write(partial(models.delete_model, name=name))

    def set_registered_model_tag(self, name: str, key: str, value: str) -> None:
        self._write(partial(models.set_model_tag, name=name, key=key, value=value))

    def delete_registered_model_tag(self, name: str, key: str) -> None:
        self._write(partial(models.delete_model_tag, name=name, key=key))

    def create_model_version(self, version: NewModelVersion) -> ModelVersion:
        versions.check_version(version)
        return self._write(partial(versions.create_version, new=version))

    def list_model_version_files(self, name: str, version: int) -> tuple[ModelFile, ...]:
        self.get_model_version(name, version)
        return self._read(partial(listings.read_listing, name=name, version=version))

    def get_model_version(self, name: str, version: int) -> ModelVersion:
        return self._read(partial(versions.get_version, name=name, version=version))

    def search_model_versions(self, query: ModelQuery, *, visible: Visible = ALL_VISIBLE) -> Page[ModelVersion]:
        return self._read(partial(search.search_model_versions, query=query, visible=visible))

    def latest_model_versions(self, name: str, stages: Sequence[Stage] = ()) -> tuple[ModelVersion, ...]:
        return self._read(partial(versions.latest_versions, name=name, stages=stages))

    def update_model_version(self, name: str, version: int, *, description: str) -> ModelVersion:
        return self._write(partial(versions.update_version, name=name, version=version, description=description))

    def update_model_card(self, name: str, version: int, changes: CardChanges) -> ModelVersion:
        cards.check_card(changes.applied_to(ModelCard()))
        return self._write(partial(versions.update_card, name=name, version=version, changes=changes))

    def transition_model_version(
        self, name: str, version: int, stage: Stage, *, archive_existing: bool = False
    ) -> ModelVersion:
        return self._write(
            partial(versions.transition, name=name, version=version, stage=stage, archive_existing=archive_existing)
        )

    def delete_model_version(self, name: str, version: int) -> None:
        self._write(partial(versions.delete_version, name=name, version=version))

    def set_model_version_tag(self, name: str, version: int, key: str, value: str) -> None:
        self._write(partial(versions.set_version_tag, name=name, version=version, key=key, value=value))

    def delete_model_version_tag(self, name: str, version: int, key: str) -> None:
        self._write(partial(versions.delete_version_tag, name=name, version=version, key=key))

    def set_model_alias(self, name: str, alias: str, version: int, *, user_id: str = "", reason: str = "") -> None:
        self._write(partial(aliases.set_alias, name=name, alias=alias, version=version, user_id=user_id, reason=reason))

    def delete_model_alias(self, name: str, alias: str, *, user_id: str = "", reason: str = "") -> None:
        self._write(partial(aliases.delete_alias, name=name, alias=alias, user_id=user_id, reason=reason))

    def get_model_version_by_alias(self, name: str, alias: str, *, at_ms: int | None = None) -> ModelVersion:
        return self._read(partial(aliases.get_by_alias, name=name, alias=alias, at_ms=at_ms))

    def return_model_alias(self, name: str, alias: str, *, user_id: str = "", reason: str = "") -> ModelVersion:
        return self._write(partial(aliases.return_alias, name=name, alias=alias, user_id=user_id, reason=reason))

    def list_alias_moves(self, name: str, alias: str = "") -> tuple[AliasMove, ...]:
        return self._read(partial(aliases.list_moves, name=name, alias=alias))

    def find_versions_at(self, locations: Sequence[str], *, also_below: bool = False) -> tuple[ModelVersion, ...]:
        return self._read(partial(versions.find_at, locations=locations, also_below=also_below))


class SqlRegistrations(StorePart):
    """Implements `stores.registry.RegistrationQueue`."""

    def claim_registration(self, *, lease_ms: int) -> PendingVersion | None:
        if not self._read(partial(pending.has_due, now_ms=Transaction.now())):
            return None
        return self._write(partial(pending.claim, lease_ms=lease_ms))

    def find_registration(self, pending_version: PendingVersion) -> ModelVersion | None:
        return self._read(partial(pending.find, pending=pending_version))

    def keep_registration(self, pending_version: PendingVersion, *, lease_ms: int) -> bool:
        return self._write(partial(pending.keep, pending=pending_version, lease_ms=lease_ms))

    def release_registration(
        self, pending_version: PendingVersion, *, in_ms: int = 0, is_attempt: bool = False
    ) -> bool:
        return self._write(partial(pending.release, pending=pending_version, in_ms=in_ms, is_attempt=is_attempt))

    def finish_registration(
        self, pending_version: PendingVersion, *, card: ModelCard, listing: tuple[ModelFile, ...]
    ) -> bool:
        cards.check_card(card)
        return self._write(partial(pending.finish, pending=pending_version, card=card, listing=listing))

    def fail_registration(self, pending_version: PendingVersion, message: str) -> bool:
        return self._write(partial(pending.fail, pending=pending_version, message=message))


class SqlModelPolicies(StorePart):
    """Implements `stores.registry.ModelPolicyStore`."""

    def get_model_policy(self, name: str) -> ModelPolicy:
        return self._read(partial(policies.get_policy, name=name))

    def set_model_policy(self, name: str, policy: ModelPolicy, *, user_id: str = "") -> None:
        policies.check_policy(policy)
        self._write(partial(policies.set_policy, name=name, policy=policy, user_id=user_id))


class SqlPromotions(StorePart):
    """Implements `stores.registry.PromotionStore`."""

    def create_promotion(self, new: NewPromotion) -> Promotion:
        promotions.check_new(new)
        return self._write(partial(promotions.create, new=new))

    def get_promotion(self, request_id: str) -> Promotion:
        return self._read(partial(promotions.get, request_id=request_id))

    def list_promotions(self, name: str = "", states: Sequence[PromotionState] = ()) -> tuple[Promotion, ...]:
        return self._read(partial(promotions.list_requests, name=name, states=states))

    def review_promotion(self, request_id: str, review: Review) -> Promotion:
        return self._write(partial(promotions.review, request_id=request_id, given=review))

    def merge_promotion(self, request_id: str, *, user_id: str = "") -> Promotion:
        return self._write(partial(promotions.merge, request_id=request_id, user_id=user_id))

    def withdraw_promotion(self, request_id: str) -> Promotion:
        return self._write(partial(promotions.withdraw, request_id=request_id))


class SqlLoggedModels(StorePart):
    """Logged models; implements `stores.registry.LoggedModelStore`."""

    _owner: int | None

    def create_logged_model(self, model: NewLoggedModel) -> LoggedModel:
        logged.check_new(model)
        return self._write(partial(logged.create, model=model, owner=self._owner))

    def get_logged_model(self, model_id: str) -> LoggedModel:
        return self._read(partial(logged.get, model_id=model_id))

    def search_logged_models(self, query: LoggedModelQuery) -> Page[LoggedModel]:
        return self._read(partial(search.search_logged_models, query=query))

    def finalize_logged_model(self, model_id: str, status: LoggedModelStatus) -> LoggedModel:
        return self._write(partial(logged.finalize, model_id=model_id, status=status))

    def delete_logged_model(self, model_id: str) -> None:
        self._write(partial(logged.delete, model_id=model_id))

    def set_logged_model_tags(self, model_id: str, tags: Mapping[str, str]) -> LoggedModel:
        logged.check_tags(tags)
        return self._write(partial(logged.set_tags, model_id=model_id, tags=tags))

    def delete_logged_model_tag(self, model_id: str, key: str) -> None:
        self._write(partial(logged.delete_tag, model_id=model_id, key=key))

    def log_logged_model_params(self, model_id: str, params: Mapping[str, str]) -> None:
        logged.check_params(params)
        self._write(partial(logged.log_params, model_id=model_id, params=params))

    def log_model_uses(self, run_id: RunId, uses: Sequence[ModelUse]) -> None:
        logged.check_model_uses(uses)
        self._write(partial(logged.log_uses, run_id=run_id, uses=uses), lane=run_id)


class SqlWebhooks(StorePart):
    """Implements `stores.webhooks.WebhookStore` and `DeliveryQueue`."""

    def create_webhook(self, webhook: NewWebhook) -> Webhook:
        check_webhook(
            name=webhook.name,
            url=webhook.url,
            events=webhook.events,
            description=webhook.description,
            secret=webhook.secret,
        )
        return self._write(partial(webhooks.create, new=webhook, sealer=self._sealer))

    def get_webhook(self, webhook_id: str) -> Webhook:
        return self._read(partial(webhooks.get, webhook_id=webhook_id))

    def list_webhooks(self, *, max_results: int = 100, page_token: str = "") -> Page[Webhook]:
        return self._read(partial(webhooks.list_all, max_results=max_results, page_token=page_token))

    def update_webhook(self, webhook_id: str, changes: WebhookChanges) -> Webhook:
        return self._write(partial(webhooks.update, webhook_id=webhook_id, changes=changes, sealer=self._sealer))

    def delete_webhook(self, webhook_id: str) -> None:
        self._write(partial(webhooks.delete, webhook_id=webhook_id))

    def list_deliveries(self, webhook_id: str, *, max_results: int = 100) -> tuple[Delivery, ...]:
        self.get_webhook(webhook_id)
        return self._read(partial(outbox.list_deliveries, webhook_id=webhook_id, max_results=max_results))

    def redeliver(self, delivery_id: str) -> Delivery:
        return self._write(partial(outbox.redeliver, delivery_id=delivery_id))

    def try_webhook(self, webhook_id: str, event: Event | None = None) -> WebhookTrial:
        self.get_webhook(webhook_id)
        raise NotSupported(
            "Webhooks are sent by servers, and this is a store without one. Ask the server that uses it."
        )

    def open_webhook(self, webhook_id: str) -> tuple[Webhook, str]:
        return self._read(partial(webhooks.open_webhook, webhook_id=webhook_id, sealer=self._sealer))

    def claim_deliveries(self, n: int, *, lease_ms: int, but_for: Sequence[str] = ()) -> tuple[Outgoing, ...]:
        if not self._read(partial(outbox.has_due, now_ms=Transaction.now())):
            return ()
        claimed = self._write(partial(outbox.claim, n=n, lease_ms=lease_ms, but_for=but_for))
        return tuple(outgoing for row in claimed if (outgoing := self._outgoing(row)) is not None)

    def _outgoing(self, row: sa.Row[Any]) -> Outgoing | None:
        """None: the secret does not open. That is told in the history, and holds up no other delivery."""
        delivery = outbox.delivery_of(row)
        try:
            secret = webhooks.opened(self._sealer, row.webhook_id, row.secret)
        except StoreError as error:
            failed = Outgoing(delivery=delivery, url=row.url, secret="")
            self.settle_delivery(failed, Attempt(error=error.message, is_final=True), retry_in_ms=None)
            return None
        return Outgoing(delivery=delivery, url=row.url, secret=secret)

    def settle_delivery(self, outgoing: Outgoing, attempt: Attempt, *, retry_in_ms: int | None) -> None:
        self._write(partial(outbox.settle, delivery=outgoing.delivery, attempt=attempt, retry_in_ms=retry_in_ms))
