"""What a rule is, and what many of them do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from runfold.domain.access import Role
from runfold.server.rights.permit import Permit

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


def rules(least: Role, apply: Apply, *methods: str) -> dict[str, Rule]:
    return dict.fromkeys(methods, Rule(least, apply))


def free(permit: Permit, needed: Role, work: Work, *args: Any, **kwargs: Any) -> Any:
    return work(*args, **kwargs)


def everything(permit: Permit, needed: Role, work: Work, *args: Any, **kwargs: Any) -> Any:
    permit.check_everything(needed)
    return work(*args, **kwargs)


def then_look_again(permit: Permit, work: Work, *args: Any, **kwargs: Any) -> Any:
    """For what changes accounts or where records lie: this process is to notice at once."""
    try:
        return work(*args, **kwargs)
    finally:
        permit.look_again()
