"""Training scripts in processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


class Scripts:
    """Runs programs in a folder, with settings of Runfold."""

    def __init__(self, folder: Path, **variables: str) -> None:
        self.folder = folder
        cache = {"XDG_CACHE_HOME": str(folder / "cache"), "RUNFOLD_CAPTURE_GIT_DIFF": "0"}
        # Other tests run on this machine: an unsent spool of theirs is none of ours.
        own = {"TMPDIR": str(folder)}
        self.variables = {**os.environ, **cache, **own, **variables}

    def start(self, program: str, *arguments: str, **variables: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-W", "error", "-c", program, *arguments],
            cwd=self.folder,
            env={**self.variables, **variables},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, program: str, *arguments: str, exit_code: int = 0, **variables: str) -> tuple[str, str]:
        """Standard output and error of a program that ends by itself."""
        process = self.start(program, *arguments, **variables)
        out, err = process.communicate(timeout=120)
        assert process.returncode == exit_code, err
        return out.strip(), err

    def sync(self) -> str:
        out, _ = self.run("from runfold.tracking.sync import sync\nfor one in sync(): print(one)")
        return out

    def spools(self) -> list[Path]:
        return [path for path in self.folder.rglob("*") if path.is_file() and "spool" in path.parts]
