"""Charts of long series: one of a million points, an overlay of a hundred runs."""

from __future__ import annotations

from functools import partial

from benchmarks.bench import Bench, metered, percentile
from benchmarks.load import NoAnswer, alone, ask, drive
from benchmarks.mlflow_api import run_ids
from benchmarks.peers.system import SeriesPlan, System
from benchmarks.processes import Server

WORK = "charts"
_BUCKETS = 320  # about what a chart is wide, in points


def measure(bench: Bench) -> None:
    sizes = bench.sizes
    plans = (SeriesPlan(1, sizes.series_points), SeriesPlan(sizes.overlay_runs, sizes.overlay_points))
    for plan in plans:
        for system in bench.systems:
            _measure_system(bench, system, plan)


def _measure_system(bench: Bench, system: System, plan: SeriesPlan) -> None:
    if not system.chart_requests([], _BUCKETS):
        return
    data = bench.loaded(system, plan.label, partial(system.load_series, plan=plan))
    with bench.serve(system, data, lean=True) as server:
        runs = run_ids(server.port, plan.n_runs)
    for label, request in system.chart_requests(runs, _BUCKETS).items():
        with bench.serve(system, data, lean=True) as server:
            case = f"{plan.n_runs} x {plan.n_points:,} points"
            bench.journal.add(WORK, case, label, **_chart(bench, server, request))


def _chart(bench: Bench, server: Server, request: bytes) -> dict[str, float]:
    patience_s = bench.sizes.chart_patience_s
    try:
        reply = ask(server.port, request, patience_s=patience_s)
        with metered(server) as meter:
            outcome = drive(
                server.port,
                (alone(request) for _ in range(bench.sizes.search_repeats)),
                at_most_s=bench.sizes.search_s,
                patience_s=patience_s,
            )
    except NoAnswer:
        return {"p50_ms": patience_s * 1e3, "given_up": 1}
    return {
        "p50_ms": percentile(outcome.latencies_ms, 0.5),
        "cpu_ms_each": meter.server_cpu_s / outcome.finished * 1e3,
        "reply_kib": len(reply.body) / 1024,
        "other_cores": meter.other_cores,
    }
