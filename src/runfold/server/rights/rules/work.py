"""Who may do what with jobs, targets, projects and secrets.

A project and a target are places, as a model is. A job belongs to its project, see `domain.job_access`. What agents do
needs a role on the workspace of the job: an agent runs whatever is there to run.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from runfold.domain.access import Ability, PlaceKind, told
from runfold.domain.job import Agent, JobKind, NewJob
from runfold.domain.job_access import MOST, Asker, Serving, VisibleJobs, limits_of_job, visible_jobs
from runfold.domain.registered_project import ProjectSettings
from runfold.domain.secret import kept_name
from runfold.domain.target import Target
from runfold.errors import InvalidState, PermissionDenied
from runfold.server.rights.permit import Permit
from runfold.server.rights.rules.rule import Rule, Work, rules, then_look_again

# Jobs


def _submit_job(permit: Permit, needed: Ability, work: Work, job: NewJob) -> Any:
    return work(_checked(permit, needed, job), asker=_asker(permit))


def _submit_jobs(permit: Permit, needed: Ability, work: Work, jobs: Sequence[NewJob]) -> Any:
    return work(tuple(_checked(permit, needed, job) for job in jobs), asker=_asker(permit))


def _asker(permit: Permit) -> Asker:
    """The caller, as the one for whom a job works: limited as they are, if they are."""
    caller = permit.caller
    within = caller.rights.within
    homes = permit.homes_of_experiments([place.key for place in within if place.kind is PlaceKind.EXPERIMENT])
    places = limits_of_job(permit.workspace, within, {number: home.workspace for number, home in homes.items()})
    if within and not places:
        raise permit.denied(Ability.SUBMIT)
    if MOST.abilities not in caller.rights.most:
        raise PermissionDenied(
            f"By a token of the scope {caller.scope!r} no jobs are submitted: their commands could do more than it "
            f"can. They need one that can {told(MOST.abilities)}."
        )
    return Asker(user=caller.user.number, places=places, job=caller.job_id)


def _checked(permit: Permit, needed: Ability, job: NewJob) -> NewJob:
    """The job as the caller's: under their name, and for targets that they may use.

    It works with the caller's rights. What it touches is checked here all the same, so that one knows at once what
    would fail later; targets and secrets, which its agent uses for it, nowhere else.
    """
    projects = permit.store.current_projects([job.project]) if job.project else {}
    if job.project:
        permit.check_project(job.project, needed)
    elif job.kind is not JobKind.TARGET_TEST:
        permit.check_workspace(permit.workspace, needed)
    if job.target:
        permit.check_target(job.target, needed)
    match job.kind:
        case JobKind.PROJECT:
            permit.check_experiments([job.experiment_id], needed)
        case JobKind.RERUN if job.origin:
            permit.check_runs([job.origin], needed)
    own = projects[job.project].credential if job.project in projects else ""
    _check_secrets(permit, needed, {job.credential, *job.parameters.values()} - {own})
    return msgspec.structs.replace(
        job,
        user_id=permit.caller.user.name,
        targets=_usable_targets(permit, needed, job),
        idempotency_key=_own_key(permit, job.idempotency_key),
    )


def _usable_targets(permit: Permit, needed: Ability, job: NewJob) -> tuple[str, ...] | None:
    """Those that the project's file may choose among; None: any."""
    usable = permit.caller.rights.visible_records(PlaceKind.TARGET, permit.workspace, needed=needed)
    if job.target or usable.is_all:
        return None
    return tuple(target.name for target in permit.store.list_targets() if usable.includes(target.name, ""))


def _own_key(permit: Permit, key: str) -> str:
    """Keys against repetition are each caller's own, in each workspace: under another's one would get their job."""
    if not key:
        return key
    return hashlib.sha256(f"{permit.caller.user.number}:{permit.workspace}:{key}".encode()).hexdigest()


def _check_secrets(permit: Permit, needed: Ability, references: set[str]) -> None:
    """Whoever names a kept secret has code get it, so they must be allowed to work with the secrets there are."""
    if any(kept_name(reference) for reference in references):
        permit.check_workspace(permit.workspace, needed)


def _job(permit: Permit, needed: Ability, work: Work, job_id: str, /, *args: Any, **kwargs: Any) -> Any:
    permit.check_job(job_id, needed)
    return work(job_id, *args, **kwargs)


def _retry_job(permit: Permit, needed: Ability, work: Work, job_id: str) -> Any:
    """It goes to its target once more, and works for the caller from now on: the code may be another by now."""
    home = permit.check_job(job_id, needed)
    if permit.caller.job_id:
        raise PermissionDenied("A job tries no other job again: that would have no end.")
    if home.target:
        granted = permit.caller.rights.on_record(PlaceKind.TARGET, home.target, home.workspace)
        permit.check("target", home.target, granted, needed)
    return work(job_id, asker=_asker(permit))


def _jobs(permit: Permit, needed: Ability, work: Work, *args: Any, **kwargs: Any) -> Any:
    """Others are not looked at, so nothing of them is found or counted."""
    return work(*args, visible=_visible(permit), **kwargs)


def _visible(permit: Permit) -> VisibleJobs:
    caller = permit.caller
    return visible_jobs(caller.rights, caller.user.number, permit.workspace)


# Agents


def _serve(permit: Permit, needed: Ability, work: Work, agent: Agent, /, *args: Any, **kwargs: Any) -> Any:
    """An agent takes jobs of the workspaces that its account may work in."""
    return work(agent, *args, serving=_serving(permit, needed), **kwargs)


def _serving(permit: Permit, needed: Ability) -> Serving:
    """A person's agent takes the person's own jobs alone: whoever has a job works with the rights of who asked for it.

    Services are made by administrators, who decide whom to trust with that.
    """
    caller = permit.caller
    workspaces = caller.rights.serves()
    if workspaces.is_nothing or caller.job_id:
        raise permit.denied(needed)
    is_trusted = caller.user.is_service or caller.user.is_admin
    own = caller.user.number
    return Serving(workspaces=workspaces, account=own, asked_by=0 if is_trusted else own)


def _beat_jobs(permit: Permit, needed: Ability, work: Work, agent: str, held: Sequence[tuple[str, int]]) -> Any:
    """Jobs that are not the agent's to hold are to be ended, as those that it has lost."""
    serving = _serving(permit, needed)
    homes = permit.store.homes_of_jobs([job_id for job_id, _ in held])
    own = [
        (job_id, n)
        for job_id, n in held
        if job_id in homes
        and serving.workspaces.includes(homes[job_id].workspace, "")
        and homes[job_id].holder == serving.account
    ]
    kept = {job_id for job_id, _ in own}
    return (*work(agent, own, account=serving.account), *(job_id for job_id, _ in held if job_id not in kept))


def _held_job(permit: Permit, needed: Ability, work: Work, job_id: str, /, *args: Any, **kwargs: Any) -> Any:
    _check_held(permit, needed, job_id)
    return work(job_id, *args, **kwargs)


def _open_secrets(
    permit: Permit, needed: Ability, work: Work, agent: str, job_id: str, /, *args: Any, **kwargs: Any
) -> Any:
    _check_held(permit, needed, job_id)
    return work(agent, job_id, *args, **kwargs)


def _check_held(permit: Permit, needed: Ability, job_id: str) -> None:
    """Only the account whose agent has taken a job speaks for it, while it may take those of the workspace."""
    home = permit.check_job(job_id, Ability.READ)
    caller = permit.caller
    if needed not in caller.rights.on_workspace(home.workspace) or caller.job_id:
        raise permit.denied(needed)
    if home.holder != caller.user.number:
        raise InvalidState(f"Job {job_id} is not under way with an agent of {caller.user.name!r}.")


def _list_agents(permit: Permit, needed: Ability, work: Work) -> Any:
    """One's own, unless one has a role on everything: what others' agents hold tells of their workspaces."""
    caller = permit.caller
    if needed in caller.rights.on_everything():
        return work()
    return () if caller.rights.within else work(account=caller.user.number)


# Projects, targets and secrets


def _project(permit: Permit, needed: Ability, work: Work, name: str, /, *args: Any, **kwargs: Any) -> Any:
    permit.check_project(name, needed)
    return work(name, *args, **kwargs)


def _create_project(
    permit: Permit, needed: Ability, work: Work, settings: ProjectSettings, *, user_id: str = ""
) -> Any:
    permit.check_workspace(permit.workspace, needed)
    return then_look_again(permit, work, settings, user_id=permit.caller.user.name)


def _update_project(permit: Permit, needed: Ability, work: Work, settings: ProjectSettings) -> Any:
    permit.check_project(settings.name, needed)
    before = permit.store.current_projects([settings.name]).get(settings.name)
    _check_secrets(permit, needed, {settings.credential} - {before.credential if before else ""})
    return work(settings)


def _rename_project(permit: Permit, needed: Ability, work: Work, name: str, new_name: str) -> Any:
    """A new name is one that could have been given to a new project."""
    permit.check_project(name, needed)
    permit.check_workspace(permit.workspace, Ability.DEVELOP)
    return then_look_again(permit, work, name, new_name)


def _delete_project(permit: Permit, needed: Ability, work: Work, name: str) -> Any:
    permit.check_project(name, needed)
    return then_look_again(permit, work, name)


def _list_projects(permit: Permit, needed: Ability, work: Work) -> Any:
    visible = permit.caller.rights.visible_records(PlaceKind.PROJECT, permit.workspace)
    return tuple(project for project in work() if visible.includes(project.settings.name, ""))


def _target(permit: Permit, needed: Ability, work: Work, name: str) -> Any:
    permit.check_target(name, needed)
    return work(name)


def _list_targets(permit: Permit, needed: Ability, work: Work) -> Any:
    visible = permit.caller.rights.visible_records(PlaceKind.TARGET, permit.workspace)
    return tuple(target for target in work() if visible.includes(target.name, ""))


def _create_target(permit: Permit, needed: Ability, work: Work, target: Target) -> Any:
    permit.check_workspace(permit.workspace, needed)
    return then_look_again(permit, work, target)


def _update_target(permit: Permit, needed: Ability, work: Work, target: Target) -> Any:
    permit.check_target(target.name, needed)
    before = next((one for one in permit.store.list_targets() if one.name == target.name), None)
    _check_secrets(permit, Ability.SUBMIT, set(target.references) - set(before.references if before else ()))
    return work(target)


def _delete_target(permit: Permit, needed: Ability, work: Work, name: str) -> Any:
    permit.check_target(name, needed)
    return then_look_again(permit, work, name)


def _in_workspace(permit: Permit, needed: Ability, work: Work, *args: Any, **kwargs: Any) -> Any:
    permit.check_workspace(permit.workspace, needed)
    return work(*args, **kwargs)


WORK: Mapping[str, Rule] = {
    # jobs
    **rules(Ability.READ, _job, "get_job", "get_job_steps", "read_job_log", "search_job_log"),
    **rules(Ability.READ, _jobs, "list_jobs", "count_jobs", "get_job_grids", "changed_jobs"),
    **rules(Ability.SUBMIT, _submit_job, "submit_job"),
    **rules(Ability.SUBMIT, _submit_jobs, "submit_jobs"),
    **rules(Ability.SUBMIT, _job, "cancel_job"),
    **rules(Ability.SUBMIT, _retry_job, "retry_job"),
    # agents
    **rules(Ability.SERVE, _serve, "claim_jobs", "await_jobs"),
    **rules(Ability.SERVE, _beat_jobs, "beat_jobs"),
    **rules(Ability.SERVE, _held_job, "report_job", "append_job_log"),
    **rules(Ability.SERVE, _open_secrets, "open_secrets", "open_job_token"),
    **rules(Ability.READ, _list_agents, "list_agents"),
    # projects
    **rules(Ability.READ, _project, "get_project"),
    **rules(Ability.READ, _list_projects, "list_projects"),
    **rules(Ability.DEVELOP, _create_project, "create_project"),
    **rules(Ability.DEVELOP, _update_project, "update_project"),
    **rules(Ability.DEVELOP, _rename_project, "rename_project"),
    **rules(Ability.DEVELOP, _project, "record_project_reading"),
    **rules(Ability.DELETE, _delete_project, "delete_project"),
    # targets
    **rules(Ability.READ, _target, "get_target"),
    **rules(Ability.READ, _list_targets, "list_targets"),
    **rules(Ability.OPERATE, _create_target, "create_target"),
    **rules(Ability.OPERATE, _update_target, "update_target"),
    **rules(Ability.OPERATE, _delete_target, "delete_target"),
    # secrets
    **rules(Ability.SUBMIT, _in_workspace, "list_secrets"),
    **rules(Ability.SECRETS, _in_workspace, "set_secret", "delete_secret"),
}
