"""Records kept in memory while the spool's disk takes none."""

from __future__ import annotations

from collections import deque


class Buffer:
    """A bounded queue of framed records. Not locked: the spool that owns it is.

    Attributes:
        n_dropped: records that came while it was full; they are lost.
    """

    def __init__(self, max_records: int) -> None:
        self._max_records = max_records
        self._records: deque[bytes] = deque()
        self.n_dropped = 0

    def __len__(self) -> int:
        return len(self._records)

    def append(self, record: bytes) -> bool:
        """Keep a record; False when it was dropped."""
        if len(self._records) >= self._max_records:
            self.n_dropped += 1
            return False
        self._records.append(record)
        return True

    def head(self, max_bytes: int) -> bytes:
        """The oldest records, at least one if there is any, at most `max_bytes` beyond the first."""
        taken: list[bytes] = []
        size = 0
        for record in self._records:
            if taken and size + len(record) > max_bytes:
                break
            taken.append(record)
            size += len(record)
        return b"".join(taken)

    def drop(self, n_bytes: int) -> None:
        """Forget the oldest records; `n_bytes` is the size of some whole ones."""
        while n_bytes > 0:
            n_bytes -= len(self._records.popleft())
