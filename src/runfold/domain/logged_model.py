"""Logged models: what a run saved, with an id of its own (MLflow 3)."""

from __future__ import annotations

import enum
import uuid

import msgspec

from runfold.domain.ids import ExperimentId, RunId


class LoggedModelStatus(enum.IntEnum):
    """The numbers are those of MLflow's protocol and are stored."""

    PENDING = 1
    READY = 2
    UPLOAD_FAILED = 3

    @property
    def wire_name(self) -> str:
        """As MLflow's filters and answers name it, such as `LOGGED_MODEL_READY`."""
        return f"LOGGED_MODEL_{self.name}"


class LoggedModelMetric(msgspec.Struct, frozen=True, kw_only=True):
    """The latest point of a metric of a model, per run and dataset that it was measured on.

    Attributes:
        run_id: of the run that measured it.
        dataset_name, dataset_digest: empty: no dataset was named.
    """

    key: str
    value: float
    timestamp_ms: int
    step: int = 0
    run_id: RunId = ""
    dataset_name: str = ""
    dataset_digest: str = ""


class Registration(msgspec.Struct, frozen=True):
    """A registered version that a logged model is."""

    name: str
    version: int


class LoggedModel(msgspec.Struct, frozen=True, kw_only=True):
    """
    Attributes:
        model_id: `m-` and 32 hex digits.
        artifact_uri: where its files lie.
        model_type: the caller's word for it.
        registrations: its versions in the registry, by name and number.
    """

    model_id: str
    experiment_id: ExperimentId
    name: str
    artifact_uri: str
    creation_time_ms: int
    last_update_time_ms: int
    status: LoggedModelStatus = LoggedModelStatus.PENDING
    status_message: str = ""
    model_type: str = ""
    source_run_id: RunId = ""
    creator_id: str = ""
    tags: dict[str, str] = {}
    params: dict[str, str] = {}
    metrics: tuple[LoggedModelMetric, ...] = ()
    registrations: tuple[Registration, ...] = ()


class NewLoggedModel(msgspec.Struct, frozen=True, kw_only=True):
    """
    Attributes:
        name: empty: one is made from two words and a number.
        artifact_path: its files lie here among the artifacts of the run `source_run_id`; empty: in a folder of its own.
    """

    experiment_id: ExperimentId
    name: str = ""
    artifact_path: str = ""
    model_type: str = ""
    source_run_id: RunId = ""
    creator_id: str = ""
    params: dict[str, str] = {}
    tags: dict[str, str] = {}


class ModelUse(msgspec.Struct, frozen=True, kw_only=True):
    """A logged model that a run read, or made at a step."""

    model_id: str
    is_output: bool = False
    step: int = 0


def new_model_id() -> str:
    return f"m-{uuid.uuid4().hex}"
