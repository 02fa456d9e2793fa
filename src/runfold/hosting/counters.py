"""Numbers by name that several processes keep together: each writes its own file, whoever is asked adds them up.

A file is a memory map of entries of one size, a name and a float64 each. A process adds to its entries without a lock
or a system call. Files outlive their process: the one that takes its place goes on in the file, so that counters never
go back when a process is killed. A lock on the file tells whether somebody writes it.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from runfold.errors import LimitExceeded

_NAME_BYTES = 184
_ENTRY = struct.Struct(f"={_NAME_BYTES}sd")
_MAX_ENTRIES = 4096
"""Names are few: calls, states and bounds of histograms. What came beyond would not be counted."""
_MAX_PROCESSES = 4096


class Counters:
    """The numbers of one process.

    Args:
        folder: where the files of all processes lie; None: this process counts for itself.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        # Held until the process ends: the lock on it says that the process lives.
        self._file = None if folder is None else _claim(folder)
        self._map = mmap.mmap(-1 if self._file is None else self._file, _MAX_ENTRIES * _ENTRY.size)
        self._places: dict[str, int] = {name: place for place, (name, _) in enumerate(_entries(self._map))}
        # The value of each entry, eight bytes at its end.
        self._values = memoryview(self._map).cast("B").cast("d")
        self._stride = _ENTRY.size // 8

    def add(self, name: str, value: float) -> None:
        place = self._places.get(name)
        if place is None:
            place = self._begin(name)
        if place >= 0:
            self._values[(place + 1) * self._stride - 1] += value

    def set(self, name: str, value: float) -> None:
        place = self._places.get(name)
        if place is None:
            place = self._begin(name)
        if place >= 0:
            self._values[(place + 1) * self._stride - 1] = value

    def _begin(self, name: str) -> int:
        raw, place = name.encode(), len(self._places)
        if len(raw) > _NAME_BYTES or place >= _MAX_ENTRIES:
            return -1
        start = place * _ENTRY.size
        # Readers take an entry for there once its first byte is.
        self._map[start + 1 : start + len(raw)] = raw[1:]
        self._map[start : start + 1] = raw[:1]
        self._places[name] = place
        return place

    def totals(self) -> dict[str, float]:
        """The sums over all processes that count or counted in the folder."""
        sums: dict[str, float] = {}
        for entries, _ in self._all():
            for name, value in entries:
                sums[name] = sums.get(name, 0.0) + value
        return sums

    def living(self) -> dict[str, float]:
        """The sums over those that run now, for what a process has rather than has done."""
        sums: dict[str, float] = {}
        for entries, lives in self._all():
            for name, value in entries if lives else ():
                sums[name] = sums.get(name, 0.0) + value
        return sums

    def _all(self) -> Iterator[tuple[list[tuple[str, float]], bool]]:
        """What each process has, and whether it lives."""
        yield list(_entries(self._map)), True
        for path in sorted(self._folder.iterdir()) if self._folder else ():
            with path.open("rb") as file:
                if self._file is not None and os.path.sameopenfile(file.fileno(), self._file):
                    continue
                yield list(_entries(file.read())), _is_held(file)


def _claim(folder: Path) -> int:
    """A file that nobody writes any more, or a new one, locked."""
    for number in range(_MAX_PROCESSES):
        file = os.open(folder / f"{number}.counters", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            continue
        os.ftruncate(file, _MAX_ENTRIES * _ENTRY.size)
        return file
    raise LimitExceeded(f"More than {_MAX_PROCESSES} processes count together in {folder}.")


def _is_held(file: BinaryIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    fcntl.flock(file, fcntl.LOCK_UN)
    return False


def _entries(data: mmap.mmap | bytes) -> Iterator[tuple[str, float]]:
    for start in range(0, len(data) - _ENTRY.size + 1, _ENTRY.size):
        raw, value = _ENTRY.unpack_from(data, start)
        if not raw[0]:
            return
        yield raw.rstrip(b"\0").decode(), value
