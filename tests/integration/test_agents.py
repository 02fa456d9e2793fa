"""Many agents on one queue, some of them killed: each job's effect happens once, or the job is reported lost."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from runfold.config import ClientSettings
from runfold.domain.job import Job, JobState, NewJob
from runfold.stores.rest.store import RestStore
from runfold.stores.work import JobQuery
from tests.integration.servers import ServerProcess

PROGRAM = Path(__file__).with_name("agent_program.py")
N_AGENTS, N_JOBS, N_KILLS = 16, 2000, 10
N_TOGETHER = 500


@pytest.fixture(params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ServerProcess]:
    """One process on SQLite; on PostgreSQL two, which know nothing of each other."""
    if request.param == "sqlite":
        process = ServerProcess(tmp_path, job_lease_s=5.0)
    else:
        uri = request.getfixturevalue("new_postgres_database")()
        process = ServerProcess(tmp_path, store_uri=uri, processes=2, job_lease_s=5.0)
    process.start()
    yield process
    process.stop()


def start_agent(server: ServerProcess, name: str, effects: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, PROGRAM, server.uri, name, effects])


def held_jobs(store: RestStore) -> tuple[Job, ...]:
    """Jobs that agents have, as soon as there are some."""
    query = JobQuery(queue="many", states=(JobState.CLAIMED, JobState.PREPARING, JobState.RUNNING))
    end = time.monotonic() + 60
    while not (found := store.list_jobs(query).items):
        assert time.monotonic() < end
        time.sleep(0.01)
    return found


def all_jobs(store: RestStore) -> list[Job]:
    found: list[Job] = []
    token = ""
    while True:
        page = store.list_jobs(JobQuery(queue="many", max_results=1000, page_token=token))
        found += page.items
        token = page.next_token
        if not token:
            return found


@pytest.mark.slow
def test_jobs_take_effect_once_or_are_lost_while_agents_are_killed(server: ServerProcess, tmp_path: Path) -> None:
    store = RestStore(server.uri, ClientSettings())
    effects = tmp_path / "effects"
    for first in range(0, N_JOBS, N_TOGETHER):
        numbers = range(first, first + N_TOGETHER)
        store.submit_jobs([NewJob(uri="/p", queue="many", idempotency_key=f"job-{number}") for number in numbers])
    agents = {f"agent-{number}": start_agent(server, f"agent-{number}", effects) for number in range(N_AGENTS)}
    for number in range(N_AGENTS, N_AGENTS + N_KILLS):
        victim = next((job.agent for job in held_jobs(store) if agents[job.agent].poll() is None), None)
        if victim is not None:
            agents[victim].kill()
            agents[f"agent-{number}"] = start_agent(server, f"agent-{number}", effects)
    for agent in agents.values():
        agent.wait(timeout=600)

    end = time.monotonic() + 60
    jobs = all_jobs(store)
    while any(not job.state.is_over for job in jobs):
        assert time.monotonic() < end
        time.sleep(0.2)
        jobs = all_jobs(store)
    states = {job.job_id: job.state for job in jobs}
    happened = Counter(line.split()[0] for line in effects.read_text().splitlines())
    assert len(states) == N_JOBS
    assert set(states.values()) <= {JobState.FINISHED, JobState.LOST}
    assert max(happened.values()) == 1
    assert all(happened[job_id] == 1 for job_id, state in states.items() if state is JobState.FINISHED)
    assert 0 < sum(state is JobState.LOST for state in states.values()) < N_JOBS / 4
