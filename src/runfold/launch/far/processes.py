"""The processes of a job, known by their numbers and by when they began."""

from __future__ import annotations

import json
import os

from runfold.launch.far.places import HERE


def note_pids(**pids: int) -> None:
    named = {name: [pid, _began(pid)] for name, pid in pids.items()}
    aside = os.path.join(HERE, "pids.new")
    with open(aside, "w") as out:
        json.dump(named, out)
    os.replace(aside, os.path.join(HERE, "pids"))


def read_pids(folder: str = HERE) -> dict[str, int]:
    """Those that still are what they were: a number may belong to somebody else by now."""
    try:
        with open(os.path.join(folder, "pids")) as found:
            named = json.load(found)
    except (OSError, ValueError):
        return {}
    return {name: pid for name, (pid, moment) in named.items() if is_there(pid) and _began(pid) == moment}


def _began(pid: int) -> int | None:
    """When a process began, as the kernel counts; None where it does not say."""
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return int(stat.read().rpartition(")")[2].split()[19])
    except (OSError, ValueError, IndexError):
        return None


def is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return True
