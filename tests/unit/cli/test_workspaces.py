"""`runfold workspaces`, and where commands and scripts work."""

import json
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
