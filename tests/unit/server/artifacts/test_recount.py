"""Counting anew finds what is there, puts it right beside uploads, and leaves alone what was counted right."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from runfold.artifacts.local import LocalArtifacts
from runfold.config import ServerSettings, StoreSettings
from runfold.domain.artifact import ArtifactPath
from runfold.domain.metric import Metric
from runfold.domain.quota import Miscount, Recount
from runfold.domain.run import NewRun, RunBatch
from runfold.errors import InvalidValue
from runfold.server.artifacts.kept import KeptFiles
from runfold.server.artifacts.recount import Recounter
from runfold.server.artifacts.roots import RunFiles
from runfold.stores.sql.runs import note_writes
from runfold.stores.sql.store import SqlStore


class House:
    """A store whose user `ann` has a run with a file of ten bytes and three points, all counted."""

    def __init__(self, folder: Path) -> None:
        self.database = folder / "runfold.db"
        self.store = SqlStore(f"sqlite:///{self.database}", StoreSettings(durability="process"))
        self.artifacts = LocalArtifacts(folder / "files")
        self.files = RunFiles(ServerSettings(artifacts=str(folder / "files")), self.artifacts)
        self.kept = KeptFiles(self.store, self.files)
        self.while_waiting: Callable[[], object] = lambda: None
        self.recounter = Recounter(self.store, self.files, self.kept, sleep=lambda seconds: self.while_waiting())
        number = self.store.create_user("ann").number
        self.run_id = self.store.owned_by(number).create_run(NewRun(experiment_id="0")).info.run_id
        self.upload("a.bin", 10)
        points = tuple(Metric(key="loss", value=1.0, timestamp_ms=1, step=step) for step in range(3))
        self.store.log_batch(self.run_id, RunBatch(metrics=points))
        (holder,) = self.store.find_holders([self.run_id])
        self.store.committer.run(partial(note_writes, numbers={holder.number}))

    def path(self, name: str) -> ArtifactPath:
        return ArtifactPath(f"0/{self.run_id}/artifacts/{name}")

    def upload(self, name: str, n_bytes: int) -> None:
        folder = self.files.folder("mlflow-artifacts:/")
        self.kept.place(folder, self.path(name)).charge(n_bytes)
        self.put(name, n_bytes)

    def put(self, name: str, n_bytes: int) -> None:
        """Behind the server's back."""
        writer = self.artifacts.write(self.path(name), size=n_bytes, digest=None)
        writer.write(b"x" * n_bytes)
        writer.commit()

    def change(self, statement: str) -> None:
        with closing(sqlite3.connect(self.database)) as connection, connection:
            connection.execute(statement)

    def kept_by(self) -> list[tuple[int, int, int]]:
        usages = (self.store.get_usage("ann"), *self.store.list_workspace_usage(["default"]))
        return [(one.n_runs, one.n_bytes, one.n_points) for one in usages]

    def recount(self, *, dry_run: bool = False) -> list[Miscount]:
        found: list[Miscount] = []
        piece = Recount(miscounts=(), n_records=0, next_token="runs:0", is_dry_run=dry_run)
        while piece.next_token:
            piece = self.recounter.count(piece.next_token, dry_run=dry_run)
            found += piece.miscounts
        return found


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path)
    yield made
    made.store.close()


def test_what_is_counted_right_is_left_alone(house: House) -> None:
    assert house.kept_by() == [(1, 10, 3)] * 2
    house.while_waiting = pytest.fail
    assert house.recount() == []
    assert house.kept_by() == [(1, 10, 3)] * 2


def test_a_charge_without_its_file_is_said_first_and_then_put_right(house: House) -> None:
    """As a process leaves it that ends between the two."""
    (holder,) = house.store.find_holders([house.run_id])
    house.store.charge_files(holder, 500)
    missing = Miscount(record=f"run:{house.run_id}", what="bytes", counted=510, found=10)
    assert house.recount(dry_run=True) == [missing]
    assert house.kept_by() == [(1, 510, 3)] * 2
    assert house.recount() == [missing]
    assert house.kept_by() == [(1, 10, 3)] * 2
    assert house.recount() == []


def test_files_that_came_behind_the_server_count_from_then_on(house: House) -> None:
    house.put("b.bin", 7)
    assert [one.found for one in house.recount()] == [17]
    assert house.kept_by() == [(1, 17, 3)] * 2


def test_an_upload_in_between_stays_charged(house: House) -> None:
    (holder,) = house.store.find_holders([house.run_id])
    house.store.charge_files(holder, 5)
    house.while_waiting = partial(house.put, "late.bin", 5)
    assert house.recount() == []
    assert house.kept_by() == [(1, 15, 3)] * 2
    house.put("more.bin", 1)
    house.while_waiting = partial(house.upload, "later.bin", 2)
    assert house.recount() == []
    house.while_waiting = lambda: None
    house.recount()
    assert house.kept_by() == [(1, 18, 3)] * 2


def test_sums_and_points_that_are_wrong_are_put_right(house: House) -> None:
    house.change("UPDATE usage SET n_runs = 7, n_bytes = n_bytes + 1")
    house.change("UPDATE runs SET n_points = 9")
    found = {(one.record, one.what): (one.counted, one.found) for one in house.recount()}
    assert found == {
        (f"run:{house.run_id}", "points"): (9, 3),
        ("user:ann", "runs"): (7, 1),
        ("user:ann", "bytes"): (11, 10),
        ("user:ann", "points"): (-3, 3),
        ("workspace:default", "runs"): (7, 1),
        ("workspace:default", "bytes"): (11, 10),
        ("workspace:default", "points"): (-3, 3),
    }
    assert house.kept_by() == [(1, 10, 3)] * 2
    assert house.recount() == []


@pytest.mark.parametrize("token", ["users:0", "runs", "runs:x", "runs:-1", "runs:9999999999999999999"])
def test_a_token_that_is_none_is_refused(house: House, token: str) -> None:
    with pytest.raises(InvalidValue, match="page token"):
        house.recounter.count(token, dry_run=True)
