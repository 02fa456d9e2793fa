"""A server whose disk is full while jobs end: nobody loses or mistakes what they have to say."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import urllib3

from runfold.config import ClientSettings
from runfold.domain.job import Job, JobState, NewJob
from runfold.domain.run import NewRun
from runfold.domain.states import RunStatus
from runfold.stores.rest.store import RestStore
from tests.integration.servers import ServerProcess

pytestmark = pytest.mark.slow

DISK = """
mount -t tmpfs -o size=12m,mode=700 none "$0"
(
  until [ -e "$0-fill" ]; do sleep 0.1; done
  cat /dev/zero > "$0/ballast" 2> /dev/null
  touch "$0-full"
  until [ -e "$0-clear" ]; do sleep 0.1; done
  rm "$0/ballast"
) &
exec "$@"
"""
LEASE_S = 6.0
SCRIPT = """
import os, sys, time
name, code = sys.argv[1:]
print("begun", flush=True)
open("begun-" + name, "w").close()
while not os.path.exists("go"):
    time.sleep(0.05)
print("x" * 2_000_000)
print("the end")
open("over-" + name, "a").write("once ")
sys.exit(int(code))
"""


def until(condition: Callable[[], object], timeout_s: float = 120.0) -> None:
    end = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    """A server with a small disk of its own, which is filled and cleared when `disk-fill` and `disk-clear` appear."""
    rights = [] if os.geteuid() == 0 else ["--map-root-user"]
    disk = tmp_path / "disk"
    disk.mkdir()
    wrapper = ["unshare", "--mount", *rights, "sh", "-c", DISK, str(disk)]
    server = ServerProcess(disk, wrapper=wrapper, durability="full", job_lease_s=LEASE_S)
    server.start()
    yield server
    (tmp_path / "disk-fill").touch()  # whoever waits on it ends
    (tmp_path / "disk-clear").touch()
    server.stop()


def fill(server: ServerProcess, run_id: str, disk: Path) -> None:
    """Take all of a server's space, what its files hold in reserve included."""
    http = urllib3.PoolManager()
    Path(f"{disk}-fill").touch()
    until(Path(f"{disk}-full").exists)
    for size in (100_000, 5000, 10):
        for number in range(10_000):
            body = {"run_id": run_id, "key": f"p{size}-{number}", "value": "x" * min(size, 6000)}
            answer = http.request("POST", f"{server.uri}/api/2.0/mlflow/runs/log-parameter", json=body, retries=False)
            if answer.status == 507:
                break
        assert answer.status == 507


def start_agent(server: ServerProcess, name: str, folder: Path, *more: str) -> subprocess.Popen[bytes]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("RUNFOLD_", "MLFLOW_"))}
    environ |= {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{environ['PATH']}",
        "RUNFOLD_TRACKING_URI": server.uri,
    }
    with (folder / f"{name}.txt").open("wb") as said:
        command = [sys.executable, "-m", "runfold", "agent", "--name", name, *more]
        return subprocess.Popen(command, cwd=folder, env=environ, stderr=said, stdout=said)


def test_jobs_that_end_while_the_servers_disk_is_full_are_told_whole_and_once(
    server: ServerProcess, tmp_path: Path
) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "work.py").write_text(SCRIPT)
    (project / "MLproject").write_text(
        "name: p\nentry_points:\n  main:\n    parameters: {name: string, code: string}\n"
        "    command: python work.py {name} {code}\n"
    )
    store = RestStore(server.uri, ClientSettings())
    filler = store.create_run(NewRun(experiment_id="0")).info.run_id
    codes = {"well": 0, "wrong": 3}
    jobs = {}
    for name, code in codes.items():
        given = {"name": name, "code": str(code)}
        jobs[name] = store.submit_job(NewJob(uri=str(project), parameters=given, n_tries=1 if code else 2))

    def present() -> list[Job]:
        return [store.get_job(job.job_id) for job in jobs.values()]

    agents = [start_agent(server, "first", tmp_path, "--slots", "2", "--until-idle")]
    try:
        until(lambda: all((project / f"begun-{name}").exists() for name in codes))
        until(lambda: all(job.state is JobState.RUNNING for job in present()))
        agents.append(start_agent(server, "other", tmp_path))
        until(lambda: len(store.list_agents()) == 2)
        fill(server, filler, tmp_path / "disk")
        (project / "go").touch()
        until(lambda: all((project / f"over-{name}").exists() for name in codes))
        until(lambda: all((job.lease_until_ms or 0) < time.time() * 1000 for job in present()))
        assert {job.state for job in present()} == {JobState.RUNNING}

        (tmp_path / "disk-clear").touch()

        assert agents[0].wait(120) == 0
        ended = {name: store.get_job(job.job_id) for name, job in jobs.items()}
        steps = [step.state for job in jobs.values() for step in store.get_job_steps(job.job_id)]
        parts = range(0, 4_000_000, 1_000_000)
        logs = [
            b"".join(store.read_job_log(job.job_id, start=start, max_bytes=1_000_000).content for start in parts)
            for job in jobs.values()
        ]
        runs = {name: store.get_run(job.run_id or "") for name, job in ended.items()}
    finally:
        for agent in agents:
            agent.terminate()
        for agent in agents:
            agent.wait(60)
    assert {name: (job.state, job.exit_code, job.reason, job.attempt, job.agent) for name, job in ended.items()} == {
        "well": (JobState.FINISHED, 0, "finished", 1, "first"),
        "wrong": (JobState.FAILED, 3, "exit code 3", 1, "first"),
    }
    assert JobState.LOST not in steps
    assert [(project / f"over-{name}").read_text() for name in codes] == ["once ", "once "]
    for log in logs:
        assert log.count(b"x" * 1000) == 2000
        assert b"the end" in log
    assert {name: run.info.status for name, run in runs.items()} == {
        "well": RunStatus.FINISHED,
        "wrong": RunStatus.FAILED,
    }
