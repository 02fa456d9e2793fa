"""The command line against a running server: the same commands, over HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from runfold.cli import main
from tests.integration.servers import ServerProcess

DOCUMENT = {
    "experiment_name": "far/away",
    "run_name": "first",
    "params": {"lr": 0.1},
    "metrics": {"loss": [[step, 1_700_000_000_000 + step, 1 / (step + 1)] for step in range(50)]},
    "artifacts": [{"path": "notes.txt", "text": "hello\n"}],
}


@pytest.fixture
def run(server: ServerProcess) -> Callable[..., Result]:
    def invoke(*arguments: str, stdin: str = "") -> Result:
        return CliRunner().invoke(main, [*arguments, "-u", server.uri], input=stdin, catch_exceptions=False)

    return invoke


@pytest.fixture
def run_id(run: Callable[..., Result]) -> str:
    """A run of the experiment `far/away`, registered by its document."""
    registered = run("register", "-", stdin=json.dumps(DOCUMENT))
    assert registered.exit_code == 0, registered.stderr
    return registered.stdout.split()[0]


def test_search_show_plot_and_compare(run: Callable[..., Result], run_id: str) -> None:
    again = run("register", "-", stdin=json.dumps({**DOCUMENT, "run_name": "second", "params": {"lr": 0.2}}))

    assert again.exit_code == 0
    assert run("search", "metrics.loss.min < 0.1 and params.lr < 0.15", "--ids").stdout.split() == [run_id]
    assert run("experiments", "list").stdout.splitlines()[-1].split("\t")[1:3] == ["far/away", "2"]
    assert "params.lr\t0.1\t0.2" in run("compare", "first", "second").stdout
    assert "── first" in run("metrics", "plot", "first", "--width", "60").stdout
    assert len(run("metrics", "values", run_id[:12], "-k", "loss").stdout.splitlines()) == 51


def test_changes(run: Callable[..., Result], run_id: str) -> None:
    assert run("runs", "tag", "first", "team=x").exit_code == 0
    assert run("runs", "unset", "first", "--metric", "loss", "--after-step", "9").exit_code == 0
    assert run("experiments", "create", "other").exit_code == 0
    assert run("runs", "move", "first", "--to", "other").exit_code == 0

    shown = json.loads(run("runs", "show", run_id, "--json").stdout)
    assert (shown["tags"]["team"], shown["metrics"]["loss"]["count"]) == ("x", 10)
    assert run("search", "-e", "other", "--ids").stdout.split() == [run_id]


def test_files_go_through_the_server_and_with_a_purge(
    run: Callable[..., Result], run_id: str, server: ServerProcess
) -> None:
    assert run("artifacts", "get", "first", "notes.txt", "-o", "-").stdout == "hello\n"
    assert run("runs", "delete", "first").exit_code == 0

    looked = json.loads(run("purge", "--dry-run", "--json").stdout)
    purged = json.loads(run("purge", "--yes", "--json").stdout)

    assert (looked["n_runs"], looked["n_points"], looked["n_files"]) == (1, 50, 1)
    assert (purged["n_runs"], purged["unreachable"]) == (1, [])
    assert run("runs", "show", run_id).exit_code == 3
    assert list(Path(server.store_uri.removeprefix("sqlite:///")).parent.rglob("notes.txt")) == []


def test_doctor_finds_a_sound_server(run: Callable[..., Result]) -> None:
    result = run("doctor")

    assert result.exit_code == 0
    assert "Agrees with the server's" in result.stdout


def test_a_server_that_has_stopped_exits_4(run: Callable[..., Result], server: ServerProcess) -> None:
    server.stop()

    assert run("runs", "list").exit_code == 4
