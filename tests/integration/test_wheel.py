"""The wheel on its own: built, installed into an empty environment, started, logged to."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import urllib3

ROOT = Path(__file__).parents[2]

LOG_A_RUN = """
import runfold
with runfold.start_run(run_name="from the wheel"):
    runfold.log_metric("loss", 0.5)
    runfold.log_text("hello", "notes.txt")
"""


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    inherited = {
        key: value for key, value in os.environ.items() if not key.startswith(("RUNFOLD_", "MLFLOW_", "PYTHON"))
    }
    done = subprocess.run(command, cwd=cwd, env=inherited | environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def uv() -> str:
    found = shutil.which("uv", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    assert found, "uv is part of `make setup`"
    return found


@pytest.fixture(scope="module")
def wheel(uv: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("dist")
    run(uv, "build", "--quiet", "--wheel", "--out-dir", target, ROOT, cwd=target)
    (built,) = target.glob("*.whl")
    return built


@pytest.mark.slow
def test_the_wheel_holds_the_code_its_data_and_the_web_application(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())

    assert {"runfold/py.typed", "runfold/search/grammar.lark", "runfold/stores/sql/migrations/env.py"} <= names
    assert [name for name in names if not name.startswith(("runfold/", "runfold-"))] == []
    if (ROOT / "src" / "runfold" / "server" / "static" / "index.html").exists():
        assert "runfold/server/static/index.html" in names


@pytest.mark.slow
def test_the_wheel_works_in_an_empty_environment(uv: str, wheel: Path, tmp_path: Path) -> None:
    run(uv, "venv", "--quiet", "--python", sys.executable, tmp_path / "env", cwd=tmp_path)
    python = tmp_path / "env" / "bin" / "python"
    constraints = ROOT / "constraints.txt"
    run(uv, "pip", "install", "--quiet", "--python", python, "--constraint", constraints, wheel, cwd=tmp_path)
    runfold = tmp_path / "env" / "bin" / "runfold"
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with (tmp_path / "server.log").open("w") as log:
        server = subprocess.Popen([runfold, "server", "--port", str(port)], cwd=tmp_path, stdout=log, stderr=log)
    try:
        urllib3.request(
            "GET",
            f"{address}/ready",
            retries=urllib3.Retry(total=240, connect=240, backoff_factor=0.1, backoff_max=0.5),
        )

        run(python, "-c", LOG_A_RUN, cwd=tmp_path, RUNFOLD_TRACKING_URI=address)

        assert "from the wheel" in run(runfold, "runs", "list", "-u", address, cwd=tmp_path)
        assert "notes.txt" in run(runfold, "artifacts", "ls", "from the wheel", "-u", address, cwd=tmp_path)
    finally:
        server.terminate()
        server.wait(timeout=30)
    assert "from the wheel" in run(runfold, "runs", "list", cwd=tmp_path), "the same folder, without the server"
