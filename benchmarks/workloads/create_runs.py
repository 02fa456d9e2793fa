"""Whole small runs over HTTP: create with 5 tags, one log-batch of 10 params and 10 metrics, finish."""

from __future__ import annotations

from benchmarks.bench import Bench, metered, percentile
from benchmarks.dataset import METRICS, MadeRun, made_runs
from benchmarks.load import Conversation, drive
from benchmarks.mlflow_api import create_run, finish_run, log_batch, metrics_json, run_id_of
from benchmarks.processes import Server

WORK = "create and log a run"
CONNECTIONS = (4, 16)


def measure(bench: Bench) -> None:
    with bench.serve_all("create-runs") as running:
        for number in range(bench.sizes.rounds):
            for connections in CONNECTIONS:
                for system, server in running:
                    case = f"{connections} connections"
                    bench.journal.add(WORK, case, system.name, **_load(bench, server, number, connections))


def _load(bench: Bench, server: Server, seed: int, connections: int) -> dict[str, float]:
    conversations = (_record(run) for run in made_runs(bench.sizes.created_runs, seed=seed))
    with metered(server) as meter:
        outcome = drive(server.port, conversations, connections=connections, at_most_s=bench.sizes.load_s)
    recorded = outcome.finished - outcome.failed
    if not recorded:
        return {"failed": outcome.failed}
    return {
        "runs_per_s": recorded / outcome.wall_s,
        "cpu_ms_each": meter.server_cpu_s / recorded * 1e3,
        "p50_ms": percentile(outcome.latencies_ms, 0.5),
        "p99_ms": percentile(outcome.latencies_ms, 0.99),
        "failed": outcome.failed,
        "other_cores": meter.other_cores,
    }


def _record(run: MadeRun) -> Conversation:
    created = yield create_run(run.start_ms, run.tags)
    if created.status >= 400:
        return
    run_id = run_id_of(created.body)
    points = [(key, value, run.end_ms, 0) for key, value in zip(METRICS, run.metrics, strict=True)]
    yield log_batch(run_id, metrics_json(points), run.params)
    yield finish_run(run_id, run.end_ms)
