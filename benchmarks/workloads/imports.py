"""What the import of a client costs, in fresh interpreters and above a bare one."""

from __future__ import annotations

import json
import subprocess

from benchmarks.bench import Bench
from benchmarks.peers.system import System

WORK = "import"

_PROBE = """
import json, sys, time
cpu, began = time.process_time(), time.perf_counter()
import {module}
wall_s, cpu_s = time.perf_counter() - began, time.process_time() - cpu
ours = [n for n in sys.modules if n.partition(".")[0] not in sys.stdlib_module_names and n != "__main__"]
print(json.dumps(dict(wall_ms=wall_s * 1e3, cpu_ms=cpu_s * 1e3, modules=len(ours))))
"""


def measure(bench: Bench) -> None:
    clients = [system for system in bench.systems if system.module]
    for system in clients:
        _import(system)  # the first import writes byte code
    for _round in range(bench.sizes.imports):
        for system in clients:
            bench.journal.add(WORK, "the client", system.name, **_import(system))


def _import(system: System) -> dict[str, float]:
    command = [str(system.python()), "-c", _PROBE.format(module=system.module)]
    done = subprocess.run(command, env=system.client_environment(), capture_output=True, text=True, check=True)
    values: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return values
