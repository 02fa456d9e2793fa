"""Writes the table of calls as an OpenAPI 3.1 document."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import msgspec

from runfold.wire.endpoint import Body, Endpoint, path_fields
from runfold.wire.errors import ErrorBody
from runfold.wire.messages.base import Empty

_REF = "#/components/schemas/{name}"


def document(endpoints: Sequence[Endpoint], *, version: str, prefix: str = "") -> dict[str, Any]:
    """The document; each call appears once, at its first path.

    Args:
        version: of this release.
        prefix: what the server puts in front of every path.
    """
    kinds: list[type[msgspec.Struct]] = [ErrorBody]
    kinds += [kind for endpoint in endpoints for kind in (endpoint.request, endpoint.reply)]
    kinds = list(dict.fromkeys(kinds))
    schemas, components = msgspec.json.schema_components(kinds, ref_template=_REF)
    schema_of = dict(zip(kinds, schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in endpoints:
        operations = paths.setdefault(prefix + endpoint.paths[0], {})
        for method in endpoint.methods:
            operations[method.lower()] = _operation(endpoint, method, schema_of, components)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Runfold", "version": version},
        "paths": paths,
        "components": {"schemas": components},
    }


def operation_id(endpoint: Endpoint, method: str) -> str:
    words = re.findall(r"[a-z0-9]+", endpoint.name.lower().replace(method.lower() + " ", " "))
    if len(endpoint.methods) > 1 or endpoint.shares_path or endpoint.name.startswith("mlflow-artifacts:"):
        words.append(method.lower())
    return "_".join(words)


def _operation(
    endpoint: Endpoint, method: str, schema_of: dict[type[msgspec.Struct], Any], components: dict[str, Any]
) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": operation_id(endpoint, method),
        "summary": endpoint.summary,
        "tags": [endpoint.path.split("/")[0]],
        "x-permission": endpoint.permission.value,
        "responses": {str(endpoint.status): _answer(endpoint, schema_of), "default": _error(schema_of)},
    }
    in_path = path_fields(endpoint.path)
    parameters = [_PATH_PARAMETER] if "{path}" in endpoint.path else []
    parameters += [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in in_path]
    if method == "GET" or endpoint.sends not in _WITH_FIELDS:
        parameters += [one for one in _query_parameters(endpoint.request, components) if one["name"] not in in_path]
    elif endpoint.request is not Empty:
        operation["requestBody"] = {
            "required": True,
            "content": {endpoint.sends.value: {"schema": schema_of[endpoint.request]}},
        }
    if endpoint.sends not in _WITH_FIELDS:
        binary = {"schema": {"type": "string", "format": "binary"}}
        operation["requestBody"] = {"required": True, "content": {endpoint.sends.value: binary}}
    if parameters:
        operation["parameters"] = parameters
    return operation


# The fields of the request stand in the body.
_WITH_FIELDS = (Body.JSON, Body.FORM)
_PATH_PARAMETER = {
    "name": "path",
    "in": "path",
    "required": True,
    "schema": {"type": "string"},
    "description": "Where the file lies; it may hold further slashes.",
}


def _answer(endpoint: Endpoint, schema_of: dict[type[msgspec.Struct], Any]) -> dict[str, Any]:
    if endpoint.answers in (Body.FILE, Body.TEXT):
        content: dict[str, Any] = {endpoint.answers.value: {"schema": {"type": "string"}}}
    else:
        content = {endpoint.answers.value: {"schema": schema_of[endpoint.reply]}}
    return {"description": "Done.", "content": content}


def _error(schema_of: dict[type[msgspec.Struct], Any]) -> dict[str, Any]:
    return {
        "description": "Not done; `error_code` says what kind of fault it is, `message` what happened.",
        "content": {Body.JSON.value: {"schema": schema_of[ErrorBody]}},
    }


def _query_parameters(kind: type[msgspec.Struct], components: dict[str, Any]) -> list[dict[str, Any]]:
    properties = components[kind.__name__]["properties"] if kind.__name__ in components else {}
    required = components.get(kind.__name__, {}).get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": schema}
        for name, schema in properties.items()
    ]
