"""What a records store can do with models. The promises of `stores.base` hold here too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec

from runfold.domain.ids import ExperimentId, RunId
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


class ModelQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which registered models or versions, in which order.

    Prompts (tag `mlflow.prompt.is_prompt`) are among them only when the filter names that tag. Empty order: models by
    name; versions by name, then the highest number.
    """

    filter: str = ""
    order_by: tuple[str, ...] = ()
    max_results: int = 100
    page_token: str = ""


class DatasetRef(msgspec.Struct, frozen=True, kw_only=True):
    """A dataset by name and, if that matters, content."""

    name: str
    digest: str = ""


class LoggedModelQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which logged models, in which order. Empty order: newest first.

    Attributes:
        datasets: metrics in the filter and the order are those measured on one of these; none: any.
        order_datasets: per item of the order the dataset of its metric; shorter, or None: any.
    """

    experiment_ids: tuple[ExperimentId, ...]
    filter: str = ""
    order_by: tuple[str, ...] = ()
    datasets: tuple[DatasetRef, ...] = ()
    order_datasets: tuple[DatasetRef | None, ...] = ()
    max_results: int = 50
    page_token: str = ""


class RegistryStore(Protocol):
    """Registered models, versions and aliases. Versions are named by model name and number."""

    def create_registered_model(
        self, name: str, *, description: str = "", user_id: str = "", tags: Mapping[str, str] | None = None
    ) -> RegisteredModel:
        """Raises AlreadyExists when the name is taken."""
        ...

    def get_registered_model(self, name: str) -> RegisteredModel: ...

    def search_registered_models(self, query: ModelQuery) -> Page[RegisteredModel]: ...

    def rename_registered_model(self, name: str, new_name: str) -> RegisteredModel:
        """Versions, aliases and their history go along. Raises AlreadyExists when the new name is taken."""
        ...

    def update_registered_model(self, name: str, *, description: str) -> RegisteredModel: ...

    def delete_registered_model(self, name: str) -> None:
        """With versions, tags, aliases, history, promotion requests and policy."""
        ...

    def set_registered_model_tag(self, name: str, key: str, value: str) -> None: ...

    def delete_registered_model_tag(self, name: str, key: str) -> None:
        """A missing key is fine, as MLflow answers."""
        ...

    def create_model_version(self, version: NewModelVersion) -> ModelVersion:
        """Register a version under the next number.

        Metrics, params and datasets of its run, and of its logged model, are copied into its card where that does
        not have them yet. A source `models:/...` is resolved to where the files of that model lie.

        A PENDING one waits for a server to read its files; until it is READY no alias, stage or promotion leads to it.

        Raises:
            NotFound: no such registered model, or the source or `model_id` names a model that is not there.
            InvalidState: the source names a version that is not ready.
        """
        ...

    def list_model_version_files(self, name: str, version: int) -> tuple[ModelFile, ...]:
        """The files of a version as they were at registration, by path; none when nobody listed them."""
        ...

    def get_model_version(self, name: str, version: int) -> ModelVersion: ...

    def search_model_versions(self, query: ModelQuery) -> Page[ModelVersion]: ...

    def latest_model_versions(self, name: str, stages: Sequence[Stage] = ()) -> tuple[ModelVersion, ...]:
        """The newest ready version of each stage that has one; no stages: of all."""
        ...

    def update_model_version(self, name: str, version: int, *, description: str) -> ModelVersion: ...

    def update_model_card(self, name: str, version: int, changes: CardChanges) -> ModelVersion:
        """Change what is told of a version; its files and digest stay as they are."""
        ...

    def transition_model_version(
        self, name: str, version: int, stage: Stage, *, archive_existing: bool = False
    ) -> ModelVersion:
        """Put a version into a stage.

        Args:
            archive_existing: move other versions of that stage to Archived. InvalidValue unless the stage is
                Staging or Production.
        """
        ...

    def delete_model_version(self, name: str, version: int) -> None:
        """With its tags and the aliases that point to it. Its number is never given again."""
        ...

    def set_model_version_tag(self, name: str, version: int, key: str, value: str) -> None: ...

    def delete_model_version_tag(self, name: str, version: int, key: str) -> None:
        """A missing key is fine, as MLflow answers."""
        ...

    def set_model_alias(self, name: str, alias: str, version: int, *, user_id: str = "", reason: str = "") -> None:
        """Point an alias to a version. Pointing to where it points already changes nothing.

        Raises:
            InvalidState: the version is not ready.
        """
        ...

    def delete_model_alias(self, name: str, alias: str, *, user_id: str = "", reason: str = "") -> None:
        """An unknown alias is fine, as MLflow answers."""
        ...

    def get_model_version_by_alias(self, name: str, alias: str, *, at_ms: int | None = None) -> ModelVersion:
        """The version that an alias points to, or pointed to at a time.

        Raises:
            InvalidValue: it points (or pointed) to none, as MLflow answers.
            NotFound: no such model, or the version of that time is deleted.
        """
        ...

    def return_model_alias(self, name: str, alias: str, *, user_id: str = "", reason: str = "") -> ModelVersion:
        """Point an alias back to the version it pointed to before, as far as that is still there.

        Doing so twice leads back to where it was, as a walk through two versions does.

        Raises:
            InvalidState: it never pointed to another version that is still there.
        """
        ...

    def list_alias_moves(self, name: str, alias: str = "") -> tuple[AliasMove, ...]:
        """The history of an alias, or of all of a model, newest first."""
        ...

    def find_versions_at(self, locations: Sequence[str], *, also_below: bool = False) -> tuple[ModelVersion, ...]:
        """Versions whose files lie at one of these locations, however they are spelled.

        Args:
            also_below: or in a folder inside one.
        """
        ...


class RegistrationQueue(Protocol):
    """Versions whose files wait to be read, for the servers of a store: what is written here nobody checks again.

    What keeps or ends a registration returns False, and changes nothing, when it is deleted or another server's.
    """

    def claim_registration(self, *, lease_ms: int) -> PendingVersion | None:
        """Take the version that waits longest, for one server alone; another may take it when the lease ends."""
        ...

    def find_registration(self, pending_version: PendingVersion) -> ModelVersion | None:
        """The version as it is by now: while it was read, its model may have been renamed and more told of it.

        None: it is deleted, or another server's.
        """
        ...

    def keep_registration(self, pending_version: PendingVersion, *, lease_ms: int) -> bool:
        """Renew the lease."""
        ...

    def release_registration(
        self, pending_version: PendingVersion, *, in_ms: int = 0, is_attempt: bool = False
    ) -> bool:
        """Give a version back, to be taken again after a while.

        Args:
            is_attempt: reading it was tried, and counts.
        """
        ...

    def finish_registration(
        self, pending_version: PendingVersion, *, card: ModelCard, listing: tuple[ModelFile, ...]
    ) -> bool:
        """The version is READY: the card completes what is known of it."""
        ...

    def fail_registration(self, pending_version: PendingVersion, message: str) -> bool: ...


class ModelPolicyStore(Protocol):
    """Which models may be registered. A store keeps policies; who registers obeys them."""

    def get_model_policy(self, name: str) -> ModelPolicy:
        """The policy of a registered model, or of the store for an empty name; without one, that of no word."""
        ...

    def set_model_policy(self, name: str, policy: ModelPolicy, *, user_id: str = "") -> None:
        """Replace a policy. Versions that are there already stay."""
        ...


class PromotionStore(Protocol):
    """Requests that an alias move to a version; see `domain.promotion`. InvalidState when one is not open any more."""

    def create_promotion(self, new: NewPromotion) -> Promotion: ...

    def get_promotion(self, request_id: str) -> Promotion: ...

    def list_promotions(self, name: str = "", states: Sequence[PromotionState] = ()) -> tuple[Promotion, ...]:
        """Newest first, at most 1,000; of a model, or of all."""
        ...

    def review_promotion(self, request_id: str, review: Review) -> Promotion:
        """Add a review; a rejection closes the request.

        Raises:
            InvalidValue: a verdict of nobody, of none of the reviewers, or the author's own approval.
        """
        ...

    def merge_promotion(self, request_id: str, *, user_id: str = "") -> Promotion:
        """Move the alias. InvalidState when a gate does not pass or approvals are missing."""
        ...

    def withdraw_promotion(self, request_id: str) -> Promotion: ...


class LoggedModelStore(Protocol):
    """Logged models. Deleted ones are not found."""

    def create_logged_model(self, model: NewLoggedModel) -> LoggedModel:
        """In state PENDING; its files belong at `<artifact location>/models/<model id>/artifacts`, or in its run.

        At one path of a run there is one model: a new one there takes the place of the one before.

        Raises:
            NotFound: no such experiment; or none such run, when the files are to lie in that.
            InvalidValue: the run belongs to another experiment.
        """
        ...

    def get_logged_model(self, model_id: str) -> LoggedModel: ...

    def search_logged_models(self, query: LoggedModelQuery) -> Page[LoggedModel]: ...

    def finalize_logged_model(self, model_id: str, status: LoggedModelStatus) -> LoggedModel:
        """Raises InvalidValue for PENDING."""
        ...

    def delete_logged_model(self, model_id: str) -> None: ...

    def set_logged_model_tags(self, model_id: str, tags: Mapping[str, str]) -> LoggedModel: ...

    def delete_logged_model_tag(self, model_id: str, key: str) -> None:
        """NotFound when the model has no such tag."""
        ...

    def log_logged_model_params(self, model_id: str, params: Mapping[str, str]) -> None:
        """Raises InvalidValue when one has another value already."""
        ...

    def log_model_uses(self, run_id: RunId, uses: Sequence[ModelUse]) -> None:
        """Note models that a run read or made; the same again changes nothing. They come back as `Run.models`."""
        ...
