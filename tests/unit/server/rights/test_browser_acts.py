"""What the browser takes an act to need is what the server's rule for its call needs."""

from __future__ import annotations

import re
from pathlib import Path

from runfold.domain.access import Ability, Role, least_role_with
from runfold.server.rights.rules import RULES

_SOURCES = Path(__file__).parents[4] / "ui" / "src"
_ACTS = (_SOURCES / "records" / "accounts" / "acts.ts").read_text()
_ABILITIES = (_SOURCES / "api" / "accounts" / "abilities.ts").read_text()
_ACT = re.compile(r'^  (\w+): \["(\w+)", "(\w+)"\],$', re.MULTILINE)


def test_each_act_of_the_browser_needs_what_the_rule_of_its_call_needs() -> None:
    acts = {name: (ability, call) for name, ability, call in _ACT.findall(_ACTS)}

    assert acts["moveAliases"] == ("promote", "set_model_alias")
    assert {name: (_word(RULES[call].ability), call) for name, (_, call) in acts.items()} == acts


def test_the_browser_knows_the_abilities_and_who_contributes() -> None:
    assert _words_of("ABILITIES") == [_word(ability) for ability in Ability]
    usual = {Role.READER, Role.CONTRIBUTOR}
    contributing = [_word(one) for one in Ability if least_role_with(one) in usual]
    assert _words_of("CONTRIBUTING: readonly Ability[]") == contributing


def _word(ability: Ability) -> str:
    return (ability.name or "").lower()


def _words_of(constant: str) -> list[str]:
    found = re.search(rf"const {re.escape(constant)} = \[(.*?)\]", _ABILITIES)
    return re.findall(r'"(\w+)"', found[1]) if found else []
