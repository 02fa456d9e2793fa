"""Spools whose writers are gone, found by a lock that nobody holds any more."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from runfold.tracking import records
from runfold.tracking.records import SpoolInfo
from runfold.tracking.spool_file import MAGIC, RECORDS_START, SUFFIX, pack_delivered, read_whole, unpack_delivered


class LeftSpool:
    """A spool whose writer is gone, taken over for delivery.

    Attributes:
        written_ms: when its writer was alive for the last time, as far as the file tells.
        n_damaged_bytes: what could not be read so far.
    """

    def __init__(self, path: Path, fd: int, info: SpoolInfo, delivered: int) -> None:
        self.path = path
        self.info = info
        self._fd = fd
        self._delivered = delivered
        found = os.fstat(fd)
        self._end = found.st_size
        self.written_ms = found.st_mtime_ns // 1_000_000
        self.n_damaged_bytes = 0

    @property
    def is_delivered(self) -> bool:
        return self._delivered >= self._end

    def read(self, max_bytes: int) -> bytes:
        while not self.is_delivered:
            data = read_whole(self._fd, self._delivered, self._end, max_bytes)
            if next(records.read_records(data), None) is not None:
                return data
            is_last = self._delivered + len(data) == self._end
            skipped = records.find_record(data) or (len(data) if is_last else len(data) // 2)
            self.n_damaged_bytes += skipped
            self._delivered += skipped
        return b""

    def advance(self, n_bytes: int) -> None:
        self._delivered += n_bytes
        os.pwrite(self._fd, pack_delivered(self._delivered), len(MAGIC))

    def close(self) -> None:
        """Let go of the file, and remove it when everything is delivered. Twice is harmless."""
        if self._fd < 0:
            return
        if self.is_delivered:
            self.path.unlink(missing_ok=True)
        os.close(self._fd)
        self._fd = -1


def take_left_spools(folder: Path, *, run_id: str = "") -> Iterator[LeftSpool]:
    """Take over, one after the other, the spools of writers that are gone; the caller closes each.

    A spool that is being written or sent by somebody else is passed over, and so is a file that holds no
    whole first record (its writer died before it logged anything).
    """
    for path in sorted(folder.glob(f"{run_id or '*'}.*{SUFFIX}")):
        spool = _take(path)
        if spool is not None:
            yield spool


def is_being_written(run_id: str, folder: Path) -> bool:
    """Whether a living process of this machine writes a spool of the run in this folder."""
    for path in folder.glob(f"{run_id}.*{SUFFIX}"):
        try:
            with path.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except FileNotFoundError:
            continue
        except OSError:
            return True
    return False


def _take(path: Path) -> LeftSpool | None:
    try:
        fd = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(fd)
        return None
    head = os.pread(fd, 2**16, 0)
    first = next(records.read_records(head[RECORDS_START:]), None) if head.startswith(MAGIC) else None
    # A file without a name was finished by somebody else between our opening and locking it.
    if first is not None and os.fstat(fd).st_nlink > 0:
        info, size = first
        if isinstance(info, SpoolInfo):
            return LeftSpool(path, fd, info, unpack_delivered(head, first_record=RECORDS_START + size))
    os.close(fd)
    return None
