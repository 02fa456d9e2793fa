"""Addresses of pages that take a code. It stands behind `#`, which browsers send nowhere: it is in no server's log."""

from __future__ import annotations

from urllib.parse import urlencode


def setup_path(code: str) -> str:
    return f"/setup#{urlencode({'code': code})}"


def invitation_path(user: str, code: str) -> str:
    """With the user's name, for people and for programs that keep passwords."""
    return f"/invitation#{urlencode({'name': user, 'code': code})}"
