"""`runfold groups`, on the database itself."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from runfold.cli import main
from runfold.config import StoreSettings
from runfold.domain.access import Group
from runfold.stores.sql.store import SqlStore


@pytest.fixture
def uri(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    address = f"sqlite:///{tmp_path}/runfold.db"
    with closing(SqlStore(address, StoreSettings(durability="process"))) as store:
        store.create_user("ann")
        store.create_workspace("vision")
    monkeypatch.setenv("RUNFOLD_TRACKING_URI", address)
    return address


def run(*words: str, exit_code: int = 0) -> str:
    done = CliRunner().invoke(main, ["groups", *words])
    assert done.exit_code == exit_code, done.output
    return done.output


def kept(uri: str) -> tuple[Group, ...]:
    with closing(SqlStore(uri, StoreSettings(durability="process"))) as store:
        return store.list_groups()


def test_a_group_of_a_workspace_is_made_changed_and_removed(uri: str) -> None:
    run("create", "labelling", "--of-workspace", "vision", "-d", "They label.")
    run("add", "vision/labelling", "ann")
    run("update", "vision/labelling", "--rename", "labels", "-d", "d")
    (group,) = kept(uri)
    assert (group.name, group.members, group.description) == ("vision/labels", ("ann",), "d")
    listed = run("list")
    assert all(word in listed for word in ("vision/labels", "ann"))
    assert json.loads(run("drop", "vision/labels", "ann", "--json"))["name"] == "vision/labels"
    assert kept(uri)[0].members == ()
    run("remove", "vision/labels")
    assert kept(uri) == ()


def test_who_is_in_a_group_is_not_put_into_it_again(uri: str) -> None:
    run("set", "vision", "ann")
    assert "already exists" in run("add", "vision", "ann", exit_code=5)
    assert kept(uri)[0].members == ("ann",)
