"""Runs as whole records."""

from __future__ import annotations

from runfold.domain.logged_model import ModelUse
from runfold.domain.metric import MetricSummary
from runfold.domain.run import NewRun, Run, RunInfo
from runfold.domain.states import LifecycleStage, RunStatus
from runfold.wire.convert.datasets import use_in, use_out
from runfold.wire.convert.values import number_in, number_out, status_out
from runfold.wire.messages.runs import (
    CreateRunRecord,
    MetricRecord,
    ModelUseMessage,
    RunRecord,
    RunRecordInfo,
)


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
        last_write_ms=info.last_write_ms,
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
        last_write_ms=message.last_write_ms,
        parent_run_id=message.parent_run_id,
    )


def record_out(run: Run) -> RunRecord:
    return RunRecord(
        info=record_info_out(run.info),
        params=run.params,
        tags=run.tags,
        metrics={key: _metric_record_out(found) for key, found in run.metrics.items()},
        datasets=tuple(use_out(use) for use in run.datasets),
        models=tuple(
            ModelUseMessage(model_id=use.model_id, is_output=use.is_output, step=use.step) for use in run.models
        ),
    )


def record_in(message: RunRecord) -> Run:
    return Run(
        info=record_info_in(message.info),
        params=message.params,
        tags=message.tags,
        metrics={key: _metric_record_in(key, found) for key, found in message.metrics.items()},
        datasets=tuple(use_in(use) for use in message.datasets),
        models=tuple(ModelUse(model_id=use.model_id, is_output=use.is_output, step=use.step) for use in message.models),
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
