"""The commands around a model: how they are spelled, and where they look for it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import runfold
from runfold.cli.serving.serve import serve
from runfold.tracking import active


def test_the_spellings_of_mlflow_are_understood() -> None:
    given = ["-m", "model", "-h", "0.0.0.0", "-p", "9", "-w", "2", "-t", "7", "--no-conda", "--enable-mlserver"]
    params = serve.make_context("serve", given).params
    assert (params["uri"], params["host"], params["port"]) == ("model", "0.0.0.0", 9)
    assert (params["processes"], params["request_timeout_s"], params["no_conda"]) == (2, 7.0, True)
    assert serve.make_context("serve", ["-m", "model", "--workers", "3"]).params["processes"] == 3


@pytest.fixture
def registered(tmp_path: Path) -> Iterator[str]:
    """The address of a model in a store in the folder `there`, which nothing but -u names."""
    (tmp_path / "doubling.py").write_text("def predict(rows):\n    return 2 * rows\n")
    runfold.set_tracking_uri(str(tmp_path / "there"))
    with runfold.start_run():
        runfold.pyfunc.log_model("model", tmp_path / "doubling.py", registered_model_name="double")
    yield "models:/double/1"
    runfold.set_tracking_uri("")
    for session in active.state.sessions.values():
        session.close()
    active.state.sessions.clear()


def test_a_model_is_found_in_the_store_that_is_named(registered: str, tmp_path: Path) -> None:
    def predict(*options: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "runfold", "models", "predict", "-m", registered, "--allow-code", *options]
        body = '{"dataframe_split": {"columns": ["x"], "data": [[4]]}}'
        return subprocess.run(command, input=body, cwd=tmp_path, env=_elsewhere(), capture_output=True, text=True)

    found = predict("-u", "there")
    assert (found.returncode, found.stdout.strip()) == (0, '{"predictions":[{"x":8}]}'), found.stderr
    missing = predict()
    assert missing.returncode != 0
    assert "double" in missing.stderr


def _elsewhere() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if "TRACKING_URI" not in name}
