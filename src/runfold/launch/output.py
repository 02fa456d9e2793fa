"""A command's output: cleaned of secrets, kept in a file up to a length, and passed on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from runfold.launch.censor import Censor

MAX_LOG_BYTES = 64 * 2**20
"""What is kept of a command's output; of a longer one, the end is passed on but not kept."""


class OutputLog:
    """Used from one thread. A full disk ends what is kept, never the command: it may have somewhere else to write.

    Args:
        path: of the file that takes the output.
        tee: gets the same bytes as they come.
        censor: takes out of both what is secret.

    Attributes:
        failure: why the rest is not kept, in the system's words; empty: all is.
    """

    def __init__(self, path: Path, *, tee: Callable[[bytes], None] | None = None, censor: Censor | None = None) -> None:
        self.failure = ""
        self._file = path.open("wb", buffering=0)
        self._tee = tee
        self._censor = censor or Censor(())
        self._kept = 0

    def write(self, block: bytes) -> None:
        self._pass_on(self._censor.clean(block))

    def close(self) -> None:
        self._pass_on(self._censor.rest())
        self._file.close()

    def _pass_on(self, content: bytes) -> None:
        if content and self._kept < MAX_LOG_BYTES and not self.failure:
            try:
                self._keep(content)
            except OSError as error:
                self.failure = error.strerror or str(error)
        if content and self._tee is not None:
            self._tee(content)
        self._kept += len(content)

    def _keep(self, content: bytes) -> None:
        self._write(content[: MAX_LOG_BYTES - self._kept])
        if self._kept + len(content) >= MAX_LOG_BYTES:
            self._write(f"\n[the log ends here, after {MAX_LOG_BYTES} bytes]\n".encode())

    def _write(self, content: bytes) -> None:
        """All of it: without a buffer, a disk that is nearly full takes a part and says so."""
        rest = memoryview(content)
        while rest:
            rest = rest[self._file.write(rest) :]
