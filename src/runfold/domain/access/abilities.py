"""What a role is made of: abilities, each of them a set of calls that change something.

Reading is one ability, which every role but `none` has; so lists and searches ask nothing else. Which call needs which
is said by the rules of `server.rights.rules`, each of which names one.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping

from runfold.domain.access.grants import Role
from runfold.errors import InvalidValue


class Ability(enum.Flag):
    """Not a number: whoever asks whether one set of abilities is more than another is told that there is no order."""

    READ = enum.auto()
    RECORD = enum.auto()
    ORGANIZE = enum.auto()
    REGISTER = enum.auto()
    PROMOTE = enum.auto()
    SUBMIT = enum.auto()
    DEVELOP = enum.auto()
    SERVE = enum.auto()
    DELETE = enum.auto()
    RETAIN = enum.auto()
    OPERATE = enum.auto()
    SECRETS = enum.auto()
    SHARE = enum.auto()
    ACCOUNT = enum.auto()

    @property
    def word(self) -> str:
        """Of one ability."""
        return (self.name or "").lower()


NOTHING = Ability(0)
DESCRIPTIONS: Mapping[Ability, str] = {
    Ability.READ: "see records and everything in them",
    Ability.RECORD: "make experiments and runs, log to them, tag and describe them, keep views",
    Ability.ORGANIZE: "rename experiments, move runs to others, to the trash and back",
    Ability.REGISTER: "register models and versions, describe and tag them, ask for a promotion",
    Ability.PROMOTE: "move aliases and stages of models, review and merge promotions",
    Ability.SUBMIT: "submit, cancel and repeat jobs, and name kept secrets in them",
    Ability.DEVELOP: "register projects and change them",
    Ability.SERVE: "run jobs as an agent",
    Ability.DELETE: "delete experiments, models, versions and projects, and rename models",
    Ability.RETAIN: "keep rules of retention, which remove runs for good",
    Ability.OPERATE: "make, change and delete targets, and describe the workspace and see what it keeps",
    Ability.SECRETS: "keep and delete secrets",
    Ability.SHARE: "say who else may do what, but give nobody more than they have themselves",
    Ability.ACCOUNT: "manage their own account by a token",
}
"""What who has an ability may do."""

_CONTRIBUTES = (
    Ability.READ
    | Ability.RECORD
    | Ability.ORGANIZE
    | Ability.REGISTER
    | Ability.PROMOTE
    | Ability.SUBMIT
    | Ability.DEVELOP
    | Ability.SERVE
)
EVERY_ABILITY = ~NOTHING
ABILITIES_OF: Mapping[Role, Ability] = {
    Role.NONE: NOTHING,
    Role.READER: Ability.READ,
    Role.CONTRIBUTOR: _CONTRIBUTES,
    Role.MANAGER: EVERY_ABILITY,
}
GRANTABLE = EVERY_ABILITY & ~Ability.ACCOUNT
"""What a record is shared with: nobody's account is a record."""


def level_of(abilities: Ability) -> Role:
    """The highest built-in role all of whose abilities are among these; one's own account counts for nothing."""
    return max(role for role, of_role in ABILITIES_OF.items() if not of_role & GRANTABLE & ~abilities)


def least_role_with(ability: Ability) -> Role:
    return min(role for role, of_role in ABILITIES_OF.items() if not ability & ~of_role)


def words_of(abilities: Ability) -> tuple[str, ...]:
    """Those of roles, in their order; reading goes without saying."""
    return tuple(one.word for one in Ability if one & abilities & GRANTABLE and one is not Ability.READ)


def parse_abilities(words: Iterable[str]) -> Ability:
    """Raises InvalidValue for what a role cannot have added or taken away."""
    known = {one.word: one for one in Ability if one & GRANTABLE and one is not Ability.READ}
    found = NOTHING
    for word in words:
        if word not in known:
            raise InvalidValue(f"There is no ability {word[:80]!r}: write some of {', '.join(known)}.")
        found |= known[word]
    return found
