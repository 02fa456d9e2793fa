"""How much the browsers are shown."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class WebSizes:
    n_runs: int
    wide_runs: int
    wide_keys: int
    n_series: int
    n_points: int
    aim_runs: int  # Aim is loaded through its own client, which takes most of a second a run
    rounds: int


FULL = WebSizes(
    n_runs=1_000_000, wide_runs=100_000, wide_keys=12_000, n_series=100, n_points=10_000, aim_runs=300, rounds=3
)
QUICK = WebSizes(n_runs=5000, wide_runs=2000, wide_keys=1200, n_series=10, n_points=1000, aim_runs=100, rounds=1)
