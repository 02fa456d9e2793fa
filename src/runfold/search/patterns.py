"""LIKE and ILIKE: `%` stands for any number of characters, `_` for exactly one, all else for itself.

ILIKE also lets a letter of the pattern match its own upper and lower form, one character each. There is no
escape character, as in MLflow; `=` compares `%` and `_` as they are.
"""

from __future__ import annotations


def variants(letter: str) -> frozenset[str]:
    """The characters that a letter of an ILIKE pattern matches."""
    return frozenset(form for form in (letter, letter.lower(), letter.upper()) if len(form) == 1)


def matches(pattern: str, text: str, *, ignores_case: bool = False) -> bool:
    """Whether the whole text fits the pattern.

    Takes len(pattern) * len(text) steps at most: after a mismatch only the last `%` is tried further on.
    """

    def fits(at_pattern: int, at_text: int) -> bool:
        expected = pattern[at_pattern]
        if expected == "_" or expected == text[at_text]:
            return True
        return ignores_case and text[at_text] in variants(expected)

    at_pattern = at_text = 0
    last_percent, resume_at = -1, 0
    while at_text < len(text):
        if at_pattern < len(pattern) and pattern[at_pattern] == "%":
            last_percent, resume_at = at_pattern, at_text
            at_pattern += 1
        elif at_pattern < len(pattern) and fits(at_pattern, at_text):
            at_pattern += 1
            at_text += 1
        elif last_percent >= 0:
            resume_at += 1
            at_pattern, at_text = last_percent + 1, resume_at
        else:
            return False
    return all(rest == "%" for rest in pattern[at_pattern:])
