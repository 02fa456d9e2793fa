from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from runfold.serving.container.image import write_image_context
from tests.integration.serving.scoring_server import ScoringServer, free_port

pytestmark = pytest.mark.slow


def test_the_entry_point_of_an_image_serves_without_an_engine(doubling: Path, tmp_path: Path) -> None:
    context = write_image_context(str(doubling), tmp_path / "context")
    port = free_port()
    environment = {
        **os.environ,
        "RUNFOLD_MODEL": str(context.folder / "model"),
        "RUNFOLD_SERVING_PORT": str(port),
        "RUNFOLD_SERVING_LOG_FORMAT": "json",
    }
    log = tmp_path / "log"
    with log.open("wb") as sink:
        process = subprocess.Popen(
            [sys.executable, context.folder / "entrypoint.py", "serve"],
            cwd=tmp_path,
            env=environment,
            stdout=sink,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    server = ScoringServer(process, port, log)
    try:
        server.wait_until_up()
        check = subprocess.run(
            [sys.executable, context.folder / "entrypoint.py", "check"], env=environment, check=False
        )

        answer = server.call("/invocations", b"x\n4\n", "text/csv")

        assert check.returncode == 0
        assert round(answer.document["predictions"][0], 6) == 8.0
        assert server.stop() == 0
    finally:
        server.end()


def test_a_model_runs_in_the_environment_that_it_was_made_for(doubling: Path, tmp_path: Path) -> None:
    rows = tmp_path / "rows.csv"
    rows.write_text("x\n1\n2\n")
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")}
    runfold = [sys.executable, "-m", "runfold", "models"]

    made = subprocess.run(
        [*runfold, "prepare-env", "-m", doubling], env=environment, capture_output=True, text=True, check=True
    )
    found = subprocess.run(
        [*runfold, "predict", "-m", doubling, "--env-manager", "uv", "-i", rows, "--output-format", "csv"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )

    assert Path(made.stdout.strip(), "bin", "python").exists()
    assert "Making the environment" in made.stderr
    assert "Making the environment" not in found.stderr
    assert [round(float(line), 6) for line in found.stdout.splitlines()[1:]] == [2.0, 4.0]
