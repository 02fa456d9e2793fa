"""Why a job failed, as it is told over REST and on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.jobs.commands import call, runfold
from tests.integration.servers import ServerProcess

pytestmark = pytest.mark.slow

SCRIPTS = {
    "memory.py": "import resource\nresource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30))\nbytearray(2**40)",
    "terminated.py": "import os, signal\nos.kill(os.getpid(), signal.SIGTERM)",
    "crashed.py": "import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)",
    "shell.sh": "kill -ABRT $$",
    "raises.py": "raise SystemExit(3)",
    "missing.sh": "no-such-program",
}


def test_memory_signals_and_exit_codes_are_named(server: ServerProcess, tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    for name, text in SCRIPTS.items():
        (project / name).write_text(text)
    works = [{"uri": str(project), "entry_point": name} for name in SCRIPTS]
    jobs = call(server, "jobs/submit-many", works=works)["jobs"]

    runfold(server, tmp_path, "agent", "--until-idle")

    ended = {job["work"]["entry_point"]: call(server, "jobs/get", job_id=job["job_id"])["job"] for job in jobs}
    assert {job["state"] for job in ended.values()} == {"failed"}
    assert {name: (job["exit_code"], job["reason"]) for name, job in ended.items()} == {
        "memory.py": (1, "exit code 1: out of memory, as its log says: MemoryError"),
        "terminated.py": (-15, "ended by SIGTERM"),
        "crashed.py": (-11, "ended by SIGSEGV"),
        "shell.sh": (-6, "ended by SIGABRT"),
        "raises.py": (3, "exit code 3"),
        "missing.sh": (127, "exit code 127: a command was not found"),
    }
    for job in ended.values():
        shown = runfold(server, tmp_path, "jobs", "show", job["job_id"]).stdout
        assert job["reason"] in shown
        run = runfold(server, tmp_path, "runs", "show", job["run_id"]).stdout
        assert "FAILED" in run
