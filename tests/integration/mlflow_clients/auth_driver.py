"""Uses MLflow's `AuthServiceClient`, in its own environment, and prints what it was told as JSON.

The credentials in the environment are an administrator's; `experiment` and `model` exist.
"""

import json
import os
import sys
from collections.abc import Callable
from contextlib import contextmanager

import mlflow
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException
from mlflow.server.auth.client import AuthServiceClient

PASSWORD = "a long password"


def main() -> None:
    uri, experiment, model = sys.argv[1:]
    client = AuthServiceClient(uri)
    made = client.create_user("ben", PASSWORD)
    told = {"made": [made.username, made.is_admin], "taken": code(lambda: client.create_user("ben", PASSWORD))}
    has_one_family = hasattr(client, "grant_user_permission")
    told["permissions"] = (one_family if has_one_family else two_families)(client, experiment, model)
    client.update_user_admin("ben", True)
    told["admin"] = client.get_user("ben").is_admin
    client.update_user_admin("ben", False)
    client.update_user_password("ben", PASSWORD + "2")
    told["passwords"] = [as_ben(lambda: AuthServiceClient(uri).get_user("ben").username, word) for word in ("", "2")]
    told["short"] = code(lambda: client.create_user("eve", "short"))
    client.delete_user("ben")
    told["gone"] = [code(lambda: client.get_user("ben")), code(lambda: client.delete_user("ben"))]
    print(json.dumps(told))


def two_families(client: AuthServiceClient, experiment: str, model: str) -> list[object]:
    """As it was up to MLflow 3.7: one for each kind of record."""
    found = []
    steps = [
        lambda: client.create_experiment_permission(experiment, "ben", "READ"),
        lambda: client.create_registered_model_permission(model, "ben", "READ"),
        lambda: client.update_experiment_permission(experiment, "ben", "EDIT"),
        lambda: client.update_registered_model_permission(model, "ben", "EDIT"),
        lambda: client.update_experiment_permission(experiment, "ben", "NO_PERMISSIONS"),
        lambda: client.delete_registered_model_permission(model, "ben"),
    ]
    found.append(may(experiment, model))
    for number, step in enumerate(steps, start=1):
        step()
        if number % 2 == 0:
            found.append(may(experiment, model))
    kept = client.get_experiment_permission(experiment, "ben").permission
    return [*found, kept, code(lambda: client.get_registered_model_permission(model, "ben"))]


def one_family(client: AuthServiceClient, experiment: str, model: str) -> list[object]:
    both = (("experiment", experiment), ("registered_model", model))
    found = [may(experiment, model)]
    for word in ("READ", "EDIT"):
        for kind, key in both:
            client.grant_user_permission("ben", kind, key, word)
        found.append(may(experiment, model))
    client.grant_user_permission("ben", "experiment", experiment, "DENY")
    client.revoke_user_permission("ben", "registered_model", model)
    found.append(may(experiment, model))
    effective = [client.get_user_permission("ben", kind, key) for kind, key in both]
    kept = {(result.allowed, result.permission) for result in effective}
    assert kept == {(False, "NO_PERMISSIONS")}, kept
    assert code(lambda: client.grant_user_permission("ben", "gateway_secret", "x", "READ")) == "INVALID_PARAMETER_VALUE"
    return [*found, "NO_PERMISSIONS", code(lambda: client.revoke_user_permission("ben", "registered_model", model))]


def may(experiment: str, model: str) -> list[str]:
    """What ben is told who reads and writes the two."""
    client = MlflowClient()
    calls = [
        lambda: client.get_experiment(experiment).name,
        lambda: client.set_experiment_tag(experiment, "k", "v"),
        lambda: client.get_registered_model(model).name,
        lambda: client.set_registered_model_tag(model, "k", "v"),
    ]
    return [as_ben(call) for call in calls]


def as_ben(call: Callable[[], object], word: str = "") -> str:
    with signed_in("ben", PASSWORD + word):
        return code(call)


@contextmanager
def signed_in(user: str, password: str):  # type: ignore[no-untyped-def]
    names = ("MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD")
    before = [os.environ[name] for name in names]
    os.environ.update(zip(names, (user, password), strict=True))
    try:
        yield
    finally:
        os.environ.update(zip(names, before, strict=True))


def code(call: Callable[[], object]) -> str:
    try:
        call()
    except MlflowException as error:
        return error.error_code
    return "done"


if __name__ == "__main__":
    mlflow.set_tracking_uri(sys.argv[1])
    main()
