"""What a rule is, and what many of them do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from runfold.domain.access import Ability, Role, least_role_with
from runfold.server.rights.permit import Permit

Work = Callable[..., Any]
Apply = Callable[..., Any]


@dataclass(frozen=True)
class Rule:
    """
    Attributes:
        ability: that the method needs, whatever the call says; none: it is everybody's.
        apply: called with the permit, what is needed, the method, and its arguments.
    """

    ability: Ability
    apply: Apply

    @property
    def least(self) -> Role:
        """The first built-in role that has it."""
        return least_role_with(self.ability)


def rules(ability: Ability, apply: Apply, *methods: str) -> dict[str, Rule]:
    return dict.fromkeys(methods, Rule(ability, apply))


def free(permit: Permit, needed: Ability, work: Work, *args: Any, **kwargs: Any) -> Any:
    return work(*args, **kwargs)


def everything(permit: Permit, needed: Ability, work: Work, *args: Any, **kwargs: Any) -> Any:
    permit.check_everything(needed)
    return work(*args, **kwargs)


def then_look_again(permit: Permit, work: Work, *args: Any, **kwargs: Any) -> Any:
    """For what changes accounts or where records lie: this process is to notice at once."""
    try:
        return work(*args, **kwargs)
    finally:
        permit.look_again()
