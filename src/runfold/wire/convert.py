"""The only bridge between messages and domain values, in both directions."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from runfold.domain.artifact import FileInfo
from runfold.domain.dataset import Dataset, DatasetSummary, DatasetUse
from runfold.domain.experiment import Experiment, ExperimentSummary
from runfold.domain.keys import KeyKind, KeyStats
from runfold.domain.metric import Bucket, Metric, MetricSummary, SampledSeries
from runfold.domain.run import NewRun, Run, RunBatch, RunInfo
from runfold.domain.states import LifecycleStage, RunStatus, ViewType
from runfold.domain.view import SavedView
from runfold.errors import InvalidValue
from runfold.wire.encode import encode
from runfold.wire.messages.artifacts import FileInfoMessage
from runfold.wire.messages.base import Number, RunRef, RunStatusName, Tag, ViewTypeName
from runfold.wire.messages.datasets import (
    DatasetInputMessage,
    DatasetMessage,
    DatasetSummaryMessage,
    DatasetUseMessage,
    RunInputsMessage,
)
from runfold.wire.messages.experiments import ExperimentMessage, ExperimentSummaryMessage
from runfold.wire.messages.keys import KeyKindName, KeyStatsMessage
from runfold.wire.messages.metrics import (
    BucketMessage,
    LogBatch,
    MetricMessage,
    MetricOfRunMessage,
    ParamMessage,
    SampledSeriesMessage,
)
from runfold.wire.messages.runs import (
    CreateRunRecord,
    MetricRecord,
    RunDataMessage,
    RunInfoMessage,
    RunMessage,
    RunRecord,
    RunRecordInfo,
)
from runfold.wire.messages.views import SavedViewMessage

# --- numbers, states, tags


def number_out(value: float) -> Number:
    if math.isfinite(value):
        return value
    if math.isnan(value):
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"


def number_in(value: Number) -> float:
    return float(value)


def maybe_number_out(value: float | None) -> Number | None:
    return None if value is None else number_out(value)


def maybe_number_in(value: Number | None) -> float | None:
    return None if value is None else float(value)


def status_out(status: RunStatus) -> RunStatusName:
    return RunStatusName[status.name]


def status_in(status: RunStatusName | None) -> RunStatus | None:
    return None if status is None else RunStatus[status.name]


def view_type_in(view: ViewTypeName) -> ViewType:
    return ViewType[view.name]


def view_type_out(view: ViewType) -> ViewTypeName:
    return ViewTypeName[view.name]


def tags_out(tags: Mapping[str, str]) -> tuple[Tag, ...]:
    return tuple(Tag(key=key, value=value) for key, value in tags.items())


def tags_in(tags: Iterable[Tag]) -> dict[str, str]:
    """Of a key that comes twice the last counts."""
    return {tag.key: tag.value for tag in tags}


def run_id_in(request: RunRef) -> str:
    """Raises InvalidValue when a request names no run."""
    run_id = request.run_id or request.run_uuid
    if not run_id:
        raise InvalidValue("Missing value for required parameter 'run_id'.")
    return run_id


# --- experiments


def experiment_out(experiment: Experiment) -> ExperimentMessage:
    return ExperimentMessage(
        experiment_id=experiment.experiment_id,
        name=experiment.name,
        artifact_location=experiment.artifact_location,
        lifecycle_stage=experiment.lifecycle_stage.value,
        last_update_time=experiment.last_update_time_ms,
        creation_time=experiment.creation_time_ms,
        tags=tags_out(experiment.tags),
    )


def experiment_in(message: ExperimentMessage) -> Experiment:
    return Experiment(
        experiment_id=message.experiment_id,
        name=message.name,
        artifact_location=message.artifact_location,
        lifecycle_stage=LifecycleStage(message.lifecycle_stage),
        last_update_time_ms=message.last_update_time,
        creation_time_ms=message.creation_time,
        tags=tags_in(message.tags),
    )


def summary_out(summary: ExperimentSummary) -> ExperimentSummaryMessage:
    return ExperimentSummaryMessage(
        experiment=experiment_out(summary.experiment),
        n_runs=summary.n_runs,
        n_running=summary.n_running,
        last_run_ms=summary.last_run_ms,
        runs_per_day=summary.runs_per_day,
    )


def summary_in(message: ExperimentSummaryMessage) -> ExperimentSummary:
    return ExperimentSummary(
        experiment=experiment_in(message.experiment),
        n_runs=message.n_runs,
        n_running=message.n_running,
        last_run_ms=message.last_run_ms,
        runs_per_day=message.runs_per_day,
    )


# --- runs as MLflow knows them


def run_info_out(info: RunInfo) -> RunInfoMessage:
    return RunInfoMessage(
        run_id=info.run_id,
        run_uuid=info.run_id,
        run_name=info.run_name,
        experiment_id=info.experiment_id,
        user_id=info.user_id,
        status=info.status.name,
        start_time=info.start_time_ms,
        end_time=info.end_time_ms,
        artifact_uri=info.artifact_uri,
        lifecycle_stage=info.lifecycle_stage.value,
    )


def run_out(run: Run) -> RunMessage:
    return RunMessage(
        info=run_info_out(run.info),
        data=RunDataMessage(
            metrics=tuple(
                MetricMessage(key, number_out(found.last), found.timestamp_ms, found.step)
                for key, found in run.metrics.items()
            ),
            params=tuple(ParamMessage(key=key, value=value) for key, value in run.params.items()),
            tags=tags_out(run.tags),
        ),
        inputs=RunInputsMessage(
            dataset_inputs=tuple(
                DatasetInputMessage(dataset=dataset_out(use.dataset), tags=tags_out(use.tags))
                for use in run.datasets
                if not use.is_output
            )
        ),
    )


# --- runs as whole records


def record_info_out(info: RunInfo) -> RunRecordInfo:
    return RunRecordInfo(
        run_id=info.run_id,
        experiment_id=info.experiment_id,
        run_name=info.run_name,
        status=status_out(info.status),
        start_time_ms=info.start_time_ms,
        artifact_uri=info.artifact_uri,
        lifecycle_stage=info.lifecycle_stage.value,
        change=info.change,
        is_lost=info.is_lost,
        user_id=info.user_id,
        end_time_ms=info.end_time_ms,
        deleted_time_ms=info.deleted_time_ms,
        heartbeat_ms=info.heartbeat_ms,
        parent_run_id=info.parent_run_id,
    )


def record_info_in(message: RunRecordInfo) -> RunInfo:
    return RunInfo(
        run_id=message.run_id,
        experiment_id=message.experiment_id,
        run_name=message.run_name,
        status=RunStatus[message.status.name],
        start_time_ms=message.start_time_ms,
        artifact_uri=message.artifact_uri,
        lifecycle_stage=LifecycleStage(message.lifecycle_stage),
        change=message.change,
        is_lost=message.is_lost,
        user_id=message.user_id,
        end_time_ms=message.end_time_ms,
        deleted_time_ms=message.deleted_time_ms,
        heartbeat_ms=message.heartbeat_ms,
        parent_run_id=message.parent_run_id,
    )


def record_out(run: Run) -> RunRecord:
    return RunRecord(
        info=record_info_out(run.info),
        params=run.params,
        tags=run.tags,
        metrics={key: _metric_record_out(found) for key, found in run.metrics.items()},
        datasets=tuple(use_out(use) for use in run.datasets),
    )


def record_in(message: RunRecord) -> Run:
    return Run(
        info=record_info_in(message.info),
        params=message.params,
        tags=message.tags,
        metrics={key: _metric_record_in(key, found) for key, found in message.metrics.items()},
        datasets=tuple(use_in(use) for use in message.datasets),
    )


def _metric_record_out(found: MetricSummary) -> MetricRecord:
    return MetricRecord(
        last=number_out(found.last),
        step=found.step,
        timestamp_ms=found.timestamp_ms,
        min=number_out(found.min),
        max=number_out(found.max),
        count=found.count,
    )


def _metric_record_in(key: str, message: MetricRecord) -> MetricSummary:
    return MetricSummary(
        key=key,
        last=number_in(message.last),
        step=message.step,
        timestamp_ms=message.timestamp_ms,
        min=number_in(message.min),
        max=number_in(message.max),
        count=message.count,
    )


def new_run_in(message: CreateRunRecord) -> NewRun:
    return NewRun(
        experiment_id=message.experiment_id,
        run_id=message.run_id,
        run_name=message.run_name,
        user_id=message.user_id,
        start_time_ms=message.start_time_ms,
        tags=message.tags,
        parent_run_id=message.parent_run_id,
    )


def new_run_out(run: NewRun) -> CreateRunRecord:
    return CreateRunRecord(
        experiment_id=run.experiment_id,
        run_id=run.run_id,
        run_name=run.run_name,
        user_id=run.user_id,
        start_time_ms=run.start_time_ms,
        tags=run.tags,
        parent_run_id=run.parent_run_id,
    )


# --- batches and points


def batch_in(message: LogBatch) -> RunBatch:
    return RunBatch(
        metrics=message.metrics,
        params=tuple((param.key, param.value) for param in message.params),
        tags=tuple((tag.key, tag.value) for tag in message.tags),
    )


def batch_body(run_id: str, batch: RunBatch) -> bytes:
    """The body of a log-batch request. Not a message: points that are all finite are encoded as they are."""
    points: Sequence[Metric | MetricMessage] = batch.metrics
    if not all(math.isfinite(point.value) for point in batch.metrics):
        points = [metric_out(point) for point in batch.metrics]
    return encode(
        {
            "run_id": run_id,
            "metrics": points,
            "params": [ParamMessage(key=key, value=value) for key, value in batch.params],
            "tags": [Tag(key=key, value=value) for key, value in batch.tags],
        }
    )


def metric_out(point: Metric) -> MetricMessage:
    return MetricMessage(point.key, number_out(point.value), point.timestamp_ms, point.step)


def metric_in(message: MetricMessage) -> Metric:
    return Metric(message.key, number_in(message.value), message.timestamp, message.step)


def metric_of_run_out(run_id: str, point: Metric) -> MetricOfRunMessage:
    return MetricOfRunMessage(point.key, number_out(point.value), point.timestamp_ms, point.step, run_id)


def sampled_out(series: SampledSeries) -> SampledSeriesMessage:
    return SampledSeriesMessage(
        run_id=series.run_id,
        key=series.key,
        n_points=series.n_points,
        buckets=tuple(
            BucketMessage(
                bucket.x,
                bucket.x_last,
                bucket.n,
                bucket.n_nan,
                maybe_number_out(bucket.min),
                maybe_number_out(bucket.max),
                maybe_number_out(bucket.mean),
                maybe_number_out(bucket.last),
            )
            for bucket in series.buckets
        ),
    )


def sampled_in(message: SampledSeriesMessage) -> SampledSeries:
    return SampledSeries(
        run_id=message.run_id,
        key=message.key,
        n_points=message.n_points,
        buckets=tuple(
            Bucket(
                bucket.x,
                bucket.x_last,
                bucket.n,
                bucket.n_nan,
                maybe_number_in(bucket.min),
                maybe_number_in(bucket.max),
                maybe_number_in(bucket.mean),
                maybe_number_in(bucket.last),
            )
            for bucket in message.buckets
        ),
    )


# --- datasets


def dataset_out(dataset: Dataset) -> DatasetMessage:
    return DatasetMessage(
        name=dataset.name,
        digest=dataset.digest,
        source_type=dataset.source_type,
        source=dataset.source,
        schema=dataset.schema,
        profile=dataset.profile,
    )


def dataset_in(message: DatasetMessage) -> Dataset:
    return Dataset(
        name=message.name,
        digest=message.digest,
        source_type=message.source_type,
        source=message.source,
        schema=message.schema,
        profile=message.profile,
    )


def input_in(message: DatasetInputMessage) -> DatasetUse:
    return DatasetUse(dataset=dataset_in(message.dataset), tags=tags_in(message.tags))


def use_out(use: DatasetUse) -> DatasetUseMessage:
    return DatasetUseMessage(dataset=dataset_out(use.dataset), tags=use.tags, is_output=use.is_output)


def use_in(message: DatasetUseMessage) -> DatasetUse:
    return DatasetUse(dataset=dataset_in(message.dataset), tags=message.tags, is_output=message.is_output)


def dataset_summary_out(summary: DatasetSummary) -> DatasetSummaryMessage:
    return DatasetSummaryMessage(
        experiment_id=summary.experiment_id, name=summary.name, digest=summary.digest, context=summary.context
    )


def dataset_summary_in(message: DatasetSummaryMessage) -> DatasetSummary:
    return DatasetSummary(
        experiment_id=message.experiment_id, name=message.name, digest=message.digest, context=message.context
    )


# --- keys, views, files


def key_kind_in(kind: KeyKindName) -> KeyKind:
    return KeyKind[kind.name]


def key_kind_out(kind: KeyKind) -> KeyKindName:
    return KeyKindName[kind.name]


def key_stats_out(stats: KeyStats) -> KeyStatsMessage:
    return KeyStatsMessage(
        kind=key_kind_out(stats.kind),
        key=stats.key,
        n_runs=stats.n_runs,
        n_distinct=stats.n_distinct,
        variation=stats.variation,
        min=maybe_number_out(stats.min),
        max=maybe_number_out(stats.max),
        examples=stats.examples,
    )


def key_stats_in(message: KeyStatsMessage) -> KeyStats:
    return KeyStats(
        kind=key_kind_in(message.kind),
        key=message.key,
        n_runs=message.n_runs,
        n_distinct=message.n_distinct,
        variation=message.variation,
        min=maybe_number_in(message.min),
        max=maybe_number_in(message.max),
        examples=message.examples,
    )


def view_out(view: SavedView) -> SavedViewMessage:
    return SavedViewMessage(
        view_id=view.view_id,
        scope=view.scope,
        name=view.name,
        state=view.state,
        creation_time_ms=view.creation_time_ms,
        last_update_time_ms=view.last_update_time_ms,
    )


def view_in(message: SavedViewMessage) -> SavedView:
    return SavedView(
        view_id=message.view_id,
        scope=message.scope,
        name=message.name,
        state=message.state,
        creation_time_ms=message.creation_time_ms,
        last_update_time_ms=message.last_update_time_ms,
    )


def file_out(path: str, info: FileInfo) -> FileInfoMessage:
    """Args: path: as the answer names the file, relative to what was listed."""
    return FileInfoMessage(path=path, is_dir=info.is_dir, file_size=None if info.is_dir else info.size)
