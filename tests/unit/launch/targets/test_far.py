"""What runs on hosts, run here as it is run there."""

from __future__ import annotations

import gzip
import importlib
import json
import os
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from runfold.launch.far.__main__ import ACTIONS
from runfold.launch.targets.program import NAME, program

DAY_S = 24 * 3600


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Where jobs have their folders."""
    return tmp_path


def job(home: Path, name: str, *, age_days: float = 0, **texts: str) -> Path:
    """A job's folder with files, all of them of an age."""
    folder = home / name
    folder.mkdir()
    (folder / NAME).write_bytes(program())
    for file, text in texts.items():
        (folder / file).write_text(text)
    moment = time.time() - age_days * DAY_S
    for path in (*folder.iterdir(), folder):
        os.utime(path, (moment, moment))
    return folder


def act(folder: Path, *words: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-S", folder / NAME, *words], input=given, capture_output=True)


def test_it_needs_nothing_but_the_standard_library(home: Path) -> None:
    """Every part of it, where nothing is installed: what one of them lacks would show on somebody's host alone."""
    job(home, "mine")
    with zipfile.ZipFile(home / "mine" / NAME) as packed:
        modules = [name[:-3].replace("/", ".") for name in packed.namelist() if "/far/" in name]
    script = "import sys, importlib\nfor name in sys.argv[2:]: importlib.import_module(name)"
    command = [sys.executable, "-S", "-I", "-c", f"import sys; sys.path.insert(0, sys.argv[1])\n{script}"]
    done = subprocess.run([*command, home / "mine" / NAME, *modules], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(modules) > 10


@pytest.mark.parametrize("action", list(ACTIONS))
def test_every_action_is_there(action: str) -> None:
    module = importlib.import_module(f"runfold.launch.far.{ACTIONS[action]}")
    assert callable(getattr(module, action))


def test_an_environment_whose_end_did_not_come_is_not_kept(home: Path) -> None:
    whole = gzip.compress(b"x" * 100_000)
    mine = job(home, "mine")

    cut = act(mine, "receive", "abc", given=whole[:-3])
    assert cut.returncode != 0
    assert b"cut short" in cut.stderr
    assert list((home / "environments").iterdir()) == []

    assert act(mine, "receive", "abc", given=whole).returncode == 0
    (kept,) = (home / "environments").iterdir()
    assert kept.read_bytes() == whole


def test_the_last_task_to_go_takes_along_what_all_have_shared(home: Path) -> None:
    first, second = (job(home, name, array="array-1\n") for name in ("first", "second"))
    shared = home / "array-1"
    (shared / "left").mkdir(parents=True)
    for task in (first, second):
        (shared / "left" / task.name).touch()
    (shared / "code-1.tar.gz").touch()

    act(first, "remove")
    assert (first.exists(), shared.exists()) == (False, True)
    act(second, "clear")
    assert (second.exists(), shared.exists()) == (True, False)
    act(second, "remove")
    assert list(home.iterdir()) == []


def test_what_agents_that_are_gone_have_left_is_taken_away(home: Path) -> None:
    over = json.dumps({"exit_code": 0})
    pids = json.dumps({"supervisor": [os.getpid(), None]})
    job(home, "over", age_days=8, result=over)
    job(home, "lately", age_days=6, result=over)
    job(home, "waiting", age_days=50, work="{}")
    job(home, "silent", age_days=61, log="")
    alive = job(home, "alive", age_days=61)
    (alive / "pids").write_text(pids.replace("null", str(began(os.getpid()))))
    os.utime(alive, (0, 0))
    (home / "theirs").mkdir()
    os.utime(home / "theirs", (0, 0))

    assert act(job(home, "mine"), "clear").returncode == 0

    assert sorted(path.name for path in home.iterdir()) == ["alive", "lately", "mine", "theirs", "waiting"]


def test_environments_that_nobody_has_used_for_long_are_taken_away(home: Path) -> None:
    for name, age_days in (("old", 61), ("new", 59)):
        place = home / "environments" / name
        (place / "bin").mkdir(parents=True)
        (home / "environments" / f"{name}.lock").touch()
        (place / "complete").touch()
        os.utime(place / "complete", (time.time() - age_days * DAY_S,) * 2)

    assert act(job(home, "mine"), "clear").returncode == 0

    assert sorted(path.name for path in (home / "environments").iterdir()) == ["new", "new.lock", "old.lock"]


def began(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])
