"""Who shares gives, and takes away, no more than they can do themselves.

To share is an ability among others, so somebody may have it without the rest. What they grant, what it replaces, and
what it changes for anybody must then be among their own abilities at that place: to take back what narrows somebody, or
to deny what somebody else was given, is as much as to grant it. Who can do everything there is not asked.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from runfold.domain.access import NOTHING, Ability, Role, told
from runfold.domain.standing import AccessReport
from runfold.errors import PermissionDenied


class Sharer(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who shares without being able to do everything.

    Attributes:
        user: by name.
        most: what the token can do by which they call.
    """

    user: str
    most: Ability


def check_shares(sharer: Sharer, report: AccessReport, roles: Iterable[Role]) -> None:
    """
    Args:
        report: of all users, at the place, with the change.
        roles: that is granted, and that which it replaces or which is taken back.

    Raises:
        PermissionDenied: it is more than the sharer's own; the message says what.
    """
    own = NOTHING
    for standing in report.standings:
        if standing.user.name == sharer.user:
            own = standing.abilities_before & sharer.most
    if Ability.SHARE not in own:
        raise PermissionDenied(f"{sharer.user!r} may not share that.")
    changed = NOTHING
    for role in roles:
        changed |= role.abilities
    for standing in report.standings:
        changed |= standing.abilities ^ standing.abilities_before
    if changed not in own:
        raise PermissionDenied(
            f"{sharer.user!r} may share there, but not what they cannot do themselves: {told(changed & ~own)}. "
            "Who can do everything there can grant it, and take it back."
        )
