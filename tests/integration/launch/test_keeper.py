"""Nothing stays behind of programs that tests start, however these end."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.integration.launch.conftest import Keeper, is_there, until


def test_detached_processes_end_with_whoever_had_them_started(tmp_path: Path) -> None:
    keeper = Keeper(tmp_path)
    keeper.start(["sh", "-c", f"setsid sh -c 'sleep 1000 & echo $! > {tmp_path}/pid; wait' & exec sleep 1000"])
    detached = read_pid(tmp_path / "pid")
    assert is_there(detached)

    keeper.stop()

    assert not is_there(detached)


def test_it_needs_no_goodbye(tmp_path: Path) -> None:
    script = f"""
import os
from pathlib import Path
from tests.integration.launch.conftest import Keeper
Keeper(Path("{tmp_path}")).start(["sh", "-c", "echo $$ > {tmp_path}/pid; exec sleep 1000"])
while not os.path.exists("{tmp_path}/pid"): pass
os._exit(9)
"""
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 9
    pid = read_pid(tmp_path / "pid")
    until(lambda: not is_there(pid))


def read_pid(path: Path) -> int:
    until(lambda: path.exists() and path.read_text().strip())
    return int(path.read_text())
