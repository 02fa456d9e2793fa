"""With whose rights runs go.

A rule of the server has no limits: administrators keep it. A rule of a workspace touches and tells of nothing but runs
of experiments that lie there, and that its keeper manages: the user who saved it last. What a caller plans or asks
for by hand is limited to what the caller manages, as well. Rights are asked for anew before every step of a pass, so
that it ends when they do.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from runfold.domain.access import Ability, Rights, Role
from runfold.domain.retention import RetentionRule
from runfold.errors import PermissionDenied
from runfold.stores.base import ServedStore

Authority = Callable[[], Sequence[Rights]]
"""The rights of everybody in whose name something is done, as of now; of nobody: there are no limits.

Raises PermissionDenied, NotFound, Unauthenticated when somebody has none any more.
"""


def unlimited() -> Sequence[Rights]:
    return ()


def manage(all_rights: Sequence[Rights], experiment_id: str, name: str, workspace: str) -> bool:
    """Whether each of these may remove runs of an experiment for good."""
    return all(Ability.RETAIN in rights.on_experiment(experiment_id, name, workspace) for rights in all_rights)


def of_keeper(store: ServedStore, rule: RetentionRule) -> Sequence[Rights]:
    """Raises PermissionDenied for a keeper who is gone, switched off, or manages the workspace no more."""
    keeper = store.keeper_of_rule(rule.key)
    again = "it rests until somebody who manages the workspace saves it again."
    if keeper is None:
        raise PermissionDenied(f"Nobody keeps the rule {rule.name!r}, so it may do nothing; {again}")
    rights = store.rights_of(keeper, most=Role.MANAGER)
    if not keeper.is_active or Ability.RETAIN not in rights.on_workspace(rule.workspace):
        raise PermissionDenied(
            f"The rule {rule.name!r} acts with the rights of {keeper.name!r}, who does not manage the workspace "
            f"{rule.workspace!r} any more; {again}"
        )
    return (rights,)
