"""Roles: sets of abilities with a name. Some are built in, and administrators make others."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

import msgspec

from runfold.domain.access.abilities import EVERY_ABILITY, NOTHING, Ability, words_of
from runfold.domain.access.accounts import check_account_name
from runfold.domain.limits import check_text
from runfold.errors import InvalidState, InvalidValue

MAX_ROLE_DESCRIPTION = 1000
_MOST_NAMED = 20


class Role(msgspec.Struct, frozen=True):
    """What one may do with a record, under a name. No role is more than another because of its place among them.

    Attributes:
        name: what it is granted by.
        description: empty where a grant or token names the role.
    """

    name: str
    abilities: Ability = NOTHING
    description: str = ""

    NONE: ClassVar[Role]
    READER: ClassVar[Role]
    CONTRIBUTOR: ClassVar[Role]
    MANAGER: ClassVar[Role]

    @property
    def is_built_in(self) -> bool:
        return self.name in _BY_NAME


Role.NONE = Role("none", NOTHING, "Nothing: denies what a wider grant would give.")
Role.READER = Role("reader", Ability.READ, "See the record and everything in it.")
Role.CONTRIBUTOR = Role(
    "contributor",
    Ability.READ
    | Ability.RECORD
    | Ability.ORGANIZE
    | Ability.REGISTER
    | Ability.PROMOTE
    | Ability.SUBMIT
    | Ability.DEVELOP
    | Ability.SERVE,
    "Also record, change, register, run jobs, and move runs to the trash.",
)
Role.MANAGER = Role("manager", EVERY_ABILITY, "Also delete it, and say who else may do what with it.")

BUILT_IN = (Role.NONE, Role.READER, Role.CONTRIBUTOR, Role.MANAGER)
"""Each has what those before it have."""
_BY_NAME = {role.name: role for role in BUILT_IN}
# Words for scopes and for accounts, which would be taken for roles or the other way round.
_TAKEN = {*_BY_NAME, "admin", "administrator", "everything", "everyone", "read", "log", "manage"}


class UsedRole(msgspec.Struct, frozen=True, kw_only=True):
    """A role that there is, and by how much it is used.

    Attributes:
        n_grants, n_tokens: that name it; None: that is not told.
    """

    role: Role
    n_grants: int | None = None
    n_tokens: int | None = None


def level_of(abilities: Ability) -> Role:
    """The biggest built-in role all of whose abilities are among these."""
    return next(role for role in reversed(BUILT_IN) if role.abilities in abilities)


def least_role_with(ability: Ability) -> Role:
    """The first built-in role that has it."""
    return next(role for role in BUILT_IN if ability in role.abilities)


def built_in(name: str) -> Role | None:
    return _BY_NAME.get(name)


def parse_role(text: str, own: Iterable[Role] = ()) -> Role:
    """One of the built-in roles, or of those given.

    Raises:
        InvalidValue: there is none of this name; the message tells those there are.
    """
    found = _BY_NAME.get(text) or next((role for role in own if role.name == text), None)
    if found is None:
        raise InvalidValue(no_role(text, (role.name for role in own)))
    return found


def no_role(name: str, own: Iterable[str]) -> str:
    """What to say of a name that no role has."""
    names = [*_BY_NAME, *(one for one in own if one not in _BY_NAME)]
    told = ", ".join(names[:_MOST_NAMED]) + (" and others" if len(names) > _MOST_NAMED else "")
    return f"Invalid role {name[:80]!r}: there are {told}."


def check_own_role(role: Role) -> None:
    """Raises InvalidValue for what cannot be a role of one's own."""
    check_account_name("role", role.name)
    if role.name.lower() in _TAKEN:
        raise InvalidValue(f"Invalid name of a role {role.name!r}: the word has a meaning already.")
    if Ability.READ not in role.abilities:
        raise InvalidValue(f"The role {role.name!r} must be able to read; what is to see nothing is denied by 'none'.")
    check_text("description of a role", role.description)
    if len(role.description) > MAX_ROLE_DESCRIPTION:
        raise InvalidValue(f"The description of a role has at most {MAX_ROLE_DESCRIPTION} characters.")


def check_is_own(name: str) -> None:
    """Raises InvalidState for a built-in role."""
    if name in _BY_NAME:
        raise InvalidState(f"The role {name!r} is built in: it does not change. Make one of your own.")


def told(abilities: Ability) -> str:
    """For people: `read, promote`."""
    return ", ".join(words_of(abilities)) or "nothing"
