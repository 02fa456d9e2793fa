"""Single log-metric requests over HTTP."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.bench import Bench, metered, percentile
from benchmarks.dataset import FIRST_START_MS, noisy_series
from benchmarks.load import Conversation, alone, drive
from benchmarks.mlflow_api import log_metric, new_run_id
from benchmarks.processes import Server

WORK = "log-metric"
CONNECTIONS = (1, 16)


def measure(bench: Bench) -> None:
    with bench.serve_all(WORK) as running:
        for _round in range(bench.sizes.rounds):
            for connections in CONNECTIONS:
                for system, server in running:
                    case = f"{connections} connection{'s' * (connections > 1)}"
                    bench.journal.add(WORK, case, system.name, **_load(bench, server, connections))


def _load(bench: Bench, server: Server, connections: int) -> dict[str, float]:
    runs = [new_run_id(server.port, FIRST_START_MS) for _ in range(connections)]
    with metered(server) as meter:
        outcome = drive(
            server.port,
            _metrics(runs, bench.sizes.single_requests),
            connections=connections,
            at_most_s=bench.sizes.load_s,
        )
    answered = outcome.finished - outcome.failed
    if not answered:
        return {"failed": outcome.failed}
    return {
        "requests_per_s": answered / outcome.wall_s,
        "cpu_ms_each": meter.server_cpu_s / answered * 1e3,
        "p50_ms": percentile(outcome.latencies_ms, 0.5),
        "p99_ms": percentile(outcome.latencies_ms, 0.99),
        "failed": outcome.failed,
        "other_cores": meter.other_cores,
    }


def _metrics(runs: list[str], n_requests: int) -> Iterator[Conversation]:
    for number, value in enumerate(noisy_series(n_requests)):
        step, lane = divmod(number, len(runs))
        yield alone(log_metric(runs[lane], "loss", value, FIRST_START_MS + 10 * step, step))
