"""Aim, loaded through its own client: its storage has no other way in."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from benchmarks.peers.environments import make_environment

VERSION = "3.29.1"
ENVIRONMENT = {"AIM_TELEMETRY_OPT_OUT": "1", "__AIM_DISABLE_TELEMETRY__": "1"}
_LOADER = "benchmarks.web.aim_loader"
_PROJECT = Path(__file__).resolve().parent.parent.parent


def loaded(home: Path, n_runs: int) -> Path:
    """A repository of so many runs; it is made once and kept."""
    folder = home / "data" / f"aim-{VERSION}-{n_runs}"
    complete = folder / ".complete"
    if not complete.exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        subprocess.run([_bin(home) / "aim", "init", "--repo", folder], check=True, capture_output=True, cwd=folder)
        subprocess.run([_bin(home) / "python", "-m", _LOADER, folder, str(n_runs)], check=True, cwd=_PROJECT)
        complete.touch()
    return folder


def command(home: Path, data: Path, port: int) -> list[str]:
    return [str(_bin(home) / "aim"), "up", "--repo", str(data), "--host", "127.0.0.1", "--port", str(port), "--yes"]


def _bin(home: Path) -> Path:
    return make_environment(home, "aim", [f"aim=={VERSION}"])
