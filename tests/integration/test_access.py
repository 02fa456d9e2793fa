"""A server with users as people meet it: from the first administrator to a token that has ended."""

from __future__ import annotations

import json
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from runfold.cli import main
from runfold.config import StoreSettings
from runfold.domain.run import NewRun, RunBatch
from runfold.errors import NotFound, PermissionDenied, Unauthenticated
from runfold.stores.base import TrackingStore
from runfold.stores.open import open_store
from runfold.stores.sql.store import SqlStore
from tests.integration.servers import ServerProcess

PASSWORD = "correct horse battery"
Command = Callable[..., Result]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    process = ServerProcess(tmp_path, processes=2, auth=True)
    process.start()
    yield process
    process.stop()


@pytest.fixture
def command(tmp_path: Path, server: ServerProcess, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Run a command as a user whose configuration is a folder of the test."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("RUNFOLD_TRACKING_URI", server.uri)

    def run(*words: str, typed: str = "") -> Result:
        return CliRunner().invoke(main, list(words), input=typed)

    return run


def ask_again_and_again(store: TrackingStore, run_id: str) -> None:
    """The process that did not revoke a token notices within a second."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        store.get_run(run_id)


def test_from_the_first_administrator_to_a_token_that_has_ended(
    tmp_path: Path, server: ServerProcess, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = command("experiments", "list")
    assert refused.exit_code == 6
    assert "runfold login" in refused.output

    with closing(SqlStore(server.store_uri, StoreSettings())) as store:
        code = store.begin_setup()
    made = command("users", "setup", server.uri, code, "--user", "root", typed=f"{PASSWORD}\n")
    assert made.exit_code == 0, made.output
    assert PASSWORD not in made.output
    kept = tmp_path / "config" / "runfold" / "credentials.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert command("users", "setup", server.uri, code, "--user", "two", typed=f"{PASSWORD}\n").exit_code == 6

    assert command("experiments", "create", "team/wine").exit_code == 0
    assert command("users", "create", "ann", typed=f"{PASSWORD}\n").exit_code == 0
    assert command("users", "create", "robot", "--service").exit_code == 0
    assert command("users", "create", "short", typed="hunter2\n").exit_code == 2
    assert command("groups", "set", "team", "ann", "robot").exit_code == 0
    assert command("grants", "set", "contributor", "group:team", "folder:team").exit_code == 0
    listed = json.loads(command("grants", "list", "--of", "group:team", "--json").stdout)
    assert listed == [{"subject": "group:team", "role": "contributor", "place": "folder:team"}]
    assert "administrator" in command("users", "list").stdout

    token = json.loads(command("tokens", "create", "nightly", "--user", "robot", "--json").stdout)
    monkeypatch.setenv("RUNFOLD_TRACKING_TOKEN", token["secret"])
    with closing(open_store(server.uri)) as robot:
        wine = robot.find_experiment_by_name("team/wine")
        assert wine is not None
        run = robot.create_run(NewRun(experiment_id=wine.experiment_id))
        robot.log_batch(run.info.run_id, RunBatch(params=(("lr", "0.1"),)))
        with pytest.raises(PermissionDenied):
            robot.delete_experiment(wine.experiment_id)
        with pytest.raises(NotFound):
            robot.get_experiment("0")
        monkeypatch.delenv("RUNFOLD_TRACKING_TOKEN")
        assert command("tokens", "revoke", token["token_id"], "--user", "robot").exit_code == 0

    monkeypatch.setenv("RUNFOLD_TRACKING_TOKEN", token["secret"])
    with closing(open_store(server.uri)) as robot, pytest.raises(Unauthenticated):
        ask_again_and_again(robot, run.info.run_id)
    monkeypatch.delenv("RUNFOLD_TRACKING_TOKEN")

    signed_in = command("login", server.uri, "--user", "ann", typed=f"{PASSWORD}\n")
    assert signed_in.exit_code == 0, signed_in.output
    assert command("users", "list").exit_code == 6
    assert command("runs", "show", run.info.run_id).exit_code == 0
    assert command("tokens", "list").stdout.count("rft_") == 1
    assert command("logout", server.uri).exit_code == 0
    assert command("experiments", "list").exit_code == 6
    assert command("logout", server.uri).exit_code == 3


def test_by_a_link_to_a_password_and_by_a_token_from_a_page(server: ServerProcess, command: Command) -> None:
    with closing(SqlStore(server.store_uri, StoreSettings())) as store:
        code = store.begin_setup()
    assert command("users", "setup", server.uri, code, "--user", "root", typed=f"{PASSWORD}\n").exit_code == 0
    link = json.loads(command("users", "invite", "ann", "--new", "--json").stdout)["link"]
    assert link.startswith(f"{server.uri}/invitation#name=ann&code=")
    with closing(open_store(server.uri)) as store:
        store.accept_invitation(link.rpartition("=")[2], PASSWORD)
    assert command("users", "sign-out", "ann").exit_code == 0
    told = command("grants", "explain", "experiment:0", "--if", "reader", "user:ann")
    assert "none -> reader" in told.stdout
    assert "root" not in told.stdout
    assert "administrator" in command("grants", "explain", "experiment:0").stdout

    token = json.loads(command("tokens", "create", "page", "--user", "ann", "--scope", "read", "--json").stdout)
    wrong = command("login", server.uri, "--token", typed="rft_wrong\n")
    assert wrong.exit_code == 6
    kept = command("login", server.uri, "--token", typed=f"{token['secret']}\n")
    assert "as ann" in kept.output
    assert token["secret"] not in kept.output
    assert command("users", "list").exit_code == 6
    assert command("logout", server.uri).exit_code == 0
