"""A real OpenSSH server on this machine, as a host that targets are on."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest

from runfold.domain.target import SshSettings, Target, TargetKind
from runfold.launch.secrets import read_secret
from runfold.launch.targets.base import Backend, Workload
from runfold.launch.targets.open import open_backend

MakeTarget = Callable[..., Target]
OpenTarget = Callable[[Target], Backend]


def until(condition: Callable[[], object], timeout_s: float = 30.0) -> None:
    end = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def is_there(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


class Keeper:
    """Programs that end with the test, whatever becomes of it."""

    def __init__(self, home: Path) -> None:
        command = [sys.executable, str(Path(__file__).with_name("keeper.py")), str(home)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)

    def start(self, command: Sequence[str]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(command).encode() + b"\n")
        self._process.stdin.flush()

    def stop(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(60)


class Sshd:
    """
    Args:
        wrapper: words of a command that starts the server in surroundings of its own.
    """

    def __init__(self, home: Path, wrapper: Sequence[str] = ()) -> None:
        home.mkdir(parents=True)
        for key in ("host_key", "user_key", "other_key"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", home / key], check=True)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.home = home
        self._wrapper = wrapper
        self._process: subprocess.Popen[bytes] | None = None
        (home / "sshd_config").write_text(
            f"ListenAddress 127.0.0.1:{self.port}\nHostKey {home}/host_key\nAuthorizedKeysFile {home}/user_key.pub\n"
            "PidFile none\nStrictModes no\nPermitRootLogin yes\nPasswordAuthentication no\n"
            "KbdInteractiveAuthentication no\n"
        )

    @property
    def settings(self) -> SshSettings:
        return SshSettings(
            host="127.0.0.1",
            user=pwd.getpwuid(os.geteuid()).pw_name,
            port=self.port,
            key=f"file:{self.home}/user_key",
            host_key=(self.home / "host_key.pub").read_text().strip(),
            folder=f"{self.home}/jobs",
            python=sys.executable,
        )

    def start(self) -> None:
        program = shutil.which("sshd", path=os.environ["PATH"] + os.pathsep + "/usr/sbin")
        assert program is not None, "`make setup` installs what system-packages.txt names"
        if os.geteuid() == 0:  # what starts the system's own server makes it
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
        log = self.home / "log"
        with log.open("w") as out:
            command = [*self._wrapper, program, "-D", "-e", "-f", str(self.home / "sshd_config")]
            self._process = subprocess.Popen(command, stderr=out, start_new_session=True)
        until(lambda: "listening" in log.read_text())

    def drop_connections(self) -> None:
        """Kill the processes that serve connections, and not what these have started."""
        assert self._process is not None
        for pid in descendants(self._process.pid):
            with suppress(FileNotFoundError, ProcessLookupError):
                if Path(f"/proc/{pid}/comm").read_text().strip().startswith("sshd"):
                    os.kill(pid, signal.SIGKILL)

    def stop(self) -> None:
        if self._process is not None:
            self.drop_connections()
            self._process.terminate()
            self._process.wait()
            self._process = None


def descendants(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, task.read_text().split()):
            with suppress(FileNotFoundError):
                found += [child, *descendants(child)]
    return found


@pytest.fixture(scope="module")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    server = Sshd(tmp_path_factory.mktemp("ssh") / "host")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def make_target(sshd: Sshd) -> MakeTarget:
    """The host as a target, with settings of its own."""

    def make(**settings: object) -> Target:
        return Target(name="box", kind=TargetKind.SSH, ssh=msgspec.structs.replace(sshd.settings, **settings))

    return make


@pytest.fixture
def open_target() -> Iterator[OpenTarget]:
    opened: list[Backend] = []

    def make(target: Target) -> Backend:
        opened.append(open_backend(target, read_secret))
        return opened[-1]

    yield make
    for backend in opened:
        backend.close()


@pytest.fixture
def make_work(tmp_path: Path) -> Callable[..., Workload]:
    """A workload of a Python script."""

    def make(script: str, **fields: object) -> Workload:
        code = tmp_path / "code"
        code.mkdir(exist_ok=True)
        (code / "script.py").write_text(script)
        given = {"work_id": tmp_path.name, "code": code, "vector": ("python", "-u", "script.py"), **fields}
        return Workload(**given)  # type: ignore[arg-type]

    return make
