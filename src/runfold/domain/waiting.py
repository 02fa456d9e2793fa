"""Programs that wait to be let in by somebody who is signed in with a browser, here or on another machine."""

from __future__ import annotations

import re

import msgspec

from runfold.domain.access import Role

CODE_LENGTH = 8
CODE_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
"""Without vowels, so that no code is a word, and without digits, which look like letters."""


class WaitingProgram(msgspec.Struct, frozen=True, kw_only=True):
    """
    Attributes:
        code: by which whoever started it finds it; it is worth nothing by itself.
        program: what it calls itself, such as `runfold on laptop`.
        address: that it asked from.
        scope, days: what the token may do that it gets, and for how long.
        expires_ms: when it has waited too long.
    """

    code: str
    program: str
    address: str
    scope: Role
    days: int
    expires_ms: int


class NewWaiting(msgspec.Struct, frozen=True, kw_only=True):
    """A program that waits, with the secret by which it collects its token; that is told this one time."""

    waiting: WaitingProgram
    secret: str

    def __repr__(self) -> str:
        return f"NewWaiting({self.waiting!r})"


def code_typed(text: str) -> str:
    """A code as somebody typed it, as it is kept."""
    return re.sub(r"[\s-]", "", text).upper()
