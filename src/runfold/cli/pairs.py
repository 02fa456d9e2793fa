"""`KEY=VALUE` arguments."""

from __future__ import annotations

from collections.abc import Sequence

import click


def parse_pairs(texts: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Raises click.BadParameter for a text without `=` or without a key."""
    return tuple(_pair(text) for text in texts)


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise click.BadParameter(f"{text!r} is not KEY=VALUE.")
    return key, value
