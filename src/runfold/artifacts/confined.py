"""Folders that nothing inside them can lead out of.

What lies below a `Folder` is reached one name at a time and never through a symbolic link. Names must be single path
segments.

`HandleFolder` is an open directory handle, and names are opened relative to it (`openat` with `O_NOFOLLOW`), so not
even a link that is swapped in between a check and its use can lead elsewhere. Windows has no such calls; there,
`PathFolder` looks at each name before it uses it, which withstands what lies in the folder but not another program of
the same machine that changes it at that very moment.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import stat
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Self

from runfold.errors import InvalidValue

# What exists on some systems only: never follow a link, never wait for a pipe that someone left, no line ends.
_BINARY = getattr(os, "O_BINARY", 0)
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
_OPEN_DIR = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0)
_OPEN_FILE = os.O_RDONLY | _NO_FOLLOW | getattr(os, "O_NONBLOCK", 0) | _BINARY
_CREATE_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_FOLLOW | _BINARY

_HAS_HANDLES = {os.open, os.stat, os.mkdir, os.rename, os.unlink, os.rmdir} <= os.supports_dir_fd
_WINDOWS_RESERVED = re.compile(r'[<>:"|?*]')


def open_folder(path: Path) -> Folder:
    """Opens a root, whose own path may well contain links: whoever runs the process chose it."""
    return HandleFolder.open(path) if _HAS_HANDLES else PathFolder.open(path)


def check_local_name(name: str) -> None:
    """Refuses what is a fine artifact name and means something else to this system.

    Raises:
        InvalidValue: this is Windows, where `a:b` is another stream of `a` and other signs cannot be stored.
    """
    if os.name == "nt" and _WINDOWS_RESERVED.search(name):
        raise InvalidValue(f"Windows cannot hold a file named {name!r}.")


class Folder(ABC):
    """One open directory. Close it, best with `with`."""

    @abstractmethod
    def folder(self, name: str, *, create: bool = False) -> Folder:
        """The folder of this name. `create` makes it, durably, when it is absent."""

    @abstractmethod
    def again(self) -> Folder:
        """A second handle of this folder."""

    @abstractmethod
    def open_file(self, name: str) -> tuple[int, os.stat_result]:
        """A descriptor of a regular file; anything else is reported as absent."""

    @abstractmethod
    def create_file(self, name: str) -> int:
        """A descriptor of a new file; `FileExistsError` when the name is taken."""

    @abstractmethod
    def stat(self, name: str) -> os.stat_result:
        """The status of a file or folder; links and devices are reported as absent."""

    @abstractmethod
    def entries(self) -> Iterator[tuple[str, os.stat_result]]:
        """Name and status of each file and folder in here, links and devices left out."""

    @abstractmethod
    def move(self, name: str, to: Folder, new_name: str) -> None:
        """Renames within one file system, replacing a file of that name."""

    @abstractmethod
    def remove(self, name: str) -> None:
        """Removes a file, or a folder with all in it; a link goes, what it points to stays."""

    @abstractmethod
    def remove_if_empty(self, name: str) -> None:
        """Removes a folder unless something is in it."""

    @abstractmethod
    def sync(self) -> None:
        """Makes names that were added here survive a power loss."""

    @abstractmethod
    def close(self) -> None:
        """Lets go of the directory; a repeated call does nothing."""

    def descend(self, names: Iterable[str], *, create: bool = False) -> Folder:
        """The folder reached by going through all `names`; with none, a second handle of this one."""
        here = self.again()
        for name in names:
            with here:
                here = here.folder(name, create=create)
        return here

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


class HandleFolder(Folder):
    def __init__(self, fd: int) -> None:
        self._fd = fd

    @classmethod
    def open(cls, path: Path) -> HandleFolder:
        return cls(os.open(path, _OPEN_DIR))

    def folder(self, name: str, *, create: bool = False) -> HandleFolder:
        while True:
            try:
                return HandleFolder(os.open(name, _OPEN_DIR | _NO_FOLLOW, dir_fd=self._fd))
            except FileNotFoundError:
                if not create:
                    raise
            except OSError as error:
                if error.errno == errno.ELOOP:  # what some systems say of a link, Linux not
                    raise NotADirectoryError(name) from error
                raise
            # Someone may remove it again before it is opened; then it is made again.
            with suppress(FileExistsError):
                os.mkdir(name, dir_fd=self._fd)
                self.sync()

    def again(self) -> HandleFolder:
        return HandleFolder(os.dup(self._fd))

    def open_file(self, name: str) -> tuple[int, os.stat_result]:
        try:
            return _regular(os.open(name, _OPEN_FILE, dir_fd=self._fd), name)
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise FileNotFoundError(name) from error
            raise

    def create_file(self, name: str) -> int:
        return os.open(name, _CREATE_FILE, 0o666, dir_fd=self._fd)

    def stat(self, name: str) -> os.stat_result:
        return _plain(os.stat(name, dir_fd=self._fd, follow_symlinks=False), name)

    def entries(self) -> Iterator[tuple[str, os.stat_result]]:
        return _plain_entries(self._fd)

    def move(self, name: str, to: Folder, new_name: str) -> None:
        assert isinstance(to, HandleFolder)
        os.rename(name, new_name, src_dir_fd=self._fd, dst_dir_fd=to._fd)

    def remove(self, name: str) -> None:
        if stat.S_ISDIR(os.stat(name, dir_fd=self._fd, follow_symlinks=False).st_mode):
            _until_empty(lambda: shutil.rmtree(name, dir_fd=self._fd))
        else:
            os.unlink(name, dir_fd=self._fd)

    def remove_if_empty(self, name: str) -> None:
        with suppress(OSError):
            os.rmdir(name, dir_fd=self._fd)

    def sync(self) -> None:
        os.fsync(self._fd)

    def close(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


class PathFolder(Folder):
    def __init__(self, path: Path) -> None:
        self._path = path

    @classmethod
    def open(cls, path: Path) -> PathFolder:
        if not stat.S_ISDIR(os.stat(path).st_mode):
            raise NotADirectoryError(path)
        return cls(path)

    def folder(self, name: str, *, create: bool = False) -> PathFolder:
        path = self._child(name)
        while True:
            try:
                status = os.lstat(path)
            except FileNotFoundError:
                if not create:
                    raise
                with suppress(FileExistsError):
                    os.mkdir(path)
                continue
            if _is_link(status) or not stat.S_ISDIR(status.st_mode):
                raise NotADirectoryError(path)
            return PathFolder(path)

    def again(self) -> PathFolder:
        return PathFolder(self._path)

    def open_file(self, name: str) -> tuple[int, os.stat_result]:
        self.stat(name)
        return _regular(os.open(self._child(name), _OPEN_FILE), name)

    def create_file(self, name: str) -> int:
        return os.open(self._child(name), _CREATE_FILE, 0o666)

    def stat(self, name: str) -> os.stat_result:
        return _plain(os.lstat(self._child(name)), name)

    def entries(self) -> Iterator[tuple[str, os.stat_result]]:
        return _plain_entries(self._path)

    def move(self, name: str, to: Folder, new_name: str) -> None:
        assert isinstance(to, PathFolder)
        os.replace(self._child(name), to._child(new_name))

    def remove(self, name: str) -> None:
        path = self._child(name)
        status = os.lstat(path)
        if stat.S_ISDIR(status.st_mode) and not _is_link(status):
            _until_empty(lambda: shutil.rmtree(path))
        else:
            os.unlink(path)

    def remove_if_empty(self, name: str) -> None:
        with suppress(OSError):
            os.rmdir(self._child(name))

    def sync(self) -> None:
        """Windows cannot sync a directory; its file systems write names by themselves soon."""

    def close(self) -> None:
        """A path holds nothing open."""

    def _child(self, name: str) -> Path:
        check_local_name(name)
        return self._path / name


def _regular(fd: int, name: str) -> tuple[int, os.stat_result]:
    status = os.fstat(fd)
    if not stat.S_ISREG(status.st_mode):
        os.close(fd)
        raise FileNotFoundError(name)
    return fd, status


def _plain(status: os.stat_result, name: str) -> os.stat_result:
    if _is_link(status) or not (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)):
        raise FileNotFoundError(name)
    return status


def _plain_entries(place: int | Path) -> Iterator[tuple[str, os.stat_result]]:
    with os.scandir(place) as found:
        for entry in found:
            with suppress(FileNotFoundError):  # a link or device, or removed since
                yield entry.name, _plain(entry.stat(follow_symlinks=False), entry.name)


def _is_link(status: os.stat_result) -> bool:
    """A symbolic link, or any reparse point of Windows such as a junction."""
    reparse = getattr(stat, "FILE_ATTRIBUTE_REPARSE_POINT", 0)
    return stat.S_ISLNK(status.st_mode) or bool(getattr(status, "st_file_attributes", 0) & reparse)


def _until_empty(remove_tree: Callable[[], None]) -> None:
    while True:
        try:
            remove_tree()
            return
        except OSError as error:
            # An upload that held a folder in here finished meanwhile; its file goes too.
            if error.errno != errno.ENOTEMPTY:
                raise
