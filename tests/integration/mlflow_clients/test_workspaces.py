"""The unmodified `mlflow` client that knows workspaces, against a live server."""

import json
import os
import subprocess
from pathlib import Path

from tests.integration.mlflow_clients.test_clients import CLIENTS
from tests.integration.servers import ServerProcess


def test_a_real_client_works_in_workspaces(tmp_path: Path) -> None:
    python = CLIENTS / "3.18.0" / "bin" / "python"
    assert python.exists(), "there is no MLflow 3.18.0 client: run `make mlflow-clients`"
    server = ServerProcess(tmp_path)
    server.start()
    try:
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "MLFLOW_TRACKING_URI": server.uri,
            "MLFLOW_DISABLE_TELEMETRY": "true",
            "GIT_PYTHON_REFRESH": "quiet",
        }
        driver = Path(__file__).parent / "workspaces_driver.py"
        done = subprocess.run([python, driver], env=environment, capture_output=True, text=True, timeout=300)
    finally:
        server.stop()
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == {
        "made": ["vision", "d"],
        "experiment": "vision",
        "inside": [["wine"], ["churn"]],
        "text": "hello",
        "outside": [["Default"], []],
        "run by id": {"m": 1.0},
        "changed": "e",
        "listed": ["default", "vision"],
        "absent": "RESOURCE_DOES_NOT_EXIST",
        "taken": "RESOURCE_ALREADY_EXISTS",
        "held": "INVALID_STATE",
        "moved": [["wine", "Default"], ["churn"]],
        "left": ["default"],
        "nowhere": "RESOURCE_DOES_NOT_EXIST",
    }
