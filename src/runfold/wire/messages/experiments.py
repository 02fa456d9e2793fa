"""Experiments."""

from __future__ import annotations

from runfold.domain.workspace import DEFAULT_WORKSPACE
from runfold.wire.messages.base import Message, Tag, ViewTypeName


class ExperimentMessage(Message, frozen=True, kw_only=True):
    experiment_id: str
    name: str
    artifact_location: str
    lifecycle_stage: str
    last_update_time: int
    creation_time: int
    tags: tuple[Tag, ...] = ()
    workspace: str = DEFAULT_WORKSPACE


class CreateExperiment(Message, frozen=True, kw_only=True):
    name: str
    artifact_location: str = ""
    tags: tuple[Tag, ...] = ()


class CreateExperimentReply(Message, frozen=True, kw_only=True):
    experiment_id: str


class GetExperiment(Message, frozen=True, kw_only=True):
    experiment_id: str


class GetExperimentByName(Message, frozen=True, kw_only=True):
    experiment_name: str


class ExperimentReply(Message, frozen=True, kw_only=True):
    experiment: ExperimentMessage


class SearchExperiments(Message, frozen=True, kw_only=True):
    """`max_results` has no default: a request without it is refused, as MLflow's servers do."""

    max_results: int = 0
    page_token: str = ""
    filter: str = ""
    order_by: tuple[str, ...] = ()
    view_type: ViewTypeName = ViewTypeName.ACTIVE_ONLY


class SearchExperimentsReply(Message, frozen=True, kw_only=True):
    experiments: tuple[ExperimentMessage, ...] = ()
    next_page_token: str = ""


class ExperimentRef(Message, frozen=True, kw_only=True):
    experiment_id: str


class DiscardExperimentReply(Message, frozen=True, kw_only=True):
    """
    Attributes:
        is_gone: False: it holds something, and stays.
    """

    is_gone: bool


class UpdateExperiment(Message, frozen=True, kw_only=True):
    experiment_id: str
    new_name: str = ""


class SetExperimentTag(Message, frozen=True, kw_only=True):
    experiment_id: str
    key: str
    value: str


class DeleteExperimentTag(Message, frozen=True, kw_only=True):
    experiment_id: str
    key: str


class ListExperiments(Message, frozen=True, kw_only=True):
    """
    Attributes:
        n_days: how many of the last days `runs_per_day` covers.
    """

    view_type: ViewTypeName = ViewTypeName.ACTIVE_ONLY
    n_days: int = 30


class ExperimentSummaryMessage(Message, frozen=True, kw_only=True):
    """An experiment with what a list shows beside its name; of millions of runs, the counts may be some seconds old.

    Attributes:
        n_running: active runs in state RUNNING whose clients are heard from.
        last_run_ms: start of the newest active run.
        runs_per_day: runs started on each of the last days, oldest first, UTC days.
    """

    experiment: ExperimentMessage
    n_runs: int
    n_running: int
    last_run_ms: int | None = None
    runs_per_day: tuple[int, ...]


class ListExperimentsReply(Message, frozen=True, kw_only=True):
    experiments: tuple[ExperimentSummaryMessage, ...]
