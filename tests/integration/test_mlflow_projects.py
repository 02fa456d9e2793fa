"""A project as those for MLflow are written, with a conda.yaml, runs unchanged: in a folder, or out of a repository."""

from __future__ import annotations

import json
import math
import random
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.servers import ServerProcess
from tests.integration.test_projects import CLIENTS, IDENTITY, RUNFOLD
from tests.unit.projects.environments.channel import Channel
from tests.wheels import write_wheel

pytestmark = pytest.mark.slow

VERSION = "3.18.0"
FILE = """
name: wine_quality

conda_env: conda.yaml

entry_points:
  main:
    parameters:
      alpha: {type: float, default: 0.5}
      l1_ratio: {type: float, default: 0.1}
      data: {type: path, default: wine.csv}
    command: "python train.py {alpha} {l1_ratio} --data {data}"
  validate:
    parameters:
      limit: float
    command: "python validate.py {limit}"
"""
CONDA = """
name: wine
channels:
  - %s
dependencies:
  - python=3
  - mlflow
  - pip
  - pip:
      - wine-tools @ %s
"""
# Elastic net by coordinate descent, the usual objective: |y - Xw|^2 / 2n + alpha (r |w|_1 + (1 - r) |w|^2 / 2).
TRAIN = """
import argparse
import mlflow
import numpy as np
from wine_tools import rmse

parser = argparse.ArgumentParser()
parser.add_argument("alpha", type=float)
parser.add_argument("l1_ratio", type=float)
parser.add_argument("--data")
given = parser.parse_args()
table = np.loadtxt(given.data, delimiter=",", skiprows=1)
x, y = table[:, :-1], table[:, -1]
x = (x - x.mean(0)) / x.std(0)
y = y - y.mean()
l1, l2 = given.alpha * given.l1_ratio, given.alpha * (1 - given.l1_ratio)
w = np.zeros(x.shape[1])
with mlflow.start_run():
    for step in range(50):
        for j in range(len(w)):
            rest = x[:, j] @ (y - x @ w + x[:, j] * w[j]) / len(y)
            w[j] = np.sign(rest) * max(abs(rest) - l1, 0) / (1 + l2)
        mlflow.log_metric("train_rmse", rmse(y, x @ w), step=step)
    mlflow.log_params({"n_samples": len(y)})
    mlflow.log_metric("rmse", rmse(y, x @ w))
    mlflow.log_dict({"coefficients": list(w)}, "model.json")
    mlflow.set_tag("fitted", "by hand")
"""
VALIDATE = "import sys, mlflow\nmlflow.log_metric('limit', float(sys.argv[1]))\n"


def write_wines(path: Path, n: int = 60) -> None:
    """A table like that of wine quality: what the quality follows from, and noise."""
    chance = random.Random(7)
    lines = ["acidity,sugar,alcohol,quality"]
    for _ in range(n):
        acidity, sugar, alcohol = chance.gauss(7, 1), chance.expovariate(0.4), chance.gauss(10.5, 1)
        quality = round(6 + 0.6 * (alcohol - 10.5) - 0.3 * (acidity - 7) + chance.gauss(0, 0.5))
        lines.append(f"{acidity:.2f},{sugar:.2f},{alcohol:.2f},{quality}")
    path.write_text("\n".join(lines) + "\n")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository's folder with the project in a folder of it, and what its environment is made from."""
    (client,) = (CLIENTS / VERSION).glob("lib/python3*/site-packages")
    channel = Channel(tmp_path / "channel")
    channel.add_python()
    # A conda package of MLflow's client, as real as the environment that it leads to.
    packages = "lib/python{}.{}/site-packages".format(*sys.version_info[:2])
    channel.add("mlflow", VERSION, {f"{packages}/mlflow.pth": f"{client}\n"}, depends=["python"])
    tools = "def rmse(y, other):\n    return float(((y - other) ** 2).mean() ** 0.5)\n"
    wheel = write_wheel(tmp_path, "wine_tools", {"wine_tools.py": tools})
    folder = tmp_path / "repository" / "examples" / "wine"
    folder.mkdir(parents=True)
    (folder / "MLproject").write_text(FILE)
    (folder / "conda.yaml").write_text(CONDA % (channel.folder.as_uri(), wheel.as_uri()))
    (folder / "train.py").write_text(TRAIN)
    (folder / "validate.py").write_text(VALIDATE)
    write_wines(folder / "wine.csv")
    return folder


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, object]]:
    monkeypatch.setenv("RATTLER_CACHE_DIR", str(tmp_path / "rattler"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def runfold(*arguments: str) -> dict[str, object]:
        done = subprocess.run([*RUNFOLD, *arguments, "--json"], cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return runfold


def test_an_elastic_net_on_wine_runs_unchanged_from_a_folder_and_out_of_a_repository(
    capfd: pytest.CaptureFixture[str],
    make_server: Callable[[], ServerProcess],
    project: Path,
    run: Callable[..., dict[str, object]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = make_server()
    server.start()
    monkeypatch.setenv("RUNFOLD_TRACKING_URI", server.uri)
    repository = project.parents[1]
    for arguments in (["init", "--quiet"], ["add", "."], [*IDENTITY, "commit", "--quiet", "-m", "begin"]):
        subprocess.run(["git", "-C", str(repository), *arguments], check=True)
    commit = subprocess.run(["git", "-C", str(repository), "rev-parse", "HEAD"], capture_output=True, text=True)

    here = run("runs", "show", str(run("run", str(project), "-P", "alpha=0.01")["run_id"]))
    there = run("runs", "show", str(run("run", f"{repository.as_uri()}#examples/wine", "-P", "alpha=0.9")["run_id"]))

    for found, alpha in ((here, "0.01"), (there, "0.9")):
        assert found["status"] == "FINISHED"
        assert found["params"]["n_samples"] == "60"
        assert (found["params"]["alpha"], found["params"]["l1_ratio"]) == (alpha, "0.1")
        assert found["metrics"]["train_rmse"]["count"] == 50
        tags = found["tags"]
        assert (tags["mlflow.project.env"], tags["fitted"]) == ("conda", "by hand")
        assert tags["mlflow.source.git.commit"] == commit.stdout.strip()
    # Little regularisation leaves the noise, much of it flattens the fit.
    assert here["metrics"]["rmse"]["last"] < there["metrics"]["rmse"]["last"]
    assert math.isclose(here["metrics"]["rmse"]["last"], 0.5, abs_tol=0.15)

    validated = run("run", f"{repository.as_uri()}#examples/wine", "-e", "validate", "-P", "limit=0.7")
    assert run("runs", "show", str(validated["run_id"]))["metrics"]["limit"]["last"] == 0.7
    assert " 400 " not in capfd.readouterr().err


def test_our_own_client_joins_the_run_without_a_call_that_is_refused(
    capfd: pytest.CaptureFixture[str],
    make_server: Callable[[], ServerProcess],
    run: Callable[..., dict[str, object]],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    server = make_server()
    server.start()
    monkeypatch.setenv("RUNFOLD_TRACKING_URI", server.uri)
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "fit.py").write_text(
        "import runfold\nwith runfold.start_run():\n    runfold.log_metric('a', 1)\n"
    )

    found = run("runs", "show", str(run("run", "own", "-e", "fit.py")["run_id"]))

    assert (found["status"], found["metrics"]["a"]["last"]) == ("FINISHED", 1.0)
    assert not re.search(r" [45]\d\d ", capfd.readouterr().err)
