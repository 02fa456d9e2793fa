"""Projects run on a host by SSH: by `runfold run --target`, by an agent, and where their `platform` section says."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from runfold.config import ClientSettings
from runfold.domain.artifact import ArtifactPath
from runfold.domain.job import Agent, JobState, NewJob, Resources, target_test
from runfold.domain.states import RunStatus
from runfold.domain.target import Target
from runfold.errors import InvalidValue, Unavailable
from runfold.launch import agent as agent_module
from runfold.launch.agent import JobAgent
from runfold.launch.targets import ssh
from runfold.projects.job import execute_with
from runfold.projects.rerun import request_of
from runfold.projects.run import LOG_PATH, ProjectRequest, run_project
from runfold.stores.base import RunQuery
from runfold.tracking.session import Session
from tests.integration.launch.conftest import MakeTarget, Sshd
from tests.integration.servers import ServerProcess

pytestmark = pytest.mark.slow

FILE = """
name: far
entry_points:
  main:
    parameters:
      rate: {type: float, default: 0.1}
      data: {type: path, default: data.csv}
      token: {secret: true}
    command: "python train.py {rate} {data}"
"""
SCRIPT = """
import os, sys, urllib.request
print("health", urllib.request.urlopen(os.environ["MLFLOW_TRACKING_URI"] + "/health").read().decode())
print("token", os.environ["TOKEN"], "data", open(sys.argv[2]).read(), "run", os.environ["MLFLOW_RUN_ID"])
"""


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ssh, "LOOK_S", 0.05)
    monkeypatch.setattr(ssh, "QUIET_S", 0.2)
    monkeypatch.setattr(agent_module, "POLL_S", 0.05)


@pytest.fixture
def session(server: ServerProcess, tmp_path: Path) -> Iterator[Session]:
    opened = Session(server.uri, ClientSettings(spool_dir=str(tmp_path / "spool")))
    yield opened
    opened.close()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "MLproject").write_text(FILE)
    (folder / "train.py").write_text(SCRIPT)
    (folder / "data.csv").write_text("1;2")
    return folder


@pytest.fixture
def target(session: Session, make_target: MakeTarget, sshd: Sshd) -> Target:
    """A host whose key the server keeps."""
    session.store.set_secret("box-key", value=(sshd.home / "user_key").read_text())
    return session.store.create_target(make_target(key="secret:box-key"))


def work_off(session: Session) -> None:
    """Let an agent do all that waits."""
    agent = JobAgent(
        session.store, Agent(name="agent"), execute_with(session, session.full_uri), tell=lambda line: None
    )
    agent.run(threading.Event(), until_idle=True)


def read_log(session: Session, run_id: str) -> str:
    record = session.store.get_run(run_id)
    with session.open_files(record.info.artifact_uri) as files, files.open_read(ArtifactPath(LOG_PATH)) as log:
        return log.read().decode()


def test_an_agent_has_a_job_run_on_its_target_with_secrets_of_the_server(
    session: Session, target: Target, project: Path, server: ServerProcess
) -> None:
    session.store.set_secret("token", value="hunter22")
    work = NewJob(uri=str(project), target=target.name, parameters={"token": "secret:token"})
    job = session.store.submit_job(work)

    work_off(session)

    found = session.store.get_job(job.job_id)
    log = session.store.read_job_log(job.job_id).content.decode()
    assert (found.state, found.reason) == (JobState.FINISHED, "finished"), log
    assert found.run_id is not None
    record = session.store.get_run(found.run_id)
    kept = read_log(session, found.run_id)
    assert kept == f"health OK\ntoken *** data 1;2 run {found.run_id}\n"
    assert kept in log
    assert (record.info.status, record.tags["mlflow.project.backend"]) == (RunStatus.FINISHED, "ssh")
    assert record.tags["runfold.job.target"] == target.name
    assert "hunter22" not in repr(found) + log + repr(record)
    assert "PRIVATE KEY" not in repr(session.store.list_targets()) + log


def test_a_command_on_a_target_records_as_its_agent_does(
    session: Session, target: Target, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUNFOLD_TRACKING_TOKEN", "rft-hunter22")
    (project / "who.py").write_text("import os; print(os.environ['MLFLOW_TRACKING_TOKEN'] == 'rft-' + 'hunter22')")
    (project / "tell.py").write_text("import os; print(os.environ['RUNFOLD_TRACKING_TOKEN'])")
    jobs = [
        session.store.submit_job(NewJob(uri=str(project), target=target.name, entry_point=name))
        for name in ("who.py", "tell.py")
    ]

    work_off(session)

    who, tell = (session.store.read_job_log(job.job_id).content for job in jobs)
    assert who.endswith(b"True\n")
    assert tell.endswith(b"***\n")


def test_a_run_is_had_again_where_it_was(
    session: Session, make_target: MakeTarget, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKEN_HERE", "hunter22")
    session.store.create_target(make_target())
    request = ProjectRequest(
        uri=str(project), target="box", parameters={"token": "env:TOKEN_HERE"}, resources=Resources(n_gpus=2)
    )
    told: list[str] = []
    first = run_project(session, request, tracking_uri=session.full_uri, tell=told.append)
    again = request_of(session, session.store.get_run(first.run_id))

    done = run_project(session, again, tracking_uri=session.full_uri, tell=lambda line: None)

    assert any("not set aside" in line for line in told)
    assert done.ending.is_success
    assert session.store.get_run(done.run_id).tags["runfold.job.target"] == "box"


def test_a_target_is_tried_by_an_agent(session: Session, target: Target) -> None:
    job = session.store.submit_job(target_test(target.name))
    ssh_settings = msgspec.structs.replace(target.ssh, port=1)
    session.store.create_target(msgspec.structs.replace(target, name="away", ssh=ssh_settings))
    away = session.store.submit_job(target_test("away"))

    work_off(session)

    assert session.store.get_job(job.job_id).state is JobState.FINISHED
    assert b"The target can be used" in session.store.read_job_log(job.job_id).content
    assert session.store.get_job(away.job_id).state is JobState.FAILED
    assert "cannot be reached by SSH" in session.store.get_job(away.job_id).reason


def test_a_target_that_is_away_leaves_no_run_behind(
    session: Session, make_target: MakeTarget, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKEN_HERE", "hunter22")
    session.store.create_target(make_target(port=1))
    request = ProjectRequest(uri=str(project), target="box", parameters={"token": "env:TOKEN_HERE"})

    with pytest.raises(Unavailable, match="cannot be reached by SSH"):
        run_project(session, request, tracking_uri=session.full_uri, tell=lambda line: None)

    assert session.store.search_runs(RunQuery(experiment_ids=("0",))).items == ()


def test_without_an_agent_a_project_goes_where_its_platform_section_says(
    session: Session,
    make_target: Callable[..., Target],
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TOKEN_HERE", "hunter22")
    (project / "MLproject").write_text(f"{FILE}platform: {{labels: [fast], gpus: 1}}\n")
    session.store.create_target(msgspec.structs.replace(make_target(), name="aslow"))
    session.store.create_target(msgspec.structs.replace(make_target(), name="quick", labels=("fast",), n_gpus=2))

    def run(target: str = "") -> str:
        request = ProjectRequest(uri=str(project), target=target, parameters={"token": "env:TOKEN_HERE"})
        done = run_project(session, request, tracking_uri=session.full_uri, tell=lambda line: None)
        assert done.ending.is_success
        return session.store.get_run(done.run_id).tags["runfold.job.target"]

    assert run() == "quick"
    with pytest.raises(InvalidValue, match="'aslow' is not for this project, which asks for the label 'fast', 1 GPUs"):
        run("aslow")
