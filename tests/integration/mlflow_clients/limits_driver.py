"""What a training script with MLflow sees at its limits. Run by `test_limits` with a real client; prints JSON.

Arguments: address of the server, id of an experiment, and a token each of users with a quota of one run, of 1,000
bytes, of 20 points, and of 5 requests a second.
"""

import json
import os
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

import mlflow
from mlflow.exceptions import MlflowException

DEADLINE_S = 60
MANY = 70


def begin(token, experiment):
    os.environ["MLFLOW_TRACKING_TOKEN"] = token
    return mlflow.start_run(experiment_id=experiment)


def said_by(call):
    try:
        call()
    except Exception as error:
        return [isinstance(error, MlflowException), str(error)]
    return []


def at_the_quota_of_runs(token, experiment):
    with begin(token, experiment):
        pass
    start_s = time.monotonic()
    refused = said_by(lambda: begin(token, experiment))
    return {"refused": refused, "at once": time.monotonic() - start_s < DEADLINE_S / 2}


def at_the_quota_of_bytes(token, experiment):
    with begin(token, experiment) as run, tempfile.TemporaryDirectory() as folder:
        mlflow.log_text("small", "small.txt")
        large = Path(folder) / "large.bin"
        large.write_bytes(b"x" * 30_000_000)
        refused = said_by(lambda: mlflow.log_artifact(str(large)))
        mlflow.log_metric("loss", 1.0)
        mlflow.log_text("small again", "small.txt")
    files = [file.path for file in mlflow.MlflowClient().list_artifacts(run.info.run_id)]
    return {"refused": refused, "files": files, "status": mlflow.get_run(run.info.run_id).info.status}


def at_the_quota_of_points(token, experiment):
    """Points that were answered with success are there, whatever came after them."""
    taken, refused = 0, []
    with begin(token, experiment) as run:
        deadline_s = time.monotonic() + DEADLINE_S
        while not refused and time.monotonic() < deadline_s:
            refused = said_by(partial(mlflow.log_metric, "loss", 1.0, step=taken))
            taken += not refused
        mlflow.log_param("lr", "0.1")
        mlflow.set_tag("still", "written")
    found = mlflow.get_run(run.info.run_id)
    kept = mlflow.MlflowClient().get_metric_history(run.info.run_id, "loss")
    return {
        "refused": refused,
        "lost": taken - len(kept),
        "over": len(kept) >= 20,
        "params": found.data.params,
        "status": found.info.status,
    }


def at_the_limit_of_requests(token, experiment):
    with begin(token, experiment) as run:
        for step in range(MANY):
            mlflow.log_metric("loss", 1.0, step=step)
    return {"kept": len(mlflow.MlflowClient().get_metric_history(run.info.run_id, "loss"))}


def main():
    uri, experiment, *tokens = sys.argv[1:]
    mlflow.set_tracking_uri(uri)
    scenes = [at_the_quota_of_runs, at_the_quota_of_bytes, at_the_quota_of_points, at_the_limit_of_requests]
    print(json.dumps({scene.__name__: scene(token, experiment) for scene, token in zip(scenes, tokens, strict=True)}))


main()
