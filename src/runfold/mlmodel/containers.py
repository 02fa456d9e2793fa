"""Where pickles hide in files: archives, compression, arrays of objects.

A file is known by its first bytes; names only help where those do not tell (pickles of protocol 0 look like text).
"""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO, cast

import msgspec

MAX_UNPACKED_BYTES = 16 * 2**30
"""The most that compressed content may grow to."""

_MAX_DEPTH = 4
_MAX_MEMBERS = 100_000
_MAX_JSON_BYTES = 32 * 2**20
_PICKLE_ENDINGS = (".pkl", ".pickle", ".pck", ".dill", ".joblib", ".sav", ".statsmodels", ".dat")
_BROKEN = (
    OSError,
    EOFError,
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
    tarfile.TarError,
    struct.error,
    IndexError,
)
_CHUNK = 64 * 2**10
_SKOPS_SCHEMA = "schema.json"


class Part(msgspec.Struct, frozen=True):
    """One thing to judge.

    Attributes:
        stream: a pickle, at its beginning; `None` where names or a problem are all there is.
        names: globals that something other than a pickle names.
        problem: why it could not be looked into.
    """

    file: str
    stream: BinaryIO | None = None
    names: tuple[tuple[str, str], ...] = ()
    problem: str = ""

    @property
    def is_pickle(self) -> bool:
        return self.stream is not None


def pickled_parts(name: str, file: BinaryIO, *, is_pickle: bool = False, depth: int = 0) -> Iterator[Part]:
    """What in a file is a pickle or names code, archives and compression looked through."""
    file.seek(0)
    start = file.read(8)
    file.seek(0)
    if depth > _MAX_DEPTH:
        yield Part(name, problem=f"archives lie in each other more than {_MAX_DEPTH} deep")
        return
    try:
        if start.startswith(b"PK\x03\x04"):
            yield from _of_zip(name, file, depth)
        elif start.startswith(b"\x93NUMPY"):
            yield from _of_array(name, file)
        elif (unpacked := _unpacked(start, file, is_pickle)) is not None:
            yield from pickled_parts(name, unpacked, is_pickle=is_pickle, depth=depth + 1)
        elif _is_tar(file):
            yield from _of_tar(name, file, depth)
        elif is_pickle or _looks_like_pickle(name, start):
            yield Part(name, stream=file)
    except (
        OSError,
        EOFError,
        zlib.error,
        lzma.LZMAError,
        zipfile.BadZipFile,
        tarfile.TarError,
        struct.error,
        IndexError,
    ) as error:
        yield Part(name, problem=str(error)[:200] or type(error).__name__)
    except (RuntimeError, NotImplementedError) as error:  # zipfile: encrypted, or an unknown method
        yield Part(name, problem=str(error)[:200])


def _looks_like_pickle(name: str, start: bytes) -> bool:
    has_protocol = len(start) > 1 and start[0] == 0x80 and 2 <= start[1] <= 5
    return has_protocol or name.lower().endswith(_PICKLE_ENDINGS)


def _of_zip(name: str, file: BinaryIO, depth: int) -> Iterator[Part]:
    with zipfile.ZipFile(file) as archive:
        members = archive.infolist()
        if len(members) > _MAX_MEMBERS:
            yield Part(name, problem=f"it has {len(members)} members; at most {_MAX_MEMBERS} are looked at")
            return
        for member in members:
            inside = f"{name}!{member.filename}"
            if member.is_dir():
                continue
            if member.file_size > MAX_UNPACKED_BYTES:
                yield Part(inside, problem=f"it would unpack to {member.file_size} bytes")
                continue
            with archive.open(member) as opened:
                if member.filename == _SKOPS_SCHEMA:
                    yield _of_schema(inside, opened.read(_MAX_JSON_BYTES + 1))
                else:
                    yield from pickled_parts(inside, cast("BinaryIO", opened), depth=depth + 1)


def _of_schema(name: str, content: bytes) -> Part:
    if len(content) > _MAX_JSON_BYTES:
        return Part(name, problem=f"it has more than {_MAX_JSON_BYTES} bytes")
    return Part(name, names=tuple(_names_in_skops(content)))


def _names_in_skops(content: bytes) -> Iterator[tuple[str, str]]:
    """Classes and functions that a skops file names (skops 0.16, `skops/io/_audit.py`)."""
    try:
        waiting: list[Any] = [json.loads(content)]
    except (ValueError, RecursionError):
        return
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            module, name = node.get("__module__"), node.get("__class__")
            # The loader of a function holds its module and name as content of their own.
            if isinstance(module, str) and isinstance(name, str) and node.get("__loader__") != "FunctionNode":
                yield module, name
            elif node.get("__loader__") == "FunctionNode" and isinstance(node.get("content"), dict):
                inside = node["content"]
                yield str(inside.get("module_path", "")), str(inside.get("function", ""))
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node


def _of_array(name: str, file: BinaryIO) -> Iterator[Part]:
    """numpy's format: a header in Python syntax, and behind it a pickle if the items are objects
    (NumPy, `numpy.lib.format`)."""
    file.read(6)
    major = file.read(2)[0]
    (length,) = struct.unpack("<H" if major == 1 else "<I", file.read(2 if major == 1 else 4))
    header = file.read(min(length, 2**20))
    if b"'|O'" in header or b"'O'" in header or b'"O"' in header or b'"|O"' in header:
        yield Part(name, stream=file)


def _of_tar(name: str, file: BinaryIO, depth: int) -> Iterator[Part]:
    with tarfile.open(fileobj=file, mode="r:") as archive:
        for count, member in enumerate(archive):
            if count >= _MAX_MEMBERS:
                yield Part(name, problem=f"it has more than {_MAX_MEMBERS} members")
                return
            opened = archive.extractfile(member) if member.isfile() else None
            if opened is not None:
                yield from pickled_parts(f"{name}!{member.name}", cast("BinaryIO", opened), depth=depth + 1)


def _is_tar(file: BinaryIO) -> bool:
    file.seek(257)
    magic = file.read(5)
    file.seek(0)
    return magic == b"ustar"


def _unpacked(start: bytes, file: BinaryIO, is_pickle: bool) -> BinaryIO | None:
    """The content of a compressed file, read as it is needed; `None` if it is not compressed."""
    if start.startswith(b"\x1f\x8b"):
        return _bounded(gzip.GzipFile(fileobj=file))
    if start.startswith(b"BZh"):
        return _bounded(bz2.BZ2File(file))
    if start.startswith((b"\xfd7zXZ", b"\x5d\x00\x00")):
        return _bounded(lzma.LZMAFile(file))
    if is_pickle and len(start) > 1 and start[0] == 0x78 and (start[0] * 256 + start[1]) % 31 == 0:
        return _bounded(io.BufferedReader(_Inflating(file)))
    return None


def _bounded(stream: gzip.GzipFile | bz2.BZ2File | lzma.LZMAFile | io.BufferedReader) -> BinaryIO:
    return cast("BinaryIO", _Bounded(cast("BinaryIO", stream)))


class _Inflating(io.RawIOBase):
    """The content of a bare zlib stream, as joblib writes one."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._begin()

    def _begin(self) -> None:
        self._file.seek(0)
        self._inflater = zlib.decompressobj()
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._inflater.eof:
            packed = self._inflater.unconsumed_tail or self._file.read(_CHUNK)
            if not packed:
                raise EOFError("its compressed content is cut off")
            content = self._inflater.decompress(packed, len(buffer))
            if content:
                buffer[: len(content)] = content
                self._at += len(content)
                return len(content)
        return 0

    def seek(self, offset: int, whence: int = 0) -> int:
        target = offset + (self._at if whence == 1 else 0)
        if target < self._at:
            self._begin()
        while self._at < target and self.read(min(_CHUNK, target - self._at)):
            pass
        return self._at

    def tell(self) -> int:
        return self._at


class _Bounded(io.RawIOBase):
    """A stream that refuses to grow beyond all measure."""

    def __init__(self, inner: BinaryIO) -> None:
        self._inner = inner

    def read(self, size: int = -1) -> bytes:
        self._check(size if size > 0 else 0)
        return self._inner.read(size)

    def readline(self, size: int | None = -1) -> bytes:
        self._check(0)
        return self._inner.readline(-1 if size is None else size)

    def seek(self, offset: int, whence: int = 0) -> int:
        if whence == 1:
            self._check(offset)
        return self._inner.seek(offset, whence)

    def tell(self) -> int:
        return self._inner.tell()

    def _check(self, more: int) -> None:
        if self._inner.tell() + more > MAX_UNPACKED_BYTES:
            raise OSError(f"it unpacks to more than {MAX_UNPACKED_BYTES} bytes")
