import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from runfold.errors import InvalidValue
from runfold.launch import output, process
from runfold.launch.process import Ending, LocalProcess, explain


@pytest.fixture
def start(tmp_path: Path):
    def make(*vector: str, **options: object) -> LocalProcess:
        options = {"folder": tmp_path, "environ": dict(os.environ), "log": tmp_path / "log", **options}
        return LocalProcess(vector, **options)

    return make


def is_there(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def until(condition) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_output_of_both_streams_is_kept_and_passed_on(start, tmp_path: Path) -> None:
    seen: list[bytes] = []
    with start("bash", "-c", "echo out; echo err >&2; exit 3", tee=seen.append) as running:
        ending = running.wait()

    assert ending == Ending(exit_code=3, reason="exit code 3")
    assert (tmp_path / "log").read_bytes() == b"".join(seen) == b"out\nerr\n"


def test_cancelling_reaches_what_the_command_started(start, tmp_path: Path) -> None:
    with start("bash", "-c", "sleep 1000 & echo $! > child; wait") as running:
        until(lambda: (tmp_path / "child").exists() and (tmp_path / "child").read_text().strip())
        child = int((tmp_path / "child").read_text())
        running.cancel()
        ending = running.wait()

    assert ending is not None
    assert (ending.is_cancelled, ending.reason, ending.is_success) == (True, "cancelled", False)
    until(lambda: not is_there(child))


OWNER = """
import os, sys
from pathlib import Path
from runfold.launch.process import LocalProcess
folder = Path(sys.argv[1])
vector = ["bash", "-c", "sleep 1000 & echo $! > child; wait"]
running = LocalProcess(vector, folder=folder, environ=dict(os.environ), log=folder / "log")
(folder / "pid").write_text(str(running.pid))
running.wait()
"""


def test_a_command_does_not_outlive_an_owner_that_is_killed(tmp_path: Path) -> None:
    owner = subprocess.Popen([sys.executable, "-c", OWNER, tmp_path])
    until(lambda: all((tmp_path / name).exists() and (tmp_path / name).read_text() for name in ("pid", "child")))
    pids = [int((tmp_path / name).read_text()) for name in ("pid", "child")]

    owner.kill()
    owner.wait()

    until(lambda: not any(map(is_there, pids)))


def test_a_command_that_is_over_leaves_no_guard(start) -> None:
    with start("true") as running:
        guard = running._guard._process
        running.wait()

    assert guard.returncode == 0


def test_a_command_that_will_not_end_is_killed(start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "STOP_TIMEOUT_S", 0.2)
    with start("bash", "-c", "trap '' TERM; touch ready; while true; do sleep 0.05; done") as running:
        until((tmp_path / "ready").exists)
        running.cancel()
        ending = running.wait()

    assert ending is not None
    assert ending.exit_code == -signal.SIGKILL


def test_a_long_log_is_cut_and_says_so(start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output, "MAX_LOG_BYTES", 1000)
    seen: list[bytes] = []
    with start("bash", "-c", "printf '%05000d' 1", tee=seen.append) as running:
        running.wait()

    assert (tmp_path / "log").read_bytes() == b"0" * 1000 + b"\n[the log ends here, after 1000 bytes]\n"
    assert len(b"".join(seen)) == 5000


def test_a_program_that_is_not_there(start) -> None:
    with pytest.raises(InvalidValue, match="'no-such-program' cannot be started"):
        start("no-such-program")


def test_arguments_that_no_machine_takes(start) -> None:
    with pytest.raises(InvalidValue, match="let the command read it from a file"):
        start("echo", "x" * 200_000)


def test_a_script_that_does_not_say_what_runs_it(start, tmp_path: Path) -> None:
    (tmp_path / "script").write_text("echo hi\n")
    (tmp_path / "script").chmod(0o755)

    with pytest.raises(InvalidValue, match="#!/bin/sh"):
        start(str(tmp_path / "script"))


def test_waiting_has_an_end(start) -> None:
    with start("sleep", "1000") as running:
        assert running.wait(0.01) is None


@pytest.mark.parametrize(
    ("code", "says"),
    [(0, "finished"), (2, "exit code 2"), (-9, "ended by SIGKILL"), (143, "ended by SIGTERM"), (127, "not found")],
)
def test_exit_codes_in_words(code: int, says: str) -> None:
    assert says in explain(code)
