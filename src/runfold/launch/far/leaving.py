"""Ended and taken away: a job, and what agents that are gone have left."""

from __future__ import annotations

import os
import shutil
import signal
import time
from contextlib import suppress

from runfold.launch.far.archives import SHARED_CODE
from runfold.launch.far.places import HERE, NAME, PACKED
from runfold.launch.far.processes import is_there, read_pids
from runfold.launch.far.results import read_result
from runfold.launch.far.stopping import STOP_S, end_group

# What nobody has fetched for so long, nobody will: its agent is gone.
_KEPT_RESULT_S = 7 * 24 * 3600.0
_KEPT_SILENT_S = 60 * 24 * 3600.0


def end() -> None:
    """End what runs here, and wait until it is gone."""
    pids = read_pids()
    if "supervisor" in pids:
        os.kill(pids["supervisor"], signal.SIGTERM)
        until = time.time() + STOP_S + 5
        while time.time() < until and is_there(pids["supervisor"]):
            time.sleep(0.05)
    if "command" in pids:
        end_group(pids["command"])


def clear() -> None:
    """End what an earlier attempt has left running here, and take away what it wrote."""
    end()
    _leave_array(HERE)
    for name in os.listdir(HERE):
        if name in ("result", "log", "pids", "packages", SHARED_CODE) or name.startswith("slurm."):
            os.remove(os.path.join(HERE, name))
    with suppress(OSError):  # another job may sweep, too, and none fails for that
        _sweep()


def remove() -> None:
    """Take away this folder, and with the last task of an array what all of them have shared."""
    _remove_folder(HERE)


def _remove_folder(folder: str) -> None:
    _leave_array(folder)
    shutil.rmtree(folder, ignore_errors=True)


def _leave_array(folder: str) -> None:
    try:
        with open(os.path.join(folder, "array"), encoding="utf-8") as named:
            shared = os.path.join(os.path.dirname(folder), os.path.basename(named.read().strip()))
        os.remove(os.path.join(folder, "array"))
        os.remove(os.path.join(shared, "left", os.path.basename(folder)))
        os.rmdir(os.path.join(shared, "left"))
    except OSError:
        return  # it is in none, or others are left
    shutil.rmtree(shared, ignore_errors=True)


def _sweep() -> None:
    """Take away what agents that are gone have left beside this folder, and environments that nobody uses any more."""
    home = os.path.dirname(HERE)
    _sweep_environments(os.path.join(home, "environments"))
    for name in os.listdir(home):
        folder = os.path.join(home, name)
        if folder != HERE and os.path.exists(os.path.join(folder, NAME)) and _is_abandoned(folder):
            _remove_folder(folder)


def _sweep_environments(home: str) -> None:
    """Those that no job has begun with for longer than a job lasts."""
    import fcntl

    for name in os.listdir(home) if os.path.isdir(home) else ():
        place = os.path.join(home, name[: -len(".lock")])
        marks = [path for path in (os.path.join(place, "complete"), place + PACKED, place) if os.path.exists(path)]
        if not name.endswith(".lock") or not marks or time.time() - os.stat(marks[0]).st_mtime < _KEPT_SILENT_S:
            continue
        with open(os.path.join(home, name), "w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue  # somebody makes it just now
            shutil.rmtree(place, ignore_errors=True)
            if os.path.exists(place + PACKED):
                os.remove(place + PACKED)


def _is_abandoned(folder: str) -> bool:
    """Over for long, or silent for longer than any job waits or says nothing. Others may be at it: a guess is no."""
    try:
        touched = max(
            os.stat(os.path.join(folder, name)).st_mtime
            for name in ("", "log", "result")
            if os.path.exists(os.path.join(folder, name))
        )
    except (OSError, ValueError):
        return False
    silent_s = time.time() - touched
    if silent_s < _KEPT_RESULT_S or read_pids(folder):
        return False
    return silent_s > _KEPT_SILENT_S or read_result(folder) is not None
