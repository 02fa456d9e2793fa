"""Who may do what with experiments, runs, series and saved views."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from runfold.domain.access import Ability
from runfold.domain.dataset import DatasetUse
from runfold.domain.run import FinishedRun, NewRun, RunBatch
from runfold.errors import InvalidValue, NotFound, PermissionDenied
from runfold.server.rights.permit import Permit
from runfold.server.rights.rules.datasets import check_recording, check_recording_in, check_taking_along
from runfold.server.rights.rules.rule import Rule, Work, rules, then_look_again


def _experiment(permit: Permit, needed: Ability, work: Work, experiment_id: str, /, *args: Any, **kwargs: Any) -> Any:
    permit.check_experiments([experiment_id], needed)
    return work(experiment_id, *args, **kwargs)


def _rename_experiment(permit: Permit, needed: Ability, work: Work, experiment_id: str, name: str) -> Any:
    """A name is a place: whoever moves an experiment elsewhere must be allowed to begin one there."""
    permit.check_experiments([experiment_id], needed)
    home = permit.store.homes_of_experiments([experiment_id])[str(int(experiment_id))]
    if not permit.caller.rights.may_create_experiment(name, home.workspace):
        raise permit.denied(Ability.RECORD)
    return then_look_again(permit, work, experiment_id, name)


def _create_experiment(
    permit: Permit, needed: Ability, work: Work, name: str, *, artifact_location: str = "", **kwargs: Any
) -> str:
    """A location of one's own choice could lie among the files of others."""
    _check_new_experiment(permit, name)
    if artifact_location and not permit.caller.rights.administers:
        raise PermissionDenied("Where the files of an experiment lie is for administrators to choose; leave it out.")
    experiment_id: str = then_look_again(permit, work, name, artifact_location=artifact_location, **kwargs)
    return experiment_id


def _check_new_experiment(permit: Permit, name: str) -> None:
    if not permit.caller.rights.may_create_experiment(name, permit.workspace):
        raise permit.denied(Ability.RECORD)


def _find_experiment_by_name(permit: Permit, needed: Ability, work: Work, name: str) -> Any:
    found = work(name)
    rights = permit.caller.rights
    is_readable = found is not None and rights.on_experiment(found.experiment_id, found.name, permit.workspace)
    return found if is_readable else None


def _search_experiments(permit: Permit, needed: Ability, work: Work, query: Any) -> Any:
    return work(query, visible=permit.caller.visible_experiments(permit.workspace))


def _summarize_experiments(permit: Permit, needed: Ability, work: Work, **kwargs: Any) -> Any:
    rights = permit.caller.rights
    return tuple(
        summary
        for summary in work(**kwargs)
        if rights.on_experiment(summary.experiment.experiment_id, summary.experiment.name, permit.workspace)
    )


def _experiments(
    permit: Permit, needed: Ability, work: Work, experiment_ids: Sequence[str], /, *args: Any, **kw: Any
) -> Any:
    return work(permit.readable_experiments(experiment_ids), *args, **kw)


def _experiments_of_query(permit: Permit, needed: Ability, work: Work, query: Any, /, *args: Any, **kwargs: Any) -> Any:
    """Others than readable ones are not searched, so nothing of them is found, counted, grouped or ordered by."""
    readable = permit.readable_experiments(query.experiment_ids)
    return work(msgspec.structs.replace(query, experiment_ids=readable), *args, **kwargs)


def _new_run(permit: Permit, needed: Ability, work: Work, run: NewRun) -> Any:
    permit.check_experiments([run.experiment_id], needed)
    return work(run)


def _finished_run(permit: Permit, needed: Ability, work: Work, run: FinishedRun) -> Any:
    """Keys against repetition are each caller's own: under that of another one would get their run."""
    permit.check_experiments([run.run.experiment_id], needed)
    noted = (*(use.dataset.name for use in run.datasets), *_measured_on(run.batch))
    check_recording_in(permit, run.run.experiment_id, noted)
    if run.idempotency_key:
        own = hashlib.sha256(f"{permit.caller.user.number}:{run.idempotency_key}".encode()).hexdigest()
        run = msgspec.structs.replace(run, idempotency_key=own)
    return work(run)


def _run(permit: Permit, needed: Ability, work: Work, run_id: str, /, *args: Any, **kwargs: Any) -> Any:
    permit.check_runs([run_id], needed)
    return work(run_id, *args, **kwargs)


def _inputs(permit: Permit, needed: Ability, work: Work, run_id: str, uses: Sequence[DatasetUse]) -> Any:
    permit.check_runs([run_id], needed)
    check_recording(permit, run_id, [use.dataset.name for use in uses])
    return work(run_id, uses)


def _batch(permit: Permit, needed: Ability, work: Work, run_id: str, batch: RunBatch) -> Any:
    permit.check_runs([run_id], needed)
    if permit.caller.has_roles_on_datasets:
        check_recording(permit, run_id, _measured_on(batch))
    return work(run_id, batch)


def _measured_on(batch: RunBatch) -> set[str]:
    return {point.dataset_name for point in batch.metrics if point.dataset_name}


def _runs(permit: Permit, needed: Ability, work: Work, run_ids: Sequence[str], /, *args: Any, **kwargs: Any) -> Any:
    permit.check_runs(run_ids, needed)
    return work(run_ids, *args, **kwargs)


def _known_runs(
    permit: Permit, needed: Ability, work: Work, run_ids: Sequence[str], /, *args: Any, **kwargs: Any
) -> Any:
    """For methods that pass unknown runs over: others are passed over as well."""
    return work(permit.readable_runs(run_ids, needed), *args, **kwargs)


def _known_run(permit: Permit, needed: Ability, work: Work, run_id: str, /, *args: Any, **kwargs: Any) -> Any:
    """For a method that finds nothing of an unknown run: of another one it looks for nothing."""
    return work(run_id if permit.readable_runs([run_id], needed) else "", *args, **kwargs)


def _runs_of_query(permit: Permit, needed: Ability, work: Work, query: Any) -> Any:
    return work(msgspec.structs.replace(query, run_ids=permit.readable_runs(query.run_ids)))


def _move_runs(permit: Permit, needed: Ability, work: Work, run_ids: Sequence[str], experiment_id: str) -> Any:
    permit.check_runs(run_ids, needed)
    permit.check_experiments([experiment_id], needed)
    target = permit.homes_of_experiments([experiment_id])[str(int(experiment_id))]
    for home in permit.homes_of_runs(run_ids).values():
        check_taking_along(permit, home.workspace, target.workspace)
    return then_look_again(permit, work, run_ids, experiment_id)


def _check_view_scope(permit: Permit, scope: str, needed: Ability) -> None:
    """A view belongs to experiments (`experiment:3` or `experiment:3,5`), or to everybody."""
    kind, _, ids = scope.partition(":")
    try:
        if kind == "experiment" and ids:
            permit.check_experiments(ids.split(","), needed)
            return
    except InvalidValue:
        pass  # not the id of any experiment
    permit.check_everything(needed)


def _views(permit: Permit, needed: Ability, work: Work, scope: str) -> Any:
    _check_view_scope(permit, scope, needed)
    return work(scope)


def _view(permit: Permit, needed: Ability, work: Work, view_id: str) -> Any:
    _check_view(permit, view_id, needed)
    return work(view_id)


def _check_view(permit: Permit, view_id: str, needed: Ability) -> None:
    scope = permit.store.get_view(view_id).scope
    try:
        _check_view_scope(permit, scope, Ability.READ)
    except (NotFound, PermissionDenied):
        raise NotFound("view", view_id) from None
    _check_view_scope(permit, scope, needed)


def _save_view(
    permit: Permit, needed: Ability, work: Work, *, scope: str, view_id: str | None = None, **kw: Any
) -> Any:
    _check_view_scope(permit, scope, needed)
    if view_id is not None:
        _check_view(permit, view_id, needed)
    return work(scope=scope, view_id=view_id, **kw)


RECORDS: Mapping[str, Rule] = {
    # experiments
    **rules(Ability.RECORD, _create_experiment, "create_experiment"),
    **rules(Ability.READ, _experiment, "get_experiment"),
    **rules(Ability.READ, _find_experiment_by_name, "find_experiment_by_name"),
    **rules(Ability.READ, _search_experiments, "search_experiments"),
    **rules(Ability.READ, _summarize_experiments, "summarize_experiments"),
    **rules(Ability.ORGANIZE, _rename_experiment, "rename_experiment"),
    **rules(Ability.DELETE, _experiment, "delete_experiment", "restore_experiment"),
    **rules(Ability.RECORD, _experiment, "discard_experiment", "set_experiment_tag", "delete_experiment_tag"),
    # runs
    **rules(Ability.RECORD, _new_run, "create_run", "submit_run"),
    **rules(Ability.RECORD, _finished_run, "register_run", "check_run"),
    **rules(Ability.READ, _run, "get_run"),
    **rules(
        Ability.RECORD,
        _run,
        *("update_run", "submit_update", "set_tag", "log_model"),
        *("delete_tag", "delete_param", "delete_metric", "log_model_uses"),
    ),
    **rules(Ability.RECORD, _batch, "log_batch", "submit_batch"),
    **rules(Ability.RECORD, _inputs, "log_inputs"),
    **rules(Ability.ORGANIZE, _runs, "delete_runs", "restore_runs"),
    **rules(Ability.ORGANIZE, _move_runs, "move_runs"),
    **rules(Ability.RECORD, _known_runs, "heartbeat"),
    **rules(Ability.READ, _experiments_of_query, "search_runs", "group_runs", "read_table", "search_logged_models"),
    **rules(Ability.READ, _experiments, "changed_runs", "search_datasets", "search_keys", "search_key_values"),
    # series
    **rules(Ability.READ, _known_run, "get_metric_history"),
    **rules(Ability.READ, _known_runs, "get_series"),
    **rules(Ability.READ, _runs_of_query, "sample_series"),
    # views
    **rules(Ability.READ, _views, "list_views"),
    **rules(Ability.READ, _view, "get_view"),
    **rules(Ability.RECORD, _view, "delete_view"),
    **rules(Ability.RECORD, _save_view, "save_view"),
}
