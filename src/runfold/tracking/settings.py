"""The client's settings, with MLflow's environment variables honoured beside our own.

Source of the MLFLOW_* names: MLflow 3.18, `mlflow/environment_variables.py`.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from runfold import config
from runfold.config import ClientSettings

_MLFLOW_NAMES = {
    "tracking_uri": "MLFLOW_TRACKING_URI",
    "workspace": "MLFLOW_WORKSPACE",
    "experiment_name": "MLFLOW_EXPERIMENT_NAME",
    "experiment_id": "MLFLOW_EXPERIMENT_ID",
    "run_id": "MLFLOW_RUN_ID",
    "request_timeout_s": "MLFLOW_HTTP_REQUEST_TIMEOUT",
    "system_metrics": "MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING",
    "system_metrics_interval_s": "MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL",
}


def load(environ: Mapping[str, str] | None = None) -> ClientSettings:
    """Settings of this process. RUNFOLD_X wins over MLFLOW_X, that over the configuration file.

    Raises:
        InvalidValue: a value does not fit its type.
    """
    env = dict(os.environ if environ is None else environ)
    for name, theirs in _MLFLOW_NAMES.items():
        if env.get(theirs):
            env.setdefault(f"RUNFOLD_{name.upper()}", env[theirs])
    return config.load(ClientSettings, environ=env)


def spool_folder(settings: ClientSettings, *, is_remote: bool) -> Path:
    """Where unsent records wait.

    For a server that is the user's cache folder, so that `runfold sync` finds them from any working folder.
    """
    if settings.spool_dir:
        return Path(settings.spool_dir).expanduser().absolute()
    return cache_spool_folder() if is_remote else Path.cwd() / ".runfold" / "spool"


def cache_spool_folder() -> Path:
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "runfold" / "spool"


def spare_spool_folders() -> tuple[Path, ...]:
    """Where to try when the proper folder can't be written: local disks that are there on most machines.

    Everybody may write beside them, so one that somebody else made is left alone.
    """
    name = f"runfold-spool-{os.getuid()}"
    folders = (Path(tempfile.gettempdir()) / name, Path("/dev/shm") / name)  # noqa: S108 - see above
    return tuple(folder for folder in folders if not folder.exists() or folder.lstat().st_uid == os.getuid())
