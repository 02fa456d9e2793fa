from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from runfold.artifacts.local import LocalArtifacts
from runfold.config import ServerSettings, StoreSettings
from runfold.server import create_app
from runfold.stores.open import open_store


@pytest.fixture
def settings() -> ServerSettings:
    return ServerSettings()


@pytest.fixture
def anyio_backend() -> str:
    """The loop that the server runs in."""
    return "asyncio"


@pytest.fixture
def client(settings: ServerSettings, tmp_path: Path) -> Iterator[TestClient]:
    """A server over a new SQLite store and a new folder of files, in this process."""
    store = open_store(
        str(tmp_path / "runfold.db"),
        StoreSettings(durability="process"),
        artifact_root=settings.default_artifact_root,
    )
    app = create_app(settings, store, LocalArtifacts(tmp_path / "files"))
    with TestClient(app, base_url="http://localhost", raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def run_id(client: TestClient) -> str:
    answer = client.post("/api/2.0/mlflow/runs/create", json={"experiment_id": "0", "start_time": 1})
    created: str = answer.json()["run"]["info"]["run_id"]
    return created
