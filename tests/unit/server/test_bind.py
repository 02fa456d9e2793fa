from __future__ import annotations

import dataclasses
from typing import Any

import msgspec
import pytest
from starlette.testclient import TestClient
from starlette.types import Scope

from runfold.errors import PermissionDenied
from runfold.server.app import ANSWERS, HANDLERS
from runfold.server.bind import table_route
from runfold.server.services import Services
from runfold.wire.endpoints import ENDPOINTS, Body, Endpoint


def test_a_row_without_a_function_does_not_start(client: TestClient) -> None:
    services = client.app.state.services  # type: ignore[attr-defined]
    answers = {name: answer for name, answer in ANSWERS.items() if name != "mlflow:runs/create"}
    with pytest.raises(LookupError, match="mlflow:runs/create"):
        table_route(ENDPOINTS, answers, HANDLERS, services)


def test_a_row_without_a_permission_does_not_start(client: TestClient) -> None:
    services = client.app.state.services  # type: ignore[attr-defined]
    open_row = msgspec.structs.replace(ENDPOINTS[0], permission=None)
    with pytest.raises(LookupError, match="names no permission"):
        table_route([open_row, *ENDPOINTS[1:]], ANSWERS, HANDLERS, services)


class ReadersOnly:
    """An access check that lets nobody change anything."""

    async def admit(self, scope: Scope, endpoint: Endpoint, services: Services) -> Services:
        if endpoint.is_write:
            raise PermissionDenied(endpoint.name)
        return services

    def close(self) -> None:
        return


def test_no_call_that_writes_passes_by_the_access_check(client: TestClient) -> None:
    services = dataclasses.replace(client.app.state.services, access=ReadersOnly())  # type: ignore[attr-defined]
    client.app.router.routes[:] = [table_route(ENDPOINTS, ANSWERS, HANDLERS, services)]  # type: ignore[attr-defined]
    passed = [
        (method, path)
        for endpoint in ENDPOINTS
        if endpoint.is_write
        for method in endpoint.methods
        for path in endpoint.paths
        if send_sample(client, endpoint, method, path) != 403
    ]
    assert passed == []


def send_sample(client: TestClient, endpoint: Endpoint, method: str, path: str) -> int:
    sample = sample_of(msgspec.inspect.type_info(endpoint.request))
    kind = {} if endpoint.sends is Body.FILE else {"Content-Type": endpoint.sends.value}
    query = sample if endpoint.sends is Body.FILE else {}
    body = msgspec.json.encode(sample)
    return client.request(method, path.replace("{path}", "a/b"), content=body, params=query, headers=kind).status_code


def sample_of(info: msgspec.inspect.Type) -> Any:
    """A value of a type, with required fields alone."""
    match info:
        case msgspec.inspect.StructType(fields=fields):
            return {field.encode_name: sample_of(field.type) for field in fields if field.required}
        case msgspec.inspect.ListType() | msgspec.inspect.VarTupleType():
            return []
        case msgspec.inspect.DictType():
            return {}
        case msgspec.inspect.EnumType(cls=cls):
            return next(iter(cls)).value
        case msgspec.inspect.UnionType(types=types):
            return sample_of(types[0])
        case msgspec.inspect.BoolType():
            return True
        case msgspec.inspect.IntType() | msgspec.inspect.FloatType():
            return 1
        case msgspec.inspect.BytesType():
            return ""
    return "x"


def test_a_function_without_a_row_does_not_start(client: TestClient) -> None:
    services = client.app.state.services  # type: ignore[attr-defined]
    with pytest.raises(LookupError, match="runs/forgotten"):
        table_route(ENDPOINTS, ANSWERS | {"runs/forgotten": ANSWERS["runs/get"]}, HANDLERS, services)


def test_calls_of_one_path_are_told_apart_by_method(client: TestClient) -> None:
    place = "/api/2.0/mlflow-artifacts/artifacts/0/r/artifacts/x"
    assert [client.put(place, content=b"1").status_code, client.get(place).text] == [200, "1"]
    assert client.post(place).status_code == 405


def test_a_trailing_slash_is_another_path(client: TestClient) -> None:
    assert client.get("/api/2.0/mlflow/runs/get/").status_code == 404
