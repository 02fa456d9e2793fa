"""Searches over one experiment of many finished runs, one at a time, over HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count, islice, repeat
from zlib import crc32

from benchmarks.bench import Bench, metered, percentile
from benchmarks.load import NoAnswer, alone, ask, drive
from benchmarks.mlflow_api import search_runs
from benchmarks.peers.sqlite_loader import analyze, forget_statistics
from benchmarks.peers.system import System
from benchmarks.processes import Server

_PAGE = 50


def work_name(n_runs: int) -> str:
    return f"search in {n_runs:,} runs"


def measure(bench: Bench, n_runs: int) -> None:
    """Measure peers as their file is after the load, and again with the statistics that SQLite plans by.

    SQLite plans badly without statistics and one ANALYZE mends it: a peer is shown at its best too.
    """
    for system in bench.systems:
        data = bench.loaded(system, f"runs-{n_runs}", partial(system.load_runs, n_runs=n_runs))
        if system.plans_without_statistics:
            _measure_system(bench, system, n_runs, system.name)
            continue
        if n_runs <= bench.sizes.unanalyzed_runs:
            forget_statistics(system.database(data))
            _measure_system(bench, system, n_runs, system.name)
        analyze(system.database(data))
        _measure_system(bench, system, n_runs, f"{system.name}, analyzed")


def _first_page(_system: System, _server: Server) -> Iterator[bytes]:
    return repeat(search_runs(max_results=_PAGE))


def _page_50(system: System, server: Server) -> Iterator[bytes]:
    token = system.page_token(49 * _PAGE)
    if token is None:
        token = ""
        for _page in range(49):
            reply = ask(server.port, search_runs(max_results=_PAGE, page_token=token))
            token = json.loads(reply.body).get("next_page_token", "")
    return repeat(search_runs(max_results=_PAGE, page_token=token))


def _by_metric(_system: System, _server: Server) -> Iterator[bytes]:
    return repeat(search_runs(order_by=("metrics.f1 DESC",), max_results=_PAGE))


# Thresholds and words move from one repetition to the next, so that no answer can come from a cache.


def _metric_and_param(_system: System, _server: Server) -> Iterator[bytes]:
    for n in count():
        yield search_runs(
            filter_string=f"metrics.accuracy > {0.5 + n / 1000} AND params.optimizer = 'adam'",
            order_by=("metrics.accuracy DESC",),
            max_results=_PAGE,
        )


def _two_metrics(_system: System, _server: Server) -> Iterator[bytes]:
    for n in count():
        yield search_runs(
            filter_string=f"metrics.loss < {0.1 + n / 1000} AND metrics.f1 > 0.9",
            order_by=("metrics.auc DESC",),
            max_results=_PAGE,
        )


def _no_match(_system: System, _server: Server) -> Iterator[bytes]:
    for n in count():
        yield search_runs(filter_string=f"tags.note LIKE '%nowhere{n}%'", max_results=_PAGE)


_QUERIES: dict[str, Callable[[System, Server], Iterator[bytes]]] = {
    "first page": _first_page,
    "page 50": _page_50,
    "ordered by a metric": _by_metric,
    "metric and param, ordered by the metric": _metric_and_param,
    "two metrics, ordered by a third": _two_metrics,
    "tag LIKE without a match": _no_match,
}


def _measure_system(bench: Bench, system: System, n_runs: int, label: str) -> None:
    data = bench.loaded(system, f"runs-{n_runs}", partial(system.load_runs, n_runs=n_runs))
    remaining = dict(_QUERIES)
    while remaining:
        with bench.serve(system, data, lean=True) as server:
            for case in list(remaining):
                query = remaining.pop(case)
                try:
                    values = _repeat(bench, server, query(system, server))
                except NoAnswer:
                    patience_ms = bench.sizes.search_patience_s * 1e3
                    bench.journal.add(work_name(n_runs), case, label, p50_ms=patience_ms, given_up=1)
                    break  # the abandoned search goes on inside the server and would spoil the next
                bench.journal.add(work_name(n_runs), case, label, **values)


def _repeat(bench: Bench, server: Server, requests: Iterator[bytes]) -> dict[str, float]:
    # The first answer is not timed, it fills caches; but it must be what every other system finds.
    answer = ask(server.port, next(requests), patience_s=bench.sizes.search_patience_s)
    found = [run["info"]["run_id"] for run in json.loads(answer.body).get("runs", ())]
    with metered(server) as meter:
        outcome = drive(
            server.port,
            (alone(request) for request in islice(requests, bench.sizes.search_repeats)),
            at_most_s=bench.sizes.search_s,
            patience_s=bench.sizes.search_patience_s,
        )
    return {
        "p50_ms": percentile(outcome.latencies_ms, 0.5),
        "worst_ms": max(outcome.latencies_ms),
        "cpu_ms_each": meter.server_cpu_s / outcome.finished * 1e3,
        "failed": outcome.failed,
        "answer": crc32(" ".join(found).encode()),
        "other_cores": meter.other_cores,
    }
