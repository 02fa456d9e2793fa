"""Sends the cases of `cases/` to a server; `README.md` says how they read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
import pytest
from starlette.testclient import TestClient

from runfold.artifacts.local import LocalArtifacts
from runfold.config import ServerSettings, StoreSettings
from runfold.server import create_app
from runfold.stores.open import open_store
from runfold.wire.access_endpoints import ACCESS_ENDPOINTS
from runfold.wire.audit_endpoints import AUDIT_ENDPOINTS
from runfold.wire.endpoint import Body, Endpoint
from runfold.wire.endpoints import ENDPOINTS

CASES = Path(__file__).with_name("cases")
DOCUMENTS = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(CASES.glob("*.json"))}
# Their bodies are no JSON documents; tests/unit/server has them.
STREAMS = {
    "/api/runfold/v1/runs/events",
    "/api/runfold/v1/jobs/events",
    "/api/runfold/v1/runs/register-stream",
}

ABOUT_USERS = {
    "name": "ada",
    "username": "ada",
    "password": "correct horse battery",
    "code": "0" * 32,
    "is_admin": False,
    "members": ["ada"],
    "token_id": "1",
    "scope": "read",
    "subject": "user:ada",
    "place": "experiment:0",
    "role": "reader",
    "experiment_id": "0",
    "permission": "READ",
    "resource_type": "experiment",
    "resource_id": "0",
    "logout_token": "e30.e30.e30",
}

_VARIABLE = re.compile(r"\$\{(\w+)(?:\*(\d+))?\}")


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    store = open_store(str(tmp_path / "runfold.db"), StoreSettings(durability="process"))
    app = create_app(ServerSettings(), store, LocalArtifacts(tmp_path / "files"))
    with TestClient(app, base_url="http://localhost", raise_server_exceptions=False) as client:
        yield client


@pytest.mark.parametrize(
    ("call", "case"),
    [
        pytest.param(document["call"], case, id=f"{name}: {case['name']}"[:120])
        for name, document in DOCUMENTS.items()
        for case in document["cases"]
    ],
)
def test_the_server_answers_as_the_case_says(client: TestClient, call: str, case: dict[str, Any]) -> None:
    variables: dict[str, object] = {}
    for step in [*case.get("given", ()), {"call": call, **case}, *case.get("then", ())]:
        check_step(client, step, variables)


def test_every_call_has_cases() -> None:
    covered = {document["call"].partition(" ")[2] for document in DOCUMENTS.values()}
    assert {endpoint.paths[0] for endpoint in ENDPOINTS} - covered == STREAMS | {
        row.paths[0] for row in ACCESS_ENDPOINTS + AUDIT_ENDPOINTS
    }


@pytest.mark.parametrize("endpoint", ACCESS_ENDPOINTS, ids=lambda endpoint: endpoint.paths[0])
def test_a_server_without_users_answers_no_call_about_them(client: TestClient, endpoint: Endpoint) -> None:
    """`tests/unit/server/access` asks a server that has users."""
    needed = {field.encode_name for field in msgspec.structs.fields(endpoint.request) if field.required}
    sent = {name: value for name, value in ABOUT_USERS.items() if name in needed}
    method = endpoint.methods[0]
    if endpoint.sends is Body.FORM:
        answer = client.post(endpoint.paths[0], data=sent)
    else:
        answer = send(client, method, endpoint.paths[0], *((sent, None) if method == "GET" else (None, sent)), None)
    assert (answer.status_code, answer.json()["error_code"]) == (501, "NOT_IMPLEMENTED")
    assert "--auth" in answer.json()["message"]


def check_step(client: TestClient, step: dict[str, Any], variables: dict[str, object]) -> None:
    step = filled(step, variables)
    method, _, path = step["call"].partition(" ")
    method = step.get("method", method or "GET")
    if "path" in step:
        path = path.replace("{path}", step["path"]) if "{path}" in path else step["path"]
    sent = {"query" if method == "GET" else "body": step.get("send")} | {"raw": step.get("raw")}
    answer = send(client, method, path, step.get("query") or sent.get("query"), sent.get("body"), sent["raw"])
    assert answer.status_code == step.get("status", 200), f"{method} {path}: {answer.status_code} {answer.text[:500]}"
    if "text" in step:
        assert answer.text == step["text"]
    if "reply" in step:
        check(answer.json(), step["reply"], "reply")
    for name, place in step.get("keep", {}).items():
        found = answer.json()
        for part in place.split("."):
            found = found[int(part)] if isinstance(found, list) else found[part]
        variables[name] = found


def send(client: TestClient, method: str, path: str, query: Any, body: Any, raw: str | None) -> Any:
    headers = {} if "artifact" in path and raw is not None else {"Content-Type": "application/json"}
    content = raw if raw is not None else None if body is None else json.dumps(body)
    target = "/".join(_encoded(name) for name in path.split("/"))
    request = client.build_request(method, "/", params=query, content=content, headers=headers)
    request.url = request.url.copy_with(raw_path=target.encode() + (b"?" + request.url.query if query else b""))
    return client.send(request)


def _encoded(name: str) -> str:
    """A name in a path; dots are encoded too, or the address would be tidied up on its way."""
    return name.replace(".", "%2E") if name in (".", "..") else quote(name)


def filled(value: Any, variables: dict[str, object]) -> Any:
    """A case with its variables and repetitions written out."""
    if isinstance(value, str):
        whole = _VARIABLE.fullmatch(value)
        if whole and whole[1] == "i" and not whole[2]:
            return variables.get("i", value)
        return _VARIABLE.sub(lambda match: _text_for(match, variables), value)
    if isinstance(value, list):
        return [filled(item, variables) for item in value]
    if isinstance(value, dict) and "$repeat" in value:
        return [filled(value["item"], variables | {"i": _index(value["item"], i)}) for i in range(value["$repeat"])]
    if isinstance(value, dict):
        return {key: filled(item, variables) for key, item in value.items()}
    return value


def _index(item: Any, i: int) -> object:
    """Alone, `${i}` is a number inside an object and text in a list of texts."""
    return str(i) if isinstance(item, str) else i


def _text_for(match: re.Match[str], variables: dict[str, object]) -> str:
    if match[2]:
        return match[1] * int(match[2])
    return str(variables.get(match[1], match[0]))


def check(found: Any, pattern: Any, place: str) -> None:
    match pattern:
        case "<any>":
            return
        case "<text>":
            assert isinstance(found, str), f"{place} is {found!r}, not text"
        case "<number>":
            assert isinstance(found, int | float), f"{place} is {found!r}, not a number"
        case dict():
            assert isinstance(found, dict), f"{place} is {found!r}, not an object"
            wanted = {key: item for key, item in pattern.items() if key != "..."}
            more = found.keys() - wanted.keys()
            assert not (more and "..." not in pattern), f"{place} has fields too many: {more}"
            assert wanted.keys() <= found.keys(), f"{place} lacks {wanted.keys() - found.keys()}"
            for key, item in wanted.items():
                check(found[key], item, f"{place}.{key}")
        case list():
            assert isinstance(found, list), f"{place} is {found!r}, not a list"
            assert len(found) == len(pattern), f"{place} is {found!r}, wanted {len(pattern)} items"
            for number, item in enumerate(pattern):
                check(found[number], item, f"{place}[{number}]")
        case _:
            assert found == pattern, f"{place} is {found!r}, wanted {pattern!r}"
