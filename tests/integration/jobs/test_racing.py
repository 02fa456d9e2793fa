"""Agents that want the same job, and one that was too slow: on both engines, over several servers of one database."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa

from runfold.config import StoreSettings
from runfold.domain.job import Agent, JobReport, JobState, NewJob
from runfold.errors import InvalidState
from runfold.launch import agent as agent_module
from runfold.launch.agent import Execution, JobAgent
from runfold.launch.process import Ending
from runfold.stores.sql.store import SqlStore

N_RACES = 40
FINISHED = JobReport(state=JobState.FINISHED)


@pytest.fixture(params=["sqlite", "postgresql"])
def uri(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/runfold.db"
    new_database: Callable[[], str] = request.getfixturevalue("new_postgres_database")
    return new_database()


@pytest.fixture
def open_stores(uri: str) -> Iterator[Callable[..., list[SqlStore]]]:
    """Opens stores on one database, as server processes have them."""
    with ExitStack() as stack:

        def several(n: int, **settings: object) -> list[SqlStore]:
            chosen = StoreSettings(durability="process", **settings)  # type: ignore[arg-type]
            return [stack.enter_context(closing(SqlStore(uri, chosen))) for _ in range(n)]

        yield several


def test_of_two_agents_at_two_servers_one_gets_the_job(open_stores: Callable[..., list[SqlStore]]) -> None:
    stores = open_stores(2)
    together = threading.Barrier(2, timeout=60)

    def take(name: str, store: SqlStore) -> list[str]:
        together.wait()
        return [f"{job.job_id} {name}" for job in store.claim_jobs(Agent(name=name), 1)]

    with ThreadPoolExecutor(2) as threads:
        for _ in range(N_RACES):
            job = stores[0].submit_job(NewJob(uri="/p"))
            taken = [said for claimed in threads.map(take, ("one", "other"), stores) for said in claimed]
            found = stores[1].get_job(job.job_id)
            assert taken == [f"{job.job_id} {found.agent}"]
            assert (found.state, found.attempt) == (JobState.CLAIMED, 1)


def test_agents_at_several_servers_never_wait_for_each_other_in_a_circle(
    uri: str, open_stores: Callable[..., list[SqlStore]]
) -> None:
    stores = open_stores(3)
    jobs = stores[0].submit_jobs([NewJob(uri="/p") for _ in range(300)])
    done: Counter[str] = Counter()

    def work(number: int) -> None:
        # As agents do, each through whatever server answers next.
        me = Agent(name=f"agent-{number}", n_slots=4)
        at = number
        while claimed := stores[at % 3].claim_jobs(me, 4):
            at += 1
            stores[at % 3].beat_jobs(me.name, [(job.job_id, job.attempt) for job in claimed])
            for job in claimed:
                at += 1
                stores[at % 3].report_job(job.job_id, job.attempt, FINISHED)
            done.update(job.job_id for job in claimed)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, range(8)))

    assert done == Counter(job.job_id for job in jobs)
    if uri.startswith("postgresql"):
        engine = sa.create_engine(uri.replace("postgresql:", "postgresql+psycopg:"))
        with engine.connect() as connection:
            statement = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
            assert connection.exec_driver_sql(statement).scalar_one() == 0
        engine.dispose()


def test_an_agent_that_lost_its_lease_is_told_to_end_and_its_report_is_refused(
    open_stores: Callable[..., list[SqlStore]], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = open_stores(2, job_lease_s=1.0, fold_interval_s=0.1)
    job = first.submit_job(NewJob(uri="/p", n_tries=2))
    begun, ended, stop = threading.Event(), threading.Event(), threading.Event()
    executions: list[Execution] = []

    def execute(execution: Execution) -> Ending:
        execution.on_cancel(ended.set)
        execution.report(JobState.RUNNING)
        executions.append(execution)
        begun.set()
        assert ended.wait(60)
        return Ending(exit_code=0, reason="finished")

    monkeypatch.setattr(agent_module, "BEAT_S", 1e9)  # alive, but cut off: no sign of life comes through
    slow = JobAgent(first, Agent(name="slow"), execute, tell=lambda line: None)
    thread = threading.Thread(target=slow.run, args=(stop,))
    try:
        monkeypatch.setattr(slow, "_watch", partial(stop.wait))
        thread.start()
        assert begun.wait(60)
        claimed: tuple[object, ...] = ()
        pause = threading.Event()
        for _ in range(600):
            claimed = second.claim_jobs(Agent(name="other"), 1)
            if claimed:
                break
            pause.wait(0.05)
        assert claimed
        with pytest.raises(InvalidState):
            first.report_job(job.job_id, 1, FINISHED)
        with pytest.raises(InvalidState):
            first.append_job_log(job.job_id, 1, 0, b"late")
        executions[0].report(JobState.RUNNING)  # refused, so the command is ended
        assert ended.wait(60)
        taken = second.get_job(job.job_id)
        assert (taken.agent, taken.attempt, taken.state) == ("other", 2, JobState.CLAIMED)
        assert second.report_job(job.job_id, 2, FINISHED).state is JobState.FINISHED
    finally:
        ended.set()
        stop.set()
        thread.join(60)
    assert second.get_job(job.job_id).state is JobState.FINISHED
