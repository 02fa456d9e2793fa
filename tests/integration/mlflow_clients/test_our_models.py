"""A model that our client logs, read by an unmodified `mlflow` client by its id and by its run."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

import runfold
from runfold.tracking import active
from tests.integration.mlflow_clients.test_clients import CLIENTS
from tests.integration.servers import ServerProcess

PROGRAM = """
import json, os, sys, mlflow
model_id, run_id = sys.argv[1:]
model = mlflow.get_logged_model(model_id)
found = mlflow.search_logged_models([model.experiment_id], output_format="list")
[output] = mlflow.get_run(run_id).outputs.model_outputs
uris = f"models:/{model_id}", f"runs:/{run_id}/model", "models:/double@champion"
print(json.dumps({
    "model": [model.name, str(model.status), model.source_run_id == run_id, list(model.tags)],
    "found": [one.model_id == model_id for one in found],
    "output": output.model_id == model_id,
    "files": ["MLmodel" in os.listdir(mlflow.artifacts.download_artifacts(uri)) for uri in uris],
}))
"""


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ServerProcess]:
    monkeypatch.chdir(tmp_path)
    server = ServerProcess(tmp_path / "server")
    server.start()
    runfold.set_tracking_uri(server.uri)
    yield server
    runfold.set_tracking_uri("")
    for session in active.state.sessions.values():
        session.close()
    active.state.sessions.clear()
    server.stop()


def test_a_real_client_reads_a_model_that_ours_logged(server: ServerProcess, tmp_path: Path) -> None:
    Path("doubling.py").write_text("def predict(rows):\n    return [2 * row for row in rows]\n")
    with runfold.start_run() as run:
        logged = runfold.pyfunc.log_model("model", "doubling.py", registered_model_name="double")
    runfold.registry.set_alias("double", "champion", 1)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "MLFLOW_TRACKING_URI": server.uri,
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "GIT_PYTHON_REFRESH": "quiet",
    }

    done = subprocess.run(
        [CLIENTS / "3.18.0" / "bin" / "python", "-c", PROGRAM, logged.model_id, run.info.run_id],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == {
        "model": ["model", "READY", True, ["mlflow.user"]],
        "found": [True],
        "output": True,
        "files": [True, True, True],
    }
