"""How people come in by a browser: sessions, and links by which one chooses a password."""

from __future__ import annotations

import msgspec


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A browser that somebody signed in with; the secret in its cookie is not kept.

    Attributes:
        agent: what the browser calls itself.
        address: where the sign-in came from.
        last_use_ms: to within some minutes.
        expires_ms: at the latest; it ends earlier when nobody uses it.
    """

    session_id: str
    user: str
    agent: str
    address: str
    creation_time_ms: int
    last_use_ms: int
    expires_ms: int


class NewSession(msgspec.Struct, frozen=True, kw_only=True):
    """A session with its secret, which is told this one time."""

    session: Session
    secret: str


class Invitation(msgspec.Struct, frozen=True, kw_only=True):
    """Lets whoever holds its code choose the password of a user, once.

    Attributes:
        code: is told this one time; it holds nothing that is worth guessing at.
    """

    user: str
    code: str
    expires_ms: int
