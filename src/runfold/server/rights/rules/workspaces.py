"""Who may do what with workspaces; making and deleting them is for administrators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from runfold.domain.access import Ability
from runfold.server.rights.permit import Permit
from runfold.server.rights.rules.rule import Rule, Work, rules


def _list_workspaces(permit: Permit, needed: Ability, work: Work) -> Any:
    return tuple(workspace for workspace in work() if permit.caller.rights.may_enter(workspace.name))


def _get_workspace(permit: Permit, needed: Ability, work: Work, name: str) -> Any:
    """Who may enter it may read what it is called and for."""
    permit.check_entry(name)
    return work(name)


def _update_workspace(permit: Permit, needed: Ability, work: Work, name: str, **changes: Any) -> Any:
    """Where files go is for administrators to choose, as it is for an experiment."""
    permit.check_workspace(name, needed)
    if changes.get("artifact_root") is not None:
        permit.check_admin()
    return work(name, **changes)


def _list_workspace_usage(permit: Permit, needed: Ability, work: Work, names: Sequence[str] = ()) -> Any:
    """Who manages a workspace sees what all in it keep; nobody else, for it tells of records that they may not read."""
    for name in names:
        permit.check_workspace(name, needed)
    rights = permit.caller.rights
    return tuple(one for one in work(names) if names or needed in rights.on_workspace(one.owner.name))


WORKSPACES: Mapping[str, Rule] = {
    **rules(Ability.READ, _list_workspaces, "list_workspaces"),
    **rules(Ability.READ, _get_workspace, "get_workspace"),
    **rules(Ability.OPERATE, _update_workspace, "update_workspace"),
    **rules(Ability.OPERATE, _list_workspace_usage, "list_workspace_usage"),
}
