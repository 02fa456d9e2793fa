"""An agent whose disk is full: each job says so, and the next one runs."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from runfold.config import StoreSettings
from runfold.domain.job import JobState, NewJob
from runfold.stores.open import open_store

pytestmark = pytest.mark.slow

MOUNT = 'mount -t tmpfs -o size=1m,mode=700 none "$0" && exec "$@"'


def surroundings(uri: str) -> dict[str, str]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("RUNFOLD_", "MLFLOW_"))}
    environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environ['PATH']}"
    return environ | {"RUNFOLD_TRACKING_URI": uri}


def run_agent(disk: Path, environ: dict[str, str]) -> subprocess.CompletedProcess[bytes]:
    """An agent that does what waits, with a disk of 1 MiB at a place that it alone sees."""
    rights = [] if os.geteuid() == 0 else ["--map-root-user"]
    command = ["unshare", "--mount", *rights, "sh", "-c", MOUNT, str(disk)]
    agent = [sys.executable, "-m", "runfold", "agent", "--until-idle"]
    return subprocess.run([*command, *agent], env=environ, cwd=disk.parent, timeout=120, capture_output=True)


def test_a_full_disk_of_the_agent_is_told_by_each_job_and_ends_nothing_else(tmp_path: Path) -> None:
    disk, project, archive = tmp_path / "disk", tmp_path / "project", tmp_path / "large.tar.gz"
    disk.mkdir()
    project.mkdir()
    (project / "loud.py").write_text("print('x' * 3_000_000); open('is_over', 'w')")
    (project / "writes.py").write_text(f"open({str(disk / 'out')!r}, 'wb').write(b'x' * 3_000_000)")
    (project / "well.py").write_text(
        f"import os; os.path.exists({str(disk / 'out')!r}) and os.remove({str(disk / 'out')!r}); print('well')"
    )
    (project / "blob").write_bytes(os.urandom(3_000_000))
    with tarfile.open(archive, "w:gz") as packed:
        packed.add(project, "project")
    uri = f"sqlite:///{tmp_path}/runfold.db"
    store = open_store(uri, StoreSettings())
    works = [(project, "loud.py"), (archive, "well.py"), (project, "writes.py"), (project, "well.py")]
    jobs = store.submit_jobs([NewJob(uri=str(place), entry_point=name) for place, name in works])
    environ = surroundings(uri) | {"TMPDIR": str(disk)}

    done = run_agent(disk, environ)

    loud, large, writes, well = (store.get_job(job.job_id) for job in jobs)
    logs = [store.read_job_log(job.job_id, max_bytes=8_000_000).content for job in jobs]
    store.close()
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr
    assert (loud.state, loud.exit_code) == (JobState.FINISHED, 0)
    assert loud.reason == "finished (the end of the log is lost: No space left on device)"
    assert (project / "is_over").exists()
    assert logs[0].count(b"x" * 1000) >= 3_000  # the queue has all of it
    assert (large.state, writes.state, well.state) == (JobState.FAILED, JobState.FAILED, JobState.FINISHED)
    assert "No space left on device" in large.reason
    assert b"No space left on device" in logs[2]
    told = subprocess.run(
        [sys.executable, "-m", "runfold", "jobs", "show", large.job_id, "--json"], env=environ, capture_output=True
    )
    assert json.loads(told.stdout)["reason"] == large.reason


def test_an_environment_that_does_not_fit_leaves_nothing_and_is_made_when_there_is_room(tmp_path: Path) -> None:
    disk, project = tmp_path / "disk", tmp_path / "project"
    disk.mkdir()
    project.mkdir()
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    (project / "python_env.yaml").write_text(f"python: '{version}'\ndependencies: []\n")
    (project / "MLproject").write_text(
        "name: small\npython_env: python_env.yaml\nentry_points:\n"
        "  main: {command: python well.py}\n  fill: {command: python fill.py}\n  free: {command: python free.py}\n"
    )
    ballast = repr(str(disk / "ballast"))
    (project / "well.py").write_text("import sys; print(sys.prefix)")
    (project / "fill.py").write_text(
        f"out = open({ballast}, 'wb', buffering=0)\ntry:\n    while out.write(b'x' * 4096): pass\nexcept OSError: pass"
    )
    (project / "free.py").write_text(
        f"import os; os.remove({ballast}); print(os.listdir({str(disk / 'runfold' / 'environments')!r}))"
    )
    uri = f"sqlite:///{tmp_path}/runfold.db"
    store = open_store(uri, StoreSettings())
    works = [("fill", "local"), ("main", ""), ("free", "local"), ("main", "")]
    jobs = store.submit_jobs(
        [NewJob(uri=str(project), entry_point=name, env_manager=manager) for name, manager in works]
    )

    run_agent(disk, surroundings(uri) | {"XDG_CACHE_HOME": str(disk), "UV_CACHE_DIR": str(tmp_path / "uv")})

    ended = [store.get_job(job.job_id) for job in jobs]
    logs = [store.read_job_log(job.job_id, max_bytes=100_000).content.decode() for job in jobs]
    store.close()
    states = [JobState.FINISHED, JobState.FAILED, JobState.FINISHED, JobState.FINISHED]
    assert [job.state for job in ended] == states, logs
    assert f"There is no room to make the environment in {disk}/runfold/environments." in ended[1].reason
    assert "runfold environments prune" in ended[1].reason
    left = [name for name in ast.literal_eval(logs[2].strip().splitlines()[-1]) if not name.endswith(".lock")]
    assert left == []
    assert f"{disk}/runfold/environments" in logs[3]
