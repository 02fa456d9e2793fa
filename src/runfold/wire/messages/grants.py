"""Who may do what: what is granted, and what it comes to."""

from __future__ import annotations

from runfold.wire.messages.accounts import UserMessage
from runfold.wire.messages.base import Message
from runfold.wire.messages.roles import AbilityName


class GrantMessage(Message, frozen=True, kw_only=True):
    """
    Attributes:
        subject: `user:NAME`, `group:NAME` or `everyone`.
        place: `experiment:ID`, `model:NAME`, `dataset:NAME`, `folder:NAME` of experiments, or `everything`.
        role: its name; `none` denies what a farther place or a wider subject grants.
    """

    subject: str
    place: str
    role: str


class GrantedMessage(GrantMessage, frozen=True, kw_only=True):
    """What is granted, as it is told.

    Attributes:
        abilities: what the role can do.
    """

    abilities: tuple[AbilityName, ...] = ()


class GrantRef(Message, frozen=True, kw_only=True):
    subject: str
    place: str


class ListGrants(Message, frozen=True, kw_only=True):
    """Of one subject, or on one place, or all."""

    subject: str = ""
    place: str = ""


class GrantsReply(Message, frozen=True, kw_only=True):
    grants: tuple[GrantedMessage, ...] = ()


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
        role: the name of the role that decides; where several do together, of the biggest built-in one that they
            contain.
        abilities: what the grants come to.
        before, abilities_before: the same without the change that was asked about.
        grants: all that concern the user here, the nearest place first.
        deciding: those that make the role; none for an administrator, and where nothing is granted.
    """

    user: UserMessage
    role: str
    abilities: tuple[AbilityName, ...] = ()
    before: str
    abilities_before: tuple[AbilityName, ...] = ()
    grants: tuple[GrantedMessage, ...] = ()
    deciding: tuple[GrantedMessage, ...] = ()


class AccessReportReply(Message, frozen=True, kw_only=True):
    """
    Attributes:
        way: the places whose grants concern the record, the nearest first.
        grants: on these places, as they are; for who manages the place.
        standings: of users, by name.
    """

    way: tuple[str, ...]
    grants: tuple[GrantedMessage, ...] = ()
    standings: tuple[StandingMessage, ...] = ()
