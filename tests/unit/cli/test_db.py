import sqlite3

import pytest
from click.testing import CliRunner

from runfold.cli import main


@pytest.fixture
def db(uri, store):
    def invoke(*arguments):
        return CliRunner().invoke(main, ["db", *arguments, "--store", uri], catch_exceptions=False)

    return invoke


def test_upgrade_of_a_new_store_says_that_there_is_nothing_to_do(db):
    assert db("upgrade").stdout.startswith("The store has schema version ")


def test_check_of_a_sound_store(db):
    result = db("check")

    assert result.exit_code == 0
    assert "FAULT" not in result.stdout


def test_check_exits_1_for_a_fault(db, store, tmp_path):
    store.close()
    with sqlite3.connect(tmp_path / "runfold.db") as connection:
        connection.execute("UPDATE keys SET n_runs = 99")

    assert db("check").exit_code == 1
    assert db("check", "--repair").exit_code == 0
    assert db("check").exit_code == 0


def test_backup_makes_a_store_that_opens(db, tmp_path):
    target = tmp_path / "copy.db"

    assert db("backup", str(target)).exit_code == 0
    listed = CliRunner().invoke(main, ["runs", "list", "--ids", "-u", f"sqlite:///{target}"])
    assert len(listed.stdout.split()) == 3
    assert db("backup", str(target)).exit_code == 5


def test_a_missing_store_is_not_created(tmp_path):
    result = CliRunner().invoke(main, ["db", "check", "--store", f"sqlite:///{tmp_path}/none.db"])

    assert (result.exit_code, "There is no store" in result.stderr) == (1, True)
