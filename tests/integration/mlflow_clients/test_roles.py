"""MLflow's own client for roles, unmodified, against a live server with users. The error codes are those that MLflow's
server (3.18.0, `--app-name basic-auth`) answers to the same calls, but where the comment says so.
"""

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
MISSING, INVALID, TAKEN = "RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE", "RESOURCE_ALREADY_EXISTS"


@pytest.mark.slow
def test_the_client_for_roles_works(tmp_path: Path) -> None:
    python = CLIENTS / "3.18.0" / "bin" / "python"
    assert python.exists(), "there is no MLflow 3.18.0 client: run `make mlflow-clients`"
    server = ServerProcess(tmp_path, auth=True)
    with closing(open_store(server.store_uri, StoreSettings())) as store:
        store.create_user("ann", password=PASSWORD, is_admin=True)
        store.create_workspace("vision")
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
        driver = Path(__file__).parent / "roles_driver.py"
        command = [python, driver, server.uri, experiment, "churn"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    finally:
        server.stop()
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == {
        "roles": {
            "made": [["default", "annotators", "They label.", []], ["vision", "annotators", None, []]],
            "changed": [["default", "labellers", "They label.", []], ["vision", "annotators", "Of vision.", []]],
            "same": True,
            "default": [["default", "labellers", "They label.", []]],
            "all": [["default", "labellers"], ["vision", "annotators"]],
            "taken": [TAKEN, TAKEN],
            "said nothing": [INVALID, INVALID],
            "left": [],
        },
        "permissions": {
            "added": [
                ["experiment", experiment, "READ"],
                ["registered_model", "churn", "EDIT"],
                ["workspace", "*", "USE"],
            ],
            "of the role": True,
            "listed": True,
            "numbers": True,
            "with the role": True,
            "twice": TAKEN,
            "updated": [["experiment", experiment, "MANAGE"], True],
            "after removal": [["experiment", experiment, "DENY"], True],
            "removed twice": MISSING,
        },
        "members": {
            "before": [False, False],
            "assigned": [True, True],
            "writes": [True, True],
            "twice": TAKEN,
            "users": True,
            "roles of": [["writers"], []],
            "own roles": ["writers"],
            "less": [True, False],
            "after": [False, False],
            "unassigned twice": MISSING,
        },
        "missing": dict.fromkeys(
            (
                *("get_role", "update_role", "delete_role", "add_role_permission", "list_role_permissions"),
                *("update_role_permission", "remove_role_permission", "assign_role", "assign_role to nobody"),
                *("unassign_role", "list_role_users", "list_user_roles"),
            ),
            MISSING,
        ),
        "refused": {"no type": INVALID, "no permission": INVALID, "one run": INVALID, "no id": INVALID},
        "foreign": {
            "own": ["done", "done", "done", ["managers", "more"], ["more"], "done", "done"],
            # MLflow's answers PERMISSION_DENIED; here what one may not see is not there.
            "foreign": [MISSING],
            "alike": ["True"],
            "elsewhere": ["PERMISSION_DENIED"],
        },
    }
