"""A server that ends between the steps of a job, and an agent that was thought dead and comes back."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runfold.config import ClientSettings
from runfold.domain.job import Agent, JobState, NewJob
from runfold.launch.agent import Execution, JobAgent
from runfold.launch.process import Ending
from runfold.stores.rest.store import RestStore
from tests.integration.servers import ServerProcess

pytestmark = pytest.mark.slow

SCRIPT = """
import os, time
try:
    os.mkdir("first")
except FileExistsError:
    print("second")
else:
    with open("pid.new", "w") as out:
        out.write(str(os.getpid()))
    os.rename("pid.new", "pid")
    time.sleep(1000)
"""


def until(condition: Callable[[], object], timeout_s: float = 90.0) -> None:
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
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def server(request: pytest.FixtureRequest, engine: str, tmp_path: Path) -> Iterator[ServerProcess]:
    uri = request.getfixturevalue("new_postgres_database")() if engine == "postgresql" else None
    process = ServerProcess(tmp_path, store_uri=uri)
    process.start()
    yield process
    process.stop()


class StepwiseWork:
    """A job's work that goes on when it is told to."""

    def __init__(self) -> None:
        self.may_report, self.may_end = threading.Event(), threading.Event()
        self.begun: list[int] = []
        self.reported = threading.Event()

    def __call__(self, execution: Execution) -> Ending:
        self.begun.append(execution.job.attempt)
        assert self.may_report.wait(90)
        execution.report(JobState.RUNNING)
        self.reported.set()
        assert self.may_end.wait(90)
        execution.tell("done")
        return Ending(exit_code=0, reason="finished")


@pytest.mark.parametrize(("engine", "is_killed_first"), [("sqlite", True), ("postgresql", False)], indirect=["engine"])
def test_a_job_is_done_once_though_the_server_ends_between_all_of_its_steps(
    server: ServerProcess, is_killed_first: bool
) -> None:
    store = RestStore(server.uri, ClientSettings())
    work = StepwiseWork()
    stop = threading.Event()
    told: list[str] = []
    agent = JobAgent(store, Agent(name="agent"), work, tell=told.append)
    thread = threading.Thread(target=agent.run, args=(stop,), daemon=True)
    ways = [server.kill, server.stop] if is_killed_first else [server.stop, server.kill]

    job = store.submit_job(NewJob(uri="/p", n_tries=2))
    ways[0]()
    thread.start()  # it asks a server that is not there
    until(lambda: any("goes on trying" in line for line in told))
    server.start()
    until(lambda: work.begun)
    ways[1]()
    work.may_report.set()  # to nobody
    server.start()
    until(work.reported.is_set)
    ways[0]()
    work.may_end.set()
    server.start()
    until(lambda: store.get_job(job.job_id).state.is_over)
    ways[1]()
    server.start()

    found = store.get_job(job.job_id)
    states = [step.state for step in store.get_job_steps(job.job_id)]
    stop.set()
    thread.join(60)
    assert (found.state, found.attempt, found.exit_code, work.begun) == (JobState.FINISHED, 1, 0, [1])
    assert states == [*(JobState(name) for name in ("queued", "claimed", "preparing", "running", "finished"))]
    assert store.read_job_log(job.job_id).content == b"done\n"


def test_an_agent_that_was_thought_dead_ends_its_command_and_cannot_speak_for_the_next_attempt(
    tmp_path: Path,
) -> None:
    server = ServerProcess(tmp_path, job_lease_s=8.0)
    server.start()
    project = tmp_path / "project"
    project.mkdir()
    (project / "work.py").write_text(SCRIPT)
    store = RestStore(server.uri, ClientSettings())
    job = store.submit_job(NewJob(uri=str(project), entry_point="work.py", n_tries=2))
    agents = [start_agent(server, "frozen", tmp_path)]
    try:
        until((project / "pid").exists)
        command = int((project / "pid").read_text())
        os.kill(agents[0].pid, signal.SIGSTOP)
        agents.append(start_agent(server, "other", tmp_path))
        until(lambda: store.get_job(job.job_id).state is JobState.FINISHED)
        second = store.get_job(job.job_id)

        os.kill(agents[0].pid, signal.SIGCONT)
        until(lambda: not is_there(command))
        agents[0].terminate()
        assert agents[0].wait(60) == 0  # it has said all that it has to say

        assert (second.attempt, second.agent, second.exit_code) == (2, "other", 0)
        assert store.get_job(job.job_id) == second
        assert store.read_job_log(job.job_id).content.endswith(b"second\n")
        states = [(step.attempt, step.state.value) for step in store.get_job_steps(job.job_id)]
        assert (1, "lost") in states
        assert states[-1] == (2, "finished")
    finally:
        for agent in agents:
            agent.kill()
            agent.wait()
        server.stop()


def start_agent(server: ServerProcess, name: str, folder: Path) -> subprocess.Popen[bytes]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("RUNFOLD_", "MLFLOW_"))}
    environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environ['PATH']}"
    command = [sys.executable, "-m", "runfold", "agent", "--name", name]
    environ["RUNFOLD_TRACKING_URI"] = server.uri
    return subprocess.Popen(command, cwd=folder, env=environ)
