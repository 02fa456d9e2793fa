"""Unmodified `mlflow` clients wait for models that the server reads after it has answered."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.mlflow_clients.test_clients import CLIENTS, HERE, VERSIONS
from tests.integration.servers import ServerProcess

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    server = ServerProcess(tmp_path_factory.mktemp("server"), direct_registration_bytes=1)
    server.start()
    yield server
    server.stop()


@pytest.mark.parametrize("version", [VERSIONS[0], VERSIONS[-1]])
def test_a_real_client_waits_until_the_server_has_read_the_files(
    server: ServerProcess, version: str, tmp_path: Path
) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "MLFLOW_TRACKING_URI": server.uri,
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "GIT_PYTHON_REFRESH": "quiet",
    }
    command = [CLIENTS / version / "bin" / "python", HERE / "large_models_driver.py", version]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == {
        "made": "READY",
        "files": ["MLmodel", "weights.bin"],
        "refused": True,
        "failed": ["FAILED_REGISTRATION", True],
        "kept from": True,
        "latest": ["1"],
    }
