"""Params: text by nature, compared as numbers where they spell one."""

from __future__ import annotations

_LARGEST = 1.7976931348623157e308


def as_number(text: str) -> float | None:
    """The finite number that a param's text spells, if it does.

    Stores keep this number beside the text; searches in memory ask here, so that both mean the same.
    """
    if len(text) > 40 or "_" in text:
        return None
    try:
        number = float(text)
    except ValueError:
        return None
    return number if -_LARGEST <= number <= _LARGEST else None
