"""What runs on hosts, run here as it is run there."""

from __future__ import annotations

import gzip
import hashlib
import importlib
import json
import os
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
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


class Tracker:
    """A tracking server that knows a token once its digest was told."""

    def __init__(self) -> None:
        self.digests: list[str] = []
        self.asked = threading.Event()
        tracker = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                token = self.headers["Authorization"].removeprefix("Bearer ")
                is_known = hashlib.sha256(token.encode()).hexdigest() in tracker.digests
                self.send_response(200 if is_known else 401)
                self.end_headers()
                tracker.asked.set()

            def log_message(self, format: str, *args: object) -> None:
                return

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.uri = f"http://127.0.0.1:{self.http.server_address[1]}/prefix/"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()


@pytest.fixture
def tracker() -> Iterator[Tracker]:
    made = Tracker()
    yield made
    made.http.shutdown()
    made.http.server_close()


def supervised(home: Path, tracker: Tracker, script: str) -> subprocess.Popen[bytes]:
    """A command that is to have a token of its own, under the supervisor."""
    folder = job(home, "mine")
    (folder / "code").mkdir()
    work = {
        "vector": ["python", "-c", script],
        "echo": True,
        "secrets": {"KEY": "hunter22"},
        "own_token": {"variables": ["ONE", "OTHER"], "job_id": "ab" * 16, "uri": tracker.uri},
    }
    (folder / "work").write_text(json.dumps(work))
    return subprocess.Popen([sys.executable, "-S", folder / NAME, "run"], stdout=subprocess.PIPE)


def test_a_token_is_made_there_and_only_its_digest_is_told(home: Path, tracker: Tracker) -> None:
    script = (
        "import os; one = os.environ['ONE']; print(one == os.environ['OTHER'], one[:4], one[48:], len(one));"
        "print('it is', one, 'and', os.environ['KEY'])"
    )
    with supervised(home, tracker, script) as process:
        assert process.stdout is not None
        mark, digest = process.stdout.readline().decode().split()
        assert mark == "runfold-token-digest"
        assert tracker.asked.wait(30)
        assert not (home / "mine" / "pids").read_text().count("command")  # it waits until its token counts
        tracker.digests.append(digest)
        said = process.stdout.read().decode()
        assert (process.wait(30), said) == (0, f"True rfj_ {'ab' * 16} 80\nit is *** and ***\n")
    assert "rfj_" not in (home / "mine" / "log").read_text().replace("True rfj_", "")


def test_what_waits_for_its_token_can_be_ended(home: Path, tracker: Tracker) -> None:
    with supervised(home, tracker, "print('begun')") as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert tracker.asked.wait(30)
        process.terminate()
        assert (process.wait(30), process.stdout.read()) == (143, b"")
    assert json.loads((home / "mine" / "result").read_text())["is_cancelled"]
