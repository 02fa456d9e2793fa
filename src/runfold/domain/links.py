"""Addresses of pages that take a code. One that lets people in stands behind `#`, which browsers send nowhere: it is in
no server's log.
"""

from __future__ import annotations

from urllib.parse import quote, urlencode


def setup_path(code: str) -> str:
    return f"/setup#{urlencode({'code': code})}"


def invitation_path(user: str, code: str) -> str:
    """With the user's name, for people and for programs that keep passwords."""
    return f"/invitation#{urlencode({'name': user, 'code': code})}"


def let_in_path(code: str) -> str:
    """Of the page that lets in a program. This code is worth nothing by itself, and lasts while one signs in."""
    return f"/let-in?code={quote(code, safe='')}"
