"""Scoring servers that a server passes inputs to."""

from __future__ import annotations

from runfold.wire.messages.base import Message


class ScoringServerMessage(Message, frozen=True, kw_only=True):
    name: str
    address: str


class ScoringServersReply(Message, frozen=True, kw_only=True):
    """In the order in which the server was told of them."""

    servers: tuple[ScoringServerMessage, ...]


class ScoreInput(Message, frozen=True, kw_only=True):
    """
    Attributes:
        server: one that the list names.
        body: JSON text for `/invocations`.
    """

    server: str
    body: str


class ScoreReply(Message, frozen=True, kw_only=True):
    """
    Attributes:
        status: of the scoring server's answer, which may be a refusal.
        text: its body.
        seconds: how long the answer took.
        model: which one answered, such as `churn/3`; empty where the scoring server does not say it.
    """

    status: int
    text: str
    seconds: float
    model: str = ""
