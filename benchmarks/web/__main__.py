"""`python -m benchmarks.web`: open, scroll and draw in Chromium, beside MLflow's and Aim's interfaces."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.journal import Journal
from benchmarks.machine import describe_machine
from benchmarks.peers.mlflow import Mlflow
from benchmarks.peers.runfold import Runfold
from benchmarks.peers.system import System
from benchmarks.processes import free_port, serving
from benchmarks.report import write_report
from benchmarks.sizes import FULL as LOAD_SIZES
from benchmarks.web import aim, stores
from benchmarks.web.browsing import AIM, MLFLOW, RUNFOLD, Look, Pages, look
from benchmarks.web.sizes import FULL, QUICK, WebSizes

_PROJECT = Path(__file__).resolve().parent.parent.parent
_PAGES = {"runfold": RUNFOLD, "mlflow": MLFLOW}
_SCROLLED = 8
OPEN, SCROLL, DRAW = "first table after navigation", "scrolling the table", "charts drawn"


def main() -> int:
    arguments = _parse()
    sizes = QUICK if arguments.quick else FULL
    if arguments.rounds:
        sizes = replace(sizes, rounds=arguments.rounds)
    date = datetime.now(UTC).date().isoformat()
    label = f"{date}-web-quick" if arguments.quick else f"{date}-web"
    home = arguments.cache.resolve()
    journal = Journal(home / f"journal-{label}.jsonl")
    systems = [system for system in (Runfold(_PROJECT), Mlflow()) if system.name in arguments.systems]
    bench = Bench(home, LOAD_SIZES, systems, journal)
    machine = describe_machine()
    works = (OPEN, SCROLL, DRAW)
    for work in works:
        journal.begin(work)
    versions = {}
    for system in systems:
        _say(f"installing {system.name}")
        system.install(home)
        versions[system.name] = system.version
        _measure_tables(bench, system, sizes)
        _measure_charts(bench, system, sizes)
    if "aim" in arguments.systems:
        versions["aim"] = aim.VERSION
        _measure_aim(bench, sizes)
    for work in works:
        journal.end(work)
    path = arguments.results / label
    write_report(journal, machine, versions, date, path, rounds=_rounds(sizes.rounds), note=arguments.note)
    _say(f"results in {path}.md")
    return 0


def _rounds(n: int) -> str:
    """What the medians are taken over: a server is kept for all looks at it, so systems do not take turns here."""
    looks = "one look" if n == 1 else f"{n} looks"
    return f"{looks} at each page, one system after the other"


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.web", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small stores, a few minutes")
    parser.add_argument("--systems", default="runfold,mlflow,aim", help="which to measure (default: %(default)s)")
    parser.add_argument("--rounds", type=int, help="looks at each page (default: 3, or 1 with --quick)")
    parser.add_argument("--note", default="", help="what a reader of the results should know of this run")
    parser.add_argument("--cache", type=Path, default=_PROJECT / ".cache" / "bench", help="environments, loaded data")
    parser.add_argument("--results", type=Path, default=_PROJECT / "benchmarks" / "results")
    return parser.parse_args()


def _measure_tables(bench: Bench, system: System, sizes: WebSizes) -> None:
    data = stores.runs_store(bench, system, sizes)
    pages = _PAGES[system.name]
    cases = {f"{sizes.n_runs:,} runs": 0, f"{sizes.wide_runs:,} runs x {sizes.wide_keys:,} keys": 1}
    with bench.serve(system, data, lean=True) as server:
        for case, experiment in cases.items():
            url = f"http://127.0.0.1:{server.port}{pages.table.format(experiment=experiment)}"
            _look_at_table(bench, system.name, case, pages, url, sizes.rounds)


def _look_at_table(bench: Bench, name: str, case: str, pages: Pages, url: str, rounds: int) -> None:
    for _ in range(rounds):
        _say(f"{name}: {case}")
        _note(bench, OPEN, case, name, look(Look("open", url, pages.row)))
        scrolling = Look(
            "scroll", url, pages.row, scroller=pages.scroller, request=pages.runs_call, more=pages.more, pages=_SCROLLED
        )
        _note(bench, SCROLL, case, name, look(scrolling))


def _measure_charts(bench: Bench, system: System, sizes: WebSizes) -> None:
    data = stores.series_store(bench, system, sizes)
    pages = _PAGES[system.name]
    case = f"{sizes.n_series:,} x {sizes.n_points:,} points"
    with bench.serve(system, data, lean=True) as server:
        url = f"http://127.0.0.1:{server.port}{pages.charts.format(experiment=0)}"
        for _ in range(sizes.rounds):
            _say(f"{system.name}: charts")
            _note(bench, DRAW, case, system.name, look(Look("draw", url, pages.drawing, request=pages.series_call)))


def _measure_aim(bench: Bench, sizes: WebSizes) -> None:
    with _aim_server(bench, sizes) as address:
        _look_at_table(bench, "aim", f"{sizes.aim_runs:,} runs", AIM, f"{address}{AIM.table}", sizes.rounds)


@contextmanager
def _aim_server(bench: Bench, sizes: WebSizes) -> Iterator[str]:
    data = aim.loaded(bench.home, sizes.aim_runs)
    port = free_port()
    command = aim.command(bench.home, data, port)
    with serving(command, port=port, data=data, environment=aim.ENVIRONMENT, health_path="/"):
        yield f"http://127.0.0.1:{port}"


def _note(bench: Bench, work: str, case: str, name: str, found: dict[str, float]) -> None:
    """A look that came to nothing in time is kept as given up."""
    _say(f"  {work}: {found or 'gave up'}")
    bench.journal.add(work, case, name, **(found or {"given_up": 1.0}))


def _say(text: str) -> None:
    print(f"{datetime.now(UTC):%H:%M:%S} {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
