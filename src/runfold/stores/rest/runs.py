"""Runs of a server."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from functools import partial
from typing import TypeVar

from runfold.domain.dataset import Dataset, DatasetSummary, DatasetUse, DatasetVersion
from runfold.domain.ids import ExperimentId, RunId
from runfold.domain.page import Page
from runfold.domain.run import FinishedRun, NewRun, RegisteredRun, Run, RunBatch, RunChanges, RunInfo
from runfold.domain.states import RunStatus
from runfold.domain.summary import RunGroups, RunTable
from runfold.errors import NotSupported
from runfold.stores.base import GroupQuery, RunColumns, RunQuery, TableQuery
from runfold.stores.rest.connection import Connection
from runfold.stores.rest.mlflow import MlflowRuns
from runfold.stores.rest.registration import registration_body
from runfold.wire import convert
from runfold.wire.messages import datasets, runs
from runfold.wire.messages.base import Empty
from runfold.wire.messages.registration import RegisterRunReply

T = TypeVar("T")


class RestRuns:
    """Runs of a Runfold server; of another server that knows MLflow's calls, as far as those go."""

    _connection: Connection
    _mlflow: MlflowRuns | None = None

    def _either(self, ours: Callable[[], T], theirs: Callable[[MlflowRuns], T]) -> T:
        """Make our call; where there is none, make MLflow's, and remember that for the next time."""
        if self._mlflow is None:
            try:
                return ours()
            except NotSupported:
                self._mlflow = MlflowRuns(self._connection)
        return theirs(self._mlflow)

    def create_run(self, run: NewRun) -> Run:
        return self._either(lambda: self._create_run(run), lambda mlflow: mlflow.create_run(run))

    def _create_run(self, run: NewRun) -> Run:
        request = convert.new_run_out(run)
        # Sent twice under the caller's own id, the second one would answer that the run exists.
        reply = self._connection.call("runs/create", request, runs.RunRecordReply, is_repeatable=False)
        return convert.record_in(reply.run)

    def submit_run(self, run: NewRun) -> Future[Run]:
        return _answered(partial(self.create_run, run))

    def register_run(self, run: FinishedRun) -> RegisteredRun:
        reply = self._connection.call(
            "runs/register", registration_body(run), RegisterRunReply, is_repeatable=bool(run.idempotency_key)
        )
        return RegisteredRun(run=convert.record_in(reply.run), is_new=reply.is_new)

    def check_run(self, run: FinishedRun) -> None:
        """Tells nothing: the server checks the run when it is sent."""

    def get_run(self, run_id: RunId) -> Run:
        return self._either(lambda: self._get_run(run_id), lambda mlflow: mlflow.get_run(run_id))

    def _get_run(self, run_id: RunId) -> Run:
        reply = self._connection.call("runs/get", runs.GetRunRecord(run_id=run_id), runs.RunRecordReply)
        return convert.record_in(reply.run)

    def update_run(
        self,
        run_id: RunId,
        *,
        status: RunStatus | None = None,
        end_time_ms: int | None = None,
        run_name: str = "",
    ) -> RunInfo:
        request = runs.UpdateRunRecord(
            run_id=run_id,
            status=None if status is None else convert.status_out(status),
            end_time_ms=end_time_ms,
            run_name=run_name,
        )
        return self._either(
            lambda: convert.record_info_in(self._connection.call("runs/update", request, runs.RunInfoReply).info),
            lambda mlflow: mlflow.update_run(run_id, status=status, end_time_ms=end_time_ms, run_name=run_name),
        )

    def submit_update(
        self,
        run_id: RunId,
        *,
        status: RunStatus | None = None,
        end_time_ms: int | None = None,
        run_name: str = "",
    ) -> Future[RunInfo]:
        return _answered(partial(self.update_run, run_id, status=status, end_time_ms=end_time_ms, run_name=run_name))

    def delete_runs(self, run_ids: Sequence[RunId]) -> None:
        request = runs.RunIds(run_ids=tuple(run_ids))
        self._either(
            lambda: self._connection.call("runs/delete", request, Empty), lambda mlflow: mlflow.delete_runs(run_ids)
        )

    def restore_runs(self, run_ids: Sequence[RunId]) -> None:
        request = runs.RunIds(run_ids=tuple(run_ids))
        self._either(
            lambda: self._connection.call("runs/restore", request, Empty), lambda mlflow: mlflow.restore_runs(run_ids)
        )

    def move_runs(self, run_ids: Sequence[RunId], experiment_id: ExperimentId) -> None:
        request = runs.MoveRuns(run_ids=tuple(run_ids), experiment_id=experiment_id)
        self._connection.call("runs/move", request, Empty)

    def heartbeat(self, run_ids: Sequence[RunId]) -> None:
        self._connection.call("runs/heartbeat", runs.RunIds(run_ids=tuple(run_ids)), Empty)

    def log_batch(self, run_id: RunId, batch: RunBatch) -> None:
        self._connection.call("mlflow:runs/log-batch", convert.batch_body(run_id, batch), Empty)

    def submit_batch(self, run_id: RunId, batch: RunBatch) -> Future[None]:
        return _answered(partial(self.log_batch, run_id, batch))

    def log_inputs(self, run_id: RunId, datasets_used: Sequence[DatasetUse]) -> None:
        request = datasets.LogDatasets(run_id=run_id, datasets=tuple(map(convert.use_out, datasets_used)))
        self._either(
            lambda: self._connection.call("runs/log-datasets", request, Empty),
            lambda mlflow: mlflow.log_inputs(run_id, datasets_used),
        )

    def set_tag(self, run_id: RunId, key: str, value: str) -> None:
        self._connection.call("mlflow:runs/set-tag", runs.SetTag(run_id=run_id, key=key, value=value), Empty)

    def log_model(self, run_id: RunId, model: Mapping[str, object]) -> None:
        request = runs.LogModel(run_id=run_id, model_json=json.dumps(model))
        self._connection.call("mlflow:runs/log-model", request, Empty, is_repeatable=False)

    def delete_tag(self, run_id: RunId, key: str) -> None:
        request = runs.DeleteTag(run_id=run_id, key=key)
        self._connection.call("mlflow:runs/delete-tag", request, Empty, is_repeatable=False)

    def delete_param(self, run_id: RunId, key: str) -> None:
        request = runs.DeleteParam(run_id=run_id, key=key)
        self._connection.call("runs/delete-param", request, Empty, is_repeatable=False)

    def delete_metric(self, run_id: RunId, key: str, *, after_step: int | None = None) -> None:
        request = runs.DeleteMetric(run_id=run_id, key=key, after_step=after_step)
        self._connection.call("runs/delete-metric", request, Empty)

    def search_runs(self, query: RunQuery) -> Page[Run]:
        return self._either(lambda: self._search_runs(query), lambda mlflow: mlflow.search_runs(query))

    def _search_runs(self, query: RunQuery) -> Page[Run]:
        request = runs.SearchRunRecords(
            experiment_ids=query.experiment_ids,
            filter=query.filter,
            order_by=query.order_by,
            view_type=convert.view_type_out(query.view_type),
            max_results=query.max_results,
            page_token=query.page_token,
            columns=_columns(query.columns),
        )
        reply = self._connection.call("runs/search", request, runs.SearchRunRecordsReply)
        return Page(tuple(map(convert.record_in, reply.runs)), reply.next_page_token)

    def group_runs(self, query: GroupQuery) -> RunGroups:
        request = runs.GroupRuns(
            experiment_ids=query.experiment_ids,
            by=query.by,
            is_all_but=query.is_all_but,
            filter=query.filter,
            view_type=convert.view_type_out(query.view_type),
            metrics=query.metrics,
            order_by=query.order_by,
            max_results=query.max_results,
            max_run_ids=query.max_run_ids,
        )
        return convert.groups_in(self._connection.call("runs/group", request, runs.GroupRunsReply))

    def read_table(self, query: TableQuery) -> RunTable:
        request = runs.ReadRunTable(
            experiment_ids=query.experiment_ids,
            fields=query.fields,
            filter=query.filter,
            view_type=convert.view_type_out(query.view_type),
            max_runs=query.max_runs,
        )
        return convert.table_in(self._connection.call("runs/table", request, runs.ReadRunTableReply))

    def changed_runs(
        self,
        experiment_ids: Sequence[ExperimentId],
        *,
        after: int,
        max_results: int = 1000,
        columns: RunColumns = RunColumns(),  # noqa: B008 (frozen)
    ) -> RunChanges:
        request = runs.ReadChanges(
            experiment_ids=tuple(experiment_ids),
            after=after,
            max_results=max_results,
            columns=_columns(columns),
        )
        reply = self._connection.call("runs/changes", request, runs.ReadChangesReply)
        return RunChanges(runs=tuple(map(convert.record_in, reply.runs)), cursor=reply.cursor)

    def search_datasets(self, experiment_ids: Sequence[ExperimentId]) -> tuple[DatasetSummary, ...]:
        request = datasets.SearchDatasets(experiment_ids=tuple(experiment_ids))
        reply = self._connection.call("mlflow:experiments/search-datasets", request, datasets.SearchDatasetsReply)
        return tuple(map(convert.dataset_summary_in, reply.dataset_summaries))

    def list_datasets(
        self, *, name: str = "", text: str = "", max_results: int = 100, page_token: str = ""
    ) -> Page[DatasetVersion]:
        request = datasets.ListDatasets(name=name, text=text, max_results=max_results, page_token=page_token)
        reply = self._connection.call("datasets/list", request, datasets.ListDatasetsReply)
        return Page(tuple(map(convert.dataset_version_in, reply.datasets)), reply.next_page_token)

    def get_dataset(self, name: str, digest: str) -> Dataset:
        request = datasets.DatasetRef(name=name, digest=digest)
        return convert.dataset_in(self._connection.call("datasets/get", request, datasets.DatasetReply).dataset)


def _columns(columns: RunColumns) -> runs.ColumnsMessage:
    return runs.ColumnsMessage(
        metrics=columns.metrics, params=columns.params, tags=columns.tags, datasets=columns.datasets
    )


def _answered(call: Callable[[], T]) -> Future[T]:
    """Makes the call before it returns: a connection carries one at a time."""
    future: Future[T] = Future()
    try:
        future.set_result(call())
    except Exception as error:  # belongs to whoever asks the future
        future.set_exception(error)
    return future
