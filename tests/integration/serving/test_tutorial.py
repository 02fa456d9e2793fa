"""The tutorial on serving, as it stands on its page."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.serving.scoring_server import ScoringServer, free_port

pytestmark = pytest.mark.slow

PAGE = Path(__file__).parents[3] / "docs" / "tutorial" / "serve-a-model.md"


def test_the_tutorial_trains_registers_promotes_serves_and_calls(tmp_path: Path) -> None:
    page = PAGE.read_text(encoding="utf-8")
    commands = [shlex.split(line) for line in re.findall(r"^    (\w.*)$", page.split("```")[-1], re.MULTILINE)]
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("RUNFOLD_", "MLFLOW_"))}
    runfold = [sys.executable, "-m", "runfold"]

    def run(*command: str) -> str:
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    run(sys.executable, "-c", "\n".join(re.findall(r"```python\n(.*?)```", page, re.DOTALL)))
    *told, serve, call = commands
    said = [run(*runfold, *command[1:]) for command in told]
    assert "random forest" in said[0]
    assert "the first that works" in said[-1]

    port = free_port()
    log = tmp_path / "log"
    with log.open("wb") as sink:
        process = subprocess.Popen(
            [*runfold, *serve[1:], "-p", str(port)],
            cwd=tmp_path,
            env=environment,
            stdout=sink,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    server = ScoringServer(process, port, log)
    try:
        server.wait_until_up()
        answer = server.call("/invocations", call[call.index("-d") + 1].encode())
        assert (answer.document, answer.headers["x-runfold-model"]) == ({"predictions": [0]}, "wine/1")
        assert server.stop() == 0
    finally:
        server.end()
