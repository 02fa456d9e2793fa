"""The layout of a spool's file, for those who write one and those who find one.

file = magic (8 bytes) | delivered: offset (u64) and its crc32 (u32) | 4 bytes unused | records
"""

from __future__ import annotations

import os
import struct
from zlib import crc32

from runfold.tracking import records

SUFFIX = ".spool"
MAGIC = b"RFSPOOL1"
RECORDS_START = 24

_DELIVERED = struct.Struct("<QI")


def pack_delivered(offset: int) -> bytes:
    packed = offset.to_bytes(8, "little")
    return _DELIVERED.pack(offset, crc32(packed))


def unpack_delivered(head: bytes, *, first_record: int) -> int:
    """Where delivery goes on: the start when the note of it is damaged, since sending again is harmless."""
    offset, checksum = _DELIVERED.unpack_from(head, len(MAGIC))
    is_sound = crc32(head[len(MAGIC) : len(MAGIC) + 8]) == checksum
    return max(offset, first_record) if is_sound else first_record


def read_whole(fd: int, start: int, end: int, max_bytes: int) -> bytes:
    """Bytes from `start`: up to `max_bytes`, more if the first record alone is longer."""
    data = os.pread(fd, min(end - start, max(max_bytes, records.FRAME_BYTES)), start)
    needed = records.stated_size(data)
    if needed > len(data) and start + needed <= end:
        data = os.pread(fd, needed, start)
    return data
