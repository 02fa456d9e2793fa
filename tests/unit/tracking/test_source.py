from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from runfold.config import ClientSettings
from runfold.tracking import environment, source


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=somebody", "-c", "user.email=somebody@example.org", "-c", "core.hooksPath=/dev/null"]
    subprocess.run(["git", *identity, "-C", str(folder), *arguments], check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with one committed file and a remote whose address holds a password."""
    git(tmp_path, "init", "-q", "-b", "trunk")
    git(tmp_path, "remote", "add", "origin", "https://me:secret@example.org/team/code.git")
    (tmp_path / "train.py").write_text("print(1)\n")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "begin")
    return tmp_path


def test_a_clean_repository(repository: Path) -> None:
    state = source.git_state(repository, max_patch_bytes=1000)

    assert state is not None
    assert len(state.commit) == 40
    assert (state.branch, state.is_dirty, state.patch) == ("trunk", False, None)
    assert state.url == "https://example.org/team/code.git"
    assert source.git_tags(state)["mlflow.source.git.repoURL"] == state.url


def test_changes_that_are_not_committed_are_a_patch(repository: Path) -> None:
    (repository / "train.py").write_text("print(2)\n")

    state = source.git_state(repository, max_patch_bytes=1000)
    bounded = source.git_state(repository, max_patch_bytes=10)
    unwanted = source.git_state(repository, max_patch_bytes=0)

    assert state is not None
    assert state.is_dirty
    assert state.patch is not None
    assert b"-print(1)\n+print(2)\n" in state.patch
    assert bounded is not None
    assert (bounded.is_dirty, bounded.patch) == (True, None)
    assert unwanted is not None
    assert unwanted.patch is None


def test_a_script_that_git_has_not_been_told_of_is_a_change(repository: Path) -> None:
    new = repository / "tries" / "new ü.py"
    new.parent.mkdir()
    new.write_text("print(3)\n")
    (repository / "train.py").write_text("print(2)\n")
    (repository / ".gitignore").write_text("ignored.py\n")
    (repository / "ignored.py").write_text("print(4)\n")

    state = source.git_state(new.parent, max_patch_bytes=2000, script=new)
    ignored = source.git_state(repository, max_patch_bytes=2000, script=repository / "ignored.py")
    known = source.git_state(repository, max_patch_bytes=2000, script=repository / "train.py")

    assert state is not None
    assert state.patch is not None
    git(repository, "stash", "--include-untracked")
    subprocess.run(["git", "-C", str(repository), "apply"], input=state.patch, check=True)
    assert (new.read_text(), (repository / "train.py").read_text()) == ("print(3)\n", "print(2)\n")
    assert ignored is not None
    assert known is not None
    assert ignored.patch == known.patch
    assert b"print(4)" not in known.patch


def test_a_folder_without_repository_has_no_state(tmp_path: Path) -> None:
    assert source.git_state(tmp_path, max_patch_bytes=1000) is None


def test_the_description_holds_packages_and_patch(repository: Path) -> None:
    (repository / "train.py").write_text("print(2)\n")

    tags, contents = environment.describe(repository, ClientSettings())
    _, without_patch = environment.describe(repository, ClientSettings(capture_git_diff=False))

    assert tags["runfold.source.git.dirty"] == "true"
    assert set(contents) == {"runfold/packages.txt", "runfold/uncommitted.patch"}
    assert set(without_patch) == {"runfold/packages.txt"}


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (["--lr", "0.1", "data set.csv"], "--lr 0.1 'data set.csv'"),
        (["--api-key=abc", "--hf_token", "xyz", "x"], "'--api-key=***' --hf_token '***' x"),
        (["--password", "--verbose"], "--password --verbose"),
        (["https://me:secret@example.org/data"], "https://example.org/data"),
    ],
)
def test_arguments_are_kept_without_their_secrets(arguments: list[str], shown: str) -> None:
    assert source.without_secret_arguments(arguments) == shown


def test_a_script_is_named_with_its_arguments_and_job(tmp_path: Path) -> None:
    script = tmp_path / "train.py"
    script.write_text("from runfold.tracking import source\nprint(source.quick_tags())")
    environ = {"SLURM_JOB_ID": "77", "RUNFOLD_ENTRY_POINT": "main", "PATH": "/usr/bin:/bin", "USER": "somebody"}
    run = subprocess.run([sys.executable, script, "--lr", "1"], env=environ, capture_output=True, text=True, check=True)
    tags = eval(run.stdout)

    assert tags["mlflow.source.name"] == str(script)
    assert tags["mlflow.source.type"] == "LOCAL"
    assert tags["runfold.source.arguments"] == "--lr 1"
    assert tags["mlflow.project.entryPoint"] == "main"
    assert tags["runfold.slurm.jobId"] == "77"
    assert tags["mlflow.user"] == "somebody"
