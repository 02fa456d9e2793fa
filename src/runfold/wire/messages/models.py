"""Registered models and versions, as MLflow's clients know them."""

from __future__ import annotations

from runfold.wire.messages.base import Message, Number, Tag


class AliasMessage(Message, frozen=True, kw_only=True):
    alias: str
    version: str


class ModelParamMessage(Message, frozen=True, kw_only=True):
    name: str
    value: str


class ModelMetricMessage(Message, frozen=True, kw_only=True):
    """A metric of a model: where it was measured, and on what, as far as that is known."""

    key: str
    value: Number
    timestamp: int
    step: int | None = None
    dataset_name: str = ""
    dataset_digest: str = ""
    model_id: str = ""
    run_id: str = ""


class ModelVersionMessage(Message, frozen=True, kw_only=True):
    """
    Attributes:
        version: a whole number as text.
        status: PENDING_REGISTRATION while the server reads the files of a large model, then READY, or
            FAILED_REGISTRATION with a message that says why.
        run_link, model_id: absent when there is none.
    """

    name: str
    version: str
    creation_timestamp: int
    last_updated_timestamp: int
    current_stage: str
    description: str = ""
    user_id: str = ""
    source: str = ""
    run_id: str = ""
    status: str
    status_message: str = ""
    run_link: str = ""
    tags: tuple[Tag, ...] = ()
    aliases: tuple[str, ...] = ()
    model_id: str = ""
    model_params: tuple[ModelParamMessage, ...] = ()
    model_metrics: tuple[ModelMetricMessage, ...] = ()


class RegisteredModelMessage(Message, frozen=True, kw_only=True):
    """
    Attributes:
        latest_versions: the newest version of each stage.
    """

    name: str
    creation_timestamp: int
    last_updated_timestamp: int
    user_id: str = ""
    description: str = ""
    latest_versions: tuple[ModelVersionMessage, ...] = ()
    tags: tuple[Tag, ...] = ()
    aliases: tuple[AliasMessage, ...] = ()


class CreateRegisteredModel(Message, frozen=True, kw_only=True):
    name: str
    tags: tuple[Tag, ...] = ()
    description: str = ""


class RegisteredModelReply(Message, frozen=True, kw_only=True):
    registered_model: RegisteredModelMessage


class RegisteredModelRef(Message, frozen=True, kw_only=True):
    name: str


class RenameRegisteredModel(Message, frozen=True, kw_only=True):
    name: str
    new_name: str = ""


class UpdateRegisteredModel(Message, frozen=True, kw_only=True):
    name: str
    description: str = ""


class SearchRegisteredModels(Message, frozen=True, kw_only=True):
    filter: str = ""
    max_results: int = 100
    order_by: tuple[str, ...] = ()
    page_token: str = ""


class SearchRegisteredModelsReply(Message, frozen=True, kw_only=True):
    registered_models: tuple[RegisteredModelMessage, ...] = ()
    next_page_token: str = ""


class GetLatestVersions(Message, frozen=True, kw_only=True):
    """
    Attributes:
        stages: in any case; none: every stage that has versions.
    """

    name: str
    stages: tuple[str, ...] = ()


class ModelVersionsReply(Message, frozen=True, kw_only=True):
    model_versions: tuple[ModelVersionMessage, ...] = ()


class SetRegisteredModelTag(Message, frozen=True, kw_only=True):
    name: str
    key: str
    value: str


class DeleteRegisteredModelTag(Message, frozen=True, kw_only=True):
    name: str
    key: str


class CreateModelVersion(Message, frozen=True, kw_only=True):
    """
    Attributes:
        source: where the files lie. A folder of this server only when it belongs to the run that `run_id` names;
            `models:/...` stands for where that model's files lie.
    """

    name: str
    source: str
    run_id: str = ""
    tags: tuple[Tag, ...] = ()
    run_link: str = ""
    description: str = ""
    model_id: str = ""


class ModelVersionReply(Message, frozen=True, kw_only=True):
    model_version: ModelVersionMessage


class ModelVersionRef(Message, frozen=True, kw_only=True):
    name: str
    version: int


class UpdateModelVersion(ModelVersionRef, frozen=True, kw_only=True):
    description: str = ""


class TransitionModelVersion(ModelVersionRef, frozen=True, kw_only=True):
    """
    Attributes:
        stage: `None`, `Staging`, `Production` or `Archived`, in any case.
        archive_existing_versions: move other versions of Staging or Production to Archived.
    """

    stage: str
    archive_existing_versions: bool


class SearchModelVersions(Message, frozen=True, kw_only=True):
    filter: str = ""
    max_results: int = 200_000
    order_by: tuple[str, ...] = ()
    page_token: str = ""


class SearchModelVersionsReply(Message, frozen=True, kw_only=True):
    model_versions: tuple[ModelVersionMessage, ...] = ()
    next_page_token: str = ""


class DownloadUriReply(Message, frozen=True, kw_only=True):
    artifact_uri: str


class SetModelVersionTag(ModelVersionRef, frozen=True, kw_only=True):
    key: str
    value: str


class DeleteModelVersionTag(ModelVersionRef, frozen=True, kw_only=True):
    key: str


class SetAlias(Message, frozen=True, kw_only=True):
    name: str
    alias: str
    version: int


class AliasRef(Message, frozen=True, kw_only=True):
    name: str
    alias: str


class ModelVersionFile(ModelVersionRef, frozen=True, kw_only=True):
    path: str
