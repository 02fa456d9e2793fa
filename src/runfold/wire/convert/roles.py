"""Roles and abilities."""

from __future__ import annotations

from collections.abc import Iterable

from runfold.domain.access import Ability, Role, UsedRole, built_in, parse_abilities, words_of
from runfold.wire.messages import roles as m
from runfold.wire.messages.roles import AbilityName


def role_out(role: Role) -> str:
    return role.name


def role_in(name: str, abilities: Iterable[AbilityName] = ()) -> Role:
    """By its name; what is no built-in role has the abilities that are told with it, in a request none."""
    return built_in(name) or Role(name, abilities_in(abilities))


def abilities_out(abilities: Ability) -> tuple[AbilityName, ...]:
    return tuple(map(AbilityName, words_of(abilities)))


def abilities_in(names: Iterable[AbilityName]) -> Ability:
    return parse_abilities(name.value for name in names)


def own_role_out(role: Role) -> m.RoleMessage:
    return m.RoleMessage(
        name=role.name,
        description=role.description,
        abilities=abilities_out(role.abilities),
        is_built_in=role.is_built_in,
    )


def own_role_in(message: m.RoleMessage) -> Role:
    return Role(message.name, abilities_in(message.abilities), message.description)


def used_role_out(used: UsedRole) -> m.RoleMessage:
    role = used.role
    return m.RoleMessage(
        name=role.name,
        description=role.description,
        abilities=abilities_out(role.abilities),
        is_built_in=role.is_built_in,
        n_grants=used.n_grants,
        n_tokens=used.n_tokens,
    )


def used_role_in(message: m.RoleMessage) -> UsedRole:
    return UsedRole(role=own_role_in(message), n_grants=message.n_grants, n_tokens=message.n_tokens)
