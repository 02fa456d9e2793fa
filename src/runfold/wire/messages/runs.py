"""Runs, as MLflow's clients know them, and as whole records."""

from __future__ import annotations

from runfold.wire.messages.base import Message, Number, RunRef, RunStatusName, Tag, ViewTypeName
from runfold.wire.messages.datasets import DatasetUseMessage, RunInputsMessage
from runfold.wire.messages.logged_models import ModelOutputMessage
from runfold.wire.messages.metrics import MetricMessage, ParamMessage


class RunInfoMessage(Message, frozen=True, kw_only=True):
    run_id: str
    run_uuid: str
    run_name: str
    experiment_id: str
    user_id: str
    status: str
    start_time: int
    end_time: int | None = None
    artifact_uri: str
    lifecycle_stage: str


class RunDataMessage(Message, frozen=True, kw_only=True):
    metrics: tuple[MetricMessage, ...] = ()
    params: tuple[ParamMessage, ...] = ()
    tags: tuple[Tag, ...] = ()


class RunOutputsMessage(Message, frozen=True, kw_only=True):
    model_outputs: tuple[ModelOutputMessage, ...] = ()


class RunMessage(Message, frozen=True, kw_only=True):
    """
    Attributes:
        outputs: absent when the run made no logged model.
    """

    info: RunInfoMessage
    data: RunDataMessage
    inputs: RunInputsMessage
    outputs: RunOutputsMessage | None = None


class RunReply(Message, frozen=True, kw_only=True):
    run: RunMessage


class CreateRun(Message, frozen=True, kw_only=True):
    experiment_id: str = ""
    user_id: str = ""
    run_name: str = ""
    start_time: int = 0
    tags: tuple[Tag, ...] = ()


class UpdateRun(RunRef, frozen=True, kw_only=True):
    status: RunStatusName | None = None
    end_time: int | None = None
    run_name: str = ""


class UpdateRunReply(Message, frozen=True, kw_only=True):
    run_info: RunInfoMessage


class SetTag(RunRef, frozen=True, kw_only=True):
    key: str
    value: str


class DeleteTag(Message, frozen=True, kw_only=True):
    run_id: str
    key: str


class DeleteOrRestoreRun(Message, frozen=True, kw_only=True):
    run_id: str


class SearchRuns(Message, frozen=True, kw_only=True):
    experiment_ids: tuple[str, ...] = ()
    filter: str = ""
    run_view_type: ViewTypeName = ViewTypeName.ACTIVE_ONLY
    max_results: int = 1000
    order_by: tuple[str, ...] = ()
    page_token: str = ""


class SearchRunsReply(Message, frozen=True, kw_only=True):
    runs: tuple[RunMessage, ...] = ()
    next_page_token: str = ""


class LogModel(Message, frozen=True, kw_only=True):
    run_id: str
    model_json: str


class RunRecordInfo(Message, frozen=True, kw_only=True):
    """What every run has.

    Attributes:
        is_lost: the run says RUNNING but its client has been silent for longer than the server's limit.
        last_write_ms: when something was last written to the run, within a second.
        change: grows with every change of the run.
    """

    run_id: str
    experiment_id: str
    run_name: str
    status: RunStatusName
    start_time_ms: int
    artifact_uri: str
    lifecycle_stage: str
    change: int
    is_lost: bool
    user_id: str = ""
    end_time_ms: int | None = None
    deleted_time_ms: int | None = None
    heartbeat_ms: int | None = None
    last_write_ms: int | None = None
    parent_run_id: str | None = None


class MetricRecord(Message, frozen=True, kw_only=True, gc=False):
    """A series at a glance: its last point, the extremes, and how many points it has."""

    last: Number
    step: int
    timestamp_ms: int
    min: Number
    max: Number
    count: int


class ModelUseMessage(Message, frozen=True, kw_only=True):
    """A logged model that a run read, or made at a step."""

    model_id: str
    is_output: bool = False
    step: int = 0


class RunRecord(Message, frozen=True, kw_only=True):
    info: RunRecordInfo
    params: dict[str, str]
    tags: dict[str, str]
    metrics: dict[str, MetricRecord]
    datasets: tuple[DatasetUseMessage, ...]
    models: tuple[ModelUseMessage, ...] = ()


class CreateRunRecord(Message, frozen=True, kw_only=True):
    """
    Attributes:
        run_id: the caller's own id; absent: the server makes one.
    """

    experiment_id: str
    run_id: str | None = None
    run_name: str = ""
    user_id: str = ""
    start_time_ms: int = 0
    tags: dict[str, str] = {}
    parent_run_id: str | None = None


class GetRunRecord(Message, frozen=True, kw_only=True):
    run_id: str


class RunRecordReply(Message, frozen=True, kw_only=True):
    run: RunRecord


class ColumnsMessage(Message, frozen=True, kw_only=True):
    """What each run comes with. Absent: every key; a list: these keys alone; an empty list: none."""

    metrics: tuple[str, ...] | None = None
    params: tuple[str, ...] | None = None
    tags: tuple[str, ...] | None = None
    datasets: bool = True


class SearchRunRecords(Message, frozen=True, kw_only=True):
    experiment_ids: tuple[str, ...]
    filter: str = ""
    order_by: tuple[str, ...] = ()
    view_type: ViewTypeName = ViewTypeName.ACTIVE_ONLY
    max_results: int = 100
    page_token: str = ""
    columns: ColumnsMessage = ColumnsMessage()


class SearchRunRecordsReply(Message, frozen=True, kw_only=True):
    runs: tuple[RunRecord, ...]
    next_page_token: str = ""


class GroupRuns(Message, frozen=True, kw_only=True):
    """
    Attributes:
        by: fields of the filter language: params, tags, attributes, `dataset.name`, `dataset.digest`.
        is_all_but: group by all params except those in `by`.
        metrics: such as `metrics.loss` or `metrics.loss.min`.
        order_by: one of the metrics with ASC or DESC: by the mean; empty: the largest group first.
        max_run_ids: name at most so many runs of each group, the newest.
    """

    experiment_ids: tuple[str, ...]
    by: tuple[str, ...]
    is_all_but: bool = False
    filter: str = ""
    view_type: ViewTypeName = ViewTypeName.ACTIVE_ONLY
    metrics: tuple[str, ...] = ()
    order_by: str = ""
    max_results: int = 1000
    max_run_ids: int = 0


class SpreadMessage(Message, frozen=True, kw_only=True, gc=False):
    """The finite values of a metric in a group.

    Attributes:
        sd: sample standard deviation (n - 1).
        q1, median, q3: quartiles, linear between neighbours.
    """

    n: int
    mean: Number | None = None
    sd: Number | None = None
    min: Number | None = None
    q1: Number | None = None
    median: Number | None = None
    q3: Number | None = None
    max: Number | None = None


class RunGroupMessage(Message, frozen=True, kw_only=True):
    """
    Attributes:
        values: one for each field of `by`; null: these runs have none.
        metrics: one for each metric asked for.
    """

    values: tuple[str | None, ...]
    n_runs: int
    metrics: tuple[SpreadMessage, ...]
    run_ids: tuple[str, ...] = ()


class GroupRunsReply(Message, frozen=True, kw_only=True):
    """
    Attributes:
        by: the fields of the values. With `is_all_but`, params in which the runs agree are left out.
        n_groups: those that are left out included.
        n_runs: how many runs all groups hold.
    """

    by: tuple[str, ...]
    groups: tuple[RunGroupMessage, ...]
    n_groups: int
    n_runs: int


class ReadRunTable(Message, frozen=True, kw_only=True):
    """
    Attributes:
        fields: of the filter language. Metrics, times and counts come as numbers, all else as text.
        max_runs: of more runs than this a random sample is taken, the same one at each call.
    """

    experiment_ids: tuple[str, ...]
    fields: tuple[str, ...]
    filter: str = ""
    view_type: ViewTypeName = ViewTypeName.ACTIVE_ONLY
    max_runs: int = 5000


class RunColumnMessage(Message, frozen=True, kw_only=True):
    """
    Attributes:
        values: one for each run; null where it has none. NaN and infinities are text.
    """

    field: str
    values: tuple[float | str | None, ...]


class ReadRunTableReply(Message, frozen=True, kw_only=True):
    """
    Attributes:
        n_runs: how many runs fit.
    """

    run_ids: tuple[str, ...]
    run_names: tuple[str, ...]
    columns: tuple[RunColumnMessage, ...]
    n_runs: int


class UpdateRunRecord(Message, frozen=True, kw_only=True):
    run_id: str
    status: RunStatusName | None = None
    end_time_ms: int | None = None
    run_name: str = ""


class RunInfoReply(Message, frozen=True, kw_only=True):
    info: RunRecordInfo


class RunIds(Message, frozen=True, kw_only=True):
    run_ids: tuple[str, ...]


class MoveRuns(Message, frozen=True, kw_only=True):
    run_ids: tuple[str, ...]
    experiment_id: str


class DeleteMetric(Message, frozen=True, kw_only=True):
    """
    Attributes:
        after_step: remove only points with a greater step; absent: the whole series.
    """

    run_id: str
    key: str
    after_step: int | None = None


class DeleteParam(Message, frozen=True, kw_only=True):
    run_id: str
    key: str


class ReadChanges(Message, frozen=True, kw_only=True):
    """
    Attributes:
        after: the cursor of the answer before; -1 asks for the present cursor alone.
    """

    experiment_ids: tuple[str, ...]
    after: int = -1
    max_results: int = 1000
    columns: ColumnsMessage = ColumnsMessage()


class ReadChangesReply(Message, frozen=True, kw_only=True):
    runs: tuple[RunRecord, ...]
    cursor: int


class WatchChanges(Message, frozen=True, kw_only=True):
    """
    Attributes:
        after: the cursor to start from; absent: from now on. The header `Last-Event-ID` of a browser that
            connects again wins over it.
        with_values: send params, tags, metrics and datasets too; without, they are empty, so that following
            runs with thousands of metrics costs little.
    """

    experiment_ids: tuple[str, ...]
    after: int = -1
    with_values: bool = False
