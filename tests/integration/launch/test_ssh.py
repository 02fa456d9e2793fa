"""Targets on a host with a real OpenSSH server: what goes well, and everything that can go wrong."""

from __future__ import annotations

import os
import signal
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from runfold.domain.target import Target, TargetKind
from runfold.errors import InvalidValue, PermissionDenied, StorageFull, Unauthenticated, Unavailable
from runfold.launch.process import Ending
from runfold.launch.targets import absence, ssh
from runfold.launch.targets.base import Backend, FarEnvironment, Workload
from tests.integration.launch import hostile
from tests.integration.launch.asked import (
    check_is_dead_once_cancelled,
    check_works_for_who_asked,
    opened_house,
    texts_in,
)
from tests.integration.launch.conftest import MakeTarget, OpenTarget, Sshd, is_there, until

pytestmark = pytest.mark.slow

TICKS = """
import os, time
open(os.environ["PLACE"] + "/pid.new", "w").write(str(os.getpid()))
os.rename(os.environ["PLACE"] + "/pid.new", os.environ["PLACE"] + "/pid")
number = 0
while not os.path.exists(os.environ["PLACE"] + "/enough"):
    number += 1
    print("tick", number)
    time.sleep(0.02)
print("last", number)
"""


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ssh, "LOOK_S", 0.05)
    monkeypatch.setattr(ssh, "QUIET_S", 0.2)


class Following:
    """A workload followed from a thread."""

    def __init__(self, backend: Backend, work: Workload) -> None:
        self.said = b""
        self.told: list[str] = []
        self.execution = backend.start(work, output=self._output, tell=self.told.append)
        self._endings: list[Ending] = []
        self._thread = threading.Thread(target=lambda: self._endings.append(self.execution.wait()), daemon=True)
        self._thread.start()

    def _output(self, content: bytes) -> None:
        self.said += content

    def ending(self) -> Ending:
        self._thread.join(60)
        return self._endings[0]


def test_a_command_runs_there_with_its_files_variables_and_secrets(
    make_target: MakeTarget, open_target: OpenTarget, make_work: Callable[..., Workload], sshd: Sshd
) -> None:
    script = "import os, sys; print(os.environ['COLOUR'], len(os.environ['TOKEN']), os.listdir()); sys.exit(3)"
    work = make_work(script, variables={"COLOUR": "blü e"}, secrets={"TOKEN": "hunter22"})

    following = Following(open_target(make_target()), work)
    ending = following.ending()

    assert (ending.exit_code, ending.reason) == (3, "exit code 3")
    assert following.said.decode() == "blü e 8 ['script.py']\n"
    assert not (sshd.home / "jobs" / work.work_id).exists()


def test_hostile_values_arrive_as_they_are(
    make_target: MakeTarget, open_target: OpenTarget, make_work: Callable[..., Workload]
) -> None:
    following = Following(open_target(make_target()), hostile.workload(make_work))
    assert following.ending().is_success
    hostile.check_said(following.said)


def test_no_secret_stands_in_a_file_or_an_argument_there(
    make_target: MakeTarget, open_target: OpenTarget, make_work: Callable[..., Workload], sshd: Sshd, tmp_path: Path
) -> None:
    work = make_work(TICKS, variables={"PLACE": str(tmp_path)}, secrets={"TOKEN": "hunter22"})
    following = Following(open_target(make_target()), work)
    until((tmp_path / "pid").exists)

    files = [path for path in (sshd.home / "jobs").rglob("*") if path.is_file()]
    found = [path for path in files if b"hunter22" in path.read_bytes()]
    arguments = b"".join(path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists())
    (tmp_path / "enough").touch()
    following.ending()

    assert len(files) >= 4
    assert found == []
    assert b"hunter22" not in arguments
    assert (sshd.home / "jobs").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("is_whole_server", [False, True], ids=["connection", "server"])
def test_a_job_goes_on_when_the_connection_is_lost_and_is_picked_up_again(
    make_target: MakeTarget,
    open_target: OpenTarget,
    make_work: Callable[..., Workload],
    sshd: Sshd,
    tmp_path: Path,
    is_whole_server: bool,
) -> None:
    work = make_work(TICKS, variables={"PLACE": str(tmp_path)})
    following = Following(open_target(make_target()), work)
    until(lambda: b"tick 5\n" in following.said)

    if is_whole_server:
        sshd.stop()
        until(lambda: any("goes on there" in line for line in following.told))
        sshd.start()
    else:
        sshd.drop_connections()
    before = len(following.said)
    until(lambda: len(following.said) > before)
    (tmp_path / "enough").touch()

    assert following.ending().is_success
    lines = following.said.decode().splitlines()
    assert lines == [*(f"tick {number}" for number in range(1, len(lines))), f"last {len(lines) - 1}"]


def test_a_host_that_does_not_come_back_is_given_up_after_a_time(
    make_target: MakeTarget,
    open_target: OpenTarget,
    make_work: Callable[..., Workload],
    sshd: Sshd,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(absence, "AWAY_S", 0.5)
    work = make_work(TICKS, variables={"PLACE": str(tmp_path)})
    following = Following(open_target(make_target()), work)
    until(lambda: b"tick 5\n" in following.said)

    sshd.stop()
    try:
        ending = following.ending()
        assert ending.reason.endswith("does not answer any more; the command may go on there")
        assert (ending.is_success, ending.is_cancelled) == (False, False)
    finally:
        (tmp_path / "enough").touch()
        sshd.start()


def test_cancelling_ends_the_whole_tree_there(
    make_target: MakeTarget, open_target: OpenTarget, make_work: Callable[..., Workload], tmp_path: Path
) -> None:
    work = make_work("", vector=("sh", "-c", f"sleep 1000 & echo $! > {tmp_path}/child; wait"))
    following = Following(open_target(make_target()), work)
    until(lambda: (tmp_path / "child").exists() and (tmp_path / "child").read_text().strip())

    following.execution.cancel()

    ending = following.ending()
    assert (ending.is_cancelled, ending.reason) == (True, "cancelled")
    until(lambda: not is_there(int((tmp_path / "child").read_text())))


def test_what_an_earlier_attempt_left_running_is_ended_first(
    make_target: MakeTarget, open_target: OpenTarget, make_work: Callable[..., Workload], tmp_path: Path
) -> None:
    backend = open_target(make_target())
    backend.start(make_work(TICKS, variables={"PLACE": str(tmp_path)}), output=lambda _: None, tell=lambda _: None)
    until((tmp_path / "pid").exists)

    ending = Following(backend, make_work("print('second')")).ending()

    assert ending.is_success
    assert not is_there(int((tmp_path / "pid").read_text()))


def test_a_time_limit_holds_there(
    make_target: MakeTarget, open_target: OpenTarget, make_work: Callable[..., Workload]
) -> None:
    ending = Following(open_target(make_target()), make_work("import time; time.sleep(99)", timeout_s=0.2)).ending()

    assert (ending.is_cancelled, ending.reason) == (True, "cancelled after its time limit of 0.2 s")


def test_a_host_that_was_restarted_is_named(
    make_target: MakeTarget, open_target: OpenTarget, make_work: Callable[..., Workload], sshd: Sshd, tmp_path: Path
) -> None:
    work = make_work(TICKS, variables={"PLACE": str(tmp_path)})
    following = Following(open_target(make_target()), work)
    until((tmp_path / "pid").exists)
    command = int((tmp_path / "pid").read_text())
    supervisor = int(Path(f"/proc/{command}/stat").read_text().rpartition(")")[2].split()[1])

    for pid in (supervisor, command):
        os.kill(pid, signal.SIGKILL)

    assert "gone without a result" in following.ending().reason


def test_a_signal_that_ends_the_command_is_named(
    make_target: MakeTarget, open_target: OpenTarget, make_work: Callable[..., Workload]
) -> None:
    ending = Following(open_target(make_target()), make_work("", vector=("sh", "-c", "kill -ABRT $$"))).ending()

    assert (ending.exit_code, ending.reason) == (-signal.SIGABRT, "ended by SIGABRT")


def test_an_environment_is_made_there_once(
    make_target: MakeTarget, open_target: OpenTarget, make_work: Callable[..., Workload], tmp_path: Path
) -> None:
    wheel = tmp_path / "tiny_thing-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("tiny_thing.py", "answer = 42\n")
        archive.writestr("tiny_thing-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny-thing\nVersion: 1.0\n")
        archive.writestr(
            "tiny_thing-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr("tiny_thing-1.0.dist-info/RECORD", "")
    environment = FarEnvironment(digest=tmp_path.name, requirements=(f"tiny-thing @ {wheel.as_uri()}",))
    work = make_work("import tiny_thing; print(tiny_thing.answer)", environment=environment)
    backend = open_target(make_target())

    first, again = (_followed(backend, work) for _ in range(2))

    assert first.startswith(b"Making the environment")
    assert again == b"42\n"
    absent = FarEnvironment(digest="absent", requirements=(f"{tmp_path}/absent.whl",))
    failed = Following(backend, make_work("print(1)", environment=absent))
    assert "environment could not be made there" in failed.ending().reason


def _followed(backend: Backend, work: Workload) -> bytes:
    following = Following(backend, work)
    assert following.ending().is_success
    return following.said


def test_a_host_with_another_key_is_not_trusted(make_target: MakeTarget, open_target: OpenTarget, sshd: Sshd) -> None:
    other = (sshd.home / "other_key.pub").read_text().strip()
    shown = (sshd.home / "host_key.pub").read_text().split()[1]

    with pytest.raises(Unauthenticated, match="is not trusted") as refused:
        open_target(make_target(host_key=other)).check(lambda _: None)

    assert shown in refused.value.message
    assert "-s host_key=" in refused.value.message


def test_an_unknown_host_is_not_trusted(
    make_target: MakeTarget, open_target: OpenTarget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(Unauthenticated, match="known_hosts"):
        open_target(make_target(host_key="")).check(lambda _: None)


def test_a_key_that_is_refused_says_what_to_do(make_target: MakeTarget, open_target: OpenTarget, sshd: Sshd) -> None:
    with pytest.raises(PermissionDenied, match="authorized_keys"):
        open_target(make_target(key=f"file:{sshd.home}/other_key")).check(lambda _: None)


def test_a_key_that_is_none_is_told_without_it(
    make_target: MakeTarget, open_target: OpenTarget, tmp_path: Path
) -> None:
    (tmp_path / "key").write_text("hunter22")
    with pytest.raises(InvalidValue, match="OpenSSH's format") as refused:
        open_target(make_target(key=f"file:{tmp_path}/key"))
    assert "hunter22" not in refused.value.message


def test_a_host_that_is_away_is_told(make_target: MakeTarget, open_target: OpenTarget) -> None:
    with pytest.raises(Unavailable, match="cannot be reached by SSH"):
        open_target(make_target(port=1)).check(lambda _: None)


def test_a_host_without_python_says_what_to_do(make_target: MakeTarget, open_target: OpenTarget) -> None:
    with pytest.raises(InvalidValue, match="-s python="):
        open_target(make_target(python="/no/such/python3")).check(lambda _: None)


def test_a_target_that_can_be_used_is_tried_step_by_step(make_target: MakeTarget, open_target: OpenTarget) -> None:
    told: list[str] = []
    open_target(make_target()).check(told.append)
    assert len(told) == 2
    assert "lets us in" in told[0]


def test_a_full_disk_there_is_told_and_a_running_command_goes_on(
    open_target: OpenTarget, make_work: Callable[..., Workload], tmp_path: Path
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    rights = [] if os.geteuid() == 0 else ["--map-root-user"]
    mount = 'mount -t tmpfs -o size=400k,mode=700 none "$0" && exec "$@"'
    server = Sshd(tmp_path / "small", ["unshare", "--mount", *rights, "sh", "-c", mount, str(disk)])
    server.start()
    try:
        settings = msgspec.structs.replace(server.settings, folder=str(disk))
        backend = open_target(Target(name="small", kind=TargetKind.SSH, ssh=settings))
        script = "print('x' * 1_000_000); import sys; sys.exit(0)"
        ending = Following(backend, make_work(script)).ending()
        assert ending.exit_code == 0
        assert "No space left" in ending.reason

        (tmp_path / "code" / "large").write_bytes(os.urandom(1_000_000))
        with pytest.raises(StorageFull, match="free some space"):
            backend.start(make_work("print(1)", work_id="other"), output=lambda _: None, tell=lambda _: None)
    finally:
        server.stop()


def test_a_job_there_works_for_who_asked_for_it(make_target: MakeTarget, sshd: Sshd, tmp_path: Path) -> None:
    with opened_house(tmp_path) as house:
        check_works_for_who_asked(house, make_target(), lambda: texts_in(sshd.home))


def test_the_token_of_a_job_there_ends_as_it_is_cancelled(make_target: MakeTarget, tmp_path: Path) -> None:
    with opened_house(tmp_path) as house:
        check_is_dead_once_cancelled(house, make_target())
