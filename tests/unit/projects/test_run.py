import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from runfold.config import ClientSettings
from runfold.domain.artifact import ArtifactPath
from runfold.domain.run import Run
from runfold.domain.states import RunStatus
from runfold.errors import InvalidValue
from runfold.launch import process
from runfold.projects.run import LOG_PATH, ProjectRequest, ProjectRun, run_project
from runfold.stores.base import RunQuery
from runfold.tracking.session import Session
from tests.wheels import write_wheel

FILE = """
name: tiny
entry_points:
  main:
    parameters:
      rate: {type: float, default: 0.1}
      token: {secret: true, default: "env:TOKEN_AT"}
    command: "python train.py {rate}"
  fails: {command: "python -c 'import sys; print(\\"deep trouble\\"); sys.exit(3)'"}
  sleeps: {command: "sleep 1000"}
  gone: {command: "no-such-program"}
  greedy: {command: "ulimit -v 400000; python -c 'bytes(2**40)'"}
  stops: {command: "kill -SEGV $$; true"}
"""
SCRIPT = """
import os, sys, runfold
with runfold.start_run():
    runfold.log_metric("rate", float(sys.argv[1]))
    print("token", os.environ["TOKEN"])
"""


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    opened = Session(f"sqlite:///{tmp_path}/store/runfold.db", ClientSettings(spool_dir=str(tmp_path / "spool")))
    yield opened
    opened.close()


@pytest.fixture
def start(session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: list[str]):
    monkeypatch.setenv("TOKEN_AT", "hunter22")
    (tmp_path / "MLproject").write_text(FILE)
    (tmp_path / "train.py").write_text(SCRIPT)

    def make(entry_point: str = "main", **fields: object) -> ProjectRun:
        request = ProjectRequest(uri=str(tmp_path), entry_point=entry_point, **fields)
        return run_project(session, request, tracking_uri=session.full_uri, tell=told.append)

    return make


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def read(session: Session):
    def make(done: ProjectRun) -> tuple[Run, bytes]:
        record = session.store.get_run(done.run_id)
        with session.open_files(record.info.artifact_uri) as files, files.open_read(ArtifactPath(LOG_PATH)) as log:
            return record, log.read()

    return make


def test_a_project_and_its_own_client_share_one_run(start, read, tmp_path: Path) -> None:
    done = start(parameters={"rate": "0.5", "note": "extra one"}, run_name="first")

    record, _ = read(done)
    assert (done.status, record.info.status, record.info.run_name) == (RunStatus.FINISHED, RunStatus.FINISHED, "first")
    assert record.params == {"rate": "0.5", "note": "extra one"}
    assert record.metrics["rate"].last == 0.5
    assert record.tags["mlflow.source.name"] == str(tmp_path)
    assert record.tags["mlflow.project.entryPoint"] == "main"
    assert record.tags["runfold.project.command"] == "python train.py 0.5 --note 'extra one'"


def test_a_secret_reaches_the_command_and_no_record(start, read) -> None:
    record, log = read(start())

    assert b"token ***" in log
    assert "hunter22" not in repr(record)


def test_a_command_that_fails_leaves_its_last_lines(start, read) -> None:
    done = start("fails")

    record, log = read(done)
    assert (done.status, done.ending.exit_code) == (RunStatus.FAILED, 3)
    assert record.tags["runfold.error"] == "deep trouble\nThe command ended: exit code 3."
    assert log == b"deep trouble\n"


def test_memory_that_a_limit_refuses_and_a_signal_are_named(start) -> None:
    assert start("greedy").ending.reason == "exit code 1: out of memory, as its log says: MemoryError"
    assert start("stops").ending.reason == "ended by SIGSEGV"


def test_a_time_limit_ends_the_command(start) -> None:
    done = start("sleeps", timeout_s=0.3)

    assert (done.status, done.ending.is_cancelled) == (RunStatus.KILLED, True)
    assert "0.3 s" in done.ending.reason


def test_a_ctrl_c_while_the_command_is_started_ends_it(start, monkeypatch: pytest.MonkeyPatch) -> None:
    class InterruptedGuard(process.Guard):
        def __init__(self, group: int, patience_s: float) -> None:
            os.kill(os.getpid(), signal.SIGINT)
            super().__init__(group, patience_s)

    monkeypatch.setattr(process, "Guard", InterruptedGuard)

    done = start("sleeps")

    assert (done.status, done.ending.reason) == (RunStatus.KILLED, "cancelled")


def test_a_program_that_is_not_there_fails_the_run_and_says_so(start, session: Session) -> None:
    done = start("gone")

    assert done.status is RunStatus.FAILED
    assert "no-such-program" in session.store.get_run(done.run_id).tags["runfold.error"]


def test_what_is_wrong_with_the_request_makes_no_run(start, session: Session) -> None:
    with pytest.raises(InvalidValue):
        start(parameters={"rate": "fast"})
    with pytest.raises(InvalidValue):
        start("missing")

    assert session.store.search_runs(RunQuery(experiment_ids=("0",))).items == ()


def test_the_interpreter_is_the_one_of_the_environment(start, read, tmp_path: Path) -> None:
    (tmp_path / "who.py").write_text("import sys; print(sys.executable)")

    _, log = read(start("who.py"))

    assert log.decode().strip() == sys.executable


def test_what_no_file_declares_is_told_with_what_may_be_meant(start, told: list[str]) -> None:
    start("fails", parameters={"rtae": "0.5"})
    start("main", parameters={"rtae": "0.5"})

    (line,) = [line for line in told if "declared" in line]
    assert line == "Parameter 'rtae' is not declared; the command gets it as the option --rtae. Did you mean 'rate'?"


def test_a_run_keeps_what_the_environment_of_any_command_held(start, session: Session, tmp_path: Path) -> None:
    wheel = write_wheel(tmp_path, "greeting", {"greeting.py": ""})
    (tmp_path / "requirements.txt").write_text(f"greeting @ {wheel.as_uri()}\n")
    (tmp_path / "MLproject").write_text("python_env: requirements.txt\nentry_points: {main: {command: python -c ''}}\n")

    def packages() -> str:
        artifact_uri = session.store.get_run(start().run_id).info.artifact_uri
        path = ArtifactPath("runfold/packages.txt")
        with session.open_files(artifact_uri) as files, files.open_read(path) as listed:
            return listed.read().decode()

    assert packages() == "# Python {}.{}\ngreeting==1.0\n".format(*sys.version_info[:2])
    (tmp_path / "MLproject").write_text("entry_points: {main: {command: python -c ''}}\n")
    (tmp_path / "requirements.txt").unlink()
    assert "runfold==" in packages()
