"""Credentials of repositories, as git itself sees them."""

from __future__ import annotations

import os
import shlex
import stat
import subprocess
from pathlib import Path

import pytest

from runfold.domain.secret import FoundSecret
from runfold.errors import InvalidValue
from runfold.projects.git_access import for_git, git_access


def ask_git(host: str, access: dict[str, str]) -> str:
    environ = os.environ | {"GIT_TERMINAL_PROMPT": "0", "GIT_ASKPASS": "true"} | access
    question = f"protocol=https\nhost={host}\n\n"
    done = subprocess.run(["git", "credential", "fill"], input=question, env=environ, capture_output=True, text=True)
    return done.stdout


@pytest.mark.parametrize(
    ("secret", "user", "password"), [("t0ken", "git", "t0ken"), ("me:p%w '\"$x", "me", "p%w '\"$x")]
)
def test_git_gets_a_token_for_its_host_alone(
    monkeypatch: pytest.MonkeyPatch, secret: str, user: str, password: str
) -> None:
    monkeypatch.setenv("TOKEN", secret)
    with git_access("https://h.example:8443/a/b.git", "env:TOKEN") as access:
        assert f"username={user}\npassword={password}\n" in ask_git("h.example:8443", dict(access))
        assert password not in ask_git("other.example", dict(access))
        assert not any(secret in value for name, value in access.items() if not name.startswith("RUNFOLD_GIT_"))


def test_a_key_is_a_file_that_only_we_read_and_that_goes(tmp_path: Path) -> None:
    key = "-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n-----END OPENSSH PRIVATE KEY-----"
    with git_access("git@h:a.git", "secret:KEY", lambda name: FoundSecret(name=name, value=key)) as access:
        words = shlex.split(access["GIT_SSH_COMMAND"])
        path = Path(words[words.index("-i") + 1])
        assert path.read_text() == f"{key}\n"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not path.exists()


def test_what_is_no_key_is_refused_without_being_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", "hunter2")
    with pytest.raises(InvalidValue) as caught, git_access("git@h:a.git", "env:TOKEN"):
        pass
    assert "hunter2" not in caught.value.message
    with git_access("git@h:a.git", "") as access:
        assert access == {}


@pytest.mark.parametrize(
    "before", [{}, {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "a.b", "GIT_CONFIG_VALUE_0": "c"}]
)
def test_a_password_in_the_address_leaves_it_for_the_environment(
    before: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in before.items():
        monkeypatch.setenv(name, value)
    address = "git+https://m%40e:p%3Aw@h.example/a.git"

    with git_access(address, "") as access:
        assert "username=m@e\npassword=p:w\n" in ask_git("h.example", dict(access))
        assert not before or "GIT_CONFIG_KEY_0" not in access  # what the machine configures so, it still does
    assert for_git("https://m%40e:p%3Aw@h.example/a.git") == "https://h.example/a.git"


@pytest.mark.parametrize(
    "address", ["https://me@h/a.git", "ssh://git@h/a.git", "git@h:a.git", "file:///a:b@c", "a@b:c"]
)
def test_an_address_without_a_password_stays_as_it_is(address: str) -> None:
    assert for_git(address) == address
    with git_access(address, "") as access:
        assert access == {}


def test_a_secret_in_place_of_a_reference_is_not_told() -> None:
    with pytest.raises(InvalidValue, match="env:VARIABLE") as caught, git_access("https://h/a.git", "hunter2"):
        pass
    assert "hunter2" not in caught.value.message
