from __future__ import annotations

from pathlib import Path

import pytest

from runfold.config import ClientSettings
from runfold.errors import InvalidValue
from runfold.tracking import settings


def test_variables_of_mlflow_count_where_ours_are_not_set() -> None:
    found = settings.load(
        {
            "MLFLOW_TRACKING_URI": "http://theirs",
            "RUNFOLD_TRACKING_URI": "http://ours",
            "MLFLOW_EXPERIMENT_NAME": "digits",
            "MLFLOW_HTTP_REQUEST_TIMEOUT": "7",
            "MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING": "true",
        }
    )

    assert found == ClientSettings(
        tracking_uri="http://ours", experiment_name="digits", request_timeout_s=7.0, system_metrics=True
    )


def test_a_wrong_value_names_its_variable() -> None:
    with pytest.raises(InvalidValue, match="RUNFOLD_OFFLINE"):
        settings.load({"RUNFOLD_OFFLINE": "perhaps"})


def test_spools_of_a_server_lie_where_sync_finds_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    named = ClientSettings(spool_dir=str(tmp_path / "scratch"))

    assert settings.spool_folder(ClientSettings(), is_remote=True) == tmp_path / "cache" / "runfold" / "spool"
    assert settings.spool_folder(ClientSettings(), is_remote=False) == tmp_path / ".runfold" / "spool"
    assert settings.spool_folder(named, is_remote=True) == tmp_path / "scratch"
