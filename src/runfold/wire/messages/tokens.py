"""Tokens, and programs that are let in to get one."""

from __future__ import annotations

from runfold.wire.messages.base import Message
from runfold.wire.messages.roles import AbilityName, RoleName


class TokenMessage(Message, frozen=True, kw_only=True):
    """
    Attributes:
        scope: the name of a role; `abilities`: what it can do.
        beginning: of the secret, to recognise it by.
        expires_ms: absent: never.
        last_use_ms: to within some minutes; absent: not yet.
        places: it is worth something on these alone; none: it is not limited.
    """

    token_id: str
    user: str
    name: str = ""
    scope: str
    abilities: tuple[AbilityName, ...] = ()
    beginning: str = ""
    creation_time_ms: int = 0
    expires_ms: int | None = None
    last_use_ms: int | None = None
    places: tuple[str, ...] = ()


class AskToBeLetIn(Message, frozen=True, kw_only=True):
    """
    Attributes:
        program: what it calls itself, such as `runfold on laptop`.
        scope: at most this role, wherever the token is used.
        days: until the token ends.
    """

    program: str
    scope: RoleName = RoleName.CONTRIBUTOR
    days: int = 90


class WaitingReply(Message, frozen=True, kw_only=True):
    """
    Attributes:
        secret: collects the token; told this one time.
        code: that the user compares with what the page shows.
        path: of the page that lets the program in, below the server's address.
        interval_s: between two attempts to collect.
    """

    secret: str
    code: str
    path: str
    expires_ms: int
    interval_s: int

    def __repr__(self) -> str:
        return f"WaitingReply(code={self.code!r})"


class WaitingRef(Message, frozen=True, kw_only=True):
    code: str


class WaitingProgramReply(Message, frozen=True, kw_only=True):
    """
    Attributes:
        address: that it asked from.
    """

    code: str
    program: str
    address: str = ""
    scope: RoleName
    days: int
    expires_ms: int


class DecideWaiting(Message, frozen=True, kw_only=True):
    """
    Attributes:
        lets_in: false refuses it.
    """

    code: str
    lets_in: bool


class CollectWaiting(Message, frozen=True, kw_only=True):
    secret: str

    def __repr__(self) -> str:
        return "CollectWaiting()"


class CollectedReply(Message, frozen=True, kw_only=True):
    """
    Attributes:
        is_waiting: nobody has decided yet.
        token, secret: of whoever let the program in; the secret is told this one time.
    """

    is_waiting: bool = False
    token: TokenMessage | None = None
    secret: str = ""

    def __repr__(self) -> str:
        return f"CollectedReply(is_waiting={self.is_waiting}, token={self.token!r})"


class CreateToken(Message, frozen=True, kw_only=True):
    """
    Attributes:
        user: empty: the caller.
        scope: the name of a role: at most what it can do, wherever the token is used.
        places: such as `experiment:12`, `model:churn`, `dataset:wine` or `folder:a`: it is worth something there alone.
    """

    user: str = ""
    name: str = ""
    scope: str
    expires_ms: int | None = None
    places: tuple[str, ...] = ()


class NewTokenReply(Message, frozen=True, kw_only=True):
    """
    Attributes:
        secret: the token itself, told this one time.
    """

    token: TokenMessage
    secret: str

    def __repr__(self) -> str:
        return f"NewTokenReply(token={self.token!r})"


class ListTokens(Message, frozen=True, kw_only=True):
    """
    Attributes:
        user: empty: the caller.
    """

    user: str = ""


class TokensReply(Message, frozen=True, kw_only=True):
    tokens: tuple[TokenMessage, ...] = ()


class RevokeToken(Message, frozen=True, kw_only=True):
    """
    Attributes:
        user: whose it must be; empty: the caller's, or for an administrator anybody's.
    """

    token_id: str
    user: str = ""
