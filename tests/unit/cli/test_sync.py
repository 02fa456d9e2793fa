import json
import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from runfold.cli import main

OFFLINE_SCRIPT = """
import runfold
runfold.set_experiment("vision/a")
with runfold.start_run(run_name="far-away"):
    runfold.log_metric("loss", 0.5, step=3)
    runfold.log_text("hello", "notes.txt")
"""


@pytest.fixture
def spool(uri, store, tmp_path):
    """A folder with what a script logged offline for the store."""
    folder = tmp_path / "spool"
    environment = {"RUNFOLD_TRACKING_URI": uri, "RUNFOLD_OFFLINE": "1", "RUNFOLD_SPOOL_DIR": str(folder)}
    command = [sys.executable, "-c", OFFLINE_SCRIPT]
    subprocess.run(command, env=os.environ | environment, cwd=tmp_path, check=True, capture_output=True)
    return folder


def test_what_was_logged_offline_arrives_once(spool, run_json):
    sent = CliRunner().invoke(main, ["sync", str(spool)])
    again = CliRunner().invoke(main, ["sync", str(spool)])

    assert (sent.exit_code, sent.stdout.startswith("Sent run ")) == (0, True)
    assert again.stdout == "Nothing waits to be sent.\n"
    (found,) = run_json("search", "run_name = 'far-away'")
    assert (found["metrics"]["loss"]["last"], found["metrics"]["loss"]["count"]) == (0.5, 1)
    assert [item["path"] for item in run_json("artifacts", "ls", found["run_id"])].count("notes.txt") == 1


def test_what_cannot_be_sent_stays_and_exits_1(spool):
    result = CliRunner().invoke(main, ["sync", str(spool), "-u", "http://127.0.0.1:9", "--json"])

    (outcome,) = json.loads(result.stdout)
    assert (result.exit_code, outcome["is_delivered"]) == (1, False)
    assert "does not answer" in outcome["problem"]
    assert len(list(spool.glob("*.spool"))) == 1
