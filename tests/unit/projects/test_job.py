"""Jobs of each kind, run as an agent runs them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runfold.config import ClientSettings
from runfold.domain.job import Agent, Job, JobKind, JobState, NewJob
from runfold.domain.registered_project import ProjectSettings
from runfold.launch.agent import Execution
from runfold.projects.job import execute_with
from runfold.tracking.session import Session

SCRIPT = """
import sys, runfold
with runfold.start_run():
    runfold.log_metric("loss", float(sys.argv[1]))
"""
FILE = """
entry_points:
  main:
    parameters: {rate: float}
    command: "python train.py {rate}"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "code"
    path.mkdir()
    (path / "MLproject").write_text(FILE)
    (path / "train.py").write_text(SCRIPT)
    return path


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=":")
    opened = Session(f"sqlite:///{tmp_path}/store/runfold.db", ClientSettings(spool_dir=str(tmp_path / "spool")))
    yield opened
    opened.close()


@pytest.fixture
def do(session: Session) -> Callable[[NewJob], Job]:
    """Queue a job, take it, execute it."""

    def work(wanted: NewJob) -> Job:
        session.store.submit_job(wanted)
        (job,) = session.store.claim_jobs(Agent(name="a"), 1)
        execution = Execution(session.store, job)
        execution.finish(execute_with(session, session.full_uri)(execution))
        return session.store.get_job(job.job_id)

    return work


def log_of(session: Session, job: Job) -> str:
    return session.store.read_job_log(job.job_id).content.decode()


def test_a_project_is_read_and_its_spec_kept(session: Session, do: Callable[[NewJob], Job], folder: Path) -> None:
    session.store.create_project(ProjectSettings(name="p", uri=str(folder)))
    job = do(NewJob(kind=JobKind.READ_PROJECT, uri=str(folder), project="p"))
    assert (job.state, job.exit_code) == (JobState.FINISHED, 0)
    assert "Entry points: main." in log_of(session, job)
    spec = session.store.get_project("p").reading.spec
    assert spec is not None
    assert [parameter.name for parameter in spec.entry_points[0].parameters] == ["rate"]


def test_code_that_cannot_be_read_is_told(session: Session, do: Callable[[NewJob], Job], folder: Path) -> None:
    (folder / "MLproject").write_text("entry_points: {main: {}}")
    session.store.create_project(ProjectSettings(name="p", uri=str(folder)))
    job = do(NewJob(kind=JobKind.READ_PROJECT, uri=str(folder), project="p"))
    assert (job.state, job.exit_code) == (JobState.FAILED, 1)
    assert "needs a command" in session.store.get_project("p").reading.problem


def test_a_run_is_had_again_with_a_change(session: Session, do: Callable[[NewJob], Job], folder: Path) -> None:
    first = do(NewJob(uri=str(folder), parameters={"rate": "1"}, project="p"))
    assert first.run_id is not None
    again = NewJob(kind=JobKind.RERUN, uri=str(folder), origin=first.run_id, user_id="ada")
    same, other = do(again), do(NewJob(kind=JobKind.RERUN, uri="", origin=first.run_id, parameters={"rate": "9"}))
    assert same.run_id
    assert other.run_id
    runs = [session.store.get_run(job.run_id or "") for job in (first, same, other)]
    assert [run.metrics["loss"].last for run in runs] == [1.0, 1.0, 9.0]
    assert [run.tags.get("runfold.rerun.verdict") for run in runs] == [None, "same", "different"]
    assert (runs[1].tags["runfold.rerun.of"], runs[1].tags["mlflow.user"]) == (first.run_id, "ada")
    assert runs[0].tags["runfold.project.registered"] == "p"
    assert "loss: 1 then, 9 now, apart from step 0.\nVerdict: different" in log_of(session, other)
