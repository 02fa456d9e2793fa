"""`runfold server --agent-slots`: a server that runs jobs itself, as `make demo` starts one."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runfold.config import ClientSettings
from runfold.domain.job import Job, JobState, NewJob
from runfold.stores.open import open_store
from runfold.stores.rest.store import RestStore

pytestmark = pytest.mark.slow


def until(condition: Callable[[], object], timeout_s: float = 60.0) -> None:
    end = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def is_there(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "quick.py").write_text("print('done')")
    (folder / "slow.py").write_text(
        "import os, time\nopen('pid.new', 'w').write(str(os.getpid()))\nos.rename('pid.new', 'pid')\ntime.sleep(1000)"
    )
    return folder


@pytest.fixture
def server(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "runfold", "server", "--port", str(port), "--agent-slots", "1"]
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("RUNFOLD_", "MLFLOW_"))}
    process = subprocess.Popen(command, cwd=tmp_path, env=environ)
    process.uri = f"http://127.0.0.1:{port}"  # type: ignore[attr-defined]
    yield process
    process.kill()
    process.wait()


def submit(server: subprocess.Popen[bytes], project: Path, script: str) -> tuple[RestStore, Job]:
    store = RestStore(server.uri, ClientSettings())  # type: ignore[attr-defined]
    until(store_answers(store))
    return store, store.submit_job(NewJob(uri=str(project), entry_point=script, n_tries=2))


def store_answers(store: RestStore) -> Callable[[], bool]:
    def ask() -> bool:
        try:
            store.ping()
        except Exception:
            return False
        return True

    return ask


def test_it_runs_jobs_and_ends_them_before_it_stops(
    server: subprocess.Popen[bytes], project: Path, tmp_path: Path
) -> None:
    store, quick = submit(server, project, "quick.py")
    until(lambda: store.get_job(quick.job_id).state is JobState.FINISHED)
    _, slow = submit(server, project, "slow.py")
    until((project / "pid").exists)

    server.terminate()
    assert server.wait(60) == 0

    with_records = open_store(f"sqlite:///{tmp_path}/.runfold/runfold.db")
    found = with_records.get_job(slow.job_id)
    with_records.close()
    assert (found.state, found.attempt, found.reason) == (JobState.QUEUED, 1, "its agent was stopped")
    assert not is_there(int((project / "pid").read_text()))


def test_a_killed_server_leaves_neither_agent_nor_command(server: subprocess.Popen[bytes], project: Path) -> None:
    submit(server, project, "slow.py")
    until((project / "pid").exists)

    os.kill(server.pid, signal.SIGKILL)

    until(lambda: not is_there(int((project / "pid").read_text())))
