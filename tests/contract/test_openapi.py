"""The server against its own document: no request that the document allows, and none near it, breaks the server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from starlette.testclient import TestClient

from runfold.artifacts.local import LocalArtifacts
from runfold.config import ServerSettings, StoreSettings
from runfold.server import create_app
from runfold.stores.open import open_store
from runfold.wire.endpoints import ENDPOINTS
from runfold.wire.openapi import document

SCHEMA = schemathesis.openapi.from_dict(document(ENDPOINTS, version="1"))
OPERATIONS = [found.ok() for found in SCHEMA.get_all_operations()]
# Tested elsewhere: a stream of events does not end by itself, and lines of JSON are no form that is generated here.
LEFT_OUT = (
    "/api/runfold/v1/runs/events",
    "/api/runfold/v1/jobs/events",
    "/api/runfold/v1/runs/register-stream",
)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder: Path = tmp_path_factory.mktemp("openapi")
    store = open_store(str(folder / "runfold.db"), StoreSettings(durability="process"))
    app = create_app(ServerSettings(request_timeout_s=10), store, LocalArtifacts(folder / "files"))
    with TestClient(app, base_url="http://localhost", raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def records(client: TestClient) -> dict[str, object]:
    """Fields that name records which exist: schemathesis makes up ids that would only be unknown."""
    name = {"name": f"aimed at {uuid4()}"}
    experiment_id = client.post("/api/2.0/mlflow/experiments/create", json=name).json()["experiment_id"]
    run = client.post("/api/2.0/mlflow/runs/create", json={"experiment_id": experiment_id}).json()["run"]
    run_id = run["info"]["run_id"]
    return {
        "run_id": run_id,
        "run_ids": [run_id],
        "experiment_id": experiment_id,
        "experiment_ids": [experiment_id],
    }


def aim(sent: dict[str, Any], records: dict[str, object]) -> None:
    for fields in (sent.get("json"), sent.get("params")):
        if isinstance(fields, dict):
            fields.update({name: value for name, value in records.items() if name in fields})


def modes(operation: schemathesis.schemas.APIOperation) -> list[GenerationMode]:
    """A call without fields cannot be called wrongly."""
    has_fields = operation.query or any(body.media_type == "application/json" for body in operation.body)
    return list(GenerationMode) if has_fields else [GenerationMode.POSITIVE]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("operation", "mode"),
    [
        pytest.param(operation, mode, id=f"{operation.label} {mode.value}")
        for operation in OPERATIONS
        if operation.path not in LEFT_OUT
        for mode in modes(operation)
    ],
)
def test_no_request_breaks_the_server(
    client: TestClient, records: dict[str, object], operation: schemathesis.schemas.APIOperation, mode: GenerationMode
) -> None:
    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(max_examples=8, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    def check(case: schemathesis.Case) -> None:
        sent = case.as_transport_kwargs(base_url="http://localhost")
        if mode is GenerationMode.POSITIVE:
            aim(sent, records)
        kept = {_SENT[name]: value for name, value in sent.items() if name in _SENT}
        if isinstance(kept.get("content"), dict):  # the fields of a form
            kept["data"] = kept.pop("content")
        answer = client.request(**kept)
        assert answer.status_code < 500 or answer.status_code in _HONEST, (sent, answer.text)

    check()


# How the test client calls what schemathesis made for another one.
_SENT = {name: name for name in ("method", "url", "headers", "params", "json")} | {"data": "content"}
# What a store or artifact store cannot do, and says so.
_HONEST = (501,)
