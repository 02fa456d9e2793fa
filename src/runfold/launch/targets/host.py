"""Machines whose shell runs what they are told: this one, or another."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

import msgspec

from runfold.errors import Unavailable

COMMAND_TIMEOUT_S = 600.0
LOOPBACK = ("localhost", "127.0.0.1", "::1")
"""Names of a machine for itself, which no other machine can use."""


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """How a script ended and what it said."""

    code: int
    output: bytes
    errors: str


class Host(Protocol):
    """A machine with a POSIX shell. Safe from any thread.

    Attributes:
        name: for people.
    """

    name: str

    def run(self, script: str, content: Iterable[bytes] = ()) -> Done:
        """Run a script of the shell.

        Args:
            content: its standard input, in pieces.

        Raises:
            Unavailable: the machine does not answer, or not any more.
            Unauthenticated, PermissionDenied: one side is not who it should be, or may not log in.
        """
        ...

    def reachable_from_there(self, uri: str) -> str:
        """An address of a server of this machine, as the host can use it."""
        ...

    def close(self) -> None: ...


class LocalHost:
    """This machine."""

    name = "this machine"

    def run(self, script: str, content: Iterable[bytes] = ()) -> Done:
        try:
            done = subprocess.run(  # noqa: S603 - scripts of our own, whose words are quoted
                ["/bin/sh", "-c", script],
                input=b"".join(content),
                cwd=Path.home(),
                capture_output=True,
                timeout=COMMAND_TIMEOUT_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise Unavailable(f"A command gave no answer within {COMMAND_TIMEOUT_S:g} s.") from None
        return Done(code=done.returncode, output=done.stdout, errors=done.stderr.decode(errors="replace"))

    def reachable_from_there(self, uri: str) -> str:
        return uri

    def close(self) -> None:
        return
