"""Measurements for Prometheus, in its text format.

Our own hundred lines instead of its client library: that one costs several times what a hot call may, and keeps its
figures in module globals. Each server process counts for itself; the label `process` tells them apart.

Source of the format: "Exposition formats", prometheus.io, text format version 0.0.4.
"""

from __future__ import annotations

import os
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from pathlib import Path
from time import process_time

BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
MEDIA_TYPE = b"text/plain; version=0.0.4; charset=utf-8"


class Durations:
    """A histogram of one call."""

    __slots__ = ("counts", "total_s")

    def __init__(self) -> None:
        self.counts = [0] * (len(BUCKETS_S) + 1)
        self.total_s = 0.0

    def add(self, seconds: float) -> None:
        self.counts[bisect_left(BUCKETS_S, seconds)] += 1
        self.total_s += seconds


class Meter:
    """Counts requests. Used from the event loop's thread alone."""

    def __init__(self) -> None:
        self.n_open = 0
        self._requests: dict[tuple[str, int], int] = {}
        self._durations: dict[str, Durations] = {}

    def add(self, call: str, status: int, seconds: float) -> None:
        """Count an answered request.

        Args:
            call: the name of the endpoint, never a path: paths have no end.
        """
        self._requests[call, status] = self._requests.get((call, status), 0) + 1
        durations = self._durations.get(call)
        if durations is None:
            self._durations[call] = durations = Durations()
        durations.add(seconds)

    def write(self, gauges: Mapping[str, tuple[str, float]]) -> bytes:
        """All measurements.

        Args:
            gauges: further ones by name, each with its meaning and value.
        """
        return ("\n".join(self._lines(gauges)) + "\n").encode()

    def _lines(self, gauges: Mapping[str, tuple[str, float]]) -> Iterator[str]:
        process = f'process="{os.getpid()}"'
        yield from _heading("runfold_requests_total", "counter", "Answered requests.")
        for (call, status), n in sorted(self._requests.items()):
            yield f'runfold_requests_total{{call="{call}",status="{status}",{process}}} {n}'
        name = "runfold_request_seconds"
        yield from _heading(name, "histogram", "Time from the request's head to the end of its answer.")
        for call, durations in sorted(self._durations.items()):
            labels, n = f'call="{call}",{process}', 0
            for bound, count in zip((*BUCKETS_S, "+Inf"), durations.counts, strict=True):
                n += count
                yield f'{name}_bucket{{{labels},le="{bound}"}} {n}'
            yield f"{name}_sum{{{labels}}} {durations.total_s:.6f}"
            yield f"{name}_count{{{labels}}} {n}"
        for gauge, (meaning, value) in (_own_gauges(self.n_open) | dict(gauges)).items():
            yield from _heading(gauge, "counter" if gauge.endswith("_total") else "gauge", meaning)
            yield f"{gauge}{{{process}}} {value:g}"


def _heading(name: str, kind: str, meaning: str) -> Iterator[str]:
    yield f"# HELP {name} {meaning}"
    yield f"# TYPE {name} {kind}"


def _own_gauges(n_open: int) -> dict[str, tuple[str, float]]:
    gauges = {
        "runfold_open_requests": ("Requests that are being answered.", float(n_open)),
        "runfold_cpu_seconds_total": ("CPU time of the process.", process_time()),
    }
    memory = _resident_bytes()
    if memory is not None:
        gauges["runfold_memory_bytes"] = ("Resident memory of the process.", memory)
    return gauges


def _resident_bytes() -> int | None:
    """Known on Linux alone without a further library."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return None
    return pages * os.sysconf("SC_PAGE_SIZE")
