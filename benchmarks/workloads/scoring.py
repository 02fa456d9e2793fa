"""Scoring over HTTP: one row and a thousand rows a request, beside MLflow's server and calling predict directly."""

from __future__ import annotations

import json
import random
from itertools import repeat
from pathlib import Path

from benchmarks.bench import Bench, metered, percentile
from benchmarks.load import alone, ask, drive, post
from benchmarks.peers.scoring import MODELS, ScoringSystem, install
from benchmarks.processes import Server, free_port, serving

WORK = "scoring"
ROWS = (1, 1000)
CONNECTIONS = (1, 8)
_PROJECT = Path(__file__).resolve().parent.parent.parent


def case_name(model: str, n_rows: int, connections: int) -> str:
    return f"{model}, {n_rows} row{'s' * (n_rows > 1)}, {connections} connection{'s' * (connections > 1)}"


def measure(bench: Bench) -> None:
    systems = [system for system in install(bench.home, _PROJECT) if system.name in {s.name for s in bench.systems}]
    folders = {}
    for system in systems:
        folders[system.name] = bench.scratch(f"{WORK}-{system.name}")
        system.save_models(folders[system.name])
    for model in MODELS:
        for system in systems:
            _measure_server(bench, system, folders[system.name], model)
        _measure_direct(bench, systems[0], folders[systems[0].name], model)


def _measure_server(bench: Bench, system: ScoringSystem, folder: Path, model: str) -> None:
    port = free_port()
    data = bench.scratch(f"{WORK}-{system.name}-{model}")
    with serving(
        system.command(folder / model, port),
        port=port,
        data=data,
        environment=system.environment(),
        health_path="/ping",
    ) as server:
        for _round in range(bench.sizes.rounds):
            for n_rows in ROWS:
                for connections in CONNECTIONS:
                    case = case_name(model, n_rows, connections)
                    bench.journal.add(WORK, case, system.name, **_load(bench, server, n_rows, connections))


def _measure_direct(bench: Bench, system: ScoringSystem, folder: Path, model: str) -> None:
    for _round in range(bench.sizes.rounds):
        for n_rows in ROWS:
            found = json.loads(system.direct(folder, model, n_rows, bench.sizes.load_s / 2))
            for connections in CONNECTIONS:
                bench.journal.add(WORK, case_name(model, n_rows, connections), "direct", **found)


def _load(bench: Bench, server: Server, n_rows: int, connections: int) -> dict[str, float]:
    request = post("/invocations", body(n_rows))
    ask(server.port, request)
    drive(server.port, (alone(request) for _ in range(100)), connections=connections, at_most_s=2)
    with metered(server) as meter:
        outcome = drive(server.port, map(alone, repeat(request)), connections=connections, at_most_s=bench.sizes.load_s)
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


def body(n_rows: int) -> bytes:
    """The same rows in every request, every digit of them."""
    generator = random.Random(7)
    columns = [f"x{number}" for number in range(10)]
    data = [[generator.gauss(0, 1) for _ in columns] for _ in range(n_rows)]
    return json.dumps({"dataframe_split": {"columns": columns, "data": data}}, separators=(",", ":")).encode()
