import pytest
from click.testing import CliRunner

from runfold.cli import main
from runfold.domain.run import NewRun
from runfold.stores.open import open_store

A1, B1 = "a1" * 16, "b1" * 16


@pytest.fixture
def trash(run, tmp_path):
    """Run b1 with a file of 5 bytes, deleted."""
    note = tmp_path / "note.txt"
    note.write_text("hello")
    assert run("artifacts", "put", "b1", str(note)).exit_code == 0
    assert run("runs", "delete", "b1").exit_code == 0


@pytest.mark.usefixtures("trash")
def test_a_dry_run_says_what_would_go_and_changes_nothing(run, store):
    result = run("purge", "--dry-run")

    assert result.stdout == "Would remove 0 experiments and 1 runs with 1 metric points, 1 files (5 B).\n"
    assert store.get_run(B1).info.lifecycle_stage == "deleted"


@pytest.mark.usefixtures("trash")
def test_without_a_terminal_it_needs_yes(run, store):
    assert run("purge").exit_code == 2
    assert store.get_run(B1).info.lifecycle_stage == "deleted"


@pytest.mark.usefixtures("trash")
def test_yes_removes_records_and_files(run, run_json, tmp_path):
    report = run_json("purge", "--yes")

    assert report == {
        "is_dry_run": False,
        "n_experiments": 0,
        "n_runs": 1,
        "n_points": 1,
        "n_models": 0,
        "n_held": 0,
        "n_files": 1,
        "n_bytes": 5,
        "unreachable": [],
    }
    assert run("runs", "show", B1).exit_code == 3
    assert list((tmp_path / "files").rglob("note.txt")) == []


@pytest.mark.usefixtures("trash")
def test_only_what_is_old_enough_goes(run_json):
    assert run_json("purge", "--older-than", "30d", "--yes")["n_runs"] == 0


def test_an_active_run_is_refused(run):
    assert run("purge", "--run", A1, "--yes").exit_code == 2


def test_an_age_is_a_number_with_a_unit(run):
    assert run("purge", "--older-than", "soon", "--dry-run").exit_code == 2


def test_files_are_found_where_the_server_of_the_store_keeps_them(tmp_path, monkeypatch):
    uri, elsewhere = f"sqlite:///{tmp_path}/served.db", tmp_path / "elsewhere"
    store = open_store(uri)
    run_id = store.create_run(NewRun(experiment_id="0")).info.run_id
    store.delete_runs([run_id])
    store.close()
    file = elsewhere / "0" / run_id / "artifacts" / "a.txt"
    file.parent.mkdir(parents=True)
    file.write_text("hello")
    monkeypatch.setenv("RUNFOLD_ARTIFACTS", str(elsewhere))

    result = CliRunner().invoke(main, ["purge", "--tracking-uri", uri, "--yes"])

    assert result.stdout == "Removed 0 experiments and 1 runs with 0 metric points, 1 files (5 B).\n"
    assert not file.exists()
