"""Signing in by a browser, and out again. Passwords stand in a few bodies, and in no text that shows one."""

from __future__ import annotations

from runfold.wire.messages.base import Message


class SignIn(Message, frozen=True, kw_only=True):
    name: str
    password: str

    def __repr__(self) -> str:
        return f"SignIn(name={self.name!r})"


class ChangePassword(Message, frozen=True, kw_only=True):
    old_password: str
    new_password: str

    def __repr__(self) -> str:
        return "ChangePassword()"


class StartOidc(Message, frozen=True, kw_only=True):
    """
    Attributes:
        next: the page to come to in the end.
    """

    next: str = ""


class FinishOidc(Message, frozen=True, kw_only=True):
    """What the provider says by way of the browser (OpenID Connect Core 1.0, section 3.1.2.5; RFC 9207)."""

    code: str = ""
    state: str = ""
    error: str = ""
    iss: str = ""


class TakeSignOut(Message, frozen=True, kw_only=True):
    """A form, as providers send it.

    Attributes:
        logout_token: says who has signed out, and is signed by the provider.
    """

    logout_token: str = ""

    def __repr__(self) -> str:
        return "TakeSignOut()"


class SessionMessage(Message, frozen=True, kw_only=True):
    """A browser that somebody signed in with.

    Attributes:
        agent: what the browser calls itself.
        address: where the sign-in came from.
        last_use_ms: to within some minutes.
        is_this: the call was made by it.
    """

    session_id: str
    user: str
    agent: str = ""
    address: str = ""
    creation_time_ms: int = 0
    last_use_ms: int = 0
    expires_ms: int = 0
    is_this: bool = False


class ListSessions(Message, frozen=True, kw_only=True):
    """
    Attributes:
        user: empty: the caller.
    """

    user: str = ""


class SessionsReply(Message, frozen=True, kw_only=True):
    sessions: tuple[SessionMessage, ...] = ()


class EndSession(Message, frozen=True, kw_only=True):
    """
    Attributes:
        session_id: empty: the browser's that makes the call.
        user: whose it must be; empty: the caller's, or for an administrator anybody's.
    """

    session_id: str = ""
    user: str = ""


class SignedOut(Message, frozen=True, kw_only=True):
    """
    Attributes:
        provider_url: where the browser that made the call goes to sign out at the provider, too; empty: nowhere.
    """

    provider_url: str = ""


class EndSessions(Message, frozen=True, kw_only=True):
    """
    Attributes:
        user: empty: the caller.
    """

    user: str = ""
