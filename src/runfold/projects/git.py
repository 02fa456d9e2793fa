"""Git as a program: it asks nobody, gives up what does not answer, and says what can be done about a refusal."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from runfold.errors import InvalidValue
from runfold.launch.programs import run_program

ANSWER_S = 30.0
"""A host says within it which branches it has, and no transfer by HTTP stands still for longer."""
TRANSFER_S = 600.0
"""For what moves, however slowly."""
# What git may speak: nothing that runs a program which the address names (`ext::`).
_PROTOCOLS = "file:git:http:https:ssh"
_CREDENTIALS = re.compile(r"(?<=://)[^/\s'\"]*@|(?<=look up )\S*@")

# What git and its helpers say in English, and what can be done about it.
_ADVICE = (
    (
        r"could not read Username|Authentication failed|error: 40[13]|Permission denied|access denied",
        "It is private, or the credential is not the right one: name one that may read it, as the project's credential "
        "or in the Git configuration of the machine that runs it.",
    ),
    (
        r"not found$|does not appear to be a git repository|does not exist|error: 404",
        "Check the address; some hosts also say this of a private repository, which needs a credential.",
    ),
    (
        r"resolve host|look up|Name or service not known",
        "Check the name of the host, and that the machine which runs the project can look it up.",
    ),
    (
        r"onnection refused|onnect to|No route to host|unreachable|timed out|too slow|no answer",
        "Check the address and its port, and that a firewall or proxy lets the machine which runs the project through.",
    ),
    (r"error: 5\d\d", "The host has a trouble of its own: try again later, or ask those who run it."),
    (r"Host key verification failed", "Add the host's key to known_hosts on the machine which runs the project."),
    (r"SSL|TLS|certificate", "Check that the address speaks https, and that its certificate is trusted there."),
)


class GitFailed(Exception):
    """What git said, in the line that has the reason, and what to do."""


class Git:
    """
    Args:
        folder: of the repository.
        access: variables that let git into a private one.
    """

    def __init__(self, folder: Path, access: Mapping[str, str] = MappingProxyType({})) -> None:
        self.folder = folder
        self._environ = {
            **os.environ,
            "LC_ALL": "C.UTF-8",  # its reasons are read
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_ALLOW_PROTOCOL": _PROTOCOLS,
            "GIT_LFS_SKIP_SMUDGE": "0",
            "GIT_HTTP_LOW_SPEED_LIMIT": "1",
            "GIT_HTTP_LOW_SPEED_TIME": f"{ANSWER_S:.0f}",
            **access,
        }

    def __call__(self, *arguments: str, timeout_s: float = TRANSFER_S) -> str:
        command = ["git", "-c", "core.hooksPath=", "-C", str(self.folder), *arguments]
        try:
            done = run_program(command, environ=self._environ, timeout_s=timeout_s)
        except FileNotFoundError:
            raise InvalidValue("The program `git` is not installed; a repository needs it.") from None
        except subprocess.TimeoutExpired:
            raise GitFailed(_with_advice(f"no answer within {timeout_s:g} s")) from None
        if done.returncode:
            reason = _first_reason(done.stderr.decode(errors="replace")) or f"git ended with {done.returncode}"
            raise GitFailed(_with_advice(reason))
        return done.stdout.decode(errors="replace")

    def ask(self, remote: str) -> str:
        """Its default branch, if it has one: a question that every protocol answers at once, or the host is not there.

        Raises:
            GitFailed: the repository cannot be read.
        """
        return self("ls-remote", remote, "HEAD", timeout_s=ANSWER_S)


def _first_reason(said: str) -> str:
    """The first line that git calls an error: further ones say what to do, or that this is the end."""
    lines = said.strip().splitlines()
    reasons = [line for line in lines if line.startswith(("fatal: ", "error: ", "ERROR: ", "ssh: "))] or lines[-1:]
    return _CREDENTIALS.sub("", reasons[0].partition(": ")[2] or reasons[0]) if reasons else ""


def _with_advice(reason: str) -> str:
    advice = next((advice for pattern, advice in _ADVICE if re.search(pattern, reason)), "")
    return f"{reason.rstrip('.')}. {advice}".rstrip()
