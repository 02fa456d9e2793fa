"""Models without digests are tried in a process of their own, which damage may end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import lightgbm
import pytest
from sklearn.datasets import load_iris

import runfold
from runfold.errors import InvalidValue
from runfold.models.trial import try_first
from runfold.testing.flavours import forget_digests

ROWS, KINDS = load_iris(return_X_y=True, as_frame=True)


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    booster = lightgbm.train({"verbose": -1, "num_threads": 1}, lightgbm.Dataset(ROWS, KINDS), 2)
    runfold.lightgbm.save_model(booster, tmp_path / "model", input_example=ROWS.head(2))
    forget_digests(tmp_path / "model")
    return tmp_path / "model"


def a_reader_that(action: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Puts a framework before the real one, for the process that tries."""
    (folder / "lightgbm.py").write_text(f"import os, signal, time\n{action}\n")
    monkeypatch.syspath_prepend(str(folder))


def test_a_whole_model_is_loaded_after_its_trial(saved: Path) -> None:
    assert len(runfold.models.load_model(saved).predict(ROWS)) == len(ROWS)


def test_a_reader_that_ends_its_process_is_a_clear_error(
    saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_reader_that("os.kill(os.getpid(), signal.SIGSEGV)", tmp_path, monkeypatch)

    with pytest.raises(InvalidValue, match=r"'model\.lgb' ended the process .* \(SIGSEGV\).* Fetch the model again"):
        runfold.models.load_model(saved)


def test_a_reader_without_end_is_a_clear_error(saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a_reader_that("time.sleep(60)", tmp_path, monkeypatch)

    with pytest.raises(InvalidValue, match=r"'model\.lgb' was not read within 2 seconds"):
        try_first(saved, "lightgbm", max_seconds=2)


def test_models_with_digests_are_not_tried(saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    booster: Any = runfold.models.load_native(saved)
    runfold.lightgbm.save_model(booster, tmp_path / "other")
    a_reader_that("os.kill(os.getpid(), signal.SIGSEGV)", tmp_path, monkeypatch)

    assert runfold.models.load_native(tmp_path / "other").num_trees() == booster.num_trees()
