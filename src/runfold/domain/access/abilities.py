"""What a role is made of: abilities, each of them a set of calls that change something.

Reading is one ability, which every role but `none` has; so lists and searches ask nothing else. Which call needs which
is said by the rules of `server.rights.rules`, each of which names one.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping

from runfold.domain.access.grants import Role


class Ability(enum.Flag):
    """What it lets one do is said beside each. Not a number: one set of abilities need be neither more nor less than
    another, and whoever compares two of them by size is told so.
    """

    READ = enum.auto()  # see records and everything in them
    RECORD = enum.auto()  # make experiments and runs, log to them, tag and describe them, keep views
    ORGANIZE = enum.auto()  # rename experiments, move runs to others, to the trash and back
    REGISTER = enum.auto()  # register models and versions, describe and tag them, ask for a promotion
    PROMOTE = enum.auto()  # move aliases and stages of models, review and merge promotions
    SUBMIT = enum.auto()  # submit, cancel and repeat jobs, and name kept secrets in them
    DEVELOP = enum.auto()  # register projects and change them
    SERVE = enum.auto()  # run jobs as an agent
    DELETE = enum.auto()  # delete experiments, models, versions and projects, and rename models
    RETAIN = enum.auto()  # keep rules of retention, which remove runs for good
    OPERATE = enum.auto()  # make, change and delete targets, describe the workspace and see what it keeps
    SECRETS = enum.auto()  # keep and delete secrets
    SHARE = enum.auto()  # say who else may do what
    ACCOUNT = enum.auto()  # manage one's own account, by a token


NOTHING = Ability(0)
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


def level_of(abilities: Ability) -> Role:
    """The highest built-in role all of whose abilities are among these."""
    return max(role for role, of_role in ABILITIES_OF.items() if of_role in abilities)


def least_role_with(ability: Ability) -> Role:
    return min(role for role, of_role in ABILITIES_OF.items() if ability in of_role)
