"""Roles, and the abilities that they are made of."""

from __future__ import annotations

import enum

from runfold.wire.messages.base import Message


class RoleName(enum.StrEnum):
    """The built-in roles, where no other is allowed."""

    NONE = "none"
    READER = "reader"
    CONTRIBUTOR = "contributor"
    MANAGER = "manager"


class AbilityName(enum.StrEnum):
    """`domain.access.Ability` by name; what each lets one do is said there."""

    READ = "read"
    RECORD = "record"
    ORGANIZE = "organize"
    REGISTER = "register"
    PROMOTE = "promote"
    SUBMIT = "submit"
    DEVELOP = "develop"
    SERVE = "serve"
    DELETE = "delete"
    RETAIN = "retain"
    OPERATE = "operate"
    SECRETS = "secrets"
    SHARE = "share"
    ACCOUNT = "account"


class RoleMessage(Message, frozen=True, kw_only=True):
    """
    Attributes:
        is_built_in: it does not change.
        n_grants, n_tokens: that name it; told to administrators alone.
    """

    name: str
    description: str = ""
    abilities: tuple[AbilityName, ...] = ()
    is_built_in: bool = False
    n_grants: int | None = None
    n_tokens: int | None = None


class CreateRole(Message, frozen=True, kw_only=True):
    """
    Attributes:
        abilities: with `read`, which every role but `none` has.
    """

    name: str
    description: str = ""
    abilities: tuple[AbilityName, ...]


class UpdateRole(Message, frozen=True, kw_only=True):
    """What is absent stays. Whoever has the role has it as it is from then on."""

    name: str
    new_name: str | None = None
    description: str | None = None
    abilities: tuple[AbilityName, ...] | None = None


class RoleRef(Message, frozen=True, kw_only=True):
    name: str


class RoleReply(Message, frozen=True, kw_only=True):
    role: RoleMessage


class RolesReply(Message, frozen=True, kw_only=True):
    """The built-in ones, least first, then others by name."""

    roles: tuple[RoleMessage, ...] = ()
