"""Files that wait for their upload, as copies beside the spools."""

from __future__ import annotations

import errno
import shutil
import uuid
from collections.abc import Callable
from pathlib import Path

from runfold.errors import ArtifactError, StorageFull

FOLDER = "files"

_NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def keep_content(folder: Path, content: bytes) -> str:
    """Keep a file; returns its path relative to the spool folder.

    Raises:
        StorageFull: there is no room for it.
        ArtifactError: it can't be written for another reason.
    """
    return _keep(folder, lambda target: target.write_bytes(content))


def keep_copy(folder: Path, source: Path) -> str:
    """As `keep_content`, for the content of a file."""
    return _keep(folder, lambda target: shutil.copyfile(source, target))


def _keep(folder: Path, write: Callable[[Path], object]) -> str:
    name = f"{FOLDER}/{uuid.uuid4().hex}"
    target = folder / name
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        write(target)
    except OSError as error:
        target.unlink(missing_ok=True)
        if error.errno in _NO_SPACE:
            raise StorageFull(str(target.parent)) from error
        raise ArtifactError(f"The file could not be kept in {target.parent} for a later upload: {error}.") from error
    return name
