"""A command's output: cleaned of secrets, kept in a file up to a length, and passed on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from runfold.launch.censor import Censor

MAX_LOG_BYTES = 64 * 2**20
"""What is kept of a command's output; of a longer one, the end is passed on but not kept."""


class OutputLog:
    """Used from one thread.

    Args:
        path: of the file that takes the output.
        tee: gets the same bytes as they come.
        censor: takes out of both what is secret.
    """

    def __init__(self, path: Path, *, tee: Callable[[bytes], None] | None = None, censor: Censor | None = None) -> None:
        self._file = path.open("wb")
        self._tee = tee
        self._censor = censor or Censor(())
        self._kept = 0

    def write(self, block: bytes) -> None:
        self._pass_on(self._censor.clean(block))

    def close(self) -> None:
        self._pass_on(self._censor.rest())
        self._file.close()

    def _pass_on(self, content: bytes) -> None:
        if content and self._kept < MAX_LOG_BYTES:
            self._file.write(content[: MAX_LOG_BYTES - self._kept])
            if self._kept + len(content) >= MAX_LOG_BYTES:
                self._file.write(f"\n[the log ends here, after {MAX_LOG_BYTES} bytes]\n".encode())
            self._file.flush()
        if content and self._tee is not None:
            self._tee(content)
        self._kept += len(content)
