"""Projects with packages of conda on a host by SSH that has nothing but Python."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import msgspec
import pytest

from runfold.config import ClientSettings
from runfold.domain.artifact import ArtifactPath
from runfold.domain.target import KubernetesSettings, Target, TargetKind
from runfold.errors import NotSupported
from runfold.launch.targets import ssh
from runfold.launch.targets.base import FarEnvironment, Workload
from runfold.projects.environments.uv import find_uv
from runfold.projects.run import ProjectRequest, run_project
from runfold.stores.base import RunQuery
from runfold.tracking.session import Session
from tests.integration.launch.conftest import OpenTarget, Sshd, descendants
from tests.integration.launch.test_projects_on_targets import read_log
from tests.integration.launch.test_ssh import Following
from tests.integration.servers import ServerProcess
from tests.unit.projects.environments.channel import PLACE, Channel, Link, Prefixed
from tests.wheels import write_wheel

pytestmark = pytest.mark.slow

CONDA = "channels: [./channel]\ndependencies: [hello=1]\n"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ssh, "LOOK_S", 0.05)
    monkeypatch.setattr(ssh, "QUIET_S", 0.2)


@pytest.fixture
def target(tmp_path: Path) -> Iterator[Target]:
    """A host with uv for the pip section, and with environments of its own."""
    server = Sshd(tmp_path / "host")
    with (server.home / "sshd_config").open("a") as config:
        config.write(f"SetEnv PATH={Path(find_uv()[0]).parent}:/usr/bin:/bin\n")
    server.start()
    yield Target(name="box", kind=TargetKind.SSH, ssh=server.settings)
    server.stop()


@pytest.fixture
def channel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Channel:
    monkeypatch.setenv("RATTLER_CACHE_DIR", str(tmp_path / "rattler"))
    channel = Channel(tmp_path / "project" / "channel")
    channel.add("hello", "1.0", {"bin/hello": "#!/bin/sh\nword\n", "share/latest": Link("hello")}, depends=["word >=2"])
    channel.add("word", "2.5", {"bin/word": Prefixed(f"#!/bin/sh\ncat {PLACE}/share/words\n"), "share/words": "moin"})
    channel.add_python()
    return channel


@pytest.fixture
def project(channel: Channel) -> Path:
    folder = channel.folder.parent
    (folder / "MLproject").write_text("name: far\nconda_env: conda.yaml\nentry_points: {main: {command: hello}}\n")
    (folder / "conda.yaml").write_text(CONDA)
    (folder / ".gitignore").write_text("channel\n")
    subprocess.run(["git", "init", "--quiet", folder], check=True)
    return folder


@pytest.fixture
def session(server: ServerProcess, tmp_path: Path, target: Target) -> Iterator[Session]:
    opened = Session(server.uri, ClientSettings(spool_dir=str(tmp_path / "spool")))
    opened.store.create_target(target)
    yield opened
    opened.close()


def test_a_conda_project_runs_unchanged_and_its_environment_is_brought_once(session: Session, project: Path) -> None:
    told: list[str] = []

    def run() -> str:
        request = ProjectRequest(uri=str(project), target="box")
        done = run_project(session, request, tracking_uri=session.full_uri, tell=told.append)
        assert done.ending.is_success, read_log(session, done.run_id)
        assert session.store.get_run(done.run_id).tags["mlflow.project.env"] == "conda"
        return read_log(session, done.run_id)

    def kept(run_id: str, name: str) -> str:
        uri = session.store.get_run(run_id).info.artifact_uri
        with session.open_files(uri) as files, files.open_read(ArtifactPath(f"runfold/{name}")) as file:
            return file.read().decode()

    assert run() == "Making the environment; the next run finds it made\nmoin"
    assert run() == "moin"
    assert sum("Bringing the conda environment" in line for line in told) == 1
    run_ids = [item.info.run_id for item in session.store.search_runs(RunQuery(experiment_ids=("0",))).items]
    assert [re.findall(r"/noarch/(.*)#", kept(run_id, "conda-packages.txt")) for run_id in run_ids] == [
        ["hello-1.0-0.tar.bz2", "word-2.5-0.tar.bz2"]
    ] * 2


def test_a_package_that_no_channel_has_is_named(session: Session, project: Path) -> None:
    (project / "conda.yaml").write_text("channels: [./channel]\ndependencies: [goodbye=3]\n")
    request = ProjectRequest(uri=str(project), target="box")

    done = run_project(session, request, tracking_uri=session.full_uri, tell=lambda line: None)

    assert not done.ending.is_success
    assert "which must reach its channels (file://" in done.ending.reason
    assert "It asks for: goodbye=3\n" in done.ending.reason
    assert "No candidates were found for goodbye" in done.ending.reason


def test_kinds_that_it_cannot_be_brought_to_say_what_to_do(session: Session, project: Path) -> None:
    session.store.create_target(Target(name="pods", kind=TargetKind.KUBERNETES, kubernetes=KubernetesSettings()))
    request = ProjectRequest(uri=str(project), target="pods")
    with pytest.raises(NotSupported, match=r"kind kubernetes.*docker_env"):
        run_project(session, request, tracking_uri=session.full_uri, tell=lambda line: None)


class SlowIndex(ThreadingHTTPServer):
    """Has one wheel, and lets whoever asks for it wait."""

    daemon_threads = True

    def __init__(self, wheel: Path) -> None:
        self.asked = threading.Event()
        self.let_go = threading.Event()
        index = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                index.asked.set()
                index.let_go.wait(60)
                content = wheel.read_bytes()
                self.send_response(200)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_HEAD = do_GET

            def log_message(self, *_: object) -> None:
                return

        super().__init__(("127.0.0.1", 0), Handler)
        self.line = f"greeting @ http://127.0.0.1:{self.server_port}/{wheel.name}"
        threading.Thread(target=self.serve_forever, daemon=True).start()


@pytest.fixture
def index(tmp_path: Path) -> Iterator[SlowIndex]:
    opened = SlowIndex(write_wheel(tmp_path, "greeting", {"greeting.py": "WORD = 'servus'"}))
    yield opened
    opened.let_go.set()
    opened.shutdown()
    opened.server_close()


@pytest.fixture
def work(make_work: Callable[..., Workload], channel: Channel, index: SlowIndex) -> Workload:
    """A command that needs conda's packages and one of the pip section."""
    environment = FarEnvironment(
        digest="abc",
        conda_packages=("hello", "python", "pip"),
        channels=(channel.folder.as_uri(),),
        requirements=(index.line,),
    )
    script = "import greeting, os, subprocess; print(greeting.WORD, subprocess.check_output(['hello']).decode())"
    script += "; print(os.environ['CONDA_PREFIX'])"
    return make_work(script, environment=environment)


def made_at(target: Target) -> list[str]:
    assert target.ssh is not None
    return sorted(path.name for path in (Path(target.ssh.folder) / "environments").iterdir())


def test_two_that_ask_for_the_same_at_a_time_share_it(
    target: Target, open_target: OpenTarget, work: Workload, index: SlowIndex
) -> None:
    first = Following(open_target(target), work)
    index.asked.wait(60)
    second = Following(open_target(target), msgspec.structs.replace(work, work_id="second"))
    index.let_go.set()

    assert (first.ending().exit_code, second.ending().exit_code) == (0, 0)
    assert second.said == b"servus moin\n" + first.said.splitlines()[-1] + b"\n"
    name = f"abc-{os.uname().machine}"
    assert made_at(target) == [name, f"{name}.lock"]


def test_one_that_was_killed_in_the_middle_leaves_nothing_that_the_next_one_takes_for_whole(
    target: Target, open_target: OpenTarget, work: Workload, index: SlowIndex
) -> None:
    backend = open_target(target)
    first = Following(backend, work)
    index.asked.wait(60)
    (pids,) = Path(target.ssh.folder).glob("*/pids")
    supervisor = json.loads(pids.read_text())["supervisor"][0]
    for pid in (supervisor, *descendants(supervisor)):
        os.kill(pid, signal.SIGKILL)
    assert "gone without a result" in first.ending().reason
    index.let_go.set()

    again = Following(backend, msgspec.structs.replace(work, work_id="again"))

    assert again.ending().is_success, again.said
    assert b"servus moin\n" in again.said
    assert not any("Bringing the conda environment" in line for line in again.told)


def test_what_a_killed_agent_has_left_here_is_taken_away_by_the_next(
    target: Target,
    open_target: OpenTarget,
    work: Workload,
    index: SlowIndex,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    cache = tmp_path / "cache" / "runfold"
    for name in ("runfold-conda-old", "runfold-conda-new"):
        (cache / name / "environment").mkdir(parents=True)
    os.utime(cache / "runfold-conda-old", (0, 0))
    index.let_go.set()

    assert Following(open_target(target), work).ending().is_success

    assert [path.name for path in cache.iterdir()] == ["runfold-conda-new"]


def test_cancelling_does_not_wait_for_the_environment(
    target: Target, open_target: OpenTarget, work: Workload, index: SlowIndex
) -> None:
    following = Following(open_target(target), work)
    index.asked.wait(60)

    following.execution.cancel()

    assert (following.ending().is_cancelled, following.ending().reason) == (True, "cancelled")
    assert not index.let_go.is_set()
