"""Scoring servers: Runfold's and MLflow's, each with its models in an environment of its own."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from benchmarks.peers.environments import make_environment, refresh_project

MODELS = ("logistic", "forest", "xgboost")
_PROGRAM = Path(__file__).parent.parent / "scoring_program.py"
_PACKAGES = ["scikit-learn", "xgboost-cpu", "pandas"]
_QUIET = {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true", "PYTHONWARNINGS": "ignore"}


@dataclass(frozen=True)
class ScoringSystem:
    name: str
    bin_folder: Path

    def command(self, model: Path, port: int) -> list[str]:
        """One process, in the current environment."""
        if self.name == "mlflow":
            serve = ["mlflow", "models", "serve", "--env-manager", "local", "--workers", "1"]
        else:
            serve = ["runfold", "models", "serve", "--log-level", "warning"]
        program = str(self.bin_folder / serve[0])
        return [program, *serve[1:], "-m", str(model), "--host", "127.0.0.1", "--port", str(port)]

    def environment(self) -> dict[str, str]:
        return {**_QUIET, "PATH": f"{self.bin_folder}{os.pathsep}{os.environ['PATH']}"}

    def save_models(self, folder: Path) -> None:
        self._run("save", self.name, str(folder))

    def direct(self, folder: Path, model: str, n_rows: int, seconds: float) -> str:
        """What calling `predict` in the process costs, as JSON."""
        return self._run("direct", str(folder), model, str(n_rows), str(seconds))

    def _run(self, *arguments: str) -> str:
        command = [str(self.bin_folder / "python"), str(_PROGRAM), *arguments]
        done = subprocess.run(
            command, env={**os.environ, **self.environment()}, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)!r} failed:\n{done.stderr[-3000:]}")
        return done.stdout


def install(home: Path, project: Path) -> list[ScoringSystem]:
    """The systems, their environments made on first use."""
    ours = make_environment(home, "scoring-runfold", ["uvloop", "pysimdjson", "skops", *_PACKAGES])
    refresh_project(home, "scoring-runfold", project, keep=True)
    # 3.18.0 pins sub-packages that the registry lacks; it goes over 3.17.2, whose pins resolve.
    peer = make_environment(home, "scoring-mlflow", ["mlflow==3.17.2", *_PACKAGES], ["--no-deps", "mlflow==3.18.0"])
    return [ScoringSystem("runfold", ours), ScoringSystem("mlflow", peer)]
