"""What every scenario uses: the client, a folder of its own, new names and things, the code of an error."""

from __future__ import annotations

import sys
import uuid
from pathlib import Path

import mlflow
from mlflow.exceptions import MlflowException

CLIENT = mlflow.MlflowClient()
FOLDER = Path(sys.argv[2] if len(sys.argv) > 2 else ".")


def fresh(name: str) -> str:
    return f"{name}-{uuid.uuid4().hex[:8]}"


def experiment(name: str = "experiment") -> str:
    return CLIENT.create_experiment(fresh(name))


def run_in(experiment_id: str, **kwargs: object) -> str:
    return CLIENT.create_run(experiment_id, **kwargs).info.run_id


def new_run() -> str:
    return run_in(experiment())


def error_of(call: object, *args: object, **kwargs: object) -> str:
    """The error code of a call that must fail."""
    try:
        call(*args, **kwargs)  # type: ignore[operator]
    except MlflowException as error:
        return str(error.error_code)
    return "no error"
