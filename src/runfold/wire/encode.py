"""Writing bodies."""

from __future__ import annotations

import msgspec

from runfold.errors import InvalidValue


def encode(message: object) -> bytes:
    """A message, or a document of plain values, as JSON.

    Raises:
        InvalidValue: a text holds half a character (a lone surrogate), which no JSON may.
    """
    try:
        return msgspec.json.encode(message)
    except UnicodeEncodeError as error:
        raise InvalidValue(f"A text holds a character that is none, at position {error.start}.") from error
