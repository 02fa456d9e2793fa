"""`runfold audit` on a store that is opened directly."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from runfold.cli.app import main
from runfold.config import StoreSettings
from runfold.domain.audit import Act
from runfold.domain.audit import Result as Ended
from runfold.stores.sql.store import SqlStore


@pytest.fixture
def uri(tmp_path: Path) -> str:
    address = f"sqlite:///{tmp_path}/runfold.db"
    with closing(SqlStore(address, StoreSettings(durability="process"))) as store:
        acts = [
            Act(user="ann", address="10.0.0.1", action="runs/delete", object="run:1"),
            Act(user="ben", action="grants/set", object="experiment:1", detail="role=reader", result=Ended.REFUSED),
            Act(user="=cmd()", action="runs/delete", object="run:2"),
        ]
        store.record_acts(acts).result()
    return address


@pytest.fixture
def run(uri: str) -> Callable[..., Result]:
    return lambda *arguments: CliRunner().invoke(main, ["audit", *arguments, "-u", uri])


def test_search_shows_newest_first_what_satisfies_a_filter(run: Callable[..., Result]) -> None:
    found = json.loads(run("search", "action = 'runs/delete'", "--json").output)
    assert [record["object"] for record in found] == ["run:2", "run:1"]
    assert "experiment:1" in run("search", "result = 'refused'").output


def test_verify_says_that_the_chain_is_sound_or_where_it_is_not(run: Callable[..., Result], uri: str) -> None:
    anchor = run("head").output.strip()
    sound = run("verify", "--anchor", anchor)
    assert sound.exit_code == 0
    assert "3 records" in sound.output
    engine = sa.create_engine(uri)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE audit_records SET user_name = 'carl' WHERE number = 2")
    engine.dispose()
    tampered = run("verify")
    assert tampered.exit_code == 1
    assert "Record 2" in tampered.output


def test_an_export_of_lines_can_be_verified_by_itself(run: Callable[..., Result], tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    assert run("export", str(path)).exit_code == 0
    assert run("verify", str(path), "--only-files").exit_code == 0
    lines = path.read_text().replace("ben", "bob")
    path.write_text(lines)
    assert run("verify", str(path), "--only-files").exit_code == 1


def test_cells_of_a_spreadsheet_are_no_formulas(run: Callable[..., Result], tmp_path: Path) -> None:
    path = tmp_path / "audit.csv"
    assert run("export", str(path), "--filter", "action = 'runs/delete'").exit_code == 0
    rows = list(csv.DictReader(path.read_text().splitlines()))
    assert [row["user"] for row in rows] == ["'=cmd()", "ann"]


def test_old_records_move_into_a_file_and_the_chain_goes_on(run: Callable[..., Result], tmp_path: Path) -> None:
    path = tmp_path / "2026.jsonl"
    moved = run("archive", str(path), "--keep-days", "0")
    assert moved.exit_code == 0, moved.output
    assert run("search", "--json").output.strip() == "[]"
    assert run("verify").exit_code == 0
    assert "3 records" in run("verify", str(path)).output
    assert run("archive", str(path)).exit_code == 5
    assert run("verify", str(path), "--anchor", f"9:{'a' * 64}").exit_code == 1


def without_last(lines: list[str]) -> list[str]:
    return lines[:-1]


def without_first(lines: list[str]) -> list[str]:
    return lines[1:]


def without_one(lines: list[str]) -> list[str]:
    return [lines[0], lines[2]]


def replaced(lines: list[str]) -> list[str]:
    return [lines[0], lines[1].replace("reader", "manager"), lines[2]]


def reordered(lines: list[str]) -> list[str]:
    return [lines[1], lines[0], lines[2]]


def doubled(lines: list[str]) -> list[str]:
    return [lines[0], lines[1], lines[1], lines[2]]


def cut_within(lines: list[str]) -> list[str]:
    return [*lines[:-1], lines[-1][: len(lines[-1]) // 2]]


def emptied(lines: list[str]) -> list[str]:
    return []


@pytest.mark.parametrize(
    "tamper", [without_last, without_first, without_one, replaced, reordered, doubled, cut_within, emptied]
)
def test_a_file_that_was_tampered_with_does_not_pass(
    run: Callable[..., Result], tmp_path: Path, tamper: Callable[[list[str]], list[str]]
) -> None:
    path = tmp_path / "audit.jsonl"
    assert run("export", str(path)).exit_code == 0
    anchor = run("head").output.strip()
    assert run("verify", str(path), "--only-files", "--anchor", anchor).exit_code == 0
    lines = path.read_text().splitlines()
    path.write_text("".join(f"{line}\n" for line in tamper(lines)))
    refused = run("verify", str(path), "--only-files", "--anchor", anchor)
    assert refused.exit_code not in (0, 70), refused.output
    assert refused.exception is None or isinstance(refused.exception, SystemExit)


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM audit_records WHERE number = 3",
        "DELETE FROM audit_records WHERE number = 1",
        "DELETE FROM audit_records WHERE number = 2",
        "DELETE FROM audit_records",
        "UPDATE audit_records SET result = 'allowed' WHERE number = 2",
        "UPDATE audit_records SET time = time - 1 WHERE number = 2",
        "UPDATE audit_records SET digest = (SELECT digest FROM audit_records WHERE number = 1) WHERE number = 2",
        "UPDATE audit_records SET number = number + 10 WHERE number = 3",
    ],
)
def test_a_store_that_was_tampered_with_does_not_pass(run: Callable[..., Result], uri: str, change: str) -> None:
    engine = sa.create_engine(uri)
    with engine.begin() as connection:
        connection.exec_driver_sql(change)
    engine.dispose()
    refused = run("verify")
    assert refused.exit_code == 1, refused.output
