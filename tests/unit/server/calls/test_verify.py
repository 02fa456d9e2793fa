"""Reading the files of a version again."""

from __future__ import annotations

from pathlib import Path

from starlette.testclient import TestClient

DOCUMENT = b"flavors:\n  python_function:\n    loader_module: none\n"


def _registered(client: TestClient, run_id: str) -> str:
    """The path of a model's folder, which is version 1 of `churn`."""
    folder = f"0/{run_id}/artifacts/model"
    for name, content in (("MLmodel", DOCUMENT), ("weights.bin", b"1234")):
        client.put(f"/api/2.0/mlflow-artifacts/artifacts/{folder}/{name}", content=content)
    client.post("/api/2.0/mlflow/registered-models/create", json={"name": "churn"})
    body = {"name": "churn", "source": f"mlflow-artifacts:/{folder}", "run_id": run_id}
    assert client.post("/api/2.0/mlflow/model-versions/create", json=body).status_code == 200
    return folder


def _verify(client: TestClient) -> dict[str, object]:
    answer = client.post("/api/runfold/v1/model-versions/verify", json={"name": "churn", "version": 1})
    assert answer.status_code == 200, answer.text
    found: dict[str, object] = answer.json()
    return found


def test_files_that_are_as_they_were_are_unchanged(client: TestClient, run_id: str) -> None:
    _registered(client, run_id)
    found = _verify(client)
    assert found["is_unchanged"] is True
    assert found["found"] == found["registered"]


def test_a_change_is_found_even_where_the_document_can_no_longer_be_read(
    client: TestClient, run_id: str, tmp_path: Path
) -> None:
    folder = _registered(client, run_id)
    (tmp_path / "files" / folder / "MLmodel").write_text("flavors: {}\n")
    (tmp_path / "files" / folder / "more.bin").write_bytes(b"!")
    found = _verify(client)
    assert found["is_unchanged"] is False
    assert (found["registered"]["n_files"], found["found"]["n_files"]) == (2, 3)  # type: ignore[index]
