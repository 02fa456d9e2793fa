"""Groups, and what is granted to them."""

from __future__ import annotations

from runfold.domain.access import Group, NumberedGrant
from runfold.wire.convert.access import grant_in, grant_out
from runfold.wire.messages import groups as m


def group_out(group: Group) -> m.GroupMessage:
    return m.GroupMessage(
        name=group.name,
        members=group.members,
        number=group.number,
        member_numbers=group.member_numbers,
        description=group.description,
        workspace=group.workspace,
    )


def group_in(message: m.GroupMessage) -> Group:
    return Group(
        name=message.name,
        members=message.members,
        number=message.number,
        member_numbers=message.member_numbers,
        description=message.description,
        workspace=message.workspace,
    )


def numbered_grant_out(numbered: NumberedGrant) -> m.NumberedGrantMessage:
    return m.NumberedGrantMessage(number=numbered.number, grant=grant_out(numbered.grant))


def numbered_grant_in(message: m.NumberedGrantMessage) -> NumberedGrant:
    return NumberedGrant(number=message.number, grant=grant_in(message.grant))
