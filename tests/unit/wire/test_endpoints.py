"""The table holds together: names are unique, permissions are given, store methods exist."""

from __future__ import annotations

from collections import Counter

import msgspec
import pytest

from runfold.stores.base import TrackingStore
from runfold.wire.endpoints import ENDPOINTS, Endpoint, Family, Permission
from runfold.wire.openapi import document, operation_id

WRITES = ("create", "update", "delete", "restore", "log", "set", "register", "move", "save", "purge", "rename")
LETS_IN = {"setup", "sessions/create", "invitations/accept", "oidc/start", "oidc/callback", "oidc/logout"} | {
    *("programs/ask", "programs/collect"),
}
"""What nobody can have been let in for yet: it takes a code, a password, or the word of a provider."""


def test_names_and_operation_ids_are_unique() -> None:
    operations = [operation_id(endpoint, method) for endpoint in ENDPOINTS for method in endpoint.methods]
    for names in ([endpoint.name for endpoint in ENDPOINTS], operations):
        assert [name for name, n in Counter(names).items() if n > 1] == []


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.name)
def test_a_row_names_a_method_of_the_store(endpoint: Endpoint) -> None:
    assert not endpoint.store or hasattr(TrackingStore, endpoint.store)


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.name)
def test_nothing_that_writes_is_open_to_readers(endpoint: Endpoint) -> None:
    last_word = endpoint.path.rsplit("/", 1)[-1]
    if endpoint.name in LETS_IN:
        return
    if endpoint.store.startswith(WRITES) or last_word.split("-")[0] in WRITES or "PUT" in endpoint.methods:
        assert endpoint.is_write


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.name)
def test_nothing_changes_by_get(endpoint: Endpoint) -> None:
    assert not (endpoint.store.startswith(WRITES) and "GET" in endpoint.methods)
    assert not (endpoint.permission in (Permission.EDIT, Permission.MANAGE) and "GET" in endpoint.methods)


def test_only_the_server_itself_is_public() -> None:
    public = {endpoint.path for endpoint in ENDPOINTS if endpoint.permission is Permission.PUBLIC}
    assert public - LETS_IN == {"health", "ready", "version", "openapi.json", "server/info", "server-info"}


def test_every_store_method_can_be_reached() -> None:
    methods = {name for name in dir(TrackingStore) if not name.startswith("_")}
    # The same work twice: with and without waiting for it.
    twins = {"log_batch", "submit_run", "submit_update"}
    # A server checks a run when it is sent, so nobody asks it to beforehand.
    assert methods - {endpoint.store for endpoint in ENDPOINTS} - twins == {
        "check_run",
        "close",
        "load",
        "in_workspace",
    }


def test_mlflow_calls_are_found_under_both_prefixes() -> None:
    [row] = [endpoint for endpoint in ENDPOINTS if endpoint.name == "mlflow:runs/create"]
    assert row.family is Family.MLFLOW
    assert row.paths == ("/api/2.0/mlflow/runs/create", "/ajax-api/2.0/mlflow/runs/create")


def test_the_openapi_document_names_every_call_and_resolves_every_schema() -> None:
    text = msgspec.json.encode(document(ENDPOINTS, version="1", prefix="/below")).decode()
    written = msgspec.json.decode(text)
    assert sum(len(operations) for operations in written["paths"].values()) == sum(len(e.methods) for e in ENDPOINTS)
    assert all(path.startswith("/below/") for path in written["paths"])
    schemas = written["components"]["schemas"]
    for part in text.split('"#/components/schemas/')[1:]:
        assert part.split('"')[0] in schemas
