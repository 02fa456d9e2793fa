from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from runfold.domain.states import RunStatus
from runfold.tracking import active


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty working folder in a process that has not tracked anything yet."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("RUNFOLD_CAPTURE_GIT_DIFF", "0")
    for variable in ("RUNFOLD_TRACKING_URI", "RUNFOLD_EXPERIMENT_ID"):
        monkeypatch.setenv(variable, "")  # the functions under test set them; this takes that back
    state = active.ProcessState()
    state.watched_pid = os.getpid()  # the hooks on signals and exit belong to the test runner here
    monkeypatch.setattr(active, "state", state)
    yield tmp_path
    active.end_all(RunStatus.KILLED)
    for session in state.sessions.values():
        session.close()
