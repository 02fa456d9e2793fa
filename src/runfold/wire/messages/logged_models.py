"""Logged models (MLflow 3), and the models that runs read and made."""

from __future__ import annotations

import enum

from runfold.wire.messages.artifacts import FileInfoMessage
from runfold.wire.messages.base import Message, Tag
from runfold.wire.messages.metrics import ParamMessage
from runfold.wire.messages.models import ModelMetricMessage


class LoggedModelStatusName(enum.StrEnum):
    """`domain.logged_model.LoggedModelStatus` by name; the order is that of its numbers, from 1."""

    LOGGED_MODEL_PENDING = "LOGGED_MODEL_PENDING"
    LOGGED_MODEL_READY = "LOGGED_MODEL_READY"
    LOGGED_MODEL_UPLOAD_FAILED = "LOGGED_MODEL_UPLOAD_FAILED"


class RegistrationMessage(Message, frozen=True, kw_only=True):
    name: str
    version: str


class LoggedModelInfoMessage(Message, frozen=True, kw_only=True):
    model_id: str
    experiment_id: str
    name: str
    creation_timestamp_ms: int
    last_updated_timestamp_ms: int
    artifact_uri: str
    status: LoggedModelStatusName
    creator_id: str = ""
    model_type: str = ""
    source_run_id: str = ""
    status_message: str = ""
    tags: tuple[Tag, ...] = ()
    registrations: tuple[RegistrationMessage, ...] = ()


class LoggedModelDataMessage(Message, frozen=True, kw_only=True):
    params: tuple[ParamMessage, ...] = ()
    metrics: tuple[ModelMetricMessage, ...] = ()


class LoggedModelMessage(Message, frozen=True, kw_only=True):
    info: LoggedModelInfoMessage
    data: LoggedModelDataMessage


class LoggedModelReply(Message, frozen=True, kw_only=True):
    model: LoggedModelMessage


class CreateLoggedModel(Message, frozen=True, kw_only=True):
    """
    Attributes:
        name: absent: one is made from two words and a number.
    """

    experiment_id: str
    name: str = ""
    model_type: str = ""
    source_run_id: str = ""
    params: tuple[ParamMessage, ...] = ()
    tags: tuple[Tag, ...] = ()


class CreateLoggedModelRecord(Message, frozen=True, kw_only=True):
    """
    Attributes:
        source_run_id, artifact_path: its files lie there among the artifacts of that run; a model that was logged to
            the same place before is no more.
    """

    experiment_id: str
    source_run_id: str
    artifact_path: str
    name: str = ""
    model_type: str = ""
    params: dict[str, str] = {}
    tags: dict[str, str] = {}


class LoggedModelRef(Message, frozen=True, kw_only=True):
    model_id: str


class FinalizeLoggedModel(LoggedModelRef, frozen=True, kw_only=True):
    status: LoggedModelStatusName


class LoggedModelDataset(Message, frozen=True, kw_only=True):
    dataset_name: str
    dataset_digest: str = ""


class LoggedModelOrder(Message, frozen=True, kw_only=True):
    """
    Attributes:
        dataset_name, dataset_digest: for a metric: measured on this dataset.
    """

    field_name: str
    ascending: bool = True
    dataset_name: str = ""
    dataset_digest: str = ""


class SearchLoggedModels(Message, frozen=True, kw_only=True):
    """
    Attributes:
        datasets: metrics count only where they were measured on one of these.
    """

    experiment_ids: tuple[str, ...] = ()
    filter: str = ""
    datasets: tuple[LoggedModelDataset, ...] = ()
    max_results: int = 50
    order_by: tuple[LoggedModelOrder, ...] = ()
    page_token: str = ""


class SearchLoggedModelsReply(Message, frozen=True, kw_only=True):
    models: tuple[LoggedModelMessage, ...] = ()
    next_page_token: str = ""


class SetLoggedModelTags(LoggedModelRef, frozen=True, kw_only=True):
    tags: tuple[Tag, ...] = ()


class DeleteLoggedModelTag(LoggedModelRef, frozen=True, kw_only=True):
    tag_key: str


class LogLoggedModelParams(LoggedModelRef, frozen=True, kw_only=True):
    params: tuple[ParamMessage, ...] = ()


class ListLoggedModelFiles(LoggedModelRef, frozen=True, kw_only=True):
    artifact_directory_path: str = ""
    page_token: str = ""


class ListLoggedModelFilesReply(Message, frozen=True, kw_only=True):
    """Paths are relative to the model."""

    root_uri: str
    files: tuple[FileInfoMessage, ...] = ()
    next_page_token: str = ""


class LoggedModelFile(LoggedModelRef, frozen=True, kw_only=True):
    artifact_file_path: str


class ModelOutputMessage(Message, frozen=True, kw_only=True):
    model_id: str
    step: int = 0


class LogOutputs(Message, frozen=True, kw_only=True):
    run_id: str
    models: tuple[ModelOutputMessage, ...] = ()
