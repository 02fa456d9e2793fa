"""How much work each benchmark does: everything, or a look that takes minutes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    rounds: int  # systems take turns, round by round, so that a busy minute hits all of them
    load_s: float  # a load over HTTP begins nothing new after this long
    batch_requests: int
    single_requests: int
    created_runs: int
    buffered_calls: int  # of a client that sends batches in the background
    queued_calls: int  # of a client that sends calls one by one in the background
    waiting_calls: int  # of a client that waits for the server
    search_runs: tuple[int, ...]
    unanalyzed_runs: int  # above this many runs, peers are searched only after an ANALYZE
    search_repeats: int
    search_s: float  # one search is not repeated for longer than this
    search_patience_s: float  # a search that takes longer is given up
    series_points: int
    overlay_runs: int
    overlay_points: int
    chart_patience_s: float
    disk_runs: int
    disk_points: int
    artifact_mib: int
    starts: int
    imports: int


FULL = Sizes(
    rounds=3,
    load_s=8.0,
    batch_requests=1500,
    single_requests=20_000,
    created_runs=2000,
    buffered_calls=100_000,
    queued_calls=2000,
    waiting_calls=200,
    search_runs=(10_000, 100_000, 1_000_000),
    unanalyzed_runs=10_000,
    search_repeats=20,
    search_s=6.0,
    search_patience_s=30.0,
    series_points=1_000_000,
    overlay_runs=100,
    overlay_points=10_000,
    chart_patience_s=180.0,
    disk_runs=20,
    disk_points=50_000,
    artifact_mib=1024,
    starts=2,
    imports=5,
)

QUICK = Sizes(
    rounds=1,
    load_s=2.0,
    batch_requests=200,
    single_requests=2000,
    created_runs=100,
    buffered_calls=20_000,
    queued_calls=500,
    waiting_calls=50,
    search_runs=(5000,),
    unanalyzed_runs=5000,
    search_repeats=5,
    search_s=2.0,
    search_patience_s=20.0,
    series_points=50_000,
    overlay_runs=10,
    overlay_points=1000,
    chart_patience_s=60.0,
    disk_runs=20,
    disk_points=2500,
    artifact_mib=64,
    starts=1,
    imports=3,
)
