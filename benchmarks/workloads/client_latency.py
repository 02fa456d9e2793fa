"""What one `log_metric` costs a training loop, and how long until all of it is durable."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from benchmarks import client_loop
from benchmarks.bench import Bench
from benchmarks.peers.system import ClientVariant, System

WORK = "log_metric in a training loop"


def measure(bench: Bench) -> None:
    with bench.serve_all("client-latency", lean=True) as running:
        for _round in range(bench.sizes.rounds):
            for system, server in running:
                for label, variant in system.client_variants().items():
                    folder = bench.scratch("client-loop")
                    for case, uri in _stores(system, server.port, folder):
                        bench.journal.add(WORK, case, label, **_loop(bench, system, variant, folder, uri))


def _stores(system: System, port: int, folder: Path) -> list[tuple[str, str]]:
    return [
        ("to a server", f"http://127.0.0.1:{port}"),
        ("SQLite in the process", system.embedded_uri(folder)),
    ]


def _loop(bench: Bench, system: System, variant: ClientVariant, folder: Path, uri: str) -> dict[str, float]:
    command = [str(system.python()), client_loop.__file__, "--module", str(system.module)]
    command += ["--calls", str(variant.n_calls(bench.sizes)), "--tracking-uri", uri, *variant.options]
    done = subprocess.run(command, cwd=folder, env=system.client_environment(), capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"the training loop of {system.name} failed:\n{done.stderr[-3000:]}")
    report: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return report
