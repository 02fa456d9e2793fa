"""Every call of the table, made by everybody: so that a new one cannot be forgotten.

What a call may do for whom is decided by the rules of `server.rules`. Here stands what must hold whatever they
say: nobody who has not signed in gets anything that is not public, who has no role changes nothing and is told
nothing of foreign records, readers change nothing, and what is for administrators is for nobody else.
"""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from runfold.server.rules import RULES
from runfold.stores.base import TrackingStore
from runfold.wire.endpoints import ENDPOINTS, Body, Endpoint, Family, Permission
from tests.unit.server.access.conftest import PEOPLE, Team
from tests.unit.server.test_bind import sample_of

FOR_ADMINISTRATORS = {
    *("purge", "set_model_policy", "create_user", "list_users", "delete_user"),
    *("set_group", "list_groups", "delete_group", "invite_user"),
    *("create_webhook", "get_webhook", "list_webhooks", "update_webhook", "delete_webhook", "list_deliveries"),
    *("redeliver", "try_webhook"),
    *("set_quota", "list_usage"),
    *("create_workspace", "delete_workspace"),
    *("save_retention_rule", "list_retention_rules", "delete_retention_rule", "list_retention_passes"),
    *("plan_retention", "apply_retention"),
    *("search_audit", "read_audit", "audit_head", "archive_audit"),
}
NOT_CALLED = {"close", "in_workspace"}
_OWN = {"account", "tokens/create", "tokens/list", "tokens/revoke", "users/get", "grants/list"} | {
    *(
        "grants/explain",
        "sessions/list",
        "sessions/end",
        "sessions/end-all",
        "account/password",
        "usage/get",
        "programs/show",
        "programs/decide",
    ),
}
"""What everybody may ask about themselves."""
_BEGINS = {
    "mlflow:experiments/create",
    "mlflow:registered-models/create",
    "models/create",
}
"""Where nothing is said against it, everybody may begin something of their own."""
_NEED_MORE = {"mlflow:runs/log-model", "runs/register", "jobs/submit-many", "mlflow:model-versions/transition-stage"}
"""Calls that look at their fields, beyond types, before they look at records."""
_OF_MANY = {"runs/heartbeat", "runs/register-stream"}
"""Calls that answer 200 and pass over, or answer line by line, what is not the caller's."""


def test_every_method_of_the_store_has_a_rule_or_is_for_administrators() -> None:
    methods = {name for name in dir(TrackingStore) if not name.startswith("_")} - {"uri"}
    assert methods - RULES.keys() == FOR_ADMINISTRATORS | NOT_CALLED


def send(team: Team, who: str, endpoint: Endpoint, method: str, path: str) -> Any:
    fields = fields_of(team, endpoint)
    for name, value in fields.items():
        path = path.replace(f"{{{name}}}", str(value))
    path = path.replace("{path}", f"{team.experiment_id}/{team.run_id}/artifacts/note.txt").replace("{tag_key}", "k")
    kind = {} if endpoint.sends is Body.FILE else {"Content-Type": endpoint.sends.value}
    if method == "GET" or endpoint.sends is Body.FILE:
        return team.ask(who, method, path, params=fields, headers=kind, content=b"x" if method != "GET" else None)
    content = msgspec.json.encode({"experiment_id": team.experiment_id} if endpoint.sends is Body.LINES else fields)
    return team.ask(who, method, path, headers=kind, content=content)


def fields_of(team: Team, endpoint: Endpoint) -> dict[str, Any]:
    """A request that is read without fault, so that the answer comes from what the caller may do."""
    known, fields = about_them(team), {}
    info = msgspec.inspect.type_info(endpoint.request)
    assert isinstance(info, msgspec.inspect.StructType)
    types = {field.encode_name: field.type for field in msgspec.structs.fields(endpoint.request)}
    for field in info.fields:
        name = field.encode_name
        if name in known and fits(known[name], types[name]):
            fields[name] = known[name]
        elif field.required:
            fields[name] = sample_of(field.type)
    return fields


def fits(value: Any, kind: Any) -> bool:
    try:
        msgspec.convert(value, kind, strict=False)
    except msgspec.ValidationError:
        return False
    return True


def about_them(team: Team) -> dict[str, Any]:
    """A value for the fields of any request, so that it is about what is not the stranger's."""
    return {
        "experiment_id": team.experiment_id,
        "experiment_ids": [team.experiment_id],
        "experiment_name": "theirs/wine",
        "run_id": team.run_id,
        "run_ids": [team.run_id],
        "model_id": team.model_id,
        "source_run_id": team.run_id,
        "name": team.model,
        "new_name": "renamed",
        "username": "admin",
        "password": "another password",
        "permission": "MANAGE",
        "is_admin": True,
        "alias": "best",
        "version": 1,
        "key": "secret-tag",
        "value": "x",
        "metric_key": "m",
        "keys": ["m"],
        "fields": ["attributes.run_name"],
        "by": ["tags.secret-tag"],
        "kind": "param",
        "timestamp": 1,
        "path": f"{team.experiment_id}/{team.run_id}/artifacts",
        "max_results": 10,
        "source": f"mlflow-artifacts:/{team.experiment_id}/{team.run_id}/artifacts/m",
        "locations": [f"mlflow-artifacts:/{team.experiment_id}/{team.run_id}/artifacts/m"],
        "scope": f"experiment:{team.experiment_id}",
        "state": "{}",
        "view_id": "f" * 32,
        "job_id": "f" * 32,
        "request_id": "f" * 32,
        "uri": "/project",
        "subject": "user:stranger",
        "place": f"experiment:{team.experiment_id}",
        "role": "manager",
        "tags": [],
    }


CALLS = [
    pytest.param(endpoint, method, path, id=f"{method} {path}")
    for endpoint in ENDPOINTS
    for method in endpoint.methods
    for path in endpoint.paths
]


@pytest.mark.parametrize(("endpoint", "method", "path"), CALLS)
def test_nobody_gets_more_than_their_role(team: Team, endpoint: Endpoint, method: str, path: str) -> None:
    if endpoint.permission is Permission.PUBLIC:
        assert team.ask("", method, path).status_code in (200, 400, 401, 501)
        return
    assert send(team, "", endpoint, method, path).status_code == 401
    if endpoint.answers is Body.EVENTS:
        return  # has no end; what it tells comes from the store, like every other answer
    before = team.what_is_kept()
    answer = send(team, "stranger", endpoint, method, path)
    assert team.what_is_kept() == before or endpoint.name in _BEGINS
    for secret in ("secret-run", "secret-param", "their-model-text"):
        assert secret not in answer.text
    if endpoint.permission is Permission.ADMIN:
        assert {send(team, who, endpoint, method, path).status_code for who in PEOPLE[:-1]} == {403}
    elif endpoint.is_write and endpoint.name not in _BEGINS | _OF_MANY | _OWN:
        refusals = {403, 404} | ({400} if endpoint.name in _NEED_MORE else set())
        assert answer.status_code in refusals, answer.text
        reader = send(team, "reader", endpoint, method, path)
        assert reader.status_code in {400, 403, 404}, reader.text
        assert team.what_is_kept() == before


def test_all_families_are_asked(team: Team) -> None:
    assert {endpoint.family for endpoint in ENDPOINTS} == set(Family)


ODD = [
    "//api/runfold/v1/runs/get",
    "/api/runfold/v1//runs/get",
    "/api/runfold/v1/runs/get/",
    "/api/runfold/v1/runs/%67et",
    "/API/runfold/v1/runs/get",
    "/api/runfold/v1/./runs/get",
    "/api/runfold/v1/x/../runs/get",
    "/api/runfold/v1/runs/get;x",
]


@pytest.mark.parametrize("path", ODD)
@pytest.mark.parametrize("who", ["", "stranger"])
def test_odd_spellings_of_a_path_open_nothing(team: Team, path: str, who: str) -> None:
    for headers in ({}, {"X-HTTP-Method-Override": "GET"}, {"X-Original-URL": "/health"}):
        answer = team.ask(who, "POST", path, json={"run_id": team.run_id}, headers=headers)
        assert answer.status_code in (401, 403, 404, 405)
        assert "secret-run" not in answer.text
