"""MLflow's own client for users and permissions, unmodified, against a live server with users."""

from __future__ import annotations

import json
import os
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from runfold.config import StoreSettings
from runfold.stores.open import open_store
from tests.integration.mlflow_clients.test_clients import CLIENTS
from tests.integration.servers import ServerProcess

PASSWORD = "a long password"
HIDDEN, DENIED, DONE = "RESOURCE_DOES_NOT_EXIST", "PERMISSION_DENIED", "done"


@pytest.mark.parametrize("version", ["2.22.5", "3.18.0"])
def test_the_client_for_users_and_permissions_works(version: str, tmp_path: Path) -> None:
    python = CLIENTS / version / "bin" / "python"
    assert python.exists(), f"there is no MLflow {version} client: run `make mlflow-clients`"
    server = ServerProcess(tmp_path, auth=True)
    with closing(open_store(server.store_uri, StoreSettings())) as store:
        store.create_user("ann", password=PASSWORD, is_admin=True)
        experiment = store.create_experiment("wine")
        store.create_registered_model("churn")
    server.start()
    try:
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "MLFLOW_TRACKING_USERNAME": "ann",
            "MLFLOW_TRACKING_PASSWORD": PASSWORD,
            "MLFLOW_DISABLE_TELEMETRY": "true",
            "GIT_PYTHON_REFRESH": "quiet",
        }
        driver = Path(__file__).parent / "auth_driver.py"
        command = [python, driver, server.uri, experiment, "churn"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    finally:
        server.stop()
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == {
        "made": ["ben", False],
        "taken": "RESOURCE_ALREADY_EXISTS",
        "permissions": [
            [HIDDEN] * 4,
            [DONE, DENIED, DONE, DENIED],
            [DONE] * 4,
            [HIDDEN] * 4,
            "NO_PERMISSIONS",
            HIDDEN,
        ],
        "admin": True,
        "passwords": ["UNAUTHENTICATED", DONE],
        "short": "INVALID_PARAMETER_VALUE",
        "gone": [HIDDEN, HIDDEN],
    }
