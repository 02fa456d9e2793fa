"""The files of a version: what they were at registration, and what has become of each."""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Sequence

import msgspec


class ModelFiles(msgspec.Struct, frozen=True, kw_only=True):
    """The files of a version as they were at registration.

    Attributes:
        digest: `sha256:<hex>` over paths and contents of all files; empty when they were not read.
    """

    size_bytes: int = 0
    n_files: int = 0
    digest: str = ""


class ModelFile(msgspec.Struct, frozen=True, kw_only=True):
    """One file of a version.

    Attributes:
        path: relative to the folder of the model.
        sha256: of its content, in hex.
    """

    path: str
    size_bytes: int
    sha256: str


class FileState(enum.StrEnum):
    """What has become of a file since the registration."""

    SAME = "same"
    CHANGED = "changed"
    MISSING = "missing"
    ADDED = "added"


class FileCheck(msgspec.Struct, frozen=True, kw_only=True):
    """
    Attributes:
        registered, found: the file then and now; None: it was, or is, not there.
    """

    path: str
    state: FileState
    registered: ModelFile | None = None
    found: ModelFile | None = None


def summed_up(listing: Sequence[ModelFile]) -> ModelFiles:
    """Sizes and one digest: that of the lines that `sha256sum` prints for the files in the order of their paths."""
    lines = "".join(f"{file.sha256}  {file.path}\n" for file in sorted(listing, key=lambda file: file.path))
    digest = f"sha256:{hashlib.sha256(lines.encode()).hexdigest()}" if listing else ""
    return ModelFiles(size_bytes=sum(file.size_bytes for file in listing), n_files=len(listing), digest=digest)


def compare(registered: Sequence[ModelFile], found: Sequence[ModelFile]) -> tuple[FileCheck, ...]:
    """Each file that was or is there, by path."""
    before, after = ({file.path: file for file in files} for files in (registered, found))
    return tuple(_check(path, before.get(path), after.get(path)) for path in sorted({*before, *after}))


def _check(path: str, registered: ModelFile | None, found: ModelFile | None) -> FileCheck:
    if registered is None:
        state = FileState.ADDED
    elif found is None:
        state = FileState.MISSING
    else:
        state = FileState.SAME if registered == found else FileState.CHANGED
    return FileCheck(path=path, state=state, registered=registered, found=found)
