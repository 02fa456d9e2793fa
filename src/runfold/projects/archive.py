"""Archives of projects: plain files and folders below one place, within bounds that hold while they are read."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import shutil
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Generator
from contextlib import closing
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, Any, NamedTuple

from runfold.errors import InvalidValue

SUFFIXES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")
MAX_BYTES = 2 * 2**30
MAX_FILES = 100_000

_HEADERS = 2048
"""Bytes that a tar file may spend on what it says of each file."""
_MAX_HEADER = 2**20
_ENCRYPTED = 0x1
_COMPRESSED = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ": lzma.open}
# What the readers of the standard library raise on what nobody would have packed.
_DAMAGE = (
    *(zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError),
    *(EOFError, OSError, RuntimeError, ValueError, OverflowError),
)


class _Member(NamedTuple):
    name: str
    size: int
    mode: int
    open: Callable[[], IO[bytes] | None] | None  # None: a folder


def unpack(archive: Path, folder: Path) -> None:
    """Unpack a zip or tar archive into a new folder.

    Raises:
        InvalidValue: it is damaged, encrypted or too large, or holds links or paths that lead out.
    """
    folder.mkdir(parents=True)
    read = _read_zip if archive.name.endswith(".zip") else _read_tar
    try:
        with closing(read(archive)) as members:
            n_bytes = 0
            for n_files, member in enumerate(members, start=1):
                n_bytes += member.size
                if n_files > MAX_FILES or n_bytes > MAX_BYTES:
                    raise _too_large(archive)
                _write(member, folder)
    except InvalidValue:
        raise
    except FileExistsError as error:
        name = Path(error.filename).relative_to(folder)
        raise InvalidValue(f"The archive {archive.name!r} holds {str(name)!r} more than once.") from None
    except _DAMAGE as error:
        why = getattr(error, "strerror", None) or str(error).partition("\n")[0] or "it ends too soon"
        raise InvalidValue(f"The archive {archive.name!r} cannot be unpacked: {why.rstrip('.')}.") from None


def _write(member: _Member, folder: Path) -> None:
    target = _target(folder, member.name)
    source = member.open() if member.open else None
    if source is None:
        target.mkdir(parents=True, exist_ok=True)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with source, target.open("xb") as out:
        shutil.copyfileobj(source, out)
    target.chmod(0o755 if member.mode & stat.S_IXUSR else 0o644)


def _target(folder: Path, name: str) -> Path:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or "\0" in name:
        raise InvalidValue(f"The archive holds {name!r}, which leads out of its folder.")
    return folder / path


def _read_zip(archive: Path) -> Generator[_Member]:
    with zipfile.ZipFile(archive) as opened:
        for member in opened.infolist():
            mode = member.external_attr >> 16
            if stat.S_ISLNK(mode):
                raise _no_plain_file(archive, member.filename)
            if member.flag_bits & _ENCRYPTED:
                raise InvalidValue(f"The archive {archive.name!r} is encrypted; it must be one that all can read.")
            # No more is read than the size that is said.
            content = None if member.is_dir() else partial(opened.open, member)
            yield _Member(member.filename, member.file_size, mode, content)


def _read_tar(archive: Path) -> Generator[_Member]:
    with _unpacked(archive) as file, tarfile.open(fileobj=_Bounded(archive, file), mode="r:") as opened:
        while member := opened.next():
            if not member.isreg() and not member.isdir():
                raise _no_plain_file(archive, member.name)
            content = partial(opened.extractfile, member) if member.isreg() else None
            yield _Member(member.name, member.size, member.mode, content)
            # It would keep what each of them says; its types leave that out.
            opened.members.clear()  # type: ignore[attr-defined]


def _unpacked(archive: Path) -> IO[bytes]:
    with archive.open("rb") as file:
        start = file.read(8)
    opener: Any = next((opener for magic, opener in _COMPRESSED.items() if start.startswith(magic)), open)
    opened: IO[bytes] = opener(archive, "rb")
    return opened


class _Bounded(io.BufferedIOBase):
    """What a tar file is read from: no header makes it read what memory does not hold, nor go on for ever."""

    def __init__(self, archive: Path, file: IO[bytes]) -> None:
        self._archive = archive
        self._file = file
        self._end = MAX_BYTES + _HEADERS * MAX_FILES

    def read(self, size: int | None = -1, /) -> bytes:
        if size is None or not 0 <= size <= _MAX_HEADER or self.tell() > self._end:
            raise _too_large(self._archive)
        return self._file.read(size)

    def seek(self, position: int, whence: int = 0, /) -> int:
        if position > self._end:
            raise _too_large(self._archive)
        return self._file.seek(position, whence)

    def tell(self) -> int:
        return self._file.tell()


def _too_large(archive: Path) -> InvalidValue:
    return InvalidValue(
        f"The archive {archive.name!r} is too large: at most {MAX_FILES} files and {MAX_BYTES} bytes are unpacked."
    )


def _no_plain_file(archive: Path, name: str) -> InvalidValue:
    return InvalidValue(f"The archive {archive.name!r} holds {name!r}, which is no plain file or folder.")
