"""The log of a command."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import IO

from runfold.launch.censor import Censor

_MAX_LOG = 64 * 2**20
_BLOCK = 64 * 1024


class Log:
    """The kept output: bounded, and no reason to end the command when the disk is full.

    What is secret in it is taken out here already: others read the logs of pods and jobs, too.
    """

    def __init__(self, path: str, echo: bool = False, secrets: Iterable[str] = ()) -> None:
        self.censor = Censor(secrets)
        self.file = open(path, "ab", buffering=0)  # noqa: SIM115 - as long as this lives
        self.kept = 0
        self.echo = echo
        self.failure = ""

    def copy(self, stream: IO[bytes]) -> None:
        while True:
            block = os.read(stream.fileno(), _BLOCK)
            if not block:
                return self._pass_on(self.censor.rest())
            self.write(block)

    def write(self, content: bytes) -> None:
        self._pass_on(self.censor.clean(content))

    def _pass_on(self, content: bytes) -> None:
        if self.echo:
            sys.stdout.buffer.write(content)
            sys.stdout.buffer.flush()
        if self.failure or self.kept >= _MAX_LOG:
            return
        try:
            self.file.write(content[: _MAX_LOG - self.kept])
        except OSError as error:
            self.failure = error.strerror or str(error)
            return
        self.kept += len(content)
        if self.kept >= _MAX_LOG:
            self.file.write(f"\n[the log ends here, after {_MAX_LOG} bytes]\n".encode())
