"""A real OpenSSH server on this machine. It has no systemd for users, so the supervising loop is what runs here."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from runfold.errors import AlreadyExists, InvalidValue, NotFound, Unavailable
from runfold.serving.deploy.targets import open_target
from tests.integration.serving.scoring_server import free_port

pytestmark = pytest.mark.slow


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """`ssh` on the PATH reaches a server with keys of its own, whatever the user's configuration says."""
    for key in ("host_key", "user_key"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / key], check=True)
    port = free_port()
    (tmp_path / "sshd_config").write_text(
        f"ListenAddress 127.0.0.1:{port}\nHostKey {tmp_path}/host_key\nAuthorizedKeysFile {tmp_path}/user_key.pub\n"
        "PidFile none\nStrictModes no\nPermitRootLogin yes\nPasswordAuthentication no\n"
    )
    (tmp_path / "known_hosts").write_text(f"[127.0.0.1]:{port} {(tmp_path / 'host_key.pub').read_text()}")
    program = tmp_path / "bin" / "ssh"
    program.parent.mkdir()
    options = f"-F none -i {tmp_path}/user_key -o UserKnownHostsFile={tmp_path}/known_hosts -o IdentitiesOnly=yes"
    program.write_text(f'#!/bin/sh\nexec {shutil.which("ssh")} {options} "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    sshd = shutil.which("sshd") or "/usr/sbin/sshd"
    if os.geteuid() == 0:  # what starts the system's own server makes it
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    with (tmp_path / "log").open("w") as log:
        server = subprocess.Popen([sshd, "-D", "-e", "-f", tmp_path / "sshd_config"], stderr=log)
    try:
        deadline = time.monotonic() + 20
        while "listening" not in (tmp_path / "log").read_text() and time.monotonic() < deadline:
            time.sleep(0.05)
        yield f"ssh://{pwd.getpwuid(os.geteuid()).pw_name}@127.0.0.1:{port}{tmp_path}/models"
    finally:
        server.terminate()
        server.wait()


def test_a_model_is_deployed_survives_a_crash_and_is_removed(host: str, doubling: Path, tmp_path: Path) -> None:
    target, port = open_target(host), free_port()

    made = target.create("doubling", str(doubling), {"port": str(port), "python": str(_python(tmp_path))})
    try:
        assert (made.state, made.model_uri) == ("supervised", str(doubling))
        assert _predicted(port) == 8.0
        assert json.loads(target.predict("doubling", b"x\n4\n", "text/csv"))["predictions"][0] == pytest.approx(8.0)
        with pytest.raises(AlreadyExists):
            target.create("doubling", str(doubling), {"port": str(port)})
        with pytest.raises(InvalidValue):
            open_target(host).create("other", str(doubling), {"port": "80; reboot"})

        for pid in _serving(tmp_path):
            os.kill(pid, signal.SIGKILL)
        assert _predicted(port) == 8.0
    finally:
        target.delete("doubling")
    assert target.list_all() == ()
    assert _serving(tmp_path) == []
    with pytest.raises(NotFound):
        target.get("doubling")


def _python(folder: Path) -> Path:
    """A Python of the host whose environments find the packages of this one, so that nothing is fetched."""
    program = folder / "bin" / "python-of-the-host"
    found = sysconfig.get_path("purelib")
    inside = f"lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages/host.pth"
    program.write_text(f'#!/bin/sh\nset -e\n{sys.executable} "$@"\necho {found} > "$3/{inside}"\n')
    program.chmod(0o755)
    return program


def _serving(folder: Path) -> list[int]:
    """Processes whose command names a file below this folder's models."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                command = (entry / "cmdline").read_bytes().decode(errors="replace")
            except OSError:
                continue
            if f"{folder}/models/" in command and "runfold" in command:
                found.append(int(entry.name))
    return found


def _predicted(port: int) -> float:
    deadline = time.monotonic() + 120
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/invocations", data=b"x\n4\n", headers={"Content-Type": "text/csv"}
    )
    while True:
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return round(float(json.load(answer)["predictions"][0]), 6)
        except OSError:
            assert time.monotonic() < deadline, "the model does not answer"
            time.sleep(0.2)


def test_a_host_that_is_away_is_said_to_be_away(host: str) -> None:
    with pytest.raises(Unavailable, match="cannot be reached"):
        open_target(f"ssh://nobody@127.0.0.1:{free_port()}/x").list_all()


@pytest.mark.parametrize("uri", ["ssh://-oProxyCommand=evil/x", "ssh://a:secret@host/x", "ssh:///x", "ssh://u;v@host"])
def test_addresses_that_are_no_host_are_refused(uri: str) -> None:
    with pytest.raises(InvalidValue):
        open_target(uri)
