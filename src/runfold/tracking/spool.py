"""The append-only file in which everything a run logs waits until the store has it.

    file = magic (8 bytes) | delivered: offset (u64) and its crc32 (u32) | 4 bytes unused | records

The spool is the queue itself: `append` writes one record with one system call, unbuffered, so that it
survives the death of the process; the sender reads records back from here and moves `delivered` forward
when the store has them. A store applies a record twice as if once, so the worst that a lost step of
`delivered` costs is sending some records again.

One process writes a spool and holds a lock on it; whoever can take the lock knows that the writer is gone.
"""

from __future__ import annotations

import errno
import fcntl
import logging
import os
import struct
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path
from zlib import crc32

from runfold.errors import Unavailable
from runfold.tracking import records
from runfold.tracking.buffer import Buffer
from runfold.tracking.records import SpoolInfo

SUFFIX = ".spool"

_MAGIC = b"RFSPOOL1"
_DELIVERED = struct.Struct("<QI")
_RECORDS_START = 24
_REWIND_BYTES = 8 * 2**20
_NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)

_log = logging.getLogger("runfold")


class Spool:
    """A spool that this process writes. Safe from any thread; one thread at a time reads and advances.

    When the disk takes no more, records stay in memory (up to a limit) until it does again, with one warning.

    Attributes:
        n_appended_bytes: size of all records ever kept.
        n_delivered_bytes: how much of that the store has; records are delivered in order.
    """

    def __init__(self, folder: Path, info: SpoolInfo, *, max_buffered: int = 1_000_000) -> None:
        """Raises OSError when the folder can't be written."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.info = info
        self.path = folder / f"{info.run_id}.{uuid.uuid4().hex[:8]}{SUFFIX}"
        self._lock = threading.RLock()  # reentrant: a signal handler may log while the same thread is in `append`
        self._buffer = Buffer(max_buffered)
        self._has_warned = False
        # Two descriptors, because Linux appends on an O_APPEND one whatever offset pwrite names.
        self._tail_fd = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o600)
        self._fd = os.open(self.path, os.O_RDWR | os.O_CLOEXEC)
        fcntl.flock(self._fd, fcntl.LOCK_EX)
        self._is_closed = False
        head = _MAGIC + _pack_delivered(_RECORDS_START) + bytes(4) + records.encode(info)
        try:
            if os.write(self._tail_fd, head) < len(head):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except OSError:
            self.path.unlink()
            self._let_go()
            raise
        self._start = self._end = self._delivered = len(head)
        self.n_appended_bytes = 0
        self.n_delivered_bytes = 0

    def append(self, record: bytes) -> bool:
        """Keep one framed record, or several in a row. Takes about a microsecond; never raises for a full disk.

        Returns:
            False when the spool is closed: the record was not kept, and belongs into another one.
        """
        with self._lock:
            if self._is_closed:
                return False
            if self._buffer:
                self._keep_in_memory(record)
                return True
            try:
                written = os.write(self._tail_fd, record)
            except OSError as error:
                self._divert(record, error)
                return True
            if written == len(record):
                self._end += written
                self.n_appended_bytes += written
            else:
                os.ftruncate(self._fd, self._end)  # the disk filled up inside the record: no torn one may stay
                self._divert(record, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))
            return True

    def _keep_in_memory(self, data: bytes) -> None:
        start = 0
        for _, size in records.read_records(data):
            if self._buffer.append(data[start : start + size]):
                self.n_appended_bytes += size
            start += size

    def _divert(self, data: bytes, error: OSError) -> None:
        self._keep_in_memory(data)
        if not self._has_warned:
            self._has_warned = True
            cause = "its disk is full" if error.errno in _NO_SPACE else str(error)
            _log.warning(
                "The spool %s takes no more records: %s. Training goes on and records are kept in memory until they "
                "are sent; a killed process would lose them. Free some space there.",
                self.path,
                cause,
            )

    @property
    def n_dropped(self) -> int:
        """Records lost because disk and memory were full."""
        return self._buffer.n_dropped

    @property
    def is_delivered(self) -> bool:
        with self._lock:
            return self.n_appended_bytes == self.n_delivered_bytes

    def read(self, max_bytes: int) -> bytes:
        """The oldest records that are not delivered, empty when all are."""
        with self._lock:
            if self._end > self._delivered:
                return _read_whole(self._fd, self._delivered, self._end, max_bytes)
            return self._buffer.head(max_bytes)

    def advance(self, n_bytes: int) -> None:
        """Note that the oldest records, of this size together, are delivered."""
        with self._lock:
            self.n_delivered_bytes += n_bytes
            if self._end > self._delivered:
                self._delivered += n_bytes
                if self._delivered == self._end and self._end > _REWIND_BYTES:
                    self._rewind()
                else:
                    os.pwrite(self._fd, _pack_delivered(self._delivered), len(_MAGIC))
            else:
                self._buffer.drop(n_bytes)
                if not self._buffer:
                    self._rewind()

    def _rewind(self) -> None:
        """Give back the disk that delivered records hold, and write to the file again."""
        # Cursor first: a crash in between sends records again; the other way round would lose later ones.
        self._delivered = self._start
        os.pwrite(self._fd, _pack_delivered(self._start), len(_MAGIC))
        os.ftruncate(self._fd, self._start)
        self._end = self._start

    def sync_to_disk(self) -> None:
        """Make what is in the file survive a loss of power.

        Raises:
            Unavailable: some records are in memory only, because the disk took none.
        """
        with self._lock:
            os.fsync(self._fd)
            if self._buffer or self.n_dropped:
                raise Unavailable(
                    f"{len(self._buffer)} records are in memory only and {self.n_dropped} are lost, since "
                    f"{self.path} could not take them."
                )

    def close(self) -> None:
        """Let go of the file, and remove it when everything is delivered."""
        with self._lock:
            if self._is_closed:
                return
            if self.is_delivered:
                self.path.unlink(missing_ok=True)
            self._let_go()

    @property
    def is_closed(self) -> bool:
        return self._is_closed

    def abandon(self) -> None:
        """In a forked child: let go of the parent's file as it is. The lock may be another thread's, for ever."""
        self._lock = threading.RLock()
        self._let_go()

    def _let_go(self) -> None:
        # The flag comes first: numbers of closed descriptors are given to other files at once.
        self._is_closed = True
        os.close(self._tail_fd)
        os.close(self._fd)

    def touch(self) -> None:
        """Say by the time of the file that its writer lives."""
        with self._lock:
            if not self._is_closed:
                os.utime(self._fd)


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
            data = _read_whole(self._fd, self._delivered, self._end, max_bytes)
            if next(records.read_records(data), None) is not None:
                return data
            is_last = self._delivered + len(data) == self._end
            skipped = records.find_record(data) or (len(data) if is_last else len(data) // 2)
            self.n_damaged_bytes += skipped
            self._delivered += skipped
        return b""

    def advance(self, n_bytes: int) -> None:
        self._delivered += n_bytes
        os.pwrite(self._fd, _pack_delivered(self._delivered), len(_MAGIC))

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
    first = next(records.read_records(head[_RECORDS_START:]), None) if head.startswith(_MAGIC) else None
    # A file without a name was finished by somebody else between our opening and locking it.
    if first is not None and os.fstat(fd).st_nlink > 0:
        info, size = first
        if isinstance(info, SpoolInfo):
            return LeftSpool(path, fd, info, _unpack_delivered(head, first_record=_RECORDS_START + size))
    os.close(fd)
    return None


def _pack_delivered(offset: int) -> bytes:
    packed = offset.to_bytes(8, "little")
    return _DELIVERED.pack(offset, crc32(packed))


def _unpack_delivered(head: bytes, *, first_record: int) -> int:
    """Where delivery goes on: the start when the note of it is damaged, since sending again is harmless."""
    offset, checksum = _DELIVERED.unpack_from(head, len(_MAGIC))
    is_sound = crc32(head[len(_MAGIC) : len(_MAGIC) + 8]) == checksum
    return max(offset, first_record) if is_sound else first_record


def _read_whole(fd: int, start: int, end: int, max_bytes: int) -> bytes:
    """Bytes from `start`: up to `max_bytes`, more if the first record alone is longer."""
    data = os.pread(fd, min(end - start, max(max_bytes, records.FRAME_BYTES)), start)
    needed = records.stated_size(data)
    if needed > len(data) and start + needed <= end:
        data = os.pread(fd, needed, start)
    return data
