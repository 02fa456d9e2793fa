"""The records as one caller may reach them.

A call does not check its own rights: it gets a store that does. For every method of the store there is a rule that
looks at the record which the method is about, finds the experiment or model that it belongs to, and lets the method
run, narrows what it looks at, or refuses. A method without a rule is for administrators, so what is added to the
store one day is closed until somebody has thought about it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from functools import partial
from typing import Any

import msgspec

from runfold.domain.access import Grant, Place, PlaceKind, Role, Subject, SubjectKind
from runfold.domain.registered_model import NewModelVersion
from runfold.domain.run import FinishedRun, NewRun
from runfold.errors import InvalidValue, NotFound, PermissionDenied
from runfold.server.permit import Permit

Work = Callable[..., Any]
Apply = Callable[..., Any]


@dataclass(frozen=True)
class Rule:
    """
    Attributes:
        least: the role that the method needs, whatever the call says.
        apply: called with the permit, the role that is needed, the method, and its arguments.
    """

    least: Role
    apply: Apply


class PermittedStore:
    """The store of one call: `stores.base.TrackingStore`, method by method by `RULES`."""

    def __init__(self, permit: Permit, threads: Executor) -> None:
        self._permit = permit
        self._threads = threads

    @property
    def uri(self) -> str:
        return self._permit.store.uri

    def __getattr__(self, method: str) -> Work:
        work: Work = getattr(self._permit.store, method)
        rule = RULES.get(method)
        if rule is None:
            self._permit.check_admin()
            return partial(_then_look_again, self._permit, work)
        needed = self._permit.needs(method, rule.least)
        if method in _WITHOUT_WAITING:
            return partial(_submit, self._permit, self._threads, partial(rule.apply, self._permit, needed, work))
        return partial(rule.apply, self._permit, needed, work)


_WITHOUT_WAITING = frozenset({"submit_run", "submit_update", "submit_batch"})


def _submit(permit: Permit, threads: Executor, checked: Work, about: Any, *args: Any, **kwargs: Any) -> Future[Any]:
    """Check and submit: here where the answer is known, else in a thread, for these methods may not wait."""
    if isinstance(about, str) and permit.knows_home_of_run(about):
        submitted: Future[Any] = checked(about, *args, **kwargs)
        return submitted
    answer: Future[Any] = Future()

    def run() -> None:
        try:
            checked(about, *args, **kwargs).add_done_callback(partial(_pass_on, answer))
        except BaseException as error:
            answer.set_exception(error)

    threads.submit(run)
    return answer


def _pass_on(answer: Future[Any], done: Future[Any]) -> None:
    error = done.exception()
    if error is None:
        answer.set_result(done.result())
    else:
        answer.set_exception(error)


# --- what rules do


def _free(permit: Permit, needed: Role, work: Work, *args: Any, **kwargs: Any) -> Any:
    return work(*args, **kwargs)


def _everything(permit: Permit, needed: Role, work: Work, *args: Any, **kwargs: Any) -> Any:
    permit.check_everything(needed)
    return work(*args, **kwargs)


def _then_look_again(permit: Permit, work: Work, *args: Any, **kwargs: Any) -> Any:
    """For what changes accounts or where records lie: this process is to notice at once."""
    try:
        return work(*args, **kwargs)
    finally:
        permit.look_again()


def _experiment(permit: Permit, needed: Role, work: Work, experiment_id: str, /, *args: Any, **kwargs: Any) -> Any:
    permit.check_experiments([experiment_id], needed)
    return work(experiment_id, *args, **kwargs)


def _rename_experiment(permit: Permit, needed: Role, work: Work, experiment_id: str, name: str) -> Any:
    """A name is a place: whoever moves an experiment elsewhere must be allowed to begin one there."""
    permit.check_experiments([experiment_id], needed)
    _check_new_experiment(permit, name)
    return _then_look_again(permit, work, experiment_id, name)


def _create_experiment(
    permit: Permit, needed: Role, work: Work, name: str, *, artifact_location: str = "", **kwargs: Any
) -> str:
    """Who makes it, manages it. A location of one's own choice could lie among the files of others."""
    _check_new_experiment(permit, name)
    if artifact_location and not permit.caller.rights.administers:
        raise PermissionDenied("Where the files of an experiment lie is for administrators to choose; leave it out.")
    experiment_id: str = work(name, artifact_location=artifact_location, **kwargs)
    _own(permit, Place(PlaceKind.EXPERIMENT, experiment_id))
    return experiment_id


def _check_new_experiment(permit: Permit, name: str) -> None:
    if not permit.caller.rights.may_create_experiment(name):
        raise permit.denied(Role.CONTRIBUTOR)


def _own(permit: Permit, place: Place) -> None:
    subject = Subject(SubjectKind.USER, permit.caller.user.name)
    permit.store.set_grant(Grant(subject=subject, place=place, role=Role.MANAGER))
    permit.look_again()


def _find_experiment_by_name(permit: Permit, needed: Role, work: Work, name: str) -> Any:
    found = work(name)
    is_readable = found is not None and permit.caller.rights.on_experiment(found.experiment_id, found.name)
    return found if is_readable else None


def _search_experiments(permit: Permit, needed: Role, work: Work, query: Any) -> Any:
    return work(query, visible=permit.caller.rights.visible_experiments())


def _summarize_experiments(permit: Permit, needed: Role, work: Work, **kwargs: Any) -> Any:
    rights = permit.caller.rights
    return tuple(
        summary
        for summary in work(**kwargs)
        if rights.on_experiment(summary.experiment.experiment_id, summary.experiment.name)
    )


def _experiments(
    permit: Permit, needed: Role, work: Work, experiment_ids: Sequence[str], /, *args: Any, **kw: Any
) -> Any:
    return work(permit.readable_experiments(experiment_ids), *args, **kw)


def _experiments_of_query(permit: Permit, needed: Role, work: Work, query: Any, /, *args: Any, **kwargs: Any) -> Any:
    """Others than readable ones are not searched, so nothing of them is found, counted, grouped or ordered by."""
    readable = permit.readable_experiments(query.experiment_ids)
    return work(msgspec.structs.replace(query, experiment_ids=readable), *args, **kwargs)


def _new_run(permit: Permit, needed: Role, work: Work, run: NewRun) -> Any:
    permit.check_experiments([run.experiment_id], needed)
    return work(run)


def _finished_run(permit: Permit, needed: Role, work: Work, run: FinishedRun) -> Any:
    """Keys against repetition are each caller's own: under that of another one would get their run."""
    permit.check_experiments([run.run.experiment_id], needed)
    if run.idempotency_key:
        own = hashlib.sha256(f"{permit.caller.user.number}:{run.idempotency_key}".encode()).hexdigest()
        run = msgspec.structs.replace(run, idempotency_key=own)
    return work(run)


def _run(permit: Permit, needed: Role, work: Work, run_id: str, /, *args: Any, **kwargs: Any) -> Any:
    permit.check_runs([run_id], needed)
    return work(run_id, *args, **kwargs)


def _runs(permit: Permit, needed: Role, work: Work, run_ids: Sequence[str], /, *args: Any, **kwargs: Any) -> Any:
    permit.check_runs(run_ids, needed)
    return work(run_ids, *args, **kwargs)


def _known_runs(permit: Permit, needed: Role, work: Work, run_ids: Sequence[str], /, *args: Any, **kwargs: Any) -> Any:
    """For methods that pass unknown runs over: others are passed over as well."""
    return work(permit.readable_runs(run_ids, needed), *args, **kwargs)


def _known_run(permit: Permit, needed: Role, work: Work, run_id: str, /, *args: Any, **kwargs: Any) -> Any:
    """For a method that finds nothing of an unknown run: of another one it looks for nothing."""
    return work(run_id if permit.readable_runs([run_id], needed) else "", *args, **kwargs)


def _runs_of_query(permit: Permit, needed: Role, work: Work, query: Any) -> Any:
    return work(msgspec.structs.replace(query, run_ids=permit.readable_runs(query.run_ids)))


def _move_runs(permit: Permit, needed: Role, work: Work, run_ids: Sequence[str], experiment_id: str) -> Any:
    permit.check_runs(run_ids, needed)
    permit.check_experiments([experiment_id], needed)
    return _then_look_again(permit, work, run_ids, experiment_id)


def _new_logged_model(permit: Permit, needed: Role, work: Work, model: Any) -> Any:
    """One that points into a run is part of it: whether there is such a run is not told to who may not change it."""
    permit.check_experiments([model.experiment_id], needed)
    if model.artifact_path:
        permit.check_runs([model.source_run_id], needed)
    return work(model)


def _logged_model(permit: Permit, needed: Role, work: Work, model_id: str, /, *args: Any, **kwargs: Any) -> Any:
    permit.check_logged_models([model_id], needed)
    return work(model_id, *args, **kwargs)


def _model(permit: Permit, needed: Role, work: Work, name: str, /, *args: Any, **kwargs: Any) -> Any:
    permit.check_model(name, needed)
    return work(name, *args, **kwargs)


def _signed_model(permit: Permit, needed: Role, work: Work, name: str, /, *args: Any, **kwargs: Any) -> Any:
    """What goes into a history bears the caller's name, whatever name was sent."""
    permit.check_model(name, needed)
    return work(name, *args, **{**kwargs, "user_id": permit.caller.user.name})


def _create_model(permit: Permit, needed: Role, work: Work, name: str, **kwargs: Any) -> Any:
    if not permit.caller.rights.may_create_model():
        raise permit.denied(Role.CONTRIBUTOR)
    made = work(name, **{**kwargs, "user_id": permit.caller.user.name})
    _own(permit, Place(PlaceKind.MODEL, name))
    return made


def _rename_model(permit: Permit, needed: Role, work: Work, name: str, new_name: str) -> Any:
    permit.check_model(name, needed)
    return _then_look_again(permit, work, name, new_name)


def _delete_model(permit: Permit, needed: Role, work: Work, name: str) -> Any:
    permit.check_model(name, needed)
    return _then_look_again(permit, work, name)


def _create_version(permit: Permit, needed: Role, work: Work, version: NewModelVersion) -> Any:
    """Where its files lie was checked before they were read (`server.registering`)."""
    permit.check_model(version.name, needed)
    if version.run_id:
        permit.check_runs([version.run_id], Role.READER)
    return work(msgspec.structs.replace(version, user_id=permit.caller.user.name))


def _search_models(permit: Permit, needed: Role, work: Work, query: Any) -> Any:
    return work(query, visible=permit.caller.rights.visible_models())


def _find_versions_at(permit: Permit, needed: Role, work: Work, locations: Sequence[str], **kwargs: Any) -> Any:
    rights = permit.caller.rights
    return tuple(version for version in work(locations, **kwargs) if rights.on_model(version.name))


def _model_policy(permit: Permit, needed: Role, work: Work, name: str) -> Any:
    """The policy of the server is everybody's to know: they have to keep it."""
    if name:
        permit.check_model(name, needed)
    return work(name)


def _new_promotion(permit: Permit, needed: Role, work: Work, new: Any) -> Any:
    permit.check_model(new.name, needed)
    return work(msgspec.structs.replace(new, user_id=permit.caller.user.name))


def _promotion(permit: Permit, needed: Role, work: Work, request_id: str, /, *args: Any, **kwargs: Any) -> Any:
    name = permit.store.get_promotion(request_id).name
    permit.check("promotion request", request_id, permit.caller.rights.on_model(name), needed)
    return work(request_id, *args, **kwargs)


def _merge_promotion(permit: Permit, needed: Role, work: Work, request_id: str, *, user_id: str = "") -> Any:
    return _promotion(permit, needed, work, request_id, user_id=permit.caller.user.name)


def _review_promotion(permit: Permit, needed: Role, work: Work, request_id: str, review: Any) -> Any:
    signed = msgspec.structs.replace(review, user_id=permit.caller.user.name)
    return _promotion(permit, needed, work, request_id, signed)


def _list_promotions(permit: Permit, needed: Role, work: Work, name: str = "", states: Any = ()) -> Any:
    if name:
        permit.check_model(name, needed)
    rights = permit.caller.rights
    return tuple(promotion for promotion in work(name, states) if rights.on_model(promotion.name))


def _check_view_scope(permit: Permit, scope: str, needed: Role) -> None:
    """A view belongs to experiments (`experiment:3` or `experiment:3,5`), or to everybody."""
    kind, _, ids = scope.partition(":")
    try:
        if kind == "experiment" and ids:
            permit.check_experiments(ids.split(","), needed)
            return
    except InvalidValue:
        pass  # not the id of any experiment
    permit.check_everything(needed)


def _views(permit: Permit, needed: Role, work: Work, scope: str) -> Any:
    _check_view_scope(permit, scope, needed)
    return work(scope)


def _view(permit: Permit, needed: Role, work: Work, view_id: str) -> Any:
    _check_view(permit, view_id, needed)
    return work(view_id)


def _check_view(permit: Permit, view_id: str, needed: Role) -> None:
    scope = permit.store.get_view(view_id).scope
    try:
        _check_view_scope(permit, scope, Role.READER)
    except (NotFound, PermissionDenied):
        raise NotFound("view", view_id) from None
    _check_view_scope(permit, scope, needed)


def _save_view(permit: Permit, needed: Role, work: Work, *, scope: str, view_id: str | None = None, **kw: Any) -> Any:
    _check_view_scope(permit, scope, needed)
    if view_id is not None:
        _check_view(permit, view_id, needed)
    return work(scope=scope, view_id=view_id, **kw)


def _own_account(permit: Permit, needed: Role, work: Work, name: str, /, *args: Any, **kwargs: Any) -> Any:
    """Of others only administrators see or change anything; to everybody else they do not exist."""
    caller = permit.caller
    if not caller.rights.administers and (name != caller.user.name or caller.rights.most < needed):
        raise NotFound("user", name) if name != caller.user.name else permit.denied(needed)
    return work(name, *args, **kwargs)


def _update_user(permit: Permit, needed: Role, work: Work, name: str, /, **changes: Any) -> Any:
    """Everybody may change their own password, and nothing else of an account."""
    if changes.keys() != {"password"}:
        permit.check_admin()
    return _own_account(permit, needed, partial(_then_look_again, permit, work), name, **changes)


def _revoke_token(permit: Permit, needed: Role, work: Work, token_id: str, *, user: str | None = None) -> Any:
    caller = permit.caller
    if not caller.rights.administers and user != caller.user.name:
        raise NotFound("token", token_id)
    return _then_look_again(permit, work, token_id, user=user)


def _check_place(permit: Permit, place: Place, needed: Role) -> None:
    match place.kind:
        case PlaceKind.EXPERIMENT:
            permit.check_experiments([place.key], needed)
        case PlaceKind.MODEL:
            permit.check_model(place.key, needed)
        case _:
            permit.check_admin()


def _set_grant(permit: Permit, needed: Role, work: Work, grant: Grant) -> Any:
    _check_place(permit, grant.place, needed)
    return _then_look_again(permit, work, grant)


def _remove_grant(permit: Permit, needed: Role, work: Work, subject: Subject, place: Place) -> Any:
    _check_place(permit, place, needed)
    return _then_look_again(permit, work, subject, place)


def _list_grants(
    permit: Permit, needed: Role, work: Work, *, subject: Subject | None = None, place: Place | None = None
) -> Any:
    is_about_oneself = subject == Subject(SubjectKind.USER, permit.caller.user.name)
    if place is not None:
        _check_place(permit, place, Role.MANAGER)
    elif not is_about_oneself:
        permit.check_admin()
    return work(subject=subject, place=place)


# --- which rule holds for which method

_NONE, _READER, _CONTRIBUTOR, _MANAGER = Role


def _rules(least: Role, apply: Apply, *methods: str) -> dict[str, Rule]:
    return dict.fromkeys(methods, Rule(least, apply))


RULES: Mapping[str, Rule] = {
    **_rules(_NONE, _free, "ping", "load", "finish_setup"),
    # experiments
    **_rules(_CONTRIBUTOR, _create_experiment, "create_experiment"),
    **_rules(_READER, _experiment, "get_experiment"),
    **_rules(_READER, _find_experiment_by_name, "find_experiment_by_name"),
    **_rules(_READER, _search_experiments, "search_experiments"),
    **_rules(_READER, _summarize_experiments, "summarize_experiments"),
    **_rules(_CONTRIBUTOR, _rename_experiment, "rename_experiment"),
    **_rules(_MANAGER, _experiment, "delete_experiment", "restore_experiment"),
    **_rules(_CONTRIBUTOR, _experiment, "discard_experiment", "set_experiment_tag", "delete_experiment_tag"),
    # runs
    **_rules(_CONTRIBUTOR, _new_run, "create_run", "submit_run"),
    **_rules(_CONTRIBUTOR, _finished_run, "register_run", "check_run"),
    **_rules(_READER, _run, "get_run"),
    **_rules(
        _CONTRIBUTOR,
        _run,
        *("update_run", "submit_update", "log_batch", "submit_batch", "log_inputs", "set_tag", "log_model"),
        *("delete_tag", "delete_param", "delete_metric", "log_model_uses"),
    ),
    **_rules(_CONTRIBUTOR, _runs, "delete_runs", "restore_runs"),
    **_rules(_CONTRIBUTOR, _move_runs, "move_runs"),
    **_rules(_CONTRIBUTOR, _known_runs, "heartbeat"),
    **_rules(_READER, _experiments_of_query, "search_runs", "group_runs", "read_table", "search_logged_models"),
    **_rules(_READER, _experiments, "changed_runs", "search_datasets", "search_keys", "search_key_values"),
    # series
    **_rules(_READER, _known_run, "get_metric_history"),
    **_rules(_READER, _known_runs, "get_series"),
    **_rules(_READER, _runs_of_query, "sample_series"),
    # views
    **_rules(_READER, _views, "list_views"),
    **_rules(_READER, _view, "get_view"),
    **_rules(_CONTRIBUTOR, _view, "delete_view"),
    **_rules(_CONTRIBUTOR, _save_view, "save_view"),
    # logged models
    **_rules(_CONTRIBUTOR, _new_logged_model, "create_logged_model"),
    **_rules(_READER, _logged_model, "get_logged_model"),
    **_rules(
        _CONTRIBUTOR,
        _logged_model,
        *("finalize_logged_model", "delete_logged_model", "set_logged_model_tags", "delete_logged_model_tag"),
        "log_logged_model_params",
    ),
    # registered models
    **_rules(_CONTRIBUTOR, _create_model, "create_registered_model"),
    **_rules(_READER, _search_models, "search_registered_models", "search_model_versions"),
    **_rules(
        _READER,
        _model,
        *("get_registered_model", "get_model_version", "latest_model_versions", "get_model_version_by_alias"),
        "list_alias_moves",
    ),
    **_rules(
        _CONTRIBUTOR,
        _model,
        *("update_registered_model", "set_registered_model_tag", "delete_registered_model_tag"),
        *("update_model_version", "update_model_card", "transition_model_version"),
        *("set_model_version_tag", "delete_model_version_tag"),
    ),
    **_rules(_CONTRIBUTOR, _signed_model, "set_model_alias", "delete_model_alias", "return_model_alias"),
    **_rules(_CONTRIBUTOR, _create_version, "create_model_version"),
    **_rules(_MANAGER, _rename_model, "rename_registered_model"),
    **_rules(_MANAGER, _delete_model, "delete_registered_model"),
    **_rules(_MANAGER, _model, "delete_model_version"),
    **_rules(_READER, _find_versions_at, "find_versions_at"),
    **_rules(_READER, _model_policy, "get_model_policy"),
    # promotions
    **_rules(_CONTRIBUTOR, _new_promotion, "create_promotion"),
    **_rules(_READER, _promotion, "get_promotion"),
    **_rules(_READER, _list_promotions, "list_promotions"),
    **_rules(_CONTRIBUTOR, _review_promotion, "review_promotion"),
    **_rules(_CONTRIBUTOR, _merge_promotion, "merge_promotion"),
    **_rules(_CONTRIBUTOR, _promotion, "withdraw_promotion"),
    # work, which belongs to no experiment: a job runs code with the rights of its agent
    **_rules(
        _READER,
        _everything,
        *("get_job", "get_job_steps", "list_jobs", "changed_jobs", "read_job_log", "search_job_log", "list_agents"),
        *("get_target", "list_targets", "get_project", "list_projects"),
    ),
    **_rules(
        _CONTRIBUTOR,
        _everything,
        *("submit_job", "submit_jobs", "claim_jobs", "beat_jobs", "report_job", "cancel_job", "retry_job"),
        *("append_job_log", "list_secrets", "open_secrets"),
        *("create_project", "update_project", "record_project_reading"),
    ),
    **_rules(
        _MANAGER,
        _everything,
        *("create_target", "update_target", "delete_target", "set_secret", "delete_secret", "delete_project"),
    ),
    **_rules(_READER, _everything, "measure_records"),
    # accounts
    **_rules(_READER, _own_account, "get_user", "list_tokens"),
    **_rules(_MANAGER, _own_account, "create_token"),
    **_rules(_MANAGER, _update_user, "update_user"),
    **_rules(_NONE, _revoke_token, "revoke_token"),
    **_rules(_MANAGER, _set_grant, "set_grant"),
    **_rules(_MANAGER, _remove_grant, "remove_grant"),
    **_rules(_READER, _list_grants, "list_grants"),
}
"""Without a rule, so for administrators: `purge`, webhooks, policies, users and groups."""
