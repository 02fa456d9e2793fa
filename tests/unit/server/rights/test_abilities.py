"""What roles are made of, and that the rules of the store speak of nothing else."""

from __future__ import annotations

from itertools import pairwise

import pytest

from runfold.domain.access import (
    BUILT_IN,
    EVERY_ABILITY,
    NOTHING,
    Ability,
    Role,
    least_role_with,
    level_of,
)
from runfold.server.rights.permit import NEEDS
from runfold.server.rights.rules import RULES
from runfold.wire.endpoints import ENDPOINTS, Endpoint, Permission


@pytest.mark.parametrize("method", sorted(RULES))
def test_a_rule_names_one_ability_or_is_everybodys(method: str) -> None:
    assert RULES[method].ability in {NOTHING, *Ability}


def test_every_ability_is_some_rules() -> None:
    assert {rule.ability for rule in RULES.values()} == {NOTHING, *Ability}


_CALLS = [one for one in ENDPOINTS if one.is_write and one.store in RULES]


@pytest.mark.parametrize("endpoint", _CALLS, ids=[one.name for one in _CALLS])
def test_a_call_that_changes_something_says_what_it_needs_as_its_rule_does(endpoint: Endpoint) -> None:
    """The row of the table is what people read of a call, so it names the first built-in role that will do."""
    rule = RULES[endpoint.store]
    levels = {Role.CONTRIBUTOR: Permission.EDIT, Role.MANAGER: Permission.MANAGE}
    if rule.ability not in Ability.READ and endpoint.permission is not Permission.ADMIN:
        assert endpoint.permission is levels[rule.least]


def test_built_in_roles_are_each_in_the_next() -> None:
    roles = [role.abilities for role in BUILT_IN]
    assert all(less in more and less != more for less, more in pairwise(roles))
    assert roles[-1] == EVERY_ABILITY == NEEDS[Permission.ADMIN]


@pytest.mark.parametrize("role", BUILT_IN, ids=[role.name for role in BUILT_IN])
def test_a_built_in_role_is_its_own_level(role: Role) -> None:
    assert level_of(role.abilities) is role


def test_one_ability_more_is_no_higher_level_before_all_are_there() -> None:
    assert level_of(Ability.READ | Ability.SHARE) is Role.READER
    assert level_of(Role.CONTRIBUTOR.abilities & ~Ability.RECORD | Ability.DELETE) is Role.READER


@pytest.mark.parametrize("ability", Ability)
def test_the_first_role_with_an_ability_has_it(ability: Ability) -> None:
    least = least_role_with(ability)
    assert ability in least.abilities
    assert ability not in BUILT_IN[BUILT_IN.index(least) - 1].abilities
