"""Bytes on disk for each metric point, once everything is stored and the server has stopped."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.peers.system import SeriesPlan

WORK = "bytes per point"

# Noise in all 53 bits hardly compresses; most metrics that people log are rounded or come from float32.
_CASES = {"float64, every bit noisy": None, "rounded to 4 decimals": 4}


def measure(bench: Bench) -> None:
    for case, digits in _CASES.items():
        plan = SeriesPlan(bench.sizes.disk_runs, bench.sizes.disk_points, digits)
        for system in bench.systems:
            empty = bench.empty(system)
            full = bench.loaded(system, plan.label, partial(system.load_series, plan=plan))
            points = plan.n_runs * plan.n_points
            bench.journal.add(WORK, case, system.name, bytes_per_point=(_size(full) - _size(empty)) / points)


def _size(data: Path) -> int:
    return sum(file.stat().st_size for file in data.rglob("*") if file.is_file())
