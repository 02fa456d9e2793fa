"""What every store checks in the same words: byte ranges, announced sizes and digests."""

from __future__ import annotations

import re

from runfold.domain.artifact import ArtifactPath
from runfold.errors import ArtifactError, DigestMismatch, InvalidValue

_SHA256 = re.compile(r"sha256:[0-9a-f]{64}")


def check_range(path: ArtifactPath, size: int, start: int, stop: int | None) -> tuple[int, int]:
    """The range that is read of a file of `size` bytes."""
    stop = size if stop is None else min(stop, size)
    if not 0 <= start <= stop:
        raise InvalidValue(f"The byte range {start} to {stop} is not inside {path.text!r}, which has {size} bytes.")
    return start, stop


def check_size(path: ArtifactPath, expected: int | None, found: int) -> None:
    if expected is not None and expected != found:
        raise ArtifactError(
            f"{path.text!r} arrived with {found} bytes, {expected} were announced; nothing was stored. Try again."
        )


def check_digest(path: ArtifactPath, expected: str | None, found: str | None) -> None:
    if expected is not None and found is not None and expected != found:
        raise DigestMismatch(path.text, expected, found)


def check_digest_form(digest: str | None) -> None:
    if digest is not None and not _SHA256.fullmatch(digest):
        raise InvalidValue(f"The digest {digest!r} is not of the form 'sha256:' and 64 hex digits in lower case.")
