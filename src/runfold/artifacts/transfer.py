"""Moving files and folders between this machine and an artifact store.

Several files move at once, each in pieces. An upload is announced with its size and SHA-256, which the store
(or the server before it) checks before the file becomes visible; a large one may go in parts, of which the size is
checked. A download grows beside its destination and is renamed when it is complete; one that was cut goes on where it
stopped if the file is still the same.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from pathlib import Path
from threading import Lock
from typing import BinaryIO, TypeVar

import msgspec

from runfold.artifacts.base import CHUNK_BYTES, ArtifactStore, Reader
from runfold.artifacts.confined import check_local_name
from runfold.artifacts.multipart import MULTIPART_BYTES, upload_in_parts
from runfold.domain.artifact import ArtifactPath, FileInfo, join
from runfold.errors import ArtifactError, DigestMismatch, NotFound, StorageFull, Unavailable

WORKERS = 4
"""How many files move at once."""
ATTEMPTS = 3
"""How often an upload is begun before a lost connection fails it."""

T = TypeVar("T")
R = TypeVar("R")


class Progress(msgspec.Struct, frozen=True):
    """How far a transfer is.

    Attributes:
        path: the file that just moved on.
        moved: bytes moved of all files together; falls back when an upload has to begin anew.
        size: bytes to move in total.
        files: how many files there are.
    """

    path: ArtifactPath
    moved: int
    size: int
    files: int


OnProgress = Callable[[Progress], None]
"""Called about once per MiB, from several threads but never at the same time."""


def upload_file(
    store: ArtifactStore, source: Path, path: ArtifactPath, *, on_progress: OnProgress | None = None
) -> FileInfo:
    """Stores a local file at `path`. A file that grows meanwhile is stored as long as it was at the start.

    Raises:
        NotFound: `source` is not a file.
    """
    return _upload([(source, path)], store, on_progress, workers=1)[0]


def upload_folder(
    store: ArtifactStore,
    source: Path,
    folder: ArtifactPath | None = None,
    *,
    on_progress: OnProgress | None = None,
    workers: int = WORKERS,
) -> list[FileInfo]:
    """Stores all files of a local folder below `folder` (`None`: the root), in order of their paths.

    Linked files are stored by their content; linked folders, pipes and the like are left out. All names are
    checked before the first byte moves.

    Raises:
        NotFound: `source` is not a folder.
        InvalidValue: a name cannot be that of an artifact.
    """
    if not source.is_dir():
        raise NotFound("local folder", str(source))
    names = sorted(_files_below(source))
    return _upload([(source / name, join(folder, name)) for name in names], store, on_progress, workers)


def download(
    store: ArtifactStore,
    path: ArtifactPath | None,
    destination: Path,
    *,
    on_progress: OnProgress | None = None,
    workers: int = WORKERS,
) -> Path:
    """Fetches a file, or a folder with all below it (`None`: the whole store).

    Args:
        destination: becomes the file (inside it, if it is a folder), or the folder that holds what the stored
            folder holds; files in it that have the same names are replaced.

    Raises:
        NotFound: nothing is at `path`.
        ArtifactError: the store names a file that this machine cannot hold, or breaks off.
    """
    info = None if path is None else store.stat(path)
    if info is not None and not info.is_dir:
        destination = destination / info.path.name if destination.is_dir() else destination
        found = [(info, destination)]
    else:
        found = [
            (file, destination / _local_name(file.path.relative_to(path)))
            for file in walk(store, path)
            if not file.is_dir
        ]
        destination.mkdir(parents=True, exist_ok=True)
    meter = _Meter(on_progress, len(found), sum(file.size or 0 for file, _ in found))
    _in_parallel(lambda one: _download_file(store, one[0].path, one[1], meter), found, workers)
    return destination


def walk(store: ArtifactStore, folder: ArtifactPath | None = None) -> Iterator[FileInfo]:
    """All files and folders below a folder, each folder before what it holds."""
    for info in store.list_folder(folder):
        yield info
        if info.is_dir:
            yield from walk(store, info.path)


class _Meter:
    """Adds up what the threads move."""

    def __init__(self, on_progress: OnProgress | None, files: int, size: int) -> None:
        self._on_progress = on_progress
        self._files = files
        self._size = size
        self._moved = 0
        self._lock = Lock()

    def add(self, path: ArtifactPath, n_bytes: int) -> None:
        if self._on_progress is None:
            return
        with self._lock:
            self._moved += n_bytes
            self._on_progress(Progress(path, self._moved, self._size, self._files))


def _upload(
    files: list[tuple[Path, ArtifactPath]], store: ArtifactStore, on_progress: OnProgress | None, workers: int
) -> list[FileInfo]:
    for source, _ in files:
        if not source.is_file():
            raise NotFound("local file", str(source))
    meter = _Meter(on_progress, len(files), sum(source.stat().st_size for source, _ in files))
    return _in_parallel(lambda one: _upload_file(store, one[0], one[1], meter), files, workers)


def _upload_file(store: ArtifactStore, source: Path, path: ArtifactPath, meter: _Meter) -> FileInfo:
    with source.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size >= MULTIPART_BYTES:
            info = upload_in_parts(store, file, path, size, lambda n: meter.add(path, n))
            if info is not None:
                return info
        digest = _digest(file, size)
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return _send(store, file, path, size, digest, meter)
            except DigestMismatch as error:
                raise ArtifactError(f"{str(source)!r} changed while it was uploaded; nothing was stored.") from error
            except StorageFull:
                raise
            except Unavailable as error:
                if attempt == ATTEMPTS:
                    raise
                time.sleep(error.retry_after_s * attempt)
    raise AssertionError("the last attempt returns or raises")


def _send(store: ArtifactStore, file: BinaryIO, path: ArtifactPath, size: int, digest: str, meter: _Meter) -> FileInfo:
    moved = 0
    writer = store.write(path, size=size, digest=digest)
    try:
        for chunk in _chunks(file, size):
            writer.write(chunk)
            moved += len(chunk)
            meter.add(path, len(chunk))
        return writer.commit()
    except BaseException:
        writer.abort()
        meter.add(path, -moved)
        raise


def _download_file(store: ArtifactStore, path: ArtifactPath, destination: Path, meter: _Meter) -> None:
    destination.parent.mkdir(parents=True, exist_ok=True)
    reader = store.open_read(path)
    # The name holds the version, so remains of another version are never taken for the beginning of this one.
    mark = hashlib.sha256(f"{store.uri} {path} {reader.info.version}".encode()).hexdigest()[:16]
    part = destination.with_name(f".{mark}.runfold-part")
    there = part.stat().st_size if reader.info.version and part.exists() else 0
    if 0 < there < (reader.info.size or 0):
        reader.close()
        reader = _reopen(store, reader, there)
    else:
        there = 0
    meter.add(path, there)
    with reader, part.open("ab" if there else "wb") as file:
        for chunk in reader:
            file.write(chunk)
            meter.add(path, len(chunk))
    os.replace(part, destination)


def _reopen(store: ArtifactStore, before: Reader, start: int) -> Reader:
    reader = store.open_read(before.info.path, start=start)
    if reader.info.version != before.info.version:
        reader.close()
        raise ArtifactError(f"{before.info.path.text!r} was replaced meanwhile. Download it again.")
    return reader


def _in_parallel(move: Callable[[T], R], what: list[T], workers: int) -> list[R]:
    """Moves all, in order of the answer; after a failure nothing new is begun and the failure is raised."""
    if len(what) == 1 or workers == 1:
        return [move(one) for one in what]
    with ThreadPoolExecutor(workers, thread_name_prefix="runfold-transfer") as pool:
        moving = [pool.submit(move, one) for one in what]
        try:
            wait(moving, return_when=FIRST_EXCEPTION)
        finally:
            for future in moving:
                future.cancel()
    failed = next((future for future in moving if not future.cancelled() and future.exception()), None)
    if failed is not None:
        failed.result()
    return [future.result() for future in moving]


def _files_below(folder: Path) -> Iterable[str]:
    """The regular files below a folder by their relative path with `/`."""
    for here, _, names in os.walk(folder):
        for name in names:
            file = Path(here, name)
            if file.is_file():
                yield file.relative_to(folder).as_posix()


def _local_name(path: ArtifactPath) -> str:
    """A checked path from a store as a relative path here; `/` is understood by every system."""
    check_local_name(path.text)
    return path.text


def _digest(file: BinaryIO, size: int) -> str:
    found = hashlib.sha256()
    for chunk in _chunks(file, size):
        found.update(chunk)
    return f"sha256:{found.hexdigest()}"


def _chunks(file: BinaryIO, size: int) -> Iterator[bytes]:
    """The first `size` bytes of a file."""
    file.seek(0)
    while size > 0 and (chunk := file.read(min(CHUNK_BYTES, size))):
        size -= len(chunk)
        yield chunk
