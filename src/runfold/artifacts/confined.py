"""Folders that nothing inside them can lead out of.

A `Folder` is an open directory handle. Whatever lies below is reached one name at a time, relative to the
handle above and without following symbolic links (`openat` with `O_NOFOLLOW`), so neither a link in the tree
nor one that is swapped in between a check and its use can lead elsewhere. Names must be single path segments.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

_OPEN_DIR = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0)
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
# A pipe that someone left in the tree must not hang the one who opens it.
_NO_HANG = getattr(os, "O_NONBLOCK", 0)

IS_SUPPORTED = {os.open, os.stat, os.mkdir, os.rename, os.unlink} <= os.supports_dir_fd
"""Whether this system can open files relative to a directory handle (Windows cannot)."""


class Folder:
    """One open directory. Close it, best with `with`."""

    def __init__(self, fd: int) -> None:
        self._fd = fd

    @classmethod
    def open(cls, path: Path) -> Folder:
        """Opens the root, whose own path may well contain links: whoever runs the process chose it."""
        return cls(os.open(path, _OPEN_DIR))

    def folder(self, name: str, *, create: bool = False) -> Folder:
        """The folder of this name. `create` makes it, durably, when it is absent."""
        while True:
            try:
                return Folder(os.open(name, _OPEN_DIR | _NO_FOLLOW, dir_fd=self._fd))
            except FileNotFoundError:
                if not create:
                    raise
            # Someone may remove it again before it is opened; then it is made again.
            with suppress(FileExistsError):
                os.mkdir(name, dir_fd=self._fd)
                self.sync()

    def descend(self, names: Iterable[str], *, create: bool = False) -> Folder:
        """The folder reached by going through all `names`; with none, a second handle of this one."""
        here = Folder(os.dup(self._fd))
        for name in names:
            with here:
                here = here.folder(name, create=create)
        return here

    def open_file(self, name: str) -> tuple[int, os.stat_result]:
        """A descriptor of a regular file; anything else is reported as absent."""
        fd = os.open(name, os.O_RDONLY | _NO_FOLLOW | _NO_HANG, dir_fd=self._fd)
        status = os.fstat(fd)
        if not stat.S_ISREG(status.st_mode):
            os.close(fd)
            raise FileNotFoundError(name)
        return fd, status

    def create_file(self, name: str) -> int:
        """A descriptor of a new file; `FileExistsError` when the name is taken."""
        return os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_FOLLOW, 0o666, dir_fd=self._fd)

    def stat(self, name: str) -> os.stat_result:
        """The status of a file or folder; links and devices are reported as absent."""
        status = os.stat(name, dir_fd=self._fd, follow_symlinks=False)
        if not (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)):
            raise FileNotFoundError(name)
        return status

    def entries(self) -> Iterator[tuple[str, os.stat_result]]:
        """Name and status of each file and folder in here, links and devices left out."""
        with os.scandir(self._fd) as found:
            for entry in found:
                with suppress(FileNotFoundError):  # removed since
                    status = entry.stat(follow_symlinks=False)
                    if stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode):
                        yield entry.name, status

    def move(self, name: str, to: Folder, new_name: str) -> None:
        """Renames within one file system, replacing a file of that name."""
        os.rename(name, new_name, src_dir_fd=self._fd, dst_dir_fd=to._fd)

    def remove(self, name: str) -> None:
        """Removes a file, or a folder with all in it; a link goes, what it points to stays."""
        if not stat.S_ISDIR(os.stat(name, dir_fd=self._fd, follow_symlinks=False).st_mode):
            os.unlink(name, dir_fd=self._fd)
            return
        while True:
            try:
                shutil.rmtree(name, dir_fd=self._fd)
                return
            except OSError as error:
                # An upload that held a handle of a folder in here finished meanwhile; its file goes too.
                if error.errno != errno.ENOTEMPTY:
                    raise

    @property
    def is_removed(self) -> bool:
        """Whether someone removed the directory behind this handle, so that nothing can be added any more."""
        return os.fstat(self._fd).st_nlink == 0

    def remove_if_empty(self, name: str) -> None:
        with suppress(OSError):
            os.rmdir(name, dir_fd=self._fd)

    def sync(self) -> None:
        """Makes names that were added here survive a power loss."""
        os.fsync(self._fd)

    def close(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def __enter__(self) -> Folder:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()
