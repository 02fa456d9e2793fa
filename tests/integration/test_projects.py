"""`runfold run` as a person uses it: on an embedded store, with a project that knows only MLflow's client."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

CLIENTS = Path(__file__).parents[2] / ".cache" / "mlflow-clients"
# As a project for MLflow looks; only the interpreter is a parameter, since the client has an environment of its own.
PROJECT = """
name: elastic net
entry_points:
  main:
    parameters:
      python: path
      alpha: {type: float, default: 0.5}
      l1_ratio: {type: float, default: 0.1}
    command: "{python} train.py {alpha} {l1_ratio}"
"""
SCRIPT = """
import sys, mlflow
with mlflow.start_run():
    mlflow.log_param("alpha", sys.argv[1])
    mlflow.log_metric("rmse", float(sys.argv[2]))
    mlflow.log_text("coefficients", "model/notes.txt")
"""
EXAMPLE = Path(__file__).parents[2] / "examples" / "elastic_net"
IDENTITY = ["-c", "user.name=n", "-c", "user.email=e@example.org", "-c", "commit.gpgsign=false"]
RUNFOLD = [sys.executable, "-m", "runfold"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "MLproject").write_text(PROJECT)
    (tmp_path / "project" / "train.py").write_text(SCRIPT)
    (tmp_path / "project" / "wait.py").write_text("import time\nopen('started', 'w').close()\ntime.sleep(1000)\n")
    return tmp_path


def runfold(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("RUNFOLD_", "MLFLOW_"))}
    return subprocess.run([*RUNFOLD, *arguments], cwd=folder, env=environ, capture_output=True, text=True, timeout=120)


@pytest.mark.slow
@pytest.mark.parametrize("version", ["2.9.2", "3.18.0"])
def test_a_project_for_mlflow_runs_unchanged_without_a_server(folder: Path, version: str) -> None:
    python = CLIENTS / version / "bin" / "python"

    done = runfold(folder, "run", "project", "-P", f"python={python}", "-P", "alpha=0.25", "-x", "wine", "--json")

    assert done.returncode == 0, done.stderr
    found = json.loads(runfold(folder, "runs", "show", json.loads(done.stdout)["run_id"], "--json").stdout)
    assert found["status"] == "FINISHED"
    assert found["params"] == {"alpha": "0.25", "l1_ratio": "0.1", "python": str(python)}
    assert found["metrics"]["rmse"]["last"] == 0.1
    listed = runfold(folder, "artifacts", "ls", json.loads(done.stdout)["run_id"]).stdout
    assert "model" in listed
    assert "runfold" in listed  # the log


@pytest.mark.slow
def test_ctrl_c_ends_the_command_and_the_run_is_killed(folder: Path) -> None:
    command = [*RUNFOLD, "run", "project", "-e", "wait.py", "--json"]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    end = time.monotonic() + 60
    while not (folder / "project" / "started").exists():
        assert time.monotonic() < end
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)

    stdout, _ = process.communicate(timeout=60)

    assert process.returncode == 1
    assert json.loads(stdout)["ending"]["reason"] == "cancelled"
    (run,) = json.loads(runfold(folder, "runs", "list", "--json").stdout)
    assert run["status"] == "KILLED"


@pytest.mark.slow
def test_the_example_gives_the_same_when_it_is_run_again(tmp_path: Path) -> None:
    (tmp_path / "code").mkdir()
    shutil.copytree(EXAMPLE, tmp_path / "code" / "elastic_net")
    for arguments in (["init", "--quiet"], ["add", "."], [*IDENTITY, "commit", "--quiet", "-m", "begin"]):
        subprocess.run(["git", "-C", str(tmp_path / "code"), *arguments], check=True)

    first = runfold(tmp_path, "run", "code/elastic_net", "-P", "steps=20", "--json")
    assert first.returncode == 0, first.stderr
    again = runfold(tmp_path, "rerun", json.loads(first.stdout)["run_id"], "--json")

    assert again.returncode == 0, again.stderr
    comparison = json.loads(again.stdout)["comparison"]
    assert comparison["verdict"] == "same"
    assert [metric["key"] for metric in comparison["metrics"]] == ["val/mse"]
