"""log-batch over HTTP, 1000 points a request: 20 keys of 50 steps, one run per connection at a time."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from benchmarks.bench import Bench, metered, percentile
from benchmarks.dataset import FIRST_START_MS, noisy_series
from benchmarks.load import Conversation, alone, drive
from benchmarks.mlflow_api import log_batch, metrics_json, new_run_id
from benchmarks.processes import Server

WORK = "log-batch"
CONNECTIONS = (1, 4, 16)
_KEYS = tuple(f"layer_{i}/loss" for i in range(20))
_STEPS = 50
_PARTS = 60  # distinct batches; a run that has seen all of them makes place for a new run


def measure(bench: Bench) -> None:
    parts = [_batch(number) for number in range(_PARTS)]
    with bench.serve_all(WORK) as running:
        for _round in range(bench.sizes.rounds):
            for connections in CONNECTIONS:
                for system, server in running:
                    case = f"{connections} connection{'s' * (connections > 1)}"
                    bench.journal.add(WORK, case, system.name, **_load(bench, server, parts, connections))


def _load(bench: Bench, server: Server, parts: list[bytes], connections: int) -> dict[str, float]:
    n_requests = bench.sizes.batch_requests
    n_runs = connections * -(-n_requests // (connections * _PARTS))
    runs = [new_run_id(server.port, FIRST_START_MS) for _ in range(n_runs)]
    conversations = islice(_batches(runs, parts, connections), n_requests)
    with metered(server) as meter:
        outcome = drive(server.port, conversations, connections=connections, at_most_s=bench.sizes.load_s)
    points = 1000 * (outcome.finished - outcome.failed)
    if not points:
        return {"failed": outcome.failed}
    return {
        "points_per_s": points / outcome.wall_s,
        "cpu_s_per_million": meter.server_cpu_s / points * 1e6,
        "p50_ms": percentile(outcome.latencies_ms, 0.5),
        "p99_ms": percentile(outcome.latencies_ms, 0.99),
        "failed": outcome.failed,
        "other_cores": meter.other_cores,
    }


def _batches(runs: list[str], parts: list[bytes], connections: int) -> Iterator[Conversation]:
    """Requests for `connections` runs in turn, so that each connection tends to have a run to itself."""
    for first in range(0, len(runs), connections):
        for part in parts:
            for run_id in runs[first : first + connections]:
                yield alone(log_batch(run_id, part))


def _batch(number: int) -> bytes:
    values = noisy_series(len(_KEYS) * _STEPS, seed=number)
    points = [
        (key, next(values), FIRST_START_MS + 100 * step, step)
        for step in range(number * _STEPS, (number + 1) * _STEPS)
        for key in _KEYS
    ]
    return metrics_json(points)
