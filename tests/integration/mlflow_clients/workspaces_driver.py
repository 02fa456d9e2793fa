"""Uses workspaces through the real `mlflow` client, in its own environment, and prints what it was told as JSON."""

import json
from collections.abc import Callable

import mlflow
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException


def main() -> None:
    made = mlflow.create_workspace("vision", description="d")
    mlflow.set_workspace("vision")
    experiment = mlflow.set_experiment("wine")
    with mlflow.start_run() as run:
        mlflow.log_metric("m", 1.0)
        mlflow.log_text("hello", "note.txt")
    client = MlflowClient()
    client.create_registered_model("churn")
    told = {"made": [made.name, made.description], "experiment": experiment.workspace, "inside": names(client)}
    told["text"] = mlflow.artifacts.load_text(f"{run.info.artifact_uri}/note.txt")
    mlflow.set_workspace("default")
    told["outside"] = names(MlflowClient())
    told["run by id"] = MlflowClient().get_run(run.info.run_id).data.metrics
    told["changed"] = mlflow.update_workspace("vision", description="e").description
    mlflow.create_workspace("speech")
    mlflow.delete_workspace("speech")
    told["listed"] = [one.name for one in mlflow.list_workspaces()]
    told["absent"] = code(lambda: mlflow.get_workspace("speech"))
    told["taken"] = code(lambda: mlflow.create_workspace("vision"))
    told["held"] = code(lambda: mlflow.delete_workspace("vision"))
    mlflow.set_workspace("default")
    mlflow.delete_workspace("vision", mode="SET_DEFAULT")
    told["moved"] = names(MlflowClient())
    mlflow.create_workspace("audio")
    mlflow.set_workspace("audio")
    mlflow.create_experiment("wine")
    mlflow.set_workspace("default")
    mlflow.delete_workspace("audio", mode="CASCADE")
    told["left"] = [one.name for one in mlflow.list_workspaces()]
    mlflow.set_workspace("speech")
    told["nowhere"] = code(lambda: MlflowClient().search_experiments())
    print(json.dumps(told))


def names(client: MlflowClient) -> list[list[str]]:
    return [[one.name for one in found] for found in (client.search_experiments(), client.search_registered_models())]


def code(work: Callable[[], object]) -> str:
    try:
        work()
    except MlflowException as error:
        return str(error.error_code)
    return ""


main()
