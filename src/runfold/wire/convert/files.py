"""Files."""

from __future__ import annotations

from runfold.domain.artifact import FileInfo
from runfold.wire.messages.artifacts import FileInfoMessage


def file_out(path: str, info: FileInfo) -> FileInfoMessage:
    """Args: path: as the answer names the file, relative to what was listed."""
    return FileInfoMessage(path=path, is_dir=info.is_dir, file_size=None if info.is_dir else info.size)
