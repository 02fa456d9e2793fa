"""Real servers for the stores that need one: each in its own process, on a free port of this machine."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path

import pytest
import urllib3

HERE = Path(__file__).parent
NOBODY = 65534

StartServer = Callable[..., int]


@pytest.fixture(scope="module")
def open_folder() -> Iterator[Path]:
    """A temporary folder that a server without rights may use (those of pytest are closed to others)."""
    folder = Path(tempfile.mkdtemp(prefix="runfold-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def start_server() -> Iterator[StartServer]:
    """Starts a command that listens on the port it is given, and gives the port once it answers.

    Run by root, the server is started as a user without rights, who then owns `folder`.
    """
    running: list[subprocess.Popen[bytes]] = []

    def start(
        command: Callable[[int], Sequence[str | Path]],
        *,
        folder: Path | None = None,
        env: Mapping[str, str] | None = None,
    ) -> int:
        port = _free_port()
        user = None
        if folder is not None and os.geteuid() == 0:
            user = NOBODY
            for path in (folder, *folder.rglob("*")):
                os.chown(path, NOBODY, NOBODY)
        process = subprocess.Popen(
            [str(part) for part in command(port)],
            env={**os.environ, **(env or {})},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            user=user,
            group=user,
            extra_groups=None if user is None else [],
        )
        running.append(process)
        _wait_until_it_answers(process, port)
        return port

    yield start
    for process in running:
        process.terminate()
    for process in running:
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def server_url(start_server: StartServer, open_folder: Path) -> str:
    """Runfold's own server over a local folder, the only one that it can write to: it is attacked with paths."""
    artifacts = open_folder / "artifacts"
    port = start_server(lambda port: [*only_writing(open_folder), *runfold_server(port, open_folder, artifacts)])
    return f"http://127.0.0.1:{port}"


def only_writing(folder: Path) -> list[str | Path]:
    """Words that start a command where everything but a folder is read-only: a mount namespace of its own."""
    rights = [] if os.geteuid() == 0 else ["--map-root-user"]
    script = 'mount --bind "$0" "$0" && mount -o remount,bind,ro / && exec "$@"'
    return ["unshare", "--mount", *rights, "sh", "-c", script, folder]


def runfold_server(port: int, folder: Path, artifacts: str | Path) -> list[str | Path]:
    command = [Path(sys.executable).with_name("runfold"), "server", "--port", str(port)]
    return [*command, "--store", f"sqlite:///{folder}/runfold.db", "--artifacts", artifacts]


S3_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "any",
    "AWS_SECRET_ACCESS_KEY": "any",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}


@pytest.fixture(scope="module")
def server_over_s3_url(start_server: StartServer, open_folder: Path, s3_endpoint: str) -> str:
    """Runfold's own server over a bucket of the emulator."""
    urllib3.request("PUT", f"{s3_endpoint}/behind-server")
    env = {**S3_ENVIRONMENT, "MLFLOW_S3_ENDPOINT_URL": s3_endpoint}
    port = start_server(lambda port: runfold_server(port, open_folder, "s3://behind-server/files"), env=env)
    return f"http://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def s3_endpoint(start_server: StartServer) -> str:
    """The S3 emulator."""
    port = start_server(lambda port: [sys.executable, "-m", "moto.server", "-p", str(port)])
    return f"http://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def sftp_url(start_server: StartServer, open_folder: Path) -> Iterator[str]:
    """OpenSSH's server with keys of its own; `HOME` holds the client's side meanwhile."""
    files, home = open_folder / "files", open_folder / "home"
    ssh = home / ".ssh"
    files.mkdir()
    ssh.mkdir(parents=True)
    for key in (open_folder / "host_key", ssh / "id_ed25519"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    config = open_folder / "sshd_config"

    def command(port: int) -> list[str | Path]:
        config.write_text(
            f"""
            ListenAddress 127.0.0.1:{port}
            HostKey {open_folder}/host_key
            AuthorizedKeysFile {ssh}/id_ed25519.pub
            PidFile none
            StrictModes no
            UsePAM yes
            PasswordAuthentication no
            KbdInteractiveAuthentication no
            Subsystem sftp internal-sftp
            ForceCommand internal-sftp
            """
        )
        host_key = (open_folder / "host_key.pub").read_text()
        (ssh / "known_hosts").write_text(f"[127.0.0.1]:{port} {host_key}")
        return [which("sshd"), "-D", "-e", "-f", config]

    port = start_server(command, folder=open_folder)
    user = pwd.getpwuid(NOBODY if os.geteuid() == 0 else os.geteuid()).pw_name
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(home))
        patch.delenv("SSH_AUTH_SOCK", raising=False)
        yield f"sftp://{user}@127.0.0.1:{port}{files}"


@pytest.fixture(scope="module")
def nginx_url(start_server: StartServer, open_folder: Path) -> str:
    """nginx with WebDAV below `/dav` (as ann, whose password is secret) and plain files, taken by PUT, below `/raw`."""
    for name in ("files/dav", "files/raw", "tmp"):
        (open_folder / name).mkdir(parents=True)
    (open_folder / "users").write_text("ann:{PLAIN}secret\n")
    module = Path("/usr/lib/nginx/modules/ngx_http_dav_ext_module.so")
    config = open_folder / "nginx.conf"

    def command(port: int) -> list[str | Path]:
        template = (HERE / "nginx.conf").read_text()
        config.write_text(template.format(folder=open_folder, port=port, module=module))
        return [which("nginx"), "-p", open_folder, "-e", "stderr", "-c", config]

    return f"127.0.0.1:{start_server(command, folder=open_folder)}"


def which(command: str) -> str:
    """A server's program; those are not in the path of an ordinary user."""
    found = shutil.which(command, path=os.environ["PATH"] + os.pathsep + "/usr/sbin")
    if found is None:
        raise RuntimeError(f"{command} is missing; `make setup` installs what system-packages.txt names.")
    return found


def _free_port() -> int:
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _wait_until_it_answers(process: subprocess.Popen[bytes], port: int, timeout_s: float = 30) -> None:
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args} ended with status {process.returncode}")
        with closing(socket.socket()) as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise TimeoutError(f"{process.args} does not answer on port {port}")
