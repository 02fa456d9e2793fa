"""Runs of a server that knows MLflow's calls alone, such as MLflow's own.

`RestRuns` turns to this when a server has no `/api/runfold/v1`. What MLflow has no call for stays `NotSupported`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

from runfold.domain import known_tags
from runfold.domain.dataset import DatasetUse
from runfold.domain.ids import RunId
from runfold.domain.metric import MetricSummary
from runfold.domain.page import Page
from runfold.domain.run import NewRun, Run, RunInfo
from runfold.domain.states import LifecycleStage, RunStatus
from runfold.errors import NotSupported
from runfold.stores.base import RunQuery
from runfold.stores.rest.connection import Connection
from runfold.wire import convert
from runfold.wire.messages import datasets, runs
from runfold.wire.messages.base import Empty, RunRef


class _Info(msgspec.Struct, frozen=True, kw_only=True):
    """`RunInfoMessage` as far as every such server sends it."""

    run_id: str
    experiment_id: str
    status: str
    run_name: str = ""
    user_id: str = ""
    start_time: int = 0
    end_time: int | None = None
    artifact_uri: str = ""
    lifecycle_stage: str = "active"


class _Run(msgspec.Struct, frozen=True, kw_only=True):
    info: _Info
    data: runs.RunDataMessage = runs.RunDataMessage()
    inputs: datasets.RunInputsMessage = datasets.RunInputsMessage()


class _RunReply(msgspec.Struct, frozen=True, kw_only=True):
    run: _Run


class _UpdateReply(msgspec.Struct, frozen=True, kw_only=True):
    run_info: _Info


class _SearchReply(msgspec.Struct, frozen=True, kw_only=True):
    runs: tuple[_Run, ...] = ()
    next_page_token: str = ""


class MlflowRuns:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def create_run(self, run: NewRun) -> Run:
        """Raises NotSupported when the run brings an id: these servers choose ids themselves."""
        if run.run_id is not None:
            raise NotSupported(
                f"{self._connection.base_url} is an MLflow server, which chooses the ids of runs itself. Runs "
                "that were begun offline need a Runfold server."
            )
        tags = run.tags | ({known_tags.PARENT_RUN: run.parent_run_id} if run.parent_run_id else {})
        request = runs.CreateRun(
            experiment_id=run.experiment_id,
            user_id=run.user_id,
            run_name=run.run_name,
            start_time=run.start_time_ms,
            tags=convert.tags_out(tags),
        )
        reply = self._connection.call("mlflow:runs/create", request, _RunReply, is_repeatable=False)
        return _run(reply.run)

    def get_run(self, run_id: RunId) -> Run:
        return _run(self._connection.call("mlflow:runs/get", RunRef(run_id=run_id), _RunReply).run)

    def update_run(
        self, run_id: RunId, *, status: RunStatus | None = None, end_time_ms: int | None = None, run_name: str = ""
    ) -> RunInfo:
        request = runs.UpdateRun(
            run_id=run_id,
            status=None if status is None else convert.status_out(status),
            end_time=end_time_ms,
            run_name=run_name,
        )
        return _info(self._connection.call("mlflow:runs/update", request, _UpdateReply).run_info)

    def delete_runs(self, run_ids: Sequence[RunId]) -> Empty:
        """One by one: a failure leaves those before it deleted."""
        for run_id in run_ids:
            self._connection.call("mlflow:runs/delete", runs.DeleteOrRestoreRun(run_id=run_id), Empty)
        return Empty()

    def restore_runs(self, run_ids: Sequence[RunId]) -> Empty:
        for run_id in run_ids:
            self._connection.call("mlflow:runs/restore", runs.DeleteOrRestoreRun(run_id=run_id), Empty)
        return Empty()

    def log_inputs(self, run_id: RunId, uses: Sequence[DatasetUse]) -> Empty:
        if any(use.is_output for use in uses):
            raise NotSupported("MLflow servers keep the datasets that a run read, and not those that it made.")
        inputs = tuple(
            datasets.DatasetInputMessage(dataset=convert.dataset_out(use.dataset), tags=convert.tags_out(use.tags))
            for use in uses
        )
        return self._connection.call(
            "mlflow:runs/log-inputs", datasets.LogInputs(run_id=run_id, datasets=inputs), Empty
        )

    def search_runs(self, query: RunQuery) -> Page[Run]:
        """Runs come with all their columns, whatever the query names."""
        request = runs.SearchRuns(
            experiment_ids=query.experiment_ids,
            filter=query.filter,
            run_view_type=convert.view_type_out(query.view_type),
            max_results=query.max_results,
            order_by=query.order_by,
            page_token=query.page_token,
        )
        reply = self._connection.call("mlflow:runs/search", request, _SearchReply)
        return Page(tuple(map(_run, reply.runs)), reply.next_page_token)


def _run(message: _Run) -> Run:
    """MLflow tells the last point of a metric, and neither its extremes nor how many there are."""
    tags = convert.tags_in(message.data.tags)
    metrics = {
        found.key: MetricSummary(
            key=found.key,
            last=convert.number_in(found.value),
            step=found.step,
            timestamp_ms=found.timestamp,
            min=math.nan,
            max=math.nan,
            count=0,
        )
        for found in message.data.metrics
    }
    return Run(
        info=_info(message.info, parent_run_id=tags.get(known_tags.PARENT_RUN)),
        params={param.key: param.value for param in message.data.params},
        tags=tags,
        metrics=metrics,
        datasets=tuple(map(convert.input_in, message.inputs.dataset_inputs)),
    )


def _info(message: _Info, *, parent_run_id: RunId | None = None) -> RunInfo:
    return RunInfo(
        run_id=message.run_id,
        experiment_id=message.experiment_id,
        run_name=message.run_name,
        status=RunStatus[message.status],
        start_time_ms=message.start_time,
        artifact_uri=message.artifact_uri,
        user_id=message.user_id,
        end_time_ms=message.end_time or None,
        lifecycle_stage=LifecycleStage(message.lifecycle_stage),
        parent_run_id=parent_run_id,
    )
