"""What every workload is handed: the systems, the sizes, servers to run and a journal to write to."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.journal import Journal
from benchmarks.load import alone, drive
from benchmarks.mlflow_api import search_runs
from benchmarks.peers.system import System
from benchmarks.processes import Server, free_port, machine_busy_s, serving
from benchmarks.sizes import Sizes

_COMPLETE = ".complete"
_IDLE_CORES = 0.15
_WARM_UP_AT_MOST_S = 90


@dataclass
class Meter:
    """Costs of a stretch of work; filled when the block that measures it ends."""

    wall_s: float = 0.0
    server_cpu_s: float = 0.0
    other_cores: float = 0.0  # how many cores everybody else kept busy meanwhile, the load client included


@dataclass(frozen=True)
class Bench:
    home: Path
    sizes: Sizes
    systems: list[System]
    journal: Journal

    def scratch(self, name: str) -> Path:
        """An empty folder below the cache."""
        folder = self.home / "scratch" / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder

    @contextmanager
    def serve(self, system: System, data: Path, *, lean: bool = False) -> Iterator[Server]:
        """Run a system on a folder for the length of the block."""
        port = free_port()
        with serving(
            system.command(port, lean=lean),
            port=port,
            data=data,
            environment=system.environment,
            health_path=system.health_path,
        ) as server:
            yield server

    @contextmanager
    def serve_all(self, name: str, *, lean: bool = False) -> Iterator[list[tuple[System, Server]]]:
        """Run all systems side by side on empty folders, which are removed afterwards."""
        folder = self.scratch(name)
        with ExitStack() as stack:
            running = []
            for system in self.systems:
                data = folder / system.name
                data.mkdir()
                running.append((system, stack.enter_context(self.serve(system, data, lean=lean))))
            for _system, server in running:
                warm_up(server)
            yield running
        shutil.rmtree(folder)

    def loaded(self, system: System, kind: str, load: Callable[[Path], None]) -> Path:
        """A folder that holds loaded records; it is made once and kept for later runs."""
        folder = self._data(system, kind)
        if not (folder / _COMPLETE).exists():
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(self.empty(system), folder, ignore=shutil.ignore_patterns(_COMPLETE))
            load(folder)
            (folder / _COMPLETE).touch()
        return folder

    def empty(self, system: System) -> Path:
        """A folder that the system has served once, which made its schema."""
        folder = self._data(system, "empty")
        if not (folder / _COMPLETE).exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            with self.serve(system, folder, lean=True):
                pass
            (folder / _COMPLETE).touch()
        return folder

    def _data(self, system: System, kind: str) -> Path:
        return self.home / "data" / f"{system.name}-{system.data_version()}-{kind}"


def warm_up(server: Server) -> None:
    """Let every process of the server finish its start, which may go on long after its first answer."""
    drive(server.port, (alone(search_runs(max_results=1)) for _ in range(64)), connections=16)
    deadline = time.monotonic() + _WARM_UP_AT_MOST_S
    while time.monotonic() < deadline:
        cpu = server.cpu_s()
        time.sleep(1)
        if server.cpu_s() - cpu < _IDLE_CORES:
            return


@contextmanager
def metered(server: Server) -> Iterator[Meter]:
    meter = Meter()
    cpu, busy, began = server.cpu_s(), machine_busy_s(), time.perf_counter()
    yield meter
    meter.wall_s = time.perf_counter() - began
    meter.server_cpu_s = server.cpu_s() - cpu
    meter.other_cores = max(0.0, machine_busy_s() - busy - meter.server_cpu_s) / meter.wall_s


def percentile(values: list[float], share: float) -> float:
    """The smallest value that at least this share of all values does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
