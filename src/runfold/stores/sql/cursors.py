"""Page tokens: opaque to callers, checked when they come back."""

from __future__ import annotations

import base64
import binascii

import msgspec

from runfold.errors import InvalidValue


def write_token(content: object) -> str:
    """JSON-like content as URL-safe text."""
    return base64.urlsafe_b64encode(msgspec.json.encode(content)).decode("ascii")


def read_token(token: str) -> object:
    """Raises InvalidValue for a text that `write_token` did not make."""
    try:
        return msgspec.json.decode(base64.b64decode(token.encode("ascii"), altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, msgspec.DecodeError, RecursionError):
        raise InvalidValue(
            f"Invalid page token {token[:60]!r}: pass back the next_page_token of the page before, unchanged."
        ) from None


def write_offset(offset: int) -> str:
    return write_token({"offset": offset})


def read_offset(token: str) -> int:
    """0 for no token."""
    if not token:
        return 0
    content = read_token(token)
    offset = content.get("offset") if isinstance(content, dict) else None
    if not isinstance(offset, int) or isinstance(offset, bool) or offset < 0:
        raise InvalidValue(f"Invalid page token {token[:60]!r}: it belongs to another call.")
    return offset
