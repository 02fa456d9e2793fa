"""Secrets: kept under a name, or told by the place where they are found. What they are is never part of a record."""

from __future__ import annotations

import re

import msgspec

from runfold.errors import InvalidValue

SecretName = str

KEPT = "secret"
"""`secret:NAME`: kept by the server, under this name."""
ELSEWHERE = ("env", "file", "command")
"""`env:VARIABLE`, `file:/path`, `command:program argument`: found where the job's agent runs."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,99}")


class Secret(msgspec.Struct, frozen=True, kw_only=True):
    """What may be known of a secret.

    Attributes:
        reference: where the agents find it; empty: the server keeps it, sealed.
    """

    name: SecretName
    description: str = ""
    reference: str = ""
    creation_time_ms: int = 0
    last_update_time_ms: int = 0


class FoundSecret(msgspec.Struct, frozen=True, kw_only=True):
    """A secret on its way to the one who needs it.

    Attributes:
        value: what it is; empty where `reference` says where it is found.
    """

    name: SecretName
    value: str = ""
    reference: str = ""

    def __repr__(self) -> str:
        return f"FoundSecret(name={self.name!r})"  # in no trace and no log


def check_secret_name(name: str) -> str:
    """Raises InvalidValue when this can be no name of a secret."""
    if not _NAME.fullmatch(name):
        raise InvalidValue(
            f"{name[:100]!r} is no name of a secret: it begins with a letter and goes on with letters, digits, '_', "
            "'-' and '.', 100 at most."
        )
    return name


def check_reference(what: str, value: str) -> str:
    """Where a secret is to be found.

    Args:
        what: for the message, such as `the credential`.

    Raises:
        InvalidValue: it is something else, perhaps the secret itself, which the message therefore leaves out.
    """
    kind, _, place = value.partition(":")
    if kind not in (KEPT, *ELSEWHERE) or not place.strip() or "\0" in value:
        raise InvalidValue(
            f"For {what}, say where it is found: secret:NAME, env:VARIABLE, file:/path or command:program. (What was "
            "given is not shown, nor kept.)"
        )
    if kind == KEPT:
        check_secret_name(place)
    return value


def kept_name(reference: str) -> SecretName | None:
    """The name of the kept secret that a reference points at; None when it points elsewhere."""
    kind, _, name = reference.partition(":")
    return name if kind == KEPT and name else None
