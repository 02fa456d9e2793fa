"""Secrets for jobs and targets. What one is stands in one request and one reply, and in no other."""

from __future__ import annotations

from runfold.wire.messages.base import Message


class SecretMessage(Message, frozen=True, kw_only=True):
    """
    Attributes:
        reference: where the agents find it; empty: the server keeps it, sealed.
    """

    name: str
    description: str = ""
    reference: str = ""
    creation_time_ms: int = 0
    last_update_time_ms: int = 0


class SetSecret(Message, frozen=True, kw_only=True):
    """
    Attributes:
        value: what it is; kept sealed.
        reference: instead: where the agents find it, `env:VARIABLE`, `file:/path` or `command:program argument`.
    """

    name: str
    value: str = ""
    reference: str = ""
    description: str = ""

    def __repr__(self) -> str:
        return f"SetSecret(name={self.name!r})"


class SecretRef(Message, frozen=True, kw_only=True):
    name: str


class OpenSecrets(Message, frozen=True, kw_only=True):
    """
    Attributes:
        job_id, attempt: under way with the agent; its parameters or its target name the secrets.
    """

    agent: str
    job_id: str
    attempt: int
    names: tuple[str, ...] = ()


class OpenedSecret(Message, frozen=True, kw_only=True):
    """
    Attributes:
        value: absent where `reference` says where the agent finds it.
    """

    name: str
    value: str = ""
    reference: str = ""

    def __repr__(self) -> str:
        return f"OpenedSecret(name={self.name!r})"


class SecretReply(Message, frozen=True, kw_only=True):
    secret: SecretMessage


class SecretsReply(Message, frozen=True, kw_only=True):
    secrets: tuple[SecretMessage, ...] = ()


class OpenSecretsReply(Message, frozen=True, kw_only=True):
    secrets: tuple[OpenedSecret, ...] = ()
