"""Runs: created, read, found, changed, deleted."""

from __future__ import annotations

from collections.abc import Mapping

from runfold.domain.ids import RunId, is_run_id
from runfold.domain.run import NewRun
from runfold.errors import InvalidValue, LimitExceeded
from runfold.server.bind import Answer
from runfold.server.calls.experiments import check_max_results
from runfold.server.services import Services
from runfold.stores.base import GroupQuery, RunColumns, RunQuery, TableQuery
from runfold.wire import convert
from runfold.wire.messages import runs as m
from runfold.wire.messages.base import Empty, RunRef

MAX_RESULTS = 50_000
MAX_RUN_IDS = 10_000
MAX_GROUPS = 10_000
MAX_FIELDS = 500
MAX_TABLE_VALUES = 2_000_000


async def create(services: Services, request: m.CreateRun) -> m.RunReply:
    if not request.experiment_id:
        raise InvalidValue("Missing value for required parameter 'experiment_id'.")
    new = NewRun(
        experiment_id=request.experiment_id,
        run_name=request.run_name,
        user_id=request.user_id,
        start_time_ms=request.start_time,
        tags=convert.tags_in(request.tags),
    )
    return m.RunReply(run=convert.run_out(await services.committed(services.store.submit_run(new))))


def get(services: Services, request: RunRef) -> m.RunReply:
    return m.RunReply(run=convert.run_out(services.store.get_run(convert.run_id_in(request))))


async def update(services: Services, request: m.UpdateRun) -> m.UpdateRunReply:
    submitted = services.store.submit_update(
        convert.run_id_in(request),
        status=convert.status_in(request.status),
        end_time_ms=request.end_time,
        run_name=request.run_name,
    )
    info = await services.committed(submitted)
    return m.UpdateRunReply(run_info=convert.run_info_out(info))


def delete(services: Services, request: m.DeleteOrRestoreRun) -> Empty:
    services.store.delete_runs([request.run_id])
    return Empty()


def restore(services: Services, request: m.DeleteOrRestoreRun) -> Empty:
    services.store.restore_runs([request.run_id])
    return Empty()


def search(services: Services, request: m.SearchRuns) -> m.SearchRunsReply:
    check_max_results(request.max_results, MAX_RESULTS)
    page = services.store.search_runs(
        RunQuery(
            experiment_ids=request.experiment_ids,
            filter=request.filter,
            order_by=request.order_by,
            view_type=convert.view_type_in(request.run_view_type),
            max_results=request.max_results,
            page_token=request.page_token,
        )
    )
    return m.SearchRunsReply(runs=tuple(convert.run_out(run) for run in page.items), next_page_token=page.next_token)


async def create_record(services: Services, request: m.CreateRunRecord) -> m.RunRecordReply:
    check_own_id(request.run_id)
    run = await services.committed(services.store.submit_run(convert.new_run_in(request)))
    return m.RunRecordReply(run=convert.record_out(run))


def get_record(services: Services, request: m.GetRunRecord) -> m.RunRecordReply:
    return m.RunRecordReply(run=convert.record_out(services.store.get_run(request.run_id)))


def search_records(services: Services, request: m.SearchRunRecords) -> m.SearchRunRecordsReply:
    check_max_results(request.max_results, MAX_RESULTS)
    page = services.store.search_runs(
        RunQuery(
            experiment_ids=request.experiment_ids,
            filter=request.filter,
            order_by=request.order_by,
            view_type=convert.view_type_in(request.view_type),
            max_results=request.max_results,
            page_token=request.page_token,
            columns=_columns(request.columns),
        )
    )
    return m.SearchRunRecordsReply(
        runs=tuple(convert.record_out(run) for run in page.items), next_page_token=page.next_token
    )


def group(services: Services, request: m.GroupRuns) -> m.GroupRunsReply:
    check_max_results(request.max_results, MAX_GROUPS)
    _check_fields(request.by, request.metrics)
    if request.max_results * request.max_run_ids > MAX_RUN_IDS:
        raise LimitExceeded(
            f"max_results ({request.max_results}) groups with max_run_ids ({request.max_run_ids}) runs each are too "
            f"many for one answer; together they may name {MAX_RUN_IDS} runs."
        )
    query = GroupQuery(
        experiment_ids=request.experiment_ids,
        by=request.by,
        is_all_but=request.is_all_but,
        filter=request.filter,
        view_type=convert.view_type_in(request.view_type),
        metrics=request.metrics,
        order_by=request.order_by,
        max_results=request.max_results,
        max_run_ids=request.max_run_ids,
    )
    return convert.groups_out(services.store.group_runs(query))


def read_table(services: Services, request: m.ReadRunTable) -> m.ReadRunTableReply:
    check_max_results(request.max_runs, MAX_RESULTS)
    _check_fields(request.fields)
    if request.max_runs * len(request.fields) > MAX_TABLE_VALUES:
        raise LimitExceeded(
            f"{len(request.fields)} fields of {request.max_runs} runs are too many for one answer; "
            f"at most {MAX_TABLE_VALUES} values come at once."
        )
    query = TableQuery(
        experiment_ids=request.experiment_ids,
        fields=request.fields,
        filter=request.filter,
        view_type=convert.view_type_in(request.view_type),
        max_runs=request.max_runs,
    )
    return convert.table_out(services.store.read_table(query))


def _check_fields(*several: tuple[str, ...]) -> None:
    for fields in several:
        if len(fields) > MAX_FIELDS:
            raise LimitExceeded(f"{len(fields)} fields are too many for one request; name at most {MAX_FIELDS}.")


async def update_record(services: Services, request: m.UpdateRunRecord) -> m.RunInfoReply:
    submitted = services.store.submit_update(
        request.run_id,
        status=convert.status_in(request.status),
        end_time_ms=request.end_time_ms,
        run_name=request.run_name,
    )
    info = await services.committed(submitted)
    return m.RunInfoReply(info=convert.record_info_out(info))


def heartbeat(services: Services, request: m.RunIds) -> Empty:
    services.store.heartbeat(_checked(request.run_ids))
    return Empty()


def delete_many(services: Services, request: m.RunIds) -> Empty:
    services.store.delete_runs(_checked(request.run_ids))
    return Empty()


def restore_many(services: Services, request: m.RunIds) -> Empty:
    services.store.restore_runs(_checked(request.run_ids))
    return Empty()


def move(services: Services, request: m.MoveRuns) -> Empty:
    services.store.move_runs(_checked(request.run_ids), request.experiment_id)
    return Empty()


def delete_metric(services: Services, request: m.DeleteMetric) -> Empty:
    services.store.delete_metric(request.run_id, request.key, after_step=request.after_step)
    return Empty()


def delete_param(services: Services, request: m.DeleteParam) -> Empty:
    services.store.delete_param(request.run_id, request.key)
    return Empty()


def read_changes(services: Services, request: m.ReadChanges) -> m.ReadChangesReply:
    check_max_results(request.max_results, MAX_RESULTS)
    found = services.store.changed_runs(
        request.experiment_ids,
        after=request.after,
        max_results=request.max_results,
        columns=_columns(request.columns),
    )
    return m.ReadChangesReply(runs=tuple(convert.record_out(run) for run in found.runs), cursor=found.cursor)


def _columns(message: m.ColumnsMessage) -> RunColumns:
    return RunColumns(metrics=message.metrics, params=message.params, tags=message.tags, datasets=message.datasets)


def check_own_id(run_id: RunId | None) -> None:
    """Raises InvalidValue for an id of the caller's own that is no run id."""
    if run_id is not None and not is_run_id(run_id):
        raise InvalidValue(
            f"Invalid value {run_id[:80]!r} for parameter 'run_id': begin with a letter or digit, go on with letters, "
            "digits, '_' and '-', 256 characters at most."
        )


def _checked(run_ids: tuple[RunId, ...]) -> tuple[RunId, ...]:
    if len(run_ids) > MAX_RUN_IDS:
        raise LimitExceeded(f"{len(run_ids)} runs are too many for one request; name at most {MAX_RUN_IDS}.")
    return run_ids


ANSWERS: Mapping[str, Answer] = {
    "mlflow:runs/create": create,
    "mlflow:runs/get": get,
    "mlflow:runs/update": update,
    "mlflow:runs/delete": delete,
    "mlflow:runs/restore": restore,
    "mlflow:runs/search": search,
    "runs/create": create_record,
    "runs/get": get_record,
    "runs/search": search_records,
    "runs/group": group,
    "runs/table": read_table,
    "runs/update": update_record,
    "runs/heartbeat": heartbeat,
    "runs/delete": delete_many,
    "runs/restore": restore_many,
    "runs/move": move,
    "runs/delete-metric": delete_metric,
    "runs/delete-param": delete_param,
    "runs/changes": read_changes,
}
