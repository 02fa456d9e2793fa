"""Measurements for Prometheus, in its text format.

Our own hundred lines instead of its client library: that one costs several times what a hot call may, and keeps its
figures in module globals. Processes that share a folder are one to who asks: whichever is asked answers for all. A
process without one counts for itself, and the label `process` tells it from others.

Source of the format: "Exposition formats", prometheus.io, text format version 0.0.4.
"""

from __future__ import annotations

import os
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from pathlib import Path
from time import monotonic, process_time
from typing import NamedTuple

from runfold.hosting.counters import Counters

BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
MEDIA_TYPE = b"text/plain; version=0.0.4; charset=utf-8"


_REQUESTS, _SECONDS = "runfold_requests_total", "runfold_request_seconds"
_OPEN, _CPU, _MEMORY = "runfold_open_requests", "runfold_cpu_seconds_total", "runfold_memory_bytes"
_OWN = {
    _OPEN: "Requests that are being answered.",
    _CPU: "CPU time of the process.",
    _MEMORY: "Resident memory of the process.",
}
_REFRESH_S = 1.0
"""How old what a process says of its own CPU and memory may be while it answers others' requests."""


class _Duration(NamedTuple):
    """The names under which the histogram of one call is kept; each bucket holds what fell into it alone."""

    buckets: tuple[str, ...]
    total: str


class Meter:
    """Counts requests. Used from the event loop's thread alone.

    Args:
        folder: where processes that count together keep their numbers; None: this process counts for itself.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._counters = Counters(folder)
        self._is_shared = folder is not None
        self._n_open = 0
        self._requests: dict[tuple[str, int], str] = {}
        self._durations: dict[str, _Duration] = {}
        self._refreshed = 0.0
        self._cpu_s = 0.0
        self.hold(_OPEN, 0)

    @property
    def n_open(self) -> int:
        return self._n_open

    @n_open.setter
    def n_open(self, n: int) -> None:
        self._n_open = n
        self._counters.set(_OPEN, n)

    def add(self, call: str, status: int, seconds: float) -> None:
        """Count an answered request.

        Args:
            call: the name of the endpoint, never a path: paths have no end.
        """
        name = self._requests.get((call, status))
        if name is None:
            name = self._requests[call, status] = f'{_REQUESTS}{{call="{call}",status="{status}"}}'
        duration = self._durations.get(call)
        if duration is None:
            duration = self._durations[call] = _duration(call)
        self._counters.add(name, 1)
        self._counters.add(duration.buckets[bisect_left(BUCKETS_S, seconds)], 1)
        self._counters.add(duration.total, seconds)
        if monotonic() - self._refreshed > _REFRESH_S:
            self._refresh()

    def count(self, name: str, more: float) -> None:
        """Add to a number that only grows."""
        self._counters.add(name, more)

    def hold(self, name: str, value: float) -> None:
        """Set what this process has now."""
        self._counters.set(name, value)

    def write(self, gauges: Mapping[str, tuple[str, float]]) -> bytes:
        """All measurements.

        Args:
            gauges: further ones of this process by name, each with its meaning and value.
        """
        for name, (_, value) in gauges.items():
            self.hold(name, value)
        return self.write_kept({name: meaning for name, (meaning, _) in gauges.items()})

    def write_kept(self, meanings: Mapping[str, str]) -> bytes:
        """All measurements, with those that `count` and `hold` have kept under these names."""
        self._refresh()
        return ("\n".join(self._lines(meanings)) + "\n").encode()

    def _refresh(self) -> None:
        self._refreshed = monotonic()
        used = process_time()
        self._counters.add(_CPU, used - self._cpu_s)
        self._cpu_s = used
        memory = _resident_bytes()
        if memory is not None:
            self._counters.set(_MEMORY, memory)

    def _lines(self, meanings: Mapping[str, str]) -> Iterator[str]:
        totals, living = self._counters.totals(), self._counters.living()
        process = "" if self._is_shared else f'process="{os.getpid()}"'
        more = process and f",{process}"
        yield from _heading(_REQUESTS, "counter", "Answered requests.")
        for name in sorted(key for key in totals if key.startswith(f"{_REQUESTS}{{")):
            yield f"{name[:-1]}{more}}} {totals[name]:.0f}"
        yield from _heading(_SECONDS, "histogram", "Time from the request's head to the end of its answer.")
        for call in sorted(key.split('"')[1] for key in totals if key.startswith(f"{_SECONDS}_sum{{")):
            duration, n = _duration(call), 0.0
            for bucket in duration.buckets:
                n += totals.get(bucket, 0.0)
                bound = bucket.split('le="')[1]
                yield f'{_SECONDS}_bucket{{call="{call}"{more},le="{bound} {n:.0f}'
            yield f"{duration.total[:-1]}{more}}} {totals[duration.total]:.6f}"
            yield f'{_SECONDS}_count{{call="{call}"{more}}} {n:.0f}'
        for name, meaning in (_OWN | dict(meanings)).items():
            is_counter = name.endswith("_total")
            if (value := (totals if is_counter else living).get(name)) is not None:
                yield from _heading(name, "counter" if is_counter else "gauge", meaning)
                yield f"{name}{process and f'{{{process}}}'} {value:g}"


def _duration(call: str) -> _Duration:
    bounds = (*BUCKETS_S, "+Inf")
    buckets = tuple(f'{_SECONDS}_bucket{{call="{call}",le="{bound}"}}' for bound in bounds)
    return _Duration(buckets, f'{_SECONDS}_sum{{call="{call}"}}')


def _heading(name: str, kind: str, meaning: str) -> Iterator[str]:
    yield f"# HELP {name} {meaning}"
    yield f"# TYPE {name} {kind}"


def _resident_bytes() -> int | None:
    """Known on Linux alone without a further library."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return None
    return pages * os.sysconf("SC_PAGE_SIZE")
