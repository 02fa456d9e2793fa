"""A real Ray cluster of one node, from an environment of its own (`make frameworks`)."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import tempfile
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from runfold.domain.job import Resources
from runfold.domain.target import RaySettings, Target, TargetKind
from runfold.errors import InvalidValue, LimitExceeded, Unavailable
from runfold.launch.targets import ray
from runfold.launch.targets.base import Workload
from tests.integration.launch import hostile
from tests.integration.launch.asked import (
    check_is_dead_once_cancelled,
    check_works_for_who_asked,
    opened_house,
    texts_in,
)
from tests.integration.launch.conftest import OpenTarget, is_there, until
from tests.integration.launch.test_slurm import free_ports
from tests.integration.launch.test_ssh import Following

pytestmark = pytest.mark.slow

RAY = Path(__file__).parents[3] / ".cache" / "frameworks" / "ray" / "bin" / "ray"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The dashboard of a cluster that runs."""
    home = Path(tempfile.mkdtemp(prefix="rf-ray-"))  # short: it holds sockets
    head, dashboard, agent, client = free_ports(4)
    options = {
        "port": head,
        "dashboard-port": dashboard,
        "dashboard-agent-listen-port": agent,
        "ray-client-server-port": client,
        "dashboard-host": "127.0.0.1",
        "node-ip-address": "127.0.0.1",
        "min-worker-port": 0,
        "max-worker-port": 0,
        "num-cpus": 2,
        "object-store-memory": 80_000_000,
        "temp-dir": home,
    }
    given = [f"--{name}={value}" for name, value in options.items()]
    # A busy machine takes its time.
    environ = {**os.environ, "PATH": f"{RAY.parent}:{os.environ['PATH']}", "RAY_raylet_start_wait_time_s": "170"}
    url = f"http://127.0.0.1:{dashboard}"

    def answers() -> bool:
        assert process.poll() is None, (home / "log").read_text()
        with suppress(OSError), urllib.request.urlopen(f"{url}/api/version", timeout=5):
            return True
        return False

    with (home / "log").open("w") as log:
        command = [RAY, "start", "--head", "--block", "--disable-usage-stats", *given]
        process = subprocess.Popen(command, stdout=log, stderr=log, env=environ, start_new_session=True)
    try:
        until(answers, timeout_s=180)
        yield url
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(30)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ray, "LOOK_S", 0.2)
    monkeypatch.setattr(ray, "QUIET_S", 0.5)


@pytest.fixture
def target(address: str) -> Target:
    return Target(name="rays", kind=TargetKind.RAY, ray=RaySettings(address=address))


def test_a_job_runs_and_tells_its_log_and_exit_code(
    target: Target, open_target: OpenTarget, make_work: Callable[..., Workload]
) -> None:
    script = "import os, sys; print(os.environ['COLOUR'], os.listdir()); sys.exit(3)"
    backend = open_target(target)
    work = make_work(script, variables={"COLOUR": "blü e"}, resources=Resources(n_cpus=1))

    following = Following(backend, work)

    ending = following.ending()
    assert (ending.exit_code, ending.reason) == (3, "exit code 3"), following.said
    assert "blü e ['script.py']\n" in following.said.decode()


def test_hostile_values_arrive_as_they_are(
    target: Target, open_target: OpenTarget, make_work: Callable[..., Workload]
) -> None:
    following = Following(open_target(target), hostile.workload(make_work))
    assert following.ending().is_success
    hostile.check_said(following.said)


def test_cancelling_ends_the_job_and_all_it_started(
    target: Target, open_target: OpenTarget, make_work: Callable[..., Workload], tmp_path: Path
) -> None:
    shell = f"sleep 1000 & echo $! > {tmp_path}/child; wait"
    following = Following(open_target(target), make_work("", vector=("sh", "-c", shell)))
    until(lambda: (tmp_path / "child").exists() and (tmp_path / "child").read_text().strip(), timeout_s=90)

    following.execution.cancel()

    ending = following.ending()
    assert (ending.is_cancelled, ending.reason) == (True, "cancelled")
    until(lambda: not is_there(int((tmp_path / "child").read_text())))


def test_an_earlier_attempt_is_stopped_first(
    target: Target, open_target: OpenTarget, make_work: Callable[..., Workload], tmp_path: Path
) -> None:
    backend = open_target(target)
    work = make_work("", vector=("sh", "-c", f"echo $$ > {tmp_path}/first; sleep 1000"))
    backend.start(work, output=lambda _: None, tell=lambda _: None)
    until(lambda: (tmp_path / "first").exists() and (tmp_path / "first").read_text().strip(), timeout_s=90)

    following = Following(backend, make_work("print('second')"))

    assert following.ending().is_success
    assert b"second\n" in following.said
    until(lambda: not is_there(int((tmp_path / "first").read_text())))


def test_a_cluster_that_can_be_used_is_tried(target: Target, open_target: OpenTarget) -> None:
    told: list[str] = []
    open_target(target).check(told.append)
    assert told[0].startswith("The cluster answers: Ray ")


def test_secrets_are_refused_since_the_dashboard_would_show_them(
    target: Target, open_target: OpenTarget, make_work: Callable[..., Workload]
) -> None:
    work = make_work("print(1)", secrets={"TOKEN": "hunter22"})
    with pytest.raises(InvalidValue, match="no secrets") as refused:
        open_target(target).start(work, output=lambda _: None, tell=lambda _: None)
    assert "hunter22" not in refused.value.message


def test_a_project_that_is_too_large_says_what_to_do(
    target: Target, open_target: OpenTarget, make_work: Callable[..., Workload], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ray, "MAX_PACKAGE", 20_000)
    work = make_work("print(1)")
    (work.code / "noise").write_bytes(os.urandom(600_000))
    with pytest.raises(LimitExceeded, match="fetch its data"):
        open_target(target).start(work, output=lambda _: None, tell=lambda _: None)


def test_a_cluster_that_is_away_is_told(open_target: OpenTarget) -> None:
    away = Target(name="away", kind=TargetKind.RAY, ray=RaySettings(address="http://127.0.0.1:1"))
    with pytest.raises(Unavailable, match="does not answer"):
        open_target(away).check(lambda _: None)
    far = Target(name="far", kind=TargetKind.RAY, ray=RaySettings(address="http://head:8265"))
    with pytest.raises(InvalidValue, match="--server"):
        open_target(far).reachable_from_there("http://127.0.0.1:5000")


def test_a_job_there_works_for_who_asked_by_a_token_that_the_cluster_shows_nobody(
    target: Target, address: str, tmp_path: Path
) -> None:
    def shown() -> str:
        def read(path: str) -> str:
            with urllib.request.urlopen(f"{address}/api/{path}") as answer:
                text: str = answer.read().decode()
                return text

        listed = read("jobs/")
        ids = [job["submission_id"] for job in json.loads(listed) if job["submission_id"]]
        logs = [read(f"jobs/{job}/logs") for job in ids]
        assert any("the token *** is shown" in log for log in logs)
        homes = [folder for folder in Path(tempfile.gettempdir()).iterdir() if folder.name.startswith("rf-ray-")]
        return listed + "".join(logs) + texts_in(*homes)

    with opened_house(tmp_path) as house:
        check_works_for_who_asked(house, target, shown)


def test_the_token_of_a_job_there_ends_as_it_is_cancelled(target: Target, tmp_path: Path) -> None:
    with opened_house(tmp_path) as house:
        check_is_dead_once_cancelled(house, target)
