"""`python -m benchmarks`: measure, keep every sample as it comes, write the report after each piece of work."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import FrameType

from benchmarks.bench import Bench
from benchmarks.journal import Journal
from benchmarks.machine import describe_machine
from benchmarks.peers.fasttrackml import FastTrackML
from benchmarks.peers.mlflow import Mlflow
from benchmarks.peers.runfold import Runfold
from benchmarks.peers.system import System
from benchmarks.report import write_report
from benchmarks.sizes import FULL, QUICK, Sizes
from benchmarks.workloads import (
    artifacts,
    client_latency,
    create_runs,
    disk,
    imports,
    log_batch,
    log_metric,
    scoring,
    search,
    series,
    start,
)

_PROJECT = Path(__file__).resolve().parent.parent

Works = dict[str, Callable[[Bench], None]]


def plan(sizes: Sizes) -> Works:
    """Everything there is to measure, cheap works first."""
    works: Works = {
        module.WORK: module.measure
        for module in (
            imports,
            start,
            log_batch,
            log_metric,
            create_runs,
            client_latency,
            disk,
            series,
            artifacts,
            scoring,
        )
    }
    for n_runs in sizes.search_runs:
        works[search.work_name(n_runs)] = partial(search.measure, n_runs=n_runs)
    return works


def main() -> int:
    signal.signal(signal.SIGTERM, _stop)
    arguments = _parse()
    sizes = QUICK if arguments.quick else FULL
    if arguments.rounds:
        sizes = replace(sizes, rounds=arguments.rounds, starts=arguments.rounds)
    date = datetime.now(UTC).date().isoformat()
    label = f"{date}-quick" if arguments.quick else date
    home = arguments.cache.resolve()
    journal = Journal(home / f"journal-{label}.jsonl")
    systems = _systems(arguments.systems)
    for system in systems:
        _say(f"installing {system.name}")
        system.install(home)
    bench = Bench(home, sizes, systems, journal)
    machine = describe_machine()
    for work, measure in _chosen(plan(sizes), arguments.only).items():
        if arguments.resume and journal.is_finished(work):
            continue
        began = time.monotonic()
        _say(work)
        journal.begin(work)
        measure(bench)
        journal.end(work)
        _say(f"{work}: {time.monotonic() - began:.0f} s")
        versions = {system.name: system.version for system in systems}
        write_report(journal, machine, versions, date, arguments.results / label, note=arguments.note)
    _say(f"results in {arguments.results / label}.md")
    return 0


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes, a few minutes")
    parser.add_argument("--only", action="append", metavar="TEXT", help="works whose name contains this; repeatable")
    parser.add_argument(
        "--systems", default="runfold,mlflow,fasttrackml", help="which to measure (default: %(default)s)"
    )
    parser.add_argument("--rounds", type=int, help="turns that systems take (default: 3, or 1 with --quick)")
    parser.add_argument("--resume", action="store_true", help="leave out works that today's journal has finished")
    parser.add_argument("--note", default="", help="what a reader of the results should know of this run")
    parser.add_argument("--cache", type=Path, default=_PROJECT / ".cache" / "bench", help="environments, loaded data")
    parser.add_argument("--results", type=Path, default=_PROJECT / "benchmarks" / "results")
    return parser.parse_args()


def _systems(names: str) -> list[System]:
    known: list[System] = [Runfold(_PROJECT), Mlflow(), FastTrackML()]
    wanted = names.split(",")
    unknown = set(wanted) - {system.name for system in known}
    if unknown:
        raise SystemExit(f"unknown system {sorted(unknown)[0]!r}; known: {', '.join(s.name for s in known)}")
    return [system for system in known if system.name in wanted]


def _chosen(works: Works, only: list[str] | None) -> Works:
    chosen = {work: measure for work, measure in works.items() if not only or any(text in work for text in only)}
    if not chosen:
        raise SystemExit(f"no work is named like {only}; there are: {', '.join(works)}")
    return chosen


def _stop(number: int, _frame: FrameType | None) -> None:
    """Leave by an exception, so that servers are ended on the way out."""
    raise SystemExit(128 + number)


def _say(text: str) -> None:
    print(f"{datetime.now(UTC):%H:%M:%S} {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
