"""What is wrong with a text that does not parse, in the words of the one who wrote it."""

from __future__ import annotations

from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from runfold.errors import InvalidFilter

# In the order in which they are suggested; other terminals go by their own names.
_NAMES = {
    "NAME": "a field such as metrics.loss",
    "STRING": "text in quotes",
    "NUMBER": "a number",
    "WORD": "true or false",
    "COMPARISON": "one of = != < <= > >=",
    "LIKE": "LIKE or ILIKE",
    "LPAR": "'('",
    "RPAR": "')'",
    "COMMA": "','",
    "$END": "the end",
}


def explain(error: UnexpectedInput, text: str, start: str) -> InvalidFilter:
    """Say what was expected where, in the user's words."""
    position = error.pos_in_stream
    at_end = position is None or not text[position:].strip()
    if isinstance(error, UnexpectedToken):
        expected = set(error.accepts or error.expected)
        at_end = error.token.type == "$END"
    elif isinstance(error, UnexpectedCharacters):
        expected = set(error.allowed)
    else:
        expected = set()
    if start == "filter":
        expected -= {"ASC", "DESC"}  # both kinds of text share lexer states
    if position is None or at_end:
        position = len(text)
    reason = f"Expected {_choice(expected)}"
    rest = text[position : position + 1]
    if "STRING" in expected and rest and rest not in "'\"":
        reason += "; text goes in quotes"
    elif rest and rest in "'\"`" and text.count(rest, position) % 2:
        reason = f"The quote {rest} is never closed"
    return InvalidFilter(reason, text=text, position=position)


def _choice(expected: set[str]) -> str:
    words = [_NAMES[name] for name in _NAMES if name in expected]
    words += sorted(name for name in expected if name not in _NAMES)
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
