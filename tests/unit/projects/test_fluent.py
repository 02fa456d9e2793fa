"""Projects started from Python."""

from __future__ import annotations

import importlib
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

import runfold
from runfold.domain.job import Agent, JobState
from runfold.errors import InvalidValue
from runfold.launch.agent import JobAgent
from runfold.projects import ProjectFailed, SubmittedRun, run
from runfold.projects.job import execute_with
from runfold.stores.work import JobQuery
from runfold.tracking import active

FILE = """
entry_points:
  main:
    parameters: {rate: float}
    command: "python -c 'import sys; sys.exit(int(float({rate})))'"
  sleep:
    command: "sleep 600"
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "MLproject").write_text(FILE)
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=":")
    runfold.set_tracking_uri(f"sqlite:///{tmp_path}/runfold.db")
    yield tmp_path / "code"
    runfold.set_tracking_uri("")


def test_a_project_runs_with_parameters_of_any_type(folder: Path) -> None:
    submitted = run(str(folder), parameters={"rate": 0.0}, experiment_name="e", run_name="n", env_manager="local")
    assert submitted.get_status() == "FINISHED"
    assert submitted.run_id is not None
    found = active.session().store.get_run(submitted.run_id)
    assert (found.info.run_name, found.params) == ("n", {"rate": "0.0"})


def test_a_failure_is_raised_when_it_is_waited_for(folder: Path) -> None:
    with pytest.raises(ProjectFailed, match="FAILED"):
        run(str(folder), parameters={"rate": 3})
    with pytest.raises(InvalidValue, match="'rate'"):
        run(str(folder), parameters={"rate": "much"})
    with pytest.raises(InvalidValue, match="backend"):
        run(str(folder), backend="databricks")
    with pytest.raises(InvalidValue, match="not both"):
        run(str(folder), experiment_name="e", experiment_id="0")


def test_a_run_in_the_background_is_cancelled(folder: Path) -> None:
    submitted: SubmittedRun = run(str(folder), "sleep", synchronous=False)
    submitted.cancel()
    assert not submitted.wait()
    assert submitted.get_status() == "KILLED"


def test_an_agent_runs_what_is_queued(folder: Path) -> None:
    queued = run(str(folder), parameters={"rate": 0}, backend="jobs", synchronous=False)
    assert (queued.get_status(), queued.run_id) == ("SCHEDULED", None)
    session = active.session()
    agent = JobAgent(session.store, Agent(name="a"), execute_with(session, session.full_uri), tell=print)
    agent.run(threading.Event(), until_idle=True)
    assert queued.wait()
    assert queued.get_status() == "FINISHED"
    assert queued.run_id is not None
    queued.cancel()
    (job,) = session.store.list_jobs(JobQuery()).items
    assert job.state is JobState.FINISHED


def test_the_function_stays_when_its_module_is_imported() -> None:
    assert importlib.import_module("runfold.projects.run").run_project
    assert importlib.import_module("runfold.projects").run is run


def test_a_manager_that_is_none_is_told(folder: Path) -> None:
    with pytest.raises(InvalidValue, match="it takes one of local, uv, conda, docker"):
        run(str(folder), env_manager="bogus")
