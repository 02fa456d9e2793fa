import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runfold.config import StoreSettings
from runfold.domain.job import Agent, Job, JobState, NewJob
from runfold.domain.target import SlurmSettings, Target, TargetKind
from runfold.errors import InvalidValue
from runfold.launch import agent as agent_module
from runfold.launch.agent import Execute, Execution, JobAgent
from runfold.launch.process import Ending
from runfold.stores.base import TrackingStore
from runfold.stores.open import open_store

OK = Ending(exit_code=0, reason="finished")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agent_module, "POLL_S", 0.02)
    monkeypatch.setattr(agent_module, "BEAT_S", 0.05)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[TrackingStore]:
    opened = open_store(f"sqlite:///{tmp_path}/runfold.db", StoreSettings(job_lease_s=30.0))
    yield opened
    opened.close()


@pytest.fixture
def make(store: TrackingStore) -> Callable[..., JobAgent]:
    def agent(execute: Execute, n_slots: int = 1) -> JobAgent:
        me = Agent(name="me", n_slots=n_slots)
        return JobAgent(store, me, execute, tell=lambda line: None)

    return agent


@pytest.fixture
def submit(store: TrackingStore) -> Callable[..., Job]:
    return lambda **fields: store.submit_job(NewJob(uri="/p", **fields))


def test_a_job_is_run_logged_and_reported(store: TrackingStore, make, submit) -> None:
    def execute(execution: Execution) -> Ending:
        execution.report(JobState.RUNNING, run_id="ab" * 16)
        execution.write(b"hello\n")
        return OK

    job = submit()
    make(execute).run(threading.Event(), until_idle=True)

    found = store.get_job(job.job_id)
    assert (found.state, found.exit_code, found.run_id, found.agent) == (JobState.FINISHED, 0, "ab" * 16, "me")
    assert store.read_job_log(job.job_id).content == b"hello\n"


def test_what_an_execution_raises_fails_the_job_and_the_agent_goes_on(store: TrackingStore, make, submit) -> None:
    def execute(execution: Execution) -> Ending:
        if execution.job.work.entry_point == "wrong":
            raise InvalidValue("no such entry point")
        if execution.job.work.entry_point == "broken":
            raise ZeroDivisionError
        return OK

    jobs = [submit(entry_point=name) for name in ("wrong", "broken", "main")]
    make(execute).run(threading.Event(), until_idle=True)

    states = [store.get_job(job.job_id) for job in jobs]
    assert [job.state for job in states] == [JobState.FAILED, JobState.FAILED, JobState.FINISHED]
    assert states[0].reason == "no such entry point"
    assert b"no such entry point" in store.read_job_log(jobs[0].job_id).content


def test_a_cancelled_job_is_ended(store: TrackingStore, make, submit) -> None:
    job = submit()

    def execute(execution: Execution) -> Ending:
        ended = threading.Event()
        store.cancel_job(job.job_id)
        execution.on_cancel(ended.set)
        assert ended.wait(20)
        return Ending(exit_code=-15, reason="cancelled", is_cancelled=True)

    make(execute).run(threading.Event(), until_idle=True)

    assert store.get_job(job.job_id).state is JobState.CANCELLED


def test_a_job_that_is_cancelled_before_its_command_starts(store: TrackingStore, make, submit) -> None:
    job = submit()
    ended = threading.Event()

    def execute(execution: Execution) -> Ending:
        execution.cancel("cancelled")
        execution.on_cancel(ended.set)
        return Ending(exit_code=-15, reason="cancelled", is_cancelled=ended.is_set())

    make(execute).run(threading.Event(), until_idle=True)

    assert store.get_job(job.job_id).state is JobState.CANCELLED


def test_an_agent_that_is_stopped_ends_its_jobs_and_leaves_them_to_others(store: TrackingStore, make, submit) -> None:
    job = submit(n_tries=2)
    stop, ended = threading.Event(), threading.Event()

    def execute(execution: Execution) -> Ending:
        execution.on_cancel(ended.set)
        stop.set()
        assert ended.wait(20)
        return Ending(exit_code=-15, reason="cancelled", is_cancelled=True)

    make(execute).run(stop)

    found = store.get_job(job.job_id)
    assert (found.state, found.attempt, found.reason) == (JobState.QUEUED, 1, "its agent was stopped")


def test_as_many_jobs_at_a_time_as_there_are_slots(store: TrackingStore, make, submit) -> None:
    together = threading.Barrier(3, timeout=20)

    def execute(execution: Execution) -> Ending:
        together.wait()
        return OK

    jobs = [submit() for _ in range(6)]
    make(execute, n_slots=3).run(threading.Event(), until_idle=True)

    assert {store.get_job(job.job_id).state for job in jobs} == {JobState.FINISHED}


def test_the_jobs_of_an_array_gather_in_one_slot(store: TrackingStore, make) -> None:
    store.create_target(Target(name="cluster", kind=TargetKind.SLURM, slurm=SlurmSettings()))
    together = threading.Barrier(3, timeout=20)

    def execute(execution: Execution) -> Ending:
        assert execution.seat is not None
        if execution.job.work.entry_point == "wrong":
            raise InvalidValue("no such entry point")
        number = execution.seat.hand_over(execution.job.work.entry_point, lambda names: [len(names)] * len(names))
        together.wait()
        return Ending(exit_code=number, reason="said")

    names = ["a", "b", "wrong", "c"]
    jobs = store.submit_jobs([NewJob(uri="/p", target="cluster", entry_point=name) for name in names])
    make(execute).run(threading.Event(), until_idle=True)

    assert [store.get_job(job.job_id).exit_code for job in jobs] == [3, 3, 1, 3]


def test_a_job_is_begun_soon_after_it_was_queued_and_ended_soon_after_it_was_cancelled(
    store: TrackingStore, make, submit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agent_module, "BEAT_S", 600.0)
    monkeypatch.setattr(agent_module, "CLAIM_S", 600.0)
    stop, begun, ended = threading.Event(), threading.Event(), threading.Event()

    def execute(execution: Execution) -> Ending:
        execution.on_cancel(ended.set)
        begun.set()
        assert ended.wait(20)
        return Ending(exit_code=-15, reason="cancelled", is_cancelled=True)

    agent = threading.Thread(target=make(execute).run, args=(stop,))
    agent.start()
    for _ in range(2):  # the second one, after the only slot was taken
        job = submit()
        assert begun.wait(10)
        store.cancel_job(job.job_id)
        assert ended.wait(10)
        begun.clear()
        ended.clear()
    stop.set()
    agent.join()
