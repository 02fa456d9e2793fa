"""A place to log to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import runfold
from runfold.tracking import active


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty store in a folder, taken up and left again."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RUNFOLD_CAPTURE_GIT_DIFF", "false")
    runfold.set_tracking_uri(str(tmp_path / "store"))
    active.state.last_run_id = None
    yield tmp_path
    while runfold.active_run() is not None:
        runfold.end_run()
    runfold.set_tracking_uri("")
    for session in active.state.sessions.values():
        session.close()
    active.state.sessions.clear()
    active.state.last_run_id = None
