"""Who may read which datasets by name, and note which with records that they may change.

Only who has a grant on datasets pays for the look. A name on which the caller is denied is refused like any other on
which the role is missing, and no answer repeats it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from runfold.domain.access import Ability
from runfold.domain.dataset_access import may_record, visible_datasets
from runfold.errors import PermissionDenied
from runfold.server.rights.permit import Permit
from runfold.server.rights.rules.rule import Rule, Work, rules


def check_recording(permit: Permit, run_id: str, names: Iterable[str]) -> None:
    """That these datasets may be noted with a run."""
    if permit.caller.has_roles_on_datasets:
        home = permit.homes_of_runs([run_id]).get(run_id)
        if home is not None:
            check_noting(permit, home.workspace, names)


def check_recording_in(permit: Permit, experiment_id: str, names: Iterable[str]) -> None:
    """That these datasets may be noted with runs of an experiment."""
    if permit.caller.has_roles_on_datasets:
        for home in permit.homes_of_experiments([experiment_id]).values():
            check_noting(permit, home.workspace, names)


def check_noting(permit: Permit, workspace: str, names: Iterable[str]) -> None:
    if not may_record(permit.caller.rights, names, workspace):
        raise permit.denied(Ability.RECORD)


def check_taking_along(permit: Permit, source: str, target: str) -> None:
    """That what lies in one workspace may be brought into another, where a denial on its datasets does not hold.

    Whether there is such a dataset is not looked at, so that the answer does not tell.
    """
    if source != target and permit.caller.hidden_datasets.in_workspace(source):
        raise PermissionDenied(
            f"Who is denied datasets of the workspace {source!r} takes no runs or models out of it. Ask its managers."
        )


def _visible(permit: Permit, needed: Ability, work: Work, *args: Any, **kwargs: Any) -> Any:
    return work(*args, **kwargs, visible=visible_datasets(permit.caller.rights, permit.workspace))


DATASETS: Mapping[str, Rule] = {
    **rules(Ability.READ, _visible, "list_datasets", "get_dataset"),
}
