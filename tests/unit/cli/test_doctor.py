import json

from click.testing import CliRunner

from runfold.cli import main


def test_a_sound_machine_and_store(run, store):
    result = run("doctor")

    assert result.exit_code == 0
    assert "holds 3 runs" in result.stdout


def test_a_server_that_does_not_answer_is_a_problem(monkeypatch):
    result = CliRunner().invoke(main, ["doctor", "--json", "-u", "http://127.0.0.1:9"])

    findings = json.loads(result.stdout)
    assert result.exit_code == 1
    assert [f["subject"] for f in findings if f["level"] == "PROBLEM"] == ["server"]


def test_settings_are_named_without_their_values(run, monkeypatch):
    monkeypatch.setenv("RUNFOLD_SECRET_TOKEN", "hunter2")

    text = run("doctor").stdout
    assert "RUNFOLD_SECRET_TOKEN" in text
    assert "hunter2" not in text


def test_a_spool_folder_that_holds_spools_is_told(run, monkeypatch, tmp_path):
    (tmp_path / "spool").mkdir()
    (tmp_path / "spool" / "r.1.spool").write_bytes(b"x" * 2048)
    monkeypatch.setenv("RUNFOLD_SPOOL_DIR", str(tmp_path / "spool"))

    assert "1 spools (2.0 KiB)" in run("doctor").stdout
