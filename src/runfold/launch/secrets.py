"""Secrets read from the places where they are found."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path

from runfold.domain.secret import FoundSecret, SecretName, kept_name
from runfold.errors import InvalidValue

COMMAND_TIMEOUT_S = 60.0

Open = Callable[[SecretName], FoundSecret]


def nobody_opens(name: SecretName) -> FoundSecret:
    """For work that is no job: the server gives what it keeps to the agent of a job, and to no one else."""
    raise InvalidValue(
        f"The secret {name!r} is given to jobs alone, and this is none: queue it with `runfold jobs submit` (a test of "
        "a target: `--by-agent`), or name a place that can be read here (env:VARIABLE, file:/path, command:program)."
    )


def read_secret(what: str, reference: str, *, open_kept: Open = nobody_opens) -> str:
    """What a reference points at.

    Args:
        what: it is for; named in messages.
        open_kept: gives secrets that the server keeps.

    Raises:
        InvalidValue: there is nothing. What a command says is not repeated: it may be the secret.
    """
    name = kept_name(reference)
    if name is not None:
        found = open_kept(name)
        if not found.reference:
            return found.value
        reference = found.reference
    kind, _, place = reference.partition(":")
    match kind:
        case "env":
            if place in os.environ:
                return os.environ[place]
            raise _absent(what, f"The variable {place!r} is not set")
        case "file":
            try:
                return Path(place).expanduser().read_text(encoding="utf-8").rstrip("\r\n")
            except (OSError, UnicodeDecodeError):
                raise _absent(what, f"The file {place!r} cannot be read") from None
        case "command":
            return _ask(what, place)
    raise InvalidValue(f"The secret for {what} says nothing of where it is found.")


def _ask(what: str, command: str) -> str:
    try:
        words = shlex.split(command)
        done = subprocess.run(  # noqa: S603 - an argument vector that whoever keeps the secret has written
            words, stdin=subprocess.DEVNULL, capture_output=True, timeout=COMMAND_TIMEOUT_S, check=False
        )
        value = done.stdout.decode().rstrip("\r\n")
    except (OSError, ValueError, subprocess.TimeoutExpired):
        raise _absent(what, f"The command {command!r} cannot be run") from None
    if done.returncode or not value:
        raise _absent(what, f"The command {command!r} ended with {done.returncode} and gave {len(value)} characters")
    return value


def _absent(what: str, why: str) -> InvalidValue:
    return InvalidValue(f"The secret for {what} is not there. {why}, where the job's agent runs.")
