"""Groups of users, and what is granted to them."""

from __future__ import annotations

from runfold.wire.messages.base import Message
from runfold.wire.messages.grants import GrantMessage


class GroupMessage(Message, frozen=True, kw_only=True):
    """
    Attributes:
        name: that of a group of a workspace begins with the workspace's: `vision/labelling`.
        member_numbers: of the members, in their order.
        workspace: to which the group belongs; empty: it is the server's.
    """

    name: str
    members: tuple[str, ...] = ()
    number: int = 0
    member_numbers: tuple[int, ...] = ()
    description: str = ""
    workspace: str = ""


class SetGroup(Message, frozen=True, kw_only=True):
    name: str
    members: tuple[str, ...] = ()


class CreateGroup(Message, frozen=True, kw_only=True):
    """
    Attributes:
        name: within the workspace.
        workspace: whose managers look after the group, and in which alone something can be granted to it; empty: it
            is the server's.
    """

    name: str
    workspace: str = ""
    description: str = ""


class UpdateGroup(Message, frozen=True, kw_only=True):
    """
    Attributes:
        new_name: within its workspace.
    """

    name: str
    new_name: str | None = None
    description: str | None = None


class GroupRef(Message, frozen=True, kw_only=True):
    name: str


class GroupMember(Message, frozen=True, kw_only=True):
    name: str
    user: str


class GroupReply(Message, frozen=True, kw_only=True):
    group: GroupMessage


class GroupsReply(Message, frozen=True, kw_only=True):
    groups: tuple[GroupMessage, ...] = ()


class ListGroupGrants(Message, frozen=True, kw_only=True):
    """To one group, or the grant of one number, or all of both.

    Attributes:
        name: of the group.
    """

    name: str = ""
    number: int = 0


class NumberedGrantMessage(Message, frozen=True, kw_only=True):
    """
    Attributes:
        number: which the grant keeps while it lasts; never given again.
    """

    number: int
    grant: GrantMessage


class GroupGrantsReply(Message, frozen=True, kw_only=True):
    grants: tuple[NumberedGrantMessage, ...] = ()
