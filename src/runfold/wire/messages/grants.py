"""Who may do what: what is granted, and what it comes to."""

from __future__ import annotations

from runfold.wire.messages.accounts import UserMessage
from runfold.wire.messages.base import Message
from runfold.wire.messages.roles import RoleName


class GrantMessage(Message, frozen=True, kw_only=True):
    """
    Attributes:
        subject: `user:NAME`, `group:NAME` or `everyone`.
        place: `experiment:ID`, `model:NAME`, `dataset:NAME`, `folder:NAME` of experiments, or `everything`.
        role: `none` denies what a farther place or a wider subject grants.
    """

    subject: str
    place: str
    role: RoleName


class GrantRef(Message, frozen=True, kw_only=True):
    subject: str
    place: str


class ListGrants(Message, frozen=True, kw_only=True):
    """Of one subject, or on one place, or all."""

    subject: str = ""
    place: str = ""


class GrantsReply(Message, frozen=True, kw_only=True):
    grants: tuple[GrantMessage, ...] = ()


class ExplainAccess(Message, frozen=True, kw_only=True):
    """
    Attributes:
        user: empty: all users, for who manages the place.
        granted, removed: what is not so, but might be; the answer tells what would be.
    """

    place: str
    user: str = ""
    granted: tuple[GrantMessage, ...] = ()
    removed: tuple[GrantRef, ...] = ()


class StandingMessage(Message, frozen=True, kw_only=True):
    """What one user may do at a place.

    Attributes:
        before: the role without the change that was asked about.
        grants: all that concern the user here, the nearest place first.
        deciding: those that make the role; none for an administrator, and where nothing is granted.
    """

    user: UserMessage
    role: RoleName
    before: RoleName
    grants: tuple[GrantMessage, ...] = ()
    deciding: tuple[GrantMessage, ...] = ()


class AccessReportReply(Message, frozen=True, kw_only=True):
    """
    Attributes:
        way: the places whose grants concern the record, the nearest first.
        grants: on these places, as they are; for who manages the place.
        standings: of users, by name.
    """

    way: tuple[str, ...]
    grants: tuple[GrantMessage, ...] = ()
    standings: tuple[StandingMessage, ...] = ()
