"""The command line and the REST calls as a user of a server has them, with nothing of these tests' own environment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

from tests.integration.servers import ServerProcess


def surroundings(server: ServerProcess) -> dict[str, str]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("RUNFOLD_", "MLFLOW_"))}
    environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environ['PATH']}"
    return environ | {"RUNFOLD_TRACKING_URI": server.uri}


def runfold(server: ServerProcess, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "runfold", *arguments]
    return subprocess.run(
        command, cwd=folder, env=surroundings(server), capture_output=True, text=True, timeout=120, check=False
    )


def call(server: ServerProcess, path: str, **body: object) -> dict[str, Any]:
    """Raises urllib.error.HTTPError."""
    request = urllib.request.Request(
        f"{server.uri}/api/runfold/v1/{path}", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request) as answer:
        answered: dict[str, Any] = json.load(answer)
        return answered
