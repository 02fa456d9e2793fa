"""`runfold workspaces`, and where commands and scripts work."""

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner

import runfold
from runfold.cli.app import main
from runfold.config import StoreSettings
from runfold.stores.open import open_store


@pytest.fixture
def uri(tmp_path: Path) -> str:
    address = f"sqlite:///{tmp_path}/store.db"
    open_store(address, StoreSettings()).close()
    return address


def run(uri: str, *words: str) -> str:
    done = CliRunner().invoke(main, [*words, "--tracking-uri", uri])
    assert done.exit_code == 0, done.output
    return done.output


def test_workspaces_are_made_listed_changed_and_removed(uri: str) -> None:
    run(uri, "workspaces", "create", "vision", "-d", "of the vision team")
    run(uri, "workspaces", "update", "vision", "-d", "changed")
    listed = json.loads(run(uri, "workspaces", "list", "--json"))
    assert [(one["name"], one["description"]) for one in listed] == [("default", ""), ("vision", "changed")]
    run(uri, "workspaces", "remove", "vision")
    assert "vision" not in run(uri, "workspaces", "list")


def test_what_a_workspace_holds_is_shown_moved_trashed_restored_and_purged(uri: str) -> None:
    for name in ("vision", "speech"):
        run(uri, "workspaces", "create", name)
    run(uri, "--workspace", "vision", "experiments", "create", "wine")
    refused = CliRunner().invoke(main, ["workspaces", "remove", "vision", "--tracking-uri", uri])
    assert (refused.exit_code, "1 experiment" in refused.output) == (5, True)
    assert "experiments" in run(uri, "workspaces", "remove", "vision", "--move-to", "speech", "--dry-run")
    unasked = CliRunner().invoke(main, ["workspaces", "remove", "vision", "--trash", "--tracking-uri", uri])
    assert (unasked.exit_code, "--yes" in unasked.output) == (2, True)
    run(uri, "workspaces", "remove", "vision", "--move-to", "speech", "--yes")
    assert "wine" in run(uri, "--workspace", "speech", "experiments", "list")
    run(uri, "workspaces", "remove", "speech", "--trash", "--yes")
    assert "speech" in run(uri, "workspaces", "trash")
    run(uri, "workspaces", "restore", "speech")
    assert "wine" in run(uri, "--workspace", "speech", "experiments", "list")
    run(uri, "workspaces", "remove", "speech", "--trash", "--yes")
    planned = json.loads(run(uri, "workspaces", "purge", "speech", "--dry-run", "--json"))
    assert (planned["contents"]["n_experiments"], planned["is_dry_run"]) == (1, True)
    run(uri, "workspaces", "purge", "speech", "--yes")
    assert "speech" not in run(uri, "workspaces", "trash")


def test_names_that_clash_are_told_before_anything_moves(uri: str) -> None:
    run(uri, "workspaces", "create", "vision")
    for workspace in ("vision", "default"):
        run(uri, "--workspace", workspace, "experiments", "create", "wine")
    told = run(uri, "workspaces", "remove", "vision", "--move-to", "default", "--dry-run")
    assert "default has this name, too: experiment:wine" in told
    words = ["workspaces", "remove", "vision", "--move-to", "default", "--yes", "--tracking-uri", uri]
    assert CliRunner().invoke(main, words).exit_code == 5


def test_members_are_given_roles_and_lose_them(uri: str) -> None:
    run(uri, "users", "create", "trainer", "--service")
    run(uri, "workspaces", "create", "vision", "-d", "of the vision team")
    assert "of the vision team" in run(uri, "workspaces", "show", "vision")
    changed = run(uri, "workspaces", "members", "vision", "--set", "contributor", "user:trainer", "--json")
    assert json.loads(changed) == [
        {"subject": "everyone", "role": "none"},
        {"subject": "user:trainer", "role": "contributor"},
    ]
    assert "trainer" not in run(uri, "workspaces", "members", "vision", "--remove", "user:trainer")


def test_nothing_is_changed_where_one_of_the_changes_cannot_be_read(uri: str) -> None:
    run(uri, "workspaces", "create", "vision")
    words = ["workspaces", "members", "vision", "--set", "reader", "everyone", "--set", "king", "everyone"]
    assert CliRunner().invoke(main, [*words, "--tracking-uri", uri]).exit_code == 2
    assert json.loads(run(uri, "workspaces", "members", "vision", "--json")) == [
        {"subject": "everyone", "role": "none"}
    ]


def test_an_option_before_any_command_says_where_it_works(uri: str, monkeypatch: pytest.MonkeyPatch) -> None:
    run(uri, "workspaces", "create", "vision")
    for before in ("", "default"):
        monkeypatch.setenv("RUNFOLD_WORKSPACE", before)
        run(uri, "--workspace", "vision", "experiments", "create", f"wine {before}")
        assert os.environ["RUNFOLD_WORKSPACE"] == before
        assert f"wine {before}" in run(uri, "--workspace", "vision", "experiments", "list")
        assert "wine" not in run(uri, "experiments", "list")
    refused = CliRunner().invoke(main, ["--workspace", "nothing", "experiments", "list", "--tracking-uri", uri])
    assert refused.exit_code == 3


def test_scripts_and_commands_work_where_they_are_told(uri: str, monkeypatch: pytest.MonkeyPatch) -> None:
    run(uri, "workspaces", "create", "vision")
    monkeypatch.setenv("RUNFOLD_WORKSPACE", "")
    runfold.set_tracking_uri(uri)
    runfold.set_workspace("vision")
    try:
        runfold.set_experiment("wine")
        with runfold.start_run():
            runfold.log_metric("m", 1.0)
        assert "wine" in run(uri, "experiments", "list")
    finally:
        runfold.set_workspace("")
        assert "wine" not in run(uri, "experiments", "list")
        runfold.set_tracking_uri("")


def test_what_names_no_experiment_goes_to_the_default_one_of_its_workspace(
    uri: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(uri, "workspaces", "create", "vision")
    project = tmp_path / "project"
    project.mkdir()
    (project / "train.py").write_text("print('done')")
    job_id = run(uri, "--workspace", "vision", "jobs", "submit", str(project), "-e", "train.py").splitlines()[0]
    experiments = json.loads(run(uri, "--workspace", "vision", "experiments", "list", "--json"))
    assert [one["experiment"]["name"] for one in experiments] == ["Default"]
    job = json.loads(run(uri, "--workspace", "vision", "jobs", "show", job_id, "--json"))
    assert job["work"]["experiment_id"] == experiments[0]["experiment"]["experiment_id"] != "0"
    run(uri, "jobs", "submit", str(project), "-e", "train.py")
    assert len(json.loads(run(uri, "experiments", "list", "--json"))) == 1
