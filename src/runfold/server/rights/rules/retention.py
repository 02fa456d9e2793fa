"""Who may do what with rules of retention: of a workspace who manages it, of the server administrators.

What a rule then does is limited by `server.retention.authority`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from runfold.domain.access import Ability, PlaceKind, Rights
from runfold.domain.retention import RetentionPass, RetentionRule
from runfold.server.retention.authority import Authority
from runfold.server.rights.permit import Permit
from runfold.server.rights.rules.rule import Rule, Work, rules


def keeping(permit: Permit, workspace: str) -> Authority:
    """The caller's own rights, asked for anew each time.

    Raises:
        NotFound, PermissionDenied: the caller does not keep the rules of this workspace; empty: of the server.
    """

    def now() -> Sequence[Rights]:
        _check_keeps(permit, workspace)
        return (permit.caller.rights,) if workspace else ()

    now()
    return now


def _check_keeps(permit: Permit, workspace: str) -> None:
    if workspace:
        permit.check_workspace(workspace, Ability.RETAIN)
    else:
        permit.check_admin()


def _keeps(permit: Permit, workspace: str) -> bool:
    rights = permit.caller.rights
    return Ability.RETAIN in rights.on_workspace(workspace) if workspace else rights.administers


def _about_rule(permit: Permit, needed: Ability, work: Work, rule: RetentionRule) -> Any:
    _check_keeps(permit, rule.workspace)
    if rule.workspace and rule.place.kind is PlaceKind.EXPERIMENT:
        permit.check_experiments([rule.place.key], Ability.RETAIN)
    return work(rule)


def _of_workspace(permit: Permit, needed: Ability, work: Work, name: str, *, workspace: str = "") -> Any:
    _check_keeps(permit, workspace)
    return work(name, workspace=workspace)


def _list_rules(permit: Permit, needed: Ability, work: Work, workspace: str | None = None) -> tuple[RetentionRule, ...]:
    if workspace is not None:
        _check_keeps(permit, workspace)
    return tuple(rule for rule in work(workspace) if _keeps(permit, rule.workspace))


def _list_passes(
    permit: Permit, needed: Ability, work: Work, rule: str = "", *, workspace: str | None = None, max_results: int = 100
) -> tuple[RetentionPass, ...]:
    if workspace is not None:
        _check_keeps(permit, workspace)
        return _as_told(permit, work(rule, workspace=workspace, max_results=max_results))
    if permit.caller.rights.administers:
        return tuple(work(rule, max_results=max_results))
    kept = [one.name for one in permit.store.list_workspaces() if _keeps(permit, one.name)]
    found = [done for name in kept for done in work(rule, workspace=name, max_results=max_results)]
    return _as_told(permit, sorted(found, key=lambda done: -done.number)[:max_results])


def _as_told(permit: Permit, passes: Sequence[RetentionPass]) -> tuple[RetentionPass, ...]:
    """Counting what the caller may read; what was not counted by experiment is for administrators."""
    if permit.caller.rights.administers:
        return tuple(passes)
    experiment_ids = dict.fromkeys(part.experiment_id for done in passes for part in done.parts)
    readable = set(permit.readable_experiments(list(experiment_ids), is_visit=False))
    return tuple(done.about(readable) for done in passes)


RETENTION: Mapping[str, Rule] = {
    **rules(Ability.RETAIN, _about_rule, "save_retention_rule", "plan_retention"),
    **rules(Ability.RETAIN, _of_workspace, "delete_retention_rule", "apply_retention"),
    **rules(Ability.READ, _list_rules, "list_retention_rules"),
    **rules(Ability.READ, _list_passes, "list_retention_passes"),
}
