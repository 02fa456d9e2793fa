"""Projects of a real Git host, as people run them: with credentials, of changed histories, with submodules."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from runfold.errors import InvalidValue
from runfold.projects.fetch import fetched
from tests.integration.git_host import PASSWORD, PRIVATE, USER, GitHost, git, git_host

RUNFOLD = [sys.executable, "-m", "runfold"]
# Tells what the copy of the repository, which a target also gets, knows of the way in.
PROJECT = """
name: private
entry_points:
  main: {command: "cat .git/config"}
"""


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither proxies nor what git is told on this very machine."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "GIT_ASKPASS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)


@pytest.fixture
def host(tmp_path: Path) -> Iterator[GitHost]:
    with git_host(tmp_path / "host") as made:
        yield made


@pytest.fixture
def code(tmp_path: Path) -> Path:
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "MLproject").write_text(PROJECT)
    return tmp_path / "code"


def runfold(folder: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("RUNFOLD_", "MLFLOW_"))}
    return subprocess.run(
        [*RUNFOLD, *arguments], cwd=folder, env=kept | environ, capture_output=True, text=True, timeout=120
    )


def refusal(uri: str, version: str = "") -> str:
    with pytest.raises(InvalidValue) as refused, fetched(uri, version=version):
        pass
    return refused.value.message


@pytest.mark.slow
def test_a_private_repository_is_run_rerun_and_queued_by_a_credential(
    host: GitHost, code: Path, tmp_path: Path
) -> None:
    uri = host.publish(code, f"{PRIVATE}/models.git")
    (tmp_path / "token").write_text(f"{USER}:{PASSWORD}\n")
    way_in = ("--credential", f"file:{tmp_path}/token")

    first = runfold(tmp_path, "run", uri, *way_in, "--json")
    assert first.returncode == 0, first.stderr
    run_id = json.loads(first.stdout)["run_id"]
    assert "cannot be read" in runfold(tmp_path, "rerun", run_id).stderr
    again = runfold(tmp_path, "rerun", run_id, *way_in)
    assert again.returncode == 0, again.stderr
    submitted = runfold(tmp_path, "jobs", "submit", uri, *way_in)
    worked = runfold(tmp_path, "agent", "--until-idle")
    job = runfold(tmp_path, "jobs", "show", submitted.stdout.strip(), "--json")

    assert json.loads(job.stdout)["state"] == "finished", worked.stderr
    everything = "".join(done.stdout + done.stderr for done in (first, again, submitted, worked, job))
    assert PASSWORD not in everything


@pytest.mark.slow
def test_a_password_in_the_address_is_used_and_kept_nowhere(host: GitHost, code: Path, tmp_path: Path) -> None:
    uri = host.publish(code, f"{PRIVATE}/models.git")
    with_password = uri.replace("://", f"://{USER}:{quote(PASSWORD, safe='')}@")

    done = runfold(tmp_path, "run", with_password, "--json")

    assert done.returncode == 0, done.stderr
    assert f"url = {uri}\n" in done.stderr  # what the command said
    shown = runfold(tmp_path, "runs", "show", json.loads(done.stdout)["run_id"], "--json").stdout
    for secret in (PASSWORD, quote(PASSWORD, safe="")):
        assert secret not in shown + done.stdout + done.stderr
    refused = runfold(tmp_path, "jobs", "submit", with_password)
    assert refused.returncode == 2
    assert "--credential" in refused.stderr
    assert quote(PASSWORD, safe="") not in refused.stderr


def test_a_history_that_was_rewritten_no_longer_has_the_commit(host: GitHost, code: Path) -> None:
    uri = host.publish(code, "models.git")
    before = git(code, "rev-parse", "HEAD")
    with fetched(uri, version=before) as fetched_code:
        assert fetched_code.commit == before
    git(code, "commit", "--quiet", "--amend", "--message", "rewritten")
    host.publish(code, "models.git")
    git(host.root / "models.git", "reflog", "expire", "--expire=now", "--all")
    git(host.root / "models.git", "prune", "--expire=now")

    assert "A commit goes once no branch or tag leads to it" in refusal(uri, before)


def test_submodules_come_along_and_are_blamed_by_name(host: GitHost, code: Path, tmp_path: Path) -> None:
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "library.py").touch()
    host.publish(tmp_path / "library", "library.git")
    host.publish(code, "models.git")
    git(code, "submodule", "--quiet", "add", f"{host.uri}/library.git", "library")
    git(code, "config", "--file", ".gitmodules", "submodule.library.url", "../library.git")
    uri = host.publish(code, "models.git")
    with fetched(uri) as fetched_code:
        assert (fetched_code.folder / "library" / "library.py").exists()

    for address, reason in (("../gone.git", "not found"), ("ext::sh -c id", "transport 'ext' not allowed")):
        git(code, "config", "--file", ".gitmodules", "submodule.library.url", address)
        host.publish(code, "models.git")
        message = refusal(uri)
        assert message.startswith(f"A submodule of {uri} cannot be read: ")
        assert reason in message
