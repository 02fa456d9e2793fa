"""Unmodified `mlflow` clients at the quotas of a live server: they are told in words, wait, and lose nothing."""

from __future__ import annotations

import json
import os
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from runfold.config import StoreSettings
from runfold.domain.access import Grant, Place, PlaceKind, Role, Subject, SubjectKind
from runfold.domain.quota import Owner, OwnerKind, Quota
from runfold.stores.sql.store import SqlStore
from tests.integration.mlflow_clients.test_clients import CLIENTS
from tests.integration.servers import ServerProcess

QUOTAS = {
    "runs": Quota(max_runs=1),
    "bytes": Quota(max_bytes=1000),
    "points": Quota(max_points=20),
    "requests": Quota(max_requests_per_s=5),
}


@pytest.mark.slow
@pytest.mark.parametrize("version", ["2.22.5", "3.18.0"])
def test_a_training_script_is_told_of_its_quota_and_loses_nothing(version: str, tmp_path: Path) -> None:
    python = CLIENTS / version / "bin" / "python"
    assert python.exists(), f"there is no MLflow {version} client: run `make mlflow-clients`"
    server = ServerProcess(tmp_path, auth=True)
    with closing(SqlStore(server.store_uri, StoreSettings())) as store:
        experiment = store.create_experiment("limits")
        everyone, place = Subject(SubjectKind.EVERYONE), Place(PlaceKind.EXPERIMENT, experiment)
        store.set_grant(Grant(subject=everyone, place=place, role=Role.CONTRIBUTOR))
        tokens = []
        for name, quota in QUOTAS.items():
            store.create_user(name, password="correct horse battery")
            store.set_quota(Owner(OwnerKind.USER, name), quota)
            tokens.append(store.create_token(name, scope=Role.MANAGER).secret)
    server.start()
    try:
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "MLFLOW_DISABLE_TELEMETRY": "true",
            "GIT_PYTHON_REFRESH": "quiet",
        }
        driver = Path(__file__).parent / "limits_driver.py"
        command = [python, driver, server.uri, experiment, *tokens]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    finally:
        server.stop()
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout.splitlines()[-1])

    runs, files, points, requests = seen.values()
    for scene, words in ((runs, "1 runs"), (files, "1000 bytes"), (points, "20 points")):
        _, said = scene.pop("refused")
        assert words in said
        assert "ask an administrator" in said
    assert runs == {"at once": True}
    assert files == {"files": ["small.txt"], "status": "FINISHED"}
    assert points == {"lost": 0, "over": True, "params": {"lr": "0.1"}, "status": "FINISHED"}
    assert requests == {"kept": 70}
