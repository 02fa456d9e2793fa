"""What a role is made of: abilities, each of them a set of calls that change something.

Reading is one ability, which every role but `none` has; so lists and searches ask nothing else. Which call needs which
is said by the rules of `server.rights.rules`, each of which names one.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable

from runfold.errors import InvalidValue


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
EVERY_ABILITY = ~NOTHING
_WORDS = {ability: (ability.name or "").lower() for ability in Ability}
_NAMED = {word: ability for ability, word in _WORDS.items()}


def words_of(abilities: Ability) -> tuple[str, ...]:
    """What they are called, in the order above."""
    return tuple(word for ability, word in _WORDS.items() if ability in abilities)


def parse_abilities(words: Iterable[str]) -> Ability:
    """Raises InvalidValue for what is no ability."""
    found = NOTHING
    for word in words:
        if word not in _NAMED:
            raise InvalidValue(f"Invalid ability {word[:80]!r}: there are {', '.join(_NAMED)}.")
        found |= _NAMED[word]
    return found
