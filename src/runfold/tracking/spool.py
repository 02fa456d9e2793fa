"""The append-only file in which everything a run logs waits until the store has it.

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
import threading
import uuid
from pathlib import Path

from runfold.errors import Unavailable
from runfold.tracking import records
from runfold.tracking.buffer import Buffer
from runfold.tracking.records import SpoolInfo
from runfold.tracking.spool_file import MAGIC, RECORDS_START, SUFFIX, pack_delivered, read_whole

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
        head = MAGIC + pack_delivered(RECORDS_START) + bytes(4) + records.encode(info)
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
                return read_whole(self._fd, self._delivered, self._end, max_bytes)
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
                    os.pwrite(self._fd, pack_delivered(self._delivered), len(MAGIC))
            else:
                self._buffer.drop(n_bytes)
                if not self._buffer:
                    self._rewind()

    def _rewind(self) -> None:
        """Give back the disk that delivered records hold, and write to the file again."""
        # Cursor first: a crash in between sends records again; the other way round would lose later ones.
        self._delivered = self._start
        os.pwrite(self._fd, pack_delivered(self._start), len(MAGIC))
        os.ftruncate(self._fd, self._start)
        self._end = self._start

    def sync_to_disk(self) -> None:
        """Make what is in the file survive a loss of power.

        Raises:
            Unavailable: some records are in memory only, because the disk took none.
        """
        with self._lock:
            if self._is_closed:
                return
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
