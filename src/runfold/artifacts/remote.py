"""What the stores over fsspec have in common: listing, reading, and what their errors mean."""

from __future__ import annotations

import errno
import threading
from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, BinaryIO, cast

from fsspec import AbstractFileSystem

from runfold.artifacts.base import ArtifactStore, Reader
from runfold.artifacts.checks import check_range
from runfold.domain.artifact import ArtifactPath, FileInfo, join
from runfold.errors import (
    ArtifactError,
    InvalidState,
    InvalidValue,
    NotFound,
    PermissionDenied,
    RunfoldError,
    StorageFull,
    Unauthenticated,
    Unavailable,
)

READ_BYTES = 4 << 20
"""How much is asked for at once: large enough that the time to the first byte does not count."""


class ErrorKinds:
    """Which exceptions of a library mean what; the operating system's own are known anyway."""

    def __init__(
        self,
        *,
        lost: tuple[type[Exception], ...] = (),
        unauthenticated: tuple[type[Exception], ...] = (),
        changed: tuple[type[Exception], ...] = (),
    ) -> None:
        self.lost: tuple[type[Exception], ...] = (*lost, ConnectionError, TimeoutError)
        self.unauthenticated = unauthenticated
        self.changed = changed


class FsspecArtifacts(ArtifactStore):
    """A folder of an fsspec file system.

    The connection is made by the first call, and anew after it was lost.

    Args:
        connect: makes the file system; without listing caches, which would hide what others write.
        root: the folder, as the file system names it.
    """

    def __init__(self, uri: str, root: str, connect: Callable[[], AbstractFileSystem], errors: ErrorKinds) -> None:
        self.uri = uri
        self._root = root.rstrip("/")
        self._connect = connect
        self._errors = errors
        self._lock = threading.Lock()
        self._connected: AbstractFileSystem | None = None

    @property
    def fs(self) -> AbstractFileSystem:
        with self._lock:
            if self._connected is None:
                self._connected = self._connect()
            return self._connected

    def list_folder(self, folder: ArtifactPath | None = None) -> list[FileInfo]:
        here = self.place(folder)
        try:
            with self.errors_of(folder):
                entries = self.fs.ls(here, detail=True)
        except (NotFound, InvalidState):
            return []
        found = (self._listed(folder, here, entry) for entry in entries)
        return sorted((info for info in found if info is not None), key=lambda info: info.path)

    def stat(self, path: ArtifactPath) -> FileInfo:
        with self.errors_of(path):
            try:
                return info_of(path, self.fs.info(self.place(path)))
            except NotADirectoryError as error:
                raise FileNotFoundError(path.text) from error

    def open_read(self, path: ArtifactPath, *, start: int = 0, stop: int | None = None) -> Reader:
        info = self.stat(path)
        if info.is_dir:
            raise NotFound("artifact", path.text)
        start, stop = check_range(path, info.size or 0, start, stop)
        return FsspecReader(self, info, start, stop)

    @abstractmethod
    def open_file(self, path: ArtifactPath) -> BinaryIO:
        """The file behind a reader: it stays the version that was opened, or fails."""

    def place(self, path: ArtifactPath | None) -> str:
        """How the file system names a path."""
        return f"{self._root}/{path}" if path else self._root

    @contextmanager
    def errors_of(self, path: ArtifactPath | None) -> Iterator[None]:
        """Turns what the libraries below say into what the contract names."""
        about = path.text if path else "the root"
        try:
            yield
        except RunfoldError:
            raise
        except FileNotFoundError as error:
            raise NotFound("artifact", about) from error
        except (IsADirectoryError, NotADirectoryError, FileExistsError) as error:
            raise InvalidState(
                f"{about!r}: a file is in the place of a folder, or a folder in that of a file ({error})."
            ) from error
        except self._errors.unauthenticated as error:
            raise Unauthenticated(f"{self.uri} does not accept the credentials of this process: {error}") from error
        except PermissionError as error:
            raise PermissionDenied(f"The credentials of this process give no right to {about!r}: {error}.") from error
        except self._errors.changed as error:
            raise ArtifactError(f"{about!r} was replaced while it was read. Read it again.") from error
        except self._errors.lost as error:
            self._connected = None
            raise Unavailable(f"The connection to {self.uri} failed ({error}). Try again later.") from error
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise StorageFull(f"the artifact {about!r}") from error
            raise ArtifactError(f"{about!r}: {error}.") from error

    def _listed(self, folder: ArtifactPath | None, here: str, entry: Mapping[str, Any]) -> FileInfo | None:
        """An entry that lies directly in the folder, is a file or folder, and has a name that can be used."""
        parent, _, name = entry["name"].rstrip("/").rpartition("/")
        if parent.strip("/") != here.strip("/") or entry["type"] not in ("file", "directory"):
            return None
        try:
            return info_of(join(folder, name), entry)
        except InvalidValue:
            return None


class FsspecReader(Reader):
    def __init__(self, store: FsspecArtifacts, info: FileInfo, start: int, stop: int) -> None:
        self._store = store
        self.info = info
        self.start = start
        self.stop = stop
        self._position = start
        self._file: BinaryIO | None = None

    def __iter__(self) -> Iterator[bytes]:
        path = self.info.path
        while self._position < self.stop:
            with self._store.errors_of(path):
                if self._file is None:
                    self._file = self._store.open_file(path)
                    self._file.seek(self._position)
                chunk = self._file.read(min(READ_BYTES, self.stop - self._position))
            if not chunk:
                raise ArtifactError(f"{path.text!r} became shorter while it was read.")
            self._position += len(chunk)
            yield chunk

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def info_of(path: ArtifactPath, entry: Mapping[str, Any]) -> FileInfo:
    """What fsspec's `info` and `ls` tell of one file; the keys beyond name, type and size differ by library."""
    if entry["type"] == "directory":
        return FileInfo(path, is_dir=True)
    if entry["type"] != "file":
        raise FileNotFoundError(path.text)
    size = cast("int | None", entry.get("size"))
    tag, modified = entry.get("ETag") or entry.get("etag"), entry.get("mtime")
    # A time alone would not tell two uploads of one second apart.
    version = str(tag).strip('"') if tag else f"{modified}-{size}" if modified else None
    return FileInfo(path, is_dir=False, size=size, version=version)
