"""Evidence that memory ran out: the kernel's counts of what it killed."""

from __future__ import annotations

import signal
from pathlib import Path

OUT_OF_MEMORY = "out of memory"
CONTROL_GROUPS = Path("/sys/fs/cgroup")

_GROUPS = Path("/proc/self/cgroup")
_SYSTEM = Path("/proc/vmstat")
# By itself, and from a shell whose command was killed.
_KILLED = (-signal.SIGKILL, 128 + signal.SIGKILL)


class MemoryWatch:
    """What happens to memory from its making on."""

    def __init__(self) -> None:
        self._before = kills()

    def explain(self, code: int) -> str:
        """Why a command ended with a code, if it was for memory; else empty."""
        if code == 0 or kills() <= self._before:
            return ""
        if code in _KILLED:
            return f"killed by the system: {OUT_OF_MEMORY}"
        return f"exit code {code}, after the system killed a process beside it: {OUT_OF_MEMORY}"


def kills() -> int:
    """How often the kernel has killed for memory in this control group, or on the whole machine; 0: it does not say."""
    try:
        groups = dict(line.split(":", 2)[1:] for line in _GROUPS.read_text(encoding="utf-8").splitlines())
    except OSError:
        groups = {}
    places = [(CONTROL_GROUPS / groups.get("", "").strip("/") / "memory.events")]
    if "memory" in groups:  # the first version of control groups
        places.insert(0, CONTROL_GROUPS / "memory" / groups["memory"].strip("/") / "memory.oom_control")
    for place in (*places, _SYSTEM):
        count = _count(place)
        if count is not None:
            return count
    return 0


def _count(place: Path) -> int | None:
    try:
        for line in place.read_text(encoding="ascii").splitlines():
            name, _, count = line.partition(" ")
            if name == "oom_kill":
                return int(count)
    except (OSError, ValueError):
        pass
    return None
