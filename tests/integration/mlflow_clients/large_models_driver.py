"""Registers models that the server reads after it has answered; prints what came of it. Run by MLflow's clients."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import mlflow
from mlflow.entities.model_registry import ModelVersion
from mlflow.exceptions import MlflowException

CLIENT = mlflow.MlflowClient()
DOCUMENT = "flavors:\n  python_function:\n    loader_module: nowhere\n"


def register(content: bytes, name: str, model: str) -> ModelVersion:
    run_id = CLIENT.create_run("0").info.run_id
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "MLmodel").write_text(DOCUMENT)
        Path(folder, name).write_bytes(content)
        CLIENT.log_artifacts(run_id, folder, "model")
    return CLIENT.create_model_version(model, CLIENT.get_run(run_id).info.artifact_uri + "/model", run_id)


def main() -> None:
    model = f"large {sys.argv[1]}"
    CLIENT.create_registered_model(model)
    made = register(b"weights", "weights.bin", model)
    CLIENT.set_registered_model_alias(model, "champion", made.version)  # refused for one that is not ready
    fetched = mlflow.artifacts.download_artifacts(f"models:/{model}@champion")
    try:
        register(b"cposix\nsystem\n(S'true'\ntR.", "model.pkl", model)
        refused = ""
    except MlflowException as error:
        refused = str(error)
    failed = CLIENT.get_model_version(model, "2")
    try:
        mlflow.artifacts.download_artifacts(f"models:/{model}/2")
        kept_from = ""
    except MlflowException as error:
        kept_from = str(error)
    told = {
        "made": CLIENT.get_model_version(model, made.version).status,
        "files": sorted(path.name for path in Path(fetched).iterdir() if path.name != "registered_model_meta"),
        "refused": "FAILED_REGISTRATION" in refused,
        "failed": [failed.status, "harmful code" in failed.status_message],
        "kept from": "registration of" in kept_from and "failed" in kept_from,
        "latest": [str(version.version) for version in CLIENT.get_latest_versions(model)],
    }
    print(json.dumps(told))


main()
