"""What is registered stays as it is, whichever way somebody tries to change it."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from runfold.config import ServerSettings

MLMODEL = b"flavors:\n  python_function:\n    loader_module: somewhere\n"
PROXY = "/api/2.0/mlflow-artifacts/artifacts"


def put(client: TestClient, run_id: str, path: str, content: bytes = b"x") -> int:
    answer = client.put(f"{PROXY}/0/{run_id}/artifacts/{path}", content=content, headers={"X-Runfold-Upload": "1"})
    return answer.status_code


def delete(client: TestClient, run_id: str, path: str) -> int:
    return client.request("DELETE", f"{PROXY}/0/{run_id}/artifacts/{path}").status_code


def register(client: TestClient, run_id: str, path: str = "models/tree", name: str = "churn") -> None:
    client.post("/api/2.0/mlflow/registered-models/create", json={"name": name})
    source = f"runs:/{run_id}/{path}"
    body = {"name": name, "source": source, "run_id": run_id}
    assert client.post("/api/2.0/mlflow/model-versions/create", json=body).status_code == 200


@pytest.fixture
def registered(client: TestClient, run_id: str) -> str:
    """A run with a registered model of two files, and other files beside it."""
    for path in ("models/tree/MLmodel", "models/tree/data/weights", "models/treehouse", "notes.txt"):
        assert put(client, run_id, path, MLMODEL) == 200
    register(client, run_id)
    return run_id


@pytest.mark.parametrize("path", ["models/tree/MLmodel", "models/tree/data/weights", "models/tree/new/file"])
def test_files_of_a_version_are_neither_replaced_nor_added_nor_deleted(
    client: TestClient, registered: str, path: str
) -> None:
    assert put(client, registered, path) == 400
    assert delete(client, registered, path) == 400


def test_the_refusal_names_the_version_and_what_to_do(client: TestClient, registered: str) -> None:
    answer = client.put(f"{PROXY}/0/{registered}/artifacts/models/tree/MLmodel", content=b"x")

    assert answer.json()["error_code"] == "INVALID_STATE"
    assert "version 1 of 'churn'" in answer.json()["message"]
    assert "Log another model" in answer.json()["message"]


@pytest.mark.parametrize("path", ["models/tree", "models"])
def test_a_folder_that_holds_a_version_is_not_deleted(client: TestClient, registered: str, path: str) -> None:
    assert delete(client, registered, path) == 400
    assert client.get("/model-versions/get-artifact?name=churn&version=1&path=MLmodel").status_code == 200


def test_other_files_of_the_run_may_change(client: TestClient, registered: str) -> None:
    assert put(client, registered, "models/treehouse") == 200
    assert put(client, registered, "models/tree2/MLmodel") == 200
    assert put(client, registered, "notes.txt") == 200
    assert delete(client, registered, "models/treehouse") == 200
    assert delete(client, registered, "models/tree2") == 200


def test_the_calls_that_name_a_run_refuse_as_well(client: TestClient, registered: str) -> None:
    answers = [
        client.post("/api/runfold/v1/artifacts/delete", json={"run_id": registered, "path": "models"}),
        client.post(
            f"/ajax-api/2.0/mlflow/upload-artifact?run_id={registered}&path=models/tree/MLmodel",
            content=b"x",
            headers={"Content-Type": "application/octet-stream"},
        ),
        client.post(
            "/api/2.0/mlflow/artifacts/presigned-upload-url", json={"run_id": registered, "path": "models/tree/x"}
        ),
        client.post(
            f"/api/2.0/mlflow-artifacts/mpu/create/0/{registered}/artifacts/models/tree",
            json={"path": "MLmodel", "num_parts": 1},
        ),
        client.post(
            f"/api/2.0/mlflow-artifacts/mpu/complete/0/{registered}/artifacts/models/tree",
            json={"path": "MLmodel", "upload_id": "u", "parts": []},
        ),
    ]

    assert [answer.json()["error_code"] for answer in answers] == ["INVALID_STATE"] * 5


def test_after_the_version_is_deleted_its_files_may_go(client: TestClient, registered: str) -> None:
    client.request("DELETE", "/api/2.0/mlflow/model-versions/delete", json={"name": "churn", "version": "1"})

    assert delete(client, registered, "models/tree") == 200


def test_files_of_a_registered_logged_model_stay_too(client: TestClient) -> None:
    model = client.post("/api/2.0/mlflow/logged-models", json={"experiment_id": "0"}).json()["model"]["info"]
    path = model["artifact_uri"].removeprefix("mlflow-artifacts:/").rstrip("/")
    assert client.put(f"{PROXY}/{path}/MLmodel", content=MLMODEL).status_code == 200
    client.post("/api/2.0/mlflow/registered-models/create", json={"name": "churn"})
    body = {"name": "churn", "source": f"models:/{model['model_id']}", "model_id": model["model_id"]}
    assert client.post("/api/2.0/mlflow/model-versions/create", json=body).status_code == 200

    assert client.put(f"{PROXY}/{path}/MLmodel", content=b"x").status_code == 400


def test_a_run_is_not_purged_while_a_version_needs_its_files(client: TestClient, registered: str) -> None:
    client.post("/api/2.0/mlflow/runs/delete", json={"run_id": registered})

    named = client.post("/api/runfold/v1/purge", json={"run_ids": [registered], "dry_run": False})
    everything = client.post("/api/runfold/v1/purge", json={"dry_run": False}).json()

    assert named.json()["error_code"] == "INVALID_STATE"
    assert (everything["n_runs"], everything["n_held"]) == (0, 1)
    assert client.get("/model-versions/get-artifact?name=churn&version=1&path=MLmodel").status_code == 200


def test_the_files_of_logged_models_go_with_their_experiment(client: TestClient, tmp_path: Path) -> None:
    experiment = client.post("/api/2.0/mlflow/experiments/create", json={"name": "e"}).json()["experiment_id"]
    model = client.post("/api/2.0/mlflow/logged-models", json={"experiment_id": experiment}).json()["model"]["info"]
    path = model["artifact_uri"].removeprefix("mlflow-artifacts:/").rstrip("/")
    client.put(f"{PROXY}/{path}/MLmodel", content=MLMODEL)
    client.post("/api/2.0/mlflow/experiments/delete", json={"experiment_id": experiment})

    purged = client.post("/api/runfold/v1/purge", json={"experiment_ids": [experiment], "dry_run": False}).json()

    assert (purged["n_experiments"], purged["n_models"], purged["n_files"]) == (1, 1, 1)
    assert not (tmp_path / "files" / path).exists()
    assert client.get(f"/api/2.0/mlflow/logged-models/{model['model_id']}").status_code == 404


def test_who_registers_the_whole_store_closes_nothing(client: TestClient, run_id: str) -> None:
    client.post("/api/2.0/mlflow/registered-models/create", json={"name": "all"})
    for source in ("mlflow-artifacts:/", "mlflow-artifacts:/0", f"mlflow-artifacts:/0/{run_id}"):
        client.post("/api/2.0/mlflow/model-versions/create", json={"name": "all", "source": source})

    assert put(client, run_id, "notes.txt") == 200


class TestFilesBelowARootThatClientsReach:
    """The same when records name a folder of the machine."""

    @pytest.fixture
    def settings(self, tmp_path: Path) -> ServerSettings:
        return ServerSettings(default_artifact_root=f"file://{tmp_path}/shared")

    def test_files_of_a_version_stay(self, client: TestClient, run_id: str, tmp_path: Path) -> None:
        run = client.get(f"/api/2.0/mlflow/runs/get?run_id={run_id}").json()["run"]["info"]
        folder = Path(run["artifact_uri"].removeprefix("file://")) / "model"
        assert folder.is_relative_to(tmp_path / "shared")
        folder.mkdir(parents=True)
        (folder / "MLmodel").write_text(MLMODEL.decode())
        client.post("/api/2.0/mlflow/registered-models/create", json={"name": "churn"})
        body = {"name": "churn", "source": str(folder), "run_id": run_id}
        assert client.post("/api/2.0/mlflow/model-versions/create", json=body).status_code == 200

        answer = client.post("/api/runfold/v1/artifacts/delete", json={"run_id": run_id, "path": "model/MLmodel"})

        assert answer.json()["error_code"] == "INVALID_STATE"
