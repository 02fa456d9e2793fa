"""Artifacts in a local (or mounted) folder.

Uploads grow in the folder `.runfold-part` at the root, are synced, and are then renamed to their place;
deleted folders are renamed into it first. So both appear and disappear at once, and a crash leaves only
remains that no listing shows and a later upload clears away.
"""

from __future__ import annotations

import errno
import os
import stat
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from runfold.artifacts.base import CHUNK_BYTES, ArtifactStore, Chunk, Reader, Writer
from runfold.artifacts.checks import Checksum, check_range
from runfold.artifacts.confined import Folder, open_folder
from runfold.domain.artifact import STAGING_NAME, ArtifactPath, FileInfo, join
from runfold.errors import (
    ArtifactError,
    InvalidState,
    InvalidValue,
    NotFound,
    PermissionDenied,
    StorageFull,
)

T = TypeVar("T")

ABANDONED_AFTER_S = 24 * 3600
"""An unfinished upload that got no byte for so long belongs to a process that is gone."""


class LocalArtifacts(ArtifactStore):
    """Artifacts below a folder, which is made by the first upload.

    Readers have a `fileno`.
    """

    def __init__(self, root: Path, *, opening: Callable[[Path], Folder] = open_folder) -> None:
        self.root = root
        self.uri = root.absolute().as_uri()
        self._open = opening
        self._has_cleared = False

    def list_folder(self, folder: ArtifactPath | None = None) -> list[FileInfo]:
        with _errors_of(folder):
            try:
                with self._open_root() as root, root.descend(folder.names if folder else ()) as handle:
                    found = [_info_of(folder, name, status) for name, status in handle.entries()]
            except (FileNotFoundError, NotADirectoryError):
                return []
        return sorted((info for info in found if info is not None), key=lambda info: info.path)

    def stat(self, path: ArtifactPath) -> FileInfo:
        with _errors_of(path), self._open_parent(path) as parent:
            return _info(path, parent.stat(path.name))

    def open_read(self, path: ArtifactPath, *, start: int = 0, stop: int | None = None) -> Reader:
        with _errors_of(path), self._open_parent(path) as parent:
            fd, status = parent.open_file(path.name)
        try:
            start, stop = check_range(path, status.st_size, start, stop)
        except InvalidValue:
            os.close(fd)
            raise
        return LocalReader(fd, _info(path, status), start, stop)

    def write(self, path: ArtifactPath, *, size: int | None = None, digest: str | None = None) -> Writer:
        checksum = Checksum(path, size=size, digest=digest)
        with _errors_of(path):
            self.root.mkdir(parents=True, exist_ok=True)
            with self._open_root() as root:
                _refuse_wrong_kinds(root, path)
                staging, part, fd = self._new_part(root)
        return LocalWriter(self, path, staging, part, fd, checksum)

    def delete(self, path: ArtifactPath) -> None:
        with (
            _errors_of(path),
            suppress(FileNotFoundError, NotADirectoryError),
            self._open_root() as root,
            root.descend(path.names[:-1]) as parent,
        ):
            if stat.S_ISDIR(parent.stat(path.name).st_mode):
                self._delete_folder(root, parent, path.name)
            else:
                parent.remove(path.name)

    def publish(self, path: ArtifactPath, staging: Folder, part: str) -> None:
        """Moves a finished part to its place; the writer's last step."""
        with _errors_of(path), self._open_root() as root:
            while True:
                with root.descend(path.names[:-1], create=True) as parent:
                    try:
                        staging.move(part, parent, path.name)
                    except FileNotFoundError:
                        staging.stat(part)
                        continue  # the folder was deleted since it was opened: the upload comes after the delete
                    parent.sync()
                    break
            root.remove_if_empty(STAGING_NAME)

    def discard(self, staging: Folder, part: str) -> None:
        """Removes an unfinished part."""
        with suppress(OSError):
            staging.remove(part)
        with suppress(OSError), self._open_root() as root:
            root.remove_if_empty(STAGING_NAME)

    def _open_root(self) -> Folder:
        return self._open(self.root)

    def _open_parent(self, path: ArtifactPath) -> Folder:
        """The folder of a file that is to be read; below a file, as below nothing, there is nothing."""
        try:
            with self._open_root() as root:
                return root.descend(path.names[:-1])
        except NotADirectoryError as error:
            raise FileNotFoundError(path.text) from error

    def _delete_folder(self, root: Folder, parent: Folder, name: str) -> None:
        grave = uuid.uuid4().hex
        staging, _ = self._in_staging(
            root, lambda staging: parent.move(name, staging, grave), lambda: parent.stat(name)
        )
        with staging:
            staging.remove(grave)
        root.remove_if_empty(STAGING_NAME)

    def _new_part(self, root: Folder) -> tuple[Folder, str, int]:
        part = uuid.uuid4().hex
        staging, fd = self._in_staging(root, lambda staging: staging.create_file(part), lambda: None)
        self._clear_abandoned(staging)
        return staging, part, fd

    def _in_staging(self, root: Folder, act: Callable[[Folder], T], check: Callable[[], object]) -> tuple[Folder, T]:
        """Does something in the staging folder; anew if another upload, the last one, just took it away.

        Args:
            check: fails if it was not the staging folder that was missing.
        """
        while True:
            staging = root.folder(STAGING_NAME, create=True)
            try:
                return staging, act(staging)
            except FileNotFoundError:
                staging.close()
                check()
            except BaseException:
                staging.close()
                raise

    def _clear_abandoned(self, staging: Folder) -> None:
        if self._has_cleared:
            return
        self._has_cleared = True
        for name, status in staging.entries():
            if status.st_mtime < time.time() - ABANDONED_AFTER_S:
                with suppress(OSError):
                    staging.remove(name)


class LocalReader(Reader):
    """A file that was opened; a later overwrite or delete does not change what it gives."""

    def __init__(self, fd: int, info: FileInfo, start: int, stop: int) -> None:
        self._fd = fd
        self.info = info
        self.start = start
        self.stop = stop
        self._position = start

    def __iter__(self) -> Iterator[bytes]:
        os.lseek(self._fd, self._position, os.SEEK_SET)
        while self._position < self.stop:
            chunk = os.read(self._fd, min(CHUNK_BYTES, self.stop - self._position))
            if not chunk:
                raise ArtifactError(f"{self.info.path.text!r} became shorter while it was read.")
            self._position += len(chunk)
            yield chunk

    def fileno(self) -> int:
        return self._fd

    def close(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


class LocalWriter(Writer):
    def __init__(
        self,
        store: LocalArtifacts,
        path: ArtifactPath,
        staging: Folder,
        part: str,
        fd: int,
        checksum: Checksum,
    ) -> None:
        self._store = store
        self._path = path
        self._staging = staging
        self._part = part
        self._fd = fd
        self._checksum = checksum
        self._is_open = True

    def write(self, chunk: Chunk) -> None:
        self._checksum.add(chunk)
        rest = memoryview(chunk)
        with _errors_of(self._path):
            while rest:
                rest = rest[os.write(self._fd, rest) :]

    def commit(self) -> FileInfo:
        try:
            self._checksum.check()
            with _errors_of(self._path):
                os.fsync(self._fd)
                status = os.fstat(self._fd)
                self._close_file()  # Windows renames no open file
                self._store.publish(self._path, self._staging, self._part)
        except BaseException:
            self.abort()
            raise
        self._is_open = False
        self._staging.close()
        return _info(self._path, status, self._checksum.digest)

    def abort(self) -> None:
        if not self._is_open:
            return
        self._is_open = False
        self._close_file()
        self._store.discard(self._staging, self._part)
        self._staging.close()

    def _close_file(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


def _info_of(folder: ArtifactPath | None, name: str, status: os.stat_result) -> FileInfo | None:
    """What a listing shows; `None` for a name that no artifact can have."""
    try:
        return _info(join(folder, name), status)
    except InvalidValue:
        return None


def _info(path: ArtifactPath, status: os.stat_result, digest: str | None = None) -> FileInfo:
    if stat.S_ISDIR(status.st_mode):
        return FileInfo(path, is_dir=True)
    version = f"{status.st_mtime_ns:x}-{status.st_size:x}-{status.st_ino:x}"
    return FileInfo(path, is_dir=False, size=status.st_size, digest=digest, version=version)


def _refuse_wrong_kinds(root: Folder, path: ArtifactPath) -> None:
    """Says so before the bytes come when a parent is a file or the path is a folder."""
    with suppress(FileNotFoundError), root.descend(path.names[:-1]) as parent:
        if stat.S_ISDIR(parent.stat(path.name).st_mode):
            raise IsADirectoryError(path.text)


@contextmanager
def _errors_of(path: ArtifactPath | None) -> Iterator[None]:
    """Turns what the operating system says into what the contract names."""
    shown = path.text if path else "the root"
    try:
        yield
    except FileNotFoundError as error:
        raise NotFound("artifact", shown) from error
    except IsADirectoryError as error:
        raise InvalidState(f"{shown!r} is a folder; delete it first to store a file there.") from error
    except NotADirectoryError as error:
        raise InvalidState(f"A parent of {shown!r} is not a folder, so nothing can be stored there.") from error
    except PermissionError as error:
        raise PermissionDenied(f"The process has no right to reach {shown!r} in the artifact folder.") from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFull(f"the artifact {shown!r}") from error
        raise ArtifactError(f"{shown!r}: {error.strerror or error}.") from error
