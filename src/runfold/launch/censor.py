"""Secrets taken out of a stream of output, also where a secret comes in two pieces."""

from __future__ import annotations

from collections.abc import Iterable

_SHORTEST = 4
"""Shorter secrets are left in: they would blot out half of any text, and protect nothing."""
_BLOT = b"***"


class Censor:
    """
    Args:
        secrets: as the command has them in its environment.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        # Long ones first, since one may contain another.
        found = {secret.encode() for secret in secrets if len(secret) >= _SHORTEST}
        self._secrets = sorted(found, key=len, reverse=True)
        self._held = b""

    def clean(self, piece: bytes) -> bytes:
        """What may be shown by now: the end is held back as long as a secret may have begun in it."""
        if not self._secrets:
            return piece
        text = self._blotted(self._held + piece)
        n_held = max((_overlap(text, secret) for secret in self._secrets), default=0)
        self._held = text[len(text) - n_held :]
        return text[: len(text) - n_held]

    def rest(self) -> bytes:
        """What was held back, once nothing more comes."""
        held, self._held = self._held, b""
        return held

    def _blotted(self, text: bytes) -> bytes:
        for secret in self._secrets:
            text = text.replace(secret, _BLOT)
        return text


def _overlap(text: bytes, secret: bytes) -> int:
    """Length of the longest end of the text with which the secret begins."""
    return next((n for n in range(min(len(text), len(secret) - 1), 0, -1) if text.endswith(secret[:n])), 0)
