"""An agent whose disk is full: each job says so, and the next one runs."""

from __future__ import annotations

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
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("RUNFOLD_", "MLFLOW_"))}
    environ |= {"TMPDIR": str(disk), "RUNFOLD_TRACKING_URI": uri}
    environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environ['PATH']}"
    rights = [] if os.geteuid() == 0 else ["--map-root-user"]
    surroundings = ["unshare", "--mount", *rights, "sh", "-c", MOUNT, str(disk)]

    agent = [sys.executable, "-m", "runfold", "agent", "--until-idle"]
    done = subprocess.run([*surroundings, *agent], env=environ, cwd=tmp_path, timeout=120, capture_output=True)

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
