"""`runfold server --agent-slots`: a server that runs jobs itself, as `make demo` starts one."""

from __future__ import annotations

import os
import platform
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

import pytest

from runfold.config import ClientSettings, StoreSettings
from runfold.domain.access import Place, PlaceKind, Role, Subject, SubjectKind
from runfold.domain.job import Job, JobState, NewJob
from runfold.domain.states import RunStatus
from runfold.stores.audit import AuditQuery
from runfold.stores.base import ServedStore
from runfold.stores.open import open_served_store, open_store
from runfold.stores.rest.store import RestStore

pytestmark = pytest.mark.slow


def until(condition: Callable[[], object], timeout_s: float = 60.0) -> None:
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
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "quick.py").write_text("print('done')")
    (folder / "slow.py").write_text(
        "import os, time\nopen('pid.new', 'w').write(str(os.getpid()))\nos.rename('pid.new', 'pid')\ntime.sleep(1000)"
    )
    return folder


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(folder: Path, port: int, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "runfold", "server", "--port", str(port), "--agent-slots", "1", *options]
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("RUNFOLD_", "MLFLOW_"))}
    process = subprocess.Popen(command, cwd=folder, env=environ, stderr=subprocess.PIPE if options else None)
    process.uri = f"http://127.0.0.1:{port}"  # type: ignore[attr-defined]
    try:
        yield process
    finally:
        process.kill()
        # Until all processes of the server have closed it.
        process.communicate(timeout=60)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    with serving(tmp_path, free_port()) as process:
        yield process


def submit(server: subprocess.Popen[bytes], project: Path, script: str) -> tuple[RestStore, Job]:
    store = RestStore(server.uri, ClientSettings())  # type: ignore[attr-defined]
    until(store_answers(store))
    return store, store.submit_job(NewJob(uri=str(project), entry_point=script, n_tries=2))


def store_answers(store: RestStore) -> Callable[[], bool]:
    def ask() -> bool:
        try:
            store.ping()
        except Exception:
            return False
        return True

    return ask


def test_it_runs_jobs_and_ends_them_before_it_stops(
    server: subprocess.Popen[bytes], project: Path, tmp_path: Path
) -> None:
    store, quick = submit(server, project, "quick.py")
    until(lambda: store.get_job(quick.job_id).state is JobState.FINISHED)
    _, slow = submit(server, project, "slow.py")
    until((project / "pid").exists)

    server.terminate()
    assert server.wait(60) == 0

    with_records = open_store(f"sqlite:///{tmp_path}/.runfold/runfold.db")
    found = with_records.get_job(slow.job_id)
    with_records.close()
    assert (found.state, found.attempt, found.reason) == (JobState.QUEUED, 1, "its agent was stopped")
    assert not is_there(int((project / "pid").read_text()))


def test_a_killed_server_leaves_neither_agent_nor_command(server: subprocess.Popen[bytes], project: Path) -> None:
    submit(server, project, "slow.py")
    until((project / "pid").exists)

    os.kill(server.pid, signal.SIGKILL)

    until(lambda: not is_there(int((project / "pid").read_text())))


class Team:
    """A store with an administrator, and the server with users that has it."""

    def __init__(self, folder: Path, uri: str) -> None:
        self.folder = folder
        self._uri = uri
        self.port = free_port()
        self.account = f"agent {platform.node()}-{self.port}"
        with self.records() as store:
            store.create_user("ann", password="correct horse", is_admin=True)
            self._secret = store.create_token("ann", scope=Role.MANAGER).secret

    @contextmanager
    def records(self) -> Iterator[ServedStore]:
        with closing(open_served_store(self._uri, StoreSettings(), artifact_root="mlflow-artifacts:/")) as store:
            yield store

    def serving(self) -> AbstractContextManager[subprocess.Popen[bytes]]:
        return serving(self.folder, self.port, "--auth", "--processes", "2", "--store", self._uri)

    def tokens(self) -> list[str]:
        with self.records() as store:
            found = store.list_tokens(self.account)
        assert all(token.expires_ms is not None for token in found)
        return [token.token_id for token in found]

    def store(self, monkeypatch: pytest.MonkeyPatch) -> RestStore:
        monkeypatch.setenv("RUNFOLD_TRACKING_TOKEN", self._secret)
        store = RestStore(f"http://127.0.0.1:{self.port}", ClientSettings())
        until(store_answers(store))
        return store


@pytest.fixture
def team(request: pytest.FixtureRequest, tmp_path: Path) -> Team:
    if getattr(request, "param", "sqlite") == "sqlite":
        return Team(tmp_path, f"sqlite:///{tmp_path}/runfold.db")
    return Team(tmp_path, request.getfixturevalue("new_postgres_database")())


on_both_engines = pytest.mark.parametrize("team", ["sqlite", "postgresql"], indirect=True)


@on_both_engines
def test_on_a_server_with_users_it_has_an_account_whose_token_ends_with_the_server(
    team: Team, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "logs.py").write_text("import runfold\nrunfold.log_metric('loss', 0.5)\nprint('logged')")
    with team.serving() as server:
        store = team.store(monkeypatch)
        job = store.submit_job(NewJob(uri=str(project), entry_point="logs.py"))
        until(lambda: store.get_job(job.job_id).state in (JobState.FINISHED, JobState.FAILED))
        ended = store.get_job(job.job_id)
        log = store.read_job_log(job.job_id).content
        assert ended.state is JobState.FINISHED, log
        assert ended.run_id is not None
        assert store.get_run(ended.run_id).info.status is RunStatus.FINISHED
        assert len(team.tokens()) == 1
        assert not [pid for pid in descendants(server.pid) if b"rft_" in outside(pid)]
        acts = store.search_audit(AuditQuery(filter=f"object = 'user:{team.account}'")).items
        store.close()
        server.terminate()
        said = server.communicate(timeout=60)[1]
        assert (server.returncode, b"rft_" in said) == (0, False)
    assert {act.act.action for act in acts} == {"users/create", "tokens/create"}
    assert team.tokens() == []


@on_both_engines
def test_the_token_that_a_killed_server_left_ends_with_the_next_start(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    with team.serving():
        team.store(monkeypatch).close()
        (left,) = team.tokens()
    with team.records() as store:
        store.remove_grant(Subject(SubjectKind.USER, team.account), Place(PlaceKind.EVERYTHING))
    with team.serving():
        team.store(monkeypatch).close()
        (now,) = team.tokens()
        with team.records() as store:
            grants = store.list_grants(subject=Subject(SubjectKind.USER, team.account))
    assert now != left
    assert grants == ()  # what was taken from it stays so


def test_a_server_that_finds_its_port_taken_leaves_the_other_ones_agent_alone(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    with team.serving():
        team.store(monkeypatch).close()
        before = team.tokens()
        with team.serving() as second:
            assert b"already in use" in second.communicate(timeout=60)[1]
        assert team.tokens() == before


def test_a_person_is_not_taken_for_it(team: Team) -> None:
    with team.records() as store:
        store.create_user(team.account, password="correct horse")
    with team.serving() as server:
        said = server.communicate(timeout=60)[1]
    assert server.returncode == 5
    assert b"who is a person" in said


def descendants(pid: int) -> list[int]:
    found = [pid]
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += descendants(int(child))
    return found


def outside(pid: int) -> bytes:
    """What others see of a process."""
    return Path(f"/proc/{pid}/environ").read_bytes() + Path(f"/proc/{pid}/cmdline").read_bytes()


def test_a_server_whose_agent_is_switched_off_starts_without_it(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    with team.records() as store:
        store.create_user(team.account, is_service=True)
        store.update_user(team.account, is_active=False)
    with team.serving() as server:
        team.store(monkeypatch).close()
        assert team.tokens() == []
        server.terminate()
        assert b"is switched off" in server.communicate(timeout=60)[1]


def test_a_server_without_an_administrator_has_an_agent_and_gets_one(
    tmp_path: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    uri, port = f"sqlite:///{tmp_path}/runfold.db", free_port()
    with (
        serving(tmp_path, port, "--auth", "--store", uri),
        closing(open_served_store(uri, StoreSettings(), artifact_root="mlflow-artifacts:/")) as records,
    ):
        account = f"agent {platform.node()}-{port}"
        until(lambda: any(user.name == account for user in records.list_users()))
        records.finish_setup(records.begin_setup(), "root", "correct horse")
        monkeypatch.setenv("RUNFOLD_TRACKING_TOKEN", records.create_token("root", scope=Role.MANAGER).secret)
        store = RestStore(f"http://127.0.0.1:{port}", ClientSettings())
        until(store_answers(store))
        job = store.submit_job(NewJob(uri=str(project), entry_point="quick.py"))
        until(lambda: store.get_job(job.job_id).state is JobState.FINISHED)
