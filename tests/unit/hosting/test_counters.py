from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from runfold.hosting.counters import Counters

_OTHER = """
import sys
from pathlib import Path
from runfold.hosting.counters import Counters

counters = Counters(Path(sys.argv[1]))
counters.add("requests_total", 5)
counters.set("waiting", 3)
print("ready", flush=True)
sys.stdin.readline()
"""


def _other(folder: Path) -> subprocess.Popen[str]:
    """A process that has counted, and lives until its input ends."""
    command = [sys.executable, "-c", _OTHER, str(folder)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def test_processes_are_added_up_and_what_the_dead_had_is_left_out(tmp_path: Path) -> None:
    mine = Counters(tmp_path)
    mine.add("requests_total", 2)
    mine.set("waiting", 1)
    with _other(tmp_path) as other:
        assert mine.totals() == {"requests_total": 7, "waiting": 4}
        assert mine.living() == {"requests_total": 7, "waiting": 4}
        other.kill()
    assert mine.totals()["requests_total"] == 7
    assert mine.living() == {"requests_total": 2, "waiting": 1}


def test_a_process_goes_on_where_a_dead_one_stopped(tmp_path: Path) -> None:
    with _other(tmp_path) as other:
        other.kill()
    successor = Counters(tmp_path)
    successor.add("requests_total", 1)
    assert successor.totals()["requests_total"] == 6
    assert len(os.listdir(tmp_path)) == 1


def test_a_process_alone_needs_no_folder_and_bounds_what_it_keeps() -> None:
    counters = Counters()
    for number in range(5000):
        counters.add(f"name{number}", 1)
    counters.add("x" * 1000, 1)
    assert counters.totals()["name0"] == 1
    assert len(counters.totals()) == 4096
