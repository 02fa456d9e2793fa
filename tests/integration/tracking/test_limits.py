"""A script with our client at its quotas: it goes on, is told in words, and nothing that it logged is lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest

from runfold.config import StoreSettings
from runfold.domain.access import Grant, Place, PlaceKind, Role, Subject, SubjectKind
from runfold.domain.quota import Owner, OwnerKind, Quota
from runfold.stores.sql.store import SqlStore
from tests.integration.servers import ServerProcess
from tests.integration.tracking.scripts import Scripts

WORKSPACE = Owner(OwnerKind.WORKSPACE, "vision")


class Team(NamedTuple):
    store: SqlStore
    scripts: Scripts
    experiment: str

    def limit(self, **quota: float) -> None:
        self.store.set_quota(WORKSPACE, Quota(**quota))  # type: ignore[arg-type]

    def steps(self, run_id: str) -> list[int]:
        return sorted(point.step for point in self.store.get_metric_history(run_id, "loss").items)

    def status(self, run_id: str) -> str:
        return self.store.get_run(run_id).info.status.name


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    """Scripts of a user who works in a workspace that has a quota."""
    server = ServerProcess(tmp_path / "server", auth=True)
    (tmp_path / "server").mkdir()
    with closing(SqlStore(server.store_uri, StoreSettings())) as store:
        store.create_user("ann", password="correct horse battery")
        store.create_workspace(WORKSPACE.name)
        ann, place = Subject(SubjectKind.USER, "ann"), Place(PlaceKind.WORKSPACE, WORKSPACE.name)
        store.set_grant(Grant(subject=ann, place=place, role=Role.CONTRIBUTOR))
        experiment = store.in_workspace(WORKSPACE.name).create_experiment("digits")
        token = store.create_token("ann", scope=Role.MANAGER).secret
        server.start()
        scripts = Scripts(
            tmp_path,
            RUNFOLD_TRACKING_URI=server.uri,
            RUNFOLD_WORKSPACE=WORKSPACE.name,
            RUNFOLD_FLUSH_INTERVAL_S="0.05",
            MLFLOW_TRACKING_TOKEN=token,
        )
        yield Team(store, scripts, experiment)
    server.stop()


LOG = """
import sys, time, runfold
runfold.set_experiment("digits")
with runfold.start_run() as run:
    print(run.info.run_id)
    for step in range(100):
        runfold.log_metric("loss", 0.5, step=step)
        time.sleep(0.02)
"""


def test_a_script_waits_as_long_as_the_server_asks_and_goes_on(team: Team) -> None:
    team.limit(max_requests_per_s=0.5)
    run_id, errors = team.scripts.run(LOG, RUNFOLD_END_TIMEOUT_S="60")
    assert team.steps(run_id) == list(range(100))
    assert team.status(run_id) == "FINISHED"
    assert "left out" not in errors
    assert team.scripts.spools() == []


def test_points_that_are_too_many_wait_until_there_is_room(team: Team) -> None:
    team.limit(max_points=20)
    run_id, errors = team.scripts.run(LOG)
    kept = team.steps(run_id)
    assert kept == list(range(len(kept)))
    assert 20 <= len(kept) < 100
    assert all(words in errors for words in ("20 points", "ask an administrator", "wait in")), errors
    assert "20 points" in team.scripts.sync()
    team.limit(max_points=1000)
    assert "is_delivered=True" in team.scripts.sync()
    assert team.steps(run_id) == list(range(100))
    assert team.status(run_id) == "FINISHED"
    assert team.scripts.spools() == []


def test_a_file_that_is_too_large_is_refused_in_words_and_the_run_goes_on(team: Team) -> None:
    team.limit(max_bytes=1000)
    program = """
import runfold
from pathlib import Path
from runfold.errors import QuotaExceeded
Path("large.bin").write_bytes(b"x" * 30_000_000)
runfold.set_experiment("digits")
with runfold.start_run() as run:
    try:
        runfold.log_artifact("large.bin")
    except QuotaExceeded as error:
        print(error)
    runfold.log_text("small", "small.txt")
    runfold.log_metric("loss", 0.5, step=0)
print(run.info.run_id)
"""
    said, run_id = team.scripts.run(program)[0].splitlines()
    assert all(words in said for words in ("the workspace 'vision'", "1000 bytes", "ask an administrator")), said
    assert (team.steps(run_id), team.status(run_id)) == ([0], "FINISHED")
    (usage,) = team.store.list_workspace_usage([WORKSPACE.name])
    assert usage.n_bytes == len("small")


def test_a_run_made_offline_waits_whole_until_there_is_room(team: Team) -> None:
    team.limit(max_runs=0)
    run_id, _ = team.scripts.run(LOG, RUNFOLD_OFFLINE="1")
    assert "0 runs" in team.scripts.sync()
    assert team.scripts.spools() != []
    team.limit(max_runs=1)
    assert "is_delivered=True" in team.scripts.sync()
    assert (team.steps(run_id), team.status(run_id)) == (list(range(100)), "FINISHED")
    _, errors = team.scripts.run(LOG, exit_code=1)
    assert all(words in errors for words in ("1 runs", "the workspace 'vision'")), errors
