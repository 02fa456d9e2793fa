"""Repositories that cannot be had: every refusal comes soon, says what to do, and holds no password."""

from __future__ import annotations

import http.server
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from runfold.errors import InvalidValue
from runfold.projects import git as git_module
from runfold.projects.fetch import fetched
from runfold.projects.reading import read_code

IDENTITY = ["-c", "user.name=n", "-c", "user.email=e@example.org", "-c", "commit.gpgsign=false"]


class Refusing(http.server.BaseHTTPRequestHandler):
    """Answers every request with the status that its path begins with."""

    def do_GET(self) -> None:
        status = int(self.path.split("/")[1])
        self.send_response(status)
        if status == 401:
            self.send_header("WWW-Authenticate", 'Basic realm="code"')
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        pass


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """What git would make of the address or of a prompt on this very machine."""
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "GIT_ASKPASS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")


@pytest.fixture
def refusing() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Refusing) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def silent() -> Iterator[str]:
    """A port that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"127.0.0.1:{listener.getsockname()[1]}"


@pytest.fixture
def closed() -> str:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"127.0.0.1:{listener.getsockname()[1]}"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "origin"
    (folder / "sub").mkdir(parents=True)
    (folder / "sub" / "train.py").write_text("pass\n")
    for arguments in (
        ["init", "-q", "--initial-branch=main"],
        ["add", "."],
        [*IDENTITY, "commit", "-q", "-m", "begin"],
    ):
        subprocess.run(["git", "-C", str(folder), *arguments], check=True)
    return folder


def refusal(uri: str, version: str = "") -> str:
    with pytest.raises(InvalidValue) as refused, fetched(uri, version=version):
        pass
    assert "hunter2" not in refused.value.message
    assert read_code(uri, version=version).problem == refused.value.message  # what an agent reports
    return refused.value.message


@pytest.mark.parametrize(
    ("path", "says", "advice"),
    [
        ("401", "Authentication failed", "name one that may read it"),
        ("403", "error: 403", "name one that may read it"),
        ("404", "not found", "a private repository, which needs a credential"),
        ("503", "error: 503", "try again later"),
    ],
)
@pytest.mark.parametrize("version", ["", "main"])
def test_a_host_that_refuses(refusing: str, path: str, says: str, advice: str, version: str) -> None:
    message = refusal(f"http://me:hunter2@{refusing}/{path}/x.git", version)

    assert message.startswith(f"The repository http://{refusing}/{path}/x.git cannot be read: ")
    assert says in message
    assert advice in message


def test_a_host_that_asks_for_a_password_is_told_without_a_prompt(refusing: str) -> None:
    assert "name one that may read it" in refusal(f"http://{refusing}/401/x.git")


def test_a_credential_that_is_refused_is_not_told(refusing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", "me:hunter2")
    uri = f"http://{refusing}/401/x.git"
    expected = pytest.raises(InvalidValue, match="the credential is not the right one")
    with expected as refused, fetched(uri, credential="env:TOKEN"):
        pass
    assert "hunter2" not in refused.value.message


# git:// knows no user, and ssh no password.
SCHEMES = pytest.mark.parametrize(
    ("scheme", "user"), [("http", "me:hunter2@"), ("https", "me:hunter2@"), ("git", ""), ("ssh", "me@")]
)


@SCHEMES
def test_a_closed_port(closed: str, scheme: str, user: str) -> None:
    message = refusal(f"{scheme}://{user}{closed}/x.git")

    assert f"The repository {scheme}://{closed}/x.git cannot be read" in message
    assert "Check the address and its port" in message


@pytest.mark.parametrize("scheme", ["http", "https", "git", "ssh"])
def test_a_host_that_no_one_knows(scheme: str) -> None:
    message = refusal(f"{scheme}://me:hunter2@no-such-host.invalid/x.git")

    assert "Check the name of the host" in message


@SCHEMES
def test_a_host_that_says_nothing_is_given_up_and_leaves_no_process(
    silent: str, scheme: str, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(git_module, "ANSWER_S", 1.0)
    begin = time.monotonic()

    with pytest.raises(InvalidValue) as refused, fetched(f"{scheme}://{user}{silent}/x.git"):
        pass

    assert time.monotonic() - begin < git_module.TRANSFER_S / 10
    assert "hunter2" not in refused.value.message
    assert "a firewall or proxy lets the machine" in refused.value.message
    until_nothing_speaks_to(silent)


def until_nothing_speaks_to(address: str) -> None:
    end = time.monotonic() + 30
    while any(address in arguments for arguments in command_lines()):
        assert time.monotonic() < end
        time.sleep(0.02)


def command_lines() -> Iterator[str]:
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            yield path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            continue


def test_a_version_that_is_a_slip_of_the_pen(repository: Path) -> None:
    message = refusal(f"file://{repository}", "mian")

    assert message == f"The repository file://{repository} has no branch, tag or commit 'mian'. Did you mean 'main'?"


@pytest.mark.parametrize("version", ["", "main"])
def test_a_repository_that_is_gone_is_not_blamed_on_the_version(tmp_path: Path, version: str) -> None:
    message = refusal(f"file://{tmp_path}/gone", version)

    assert message.startswith(f"The repository file://{tmp_path}/gone cannot be read: ")
    assert "Check the address" in message
    assert "branch" not in message


def test_a_repository_without_a_commit(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)

    assert "has no default branch with a commit" in refusal(f"file://{tmp_path}")


@pytest.mark.parametrize("prefix", ["file://", ""])
def test_a_folder_that_the_project_does_not_have(repository: Path, prefix: str) -> None:
    message = refusal(f"{prefix}{repository}#sib")

    assert f"{prefix}{repository} has no folder 'sib' at " in message
    assert "as seen from its top" in message
