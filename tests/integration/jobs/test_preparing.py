"""Jobs that are to end while their code is fetched or their environment is made."""

from __future__ import annotations

import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from runfold.config import ClientSettings
from runfold.domain.job import Agent, Job, JobState, NewJob
from runfold.launch import agent as agent_module
from runfold.launch.agent import JobAgent
from runfold.projects.job import execute_with
from runfold.tracking.session import Session

pytestmark = pytest.mark.slow


@pytest.fixture
def silent() -> Iterator[str]:
    """A port that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"127.0.0.1:{listener.getsockname()[1]}"


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    settings = ClientSettings(spool_dir=str(tmp_path / "spool"))
    with closing(Session(f"sqlite:///{tmp_path}/runfold.db", settings)) as opened:
        yield opened


@pytest.fixture
def from_git(silent: str) -> NewJob:
    return NewJob(uri=f"git://{silent}/x.git")


@pytest.fixture
def with_packages(silent: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> NewJob:
    monkeypatch.setenv("UV_DEFAULT_INDEX", f"http://{silent}/simple")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "project"
    folder.mkdir()
    version = "{}.{}".format(*sys.version_info[:2])
    (folder / "python_env.yaml").write_text(f"python: '{version}'\ndependencies: [no-such-package]\n")
    (folder / "MLproject").write_text("python_env: python_env.yaml\nentry_points: {main: {command: python x.py}}\n")
    return NewJob(uri=str(folder))


@pytest.mark.parametrize("kind", ["from_git", "with_packages"])
@pytest.mark.parametrize("how", ["job", "agent"])
def test_what_prepares_a_job_ends_with_it(
    request: pytest.FixtureRequest,
    session: Session,
    silent: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    how: str,
) -> None:
    monkeypatch.setattr(agent_module, "BEAT_S", 0.1)
    monkeypatch.setattr(agent_module, "POLL_S", 0.05)
    stop = threading.Event()
    job = session.store.submit_job(request.getfixturevalue(kind))
    execute = execute_with(session, session.full_uri)
    agent = JobAgent(session.store, Agent(name="agent"), execute, tell=lambda line: None)
    working = threading.Thread(target=agent.run, args=(stop,))
    working.start()
    try:
        until(lambda: speaks_to(silent))
        if how == "job":
            session.store.cancel_job(job.job_id)
            until(lambda: is_over(session.store.get_job(job.job_id)))
    finally:
        stop.set()
        working.join(60)
    assert not working.is_alive()
    ended = session.store.get_job(job.job_id)
    expected = (JobState.CANCELLED, "cancelled") if how == "job" else (JobState.FAILED, "its agent was stopped")
    assert (ended.state, ended.reason) == expected
    until(lambda: not speaks_to(silent))
    left = [path.name for path in tmp_path.glob("cache/runfold/environments/*") if path.is_dir()]
    assert left == []


def is_over(job: Job) -> bool:
    return job.state in (JobState.CANCELLED, JobState.FAILED, JobState.FINISHED, JobState.LOST)


def speaks_to(address: str) -> bool:
    """Whether a connection to a port of this machine is open, from whatever process."""
    port = f":{int(address.rpartition(':')[2]):04X}"
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return any(row[2].endswith(port) and row[3] == "01" for row in rows)


def until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)
