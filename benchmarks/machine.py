"""What a result was measured on: enough to judge it, nothing that names the machine."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Machine:
    cpu: str
    cores: int
    memory_gib: float
    system: str
    python: str
    load_average: float  # over the last minute, when the run began


def describe_machine() -> Machine:
    """Read the facts from /proc; Linux only, as is the rest of this package."""
    memory_kib = int(_field(Path("/proc/meminfo"), "MemTotal").split()[0])
    return Machine(
        cpu=_field(Path("/proc/cpuinfo"), "model name"),
        cores=len(os.sched_getaffinity(0)),
        memory_gib=round(memory_kib / 2**20, 1),
        system=f"{platform.system()} {platform.release().partition('-')[0]}",
        python=platform.python_version(),
        load_average=round(os.getloadavg()[0], 2),
    )


def _field(path: Path, name: str) -> str:
    for line in path.read_text().splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return "unknown"
