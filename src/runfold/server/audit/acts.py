"""What a call is about, for the audit: by the fields of its request, and by what it made.

Only fields that are named here reach a record, so that no value, description, password or token can.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import msgspec

from runfold.domain.access import Group, NewToken, User
from runfold.domain.job import Job
from runfold.domain.logged_model import LoggedModel
from runfold.domain.registered_model import ModelVersion, RegisteredModel
from runfold.domain.run import Run
from runfold.domain.workspace import Workspace
from runfold.wire.endpoints import Endpoint
from runfold.wire.messages.identities import IdentityRef

# By the field of a request that names it.
_KINDS = (
    ("run_id", "run"),
    ("run_uuid", "run"),
    ("model_id", "logged-model"),
    ("job_id", "job"),
    ("token_id", "token"),
    ("webhook_id", "webhook"),
    ("view_id", "view"),
    ("request_id", "promotion"),
    ("delivery_id", "delivery"),
    ("session_id", "session"),
    ("username", "user"),
    ("workspace_name", "workspace"),
)
# What MLflow knows by a number: a group, or what is granted to one.
_NUMBERED = (("role_permission_id", "role-permission"), ("role_id", "role"))
_LISTS = (("run_ids", "run"), ("experiment_ids", "experiment"))
# What `name` means, by the beginning of the call's path.
_NAMED = {
    "users": "user",
    "groups": "group",
    "roles": "role",
    "registered-models": "model",
    "model-versions": "model",
    "model-aliases": "model",
    "models": "model",
    "promotions": "model",
    "model-policies": "model",
    "targets": "target",
    "secrets": "secret",
    "projects": "project",
    "webhooks": "webhook",
    "experiments": "experiment-named",
    "tokens": "token-named",
    "setup": "user",
    "sessions": "user",
    "workspaces": "workspace",
    "retention": "retention-rule",
}
# Scalars that say what was done, and hold nothing that a user wrote freely.
_DETAILS = (
    *("subject", "role", "permission", "username", "user", "is_admin", "is_active", "is_service", "scope"),
    *("workspace", "place", "places", "issuer"),
    *("expires_ms", "experiment_id", "new_name", "alias", "version", "stage", "key", "path", "verdict", "lets_in"),
    *("name", "abilities", "status", "older_than_ms", "dry_run", "agent", "through", "members", "run_name"),
    *("experiment_name", "resource_type", "resource_pattern"),
    *("max_runs", "max_bytes", "max_points", "max_requests_per_s", "mode", "to"),
)
_PLAIN = re.compile(r"[\w.:/@+,-]{1,200}")


def objects_of(endpoint: Endpoint, request: Any) -> tuple[str, ...]:
    """What a request is about, one text each; empty when it names nothing."""
    place = getattr(request, "place", None)
    if isinstance(place, str) and place and not endpoint.path.startswith("retention/"):
        return (place,)
    if endpoint.path.startswith("identities/") or isinstance(request, IdentityRef):
        user = getattr(request, "user", "")
        return (f"user:{user}",) if user else ()
    if endpoint.path == "quotas/set":
        return (request.owner,)
    for field, kind in _LISTS:
        several = getattr(request, field, None)
        if several:
            return tuple(f"{kind}:{one}" for one in several)
    if endpoint.path.startswith(("experiments/permissions", "experiments/set-", "experiments/delete-")):
        return (f"experiment:{request.experiment_id}",)
    for field, kind in _NUMBERED:
        number = getattr(request, field, None)
        if number is not None:
            return (f"{kind}:{number}",)
    if endpoint.path.startswith("users/permissions"):
        kind = "experiment" if request.resource_type == "experiment" else "model"
        return (f"{kind}:{request.resource_id}",)
    for field, kind in _KINDS:
        key = getattr(request, field, None)
        if isinstance(key, str) and key:
            return (f"{kind}:{key}",)
    name = getattr(request, "name", None)
    kind = _NAMED.get(endpoint.path.partition("/")[0], "")
    if kind and isinstance(name, str) and name:
        version = getattr(request, "version", None)
        return (f"{kind}:{name}/{version}" if version and kind == "model" else f"{kind}:{name}",)
    experiment = getattr(request, "experiment_id", None)
    return (f"experiment:{experiment}",) if isinstance(experiment, str) and experiment else ()


def detail_of(request: Any, objects: Sequence[str]) -> str:
    parts = []
    for field in _DETAILS:
        value = getattr(request, field, None)
        if value is None or value in ("", (), False, *objects) or any(one.endswith(f":{value}") for one in objects):
            continue
        text = ",".join(map(str, value)) if isinstance(value, tuple) else str(getattr(value, "value", value))
        parts.append(f"{field}={text if _PLAIN.fullmatch(text) else msgspec.json.encode(text).decode()}")
    return " ".join(parts)


def made_by(endpoint: Endpoint, result: object) -> str:
    """What a write has made, by its result; empty when it made nothing that has a name of its own."""
    match result:
        case Run():
            return f"run:{result.info.run_id}"
        case NewToken():
            return f"token:{result.token.token_id}"
        case User():
            return f"user:{result.name}"
        case Workspace():
            return f"workspace:{result.name}"
        case Group():
            return f"group:{result.name}"
        case RegisteredModel():
            return f"model:{result.name}"
        case ModelVersion():
            return f"model:{result.name}/{result.version}"
        case LoggedModel():
            return f"logged-model:{result.model_id}"
        case Job():
            return f"job:{result.job_id}"
        case str() if endpoint.store == "create_experiment":
            return f"experiment:{result}"
        case (str() as run_id, bool()) if endpoint.store == "register_run":
            return f"run:{run_id}"
    return ""
