"""Every call of the table, made by everybody: so that a new one cannot be forgotten.

What a call may do for whom is decided by the rules of `server.rules`. Here stands what must hold whatever they
say: nobody who has not signed in gets anything that is not public, who has no role changes nothing and is told
nothing of foreign records, readers change nothing, and what is for administrators is for nobody else.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from itertools import cycle, product
from pathlib import Path
from typing import Any

import msgspec
import pytest

from runfold.domain.access import BUILT_IN, EVERY_ABILITY, NOTHING, Ability, Place, PlaceKind, parse_role
from runfold.domain.registered_project import ProjectSettings
from runfold.domain.target import Target, TargetKind
from runfold.server.rights.permit import NEEDS
from runfold.server.rights.rules import RULES
from runfold.server.rights.rules.rule import everything
from runfold.stores.base import TrackingStore
from runfold.wire.endpoints import ENDPOINTS, Body, Endpoint, Family, Permission
from tests.unit.server.access.conftest import CAPPED, NAMED, OWN_ROLES, PEOPLE, ROLES, Team
from tests.unit.server.access.kept import Kept
from tests.unit.server.test_bind import sample_of

FOR_ADMINISTRATORS = {
    *("purge", "set_model_policy", "create_user", "list_users", "delete_user"),
    *("set_group", "invite_user", "list_ways"),
    *("create_role", "update_role", "delete_role"),
    *("create_webhook", "get_webhook", "list_webhooks", "update_webhook", "delete_webhook", "list_deliveries"),
    *("redeliver", "try_webhook"),
    *("set_quota", "list_usage", "recount_usage"),
    *("create_workspace", "delete_workspace", "list_trashed_workspaces", "restore_workspace", "purge_workspace"),
    *("search_audit", "read_audit", "audit_head", "archive_audit"),
}
NOT_CALLED = {"close", "in_workspace"}
_OWN = {"account", "account/roles", "tokens/create", "tokens/list", "tokens/revoke", "users/get", "grants/list"} | {
    *(
        "grants/explain",
        "identities/list",
        "sessions/list",
        "sessions/end",
        "sessions/end-all",
        "account/password",
        "account/link",
        "account/finish-link",
        "account/unlink",
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
_OF_A_WORKSPACE = {
    *("claim_jobs", "await_jobs", "beat_jobs", "report_job", "append_job_log", "open_secrets", "open_job_token"),
    *("create_project", "rename_project", "create_target", "set_secret", "list_secrets", "delete_secret"),
    *("save_retention_rule", "list_retention_rules", "delete_retention_rule", "list_retention_passes"),
    *("plan_retention", "apply_retention"),
    *("create_group", "update_group", "delete_group", "add_member", "remove_member"),
}
"""Methods that need a role on a workspace: of agents, and of what begins or names something in it."""
_OF_MANY = {"runs/heartbeat", "runs/register-stream"}
"""Calls that answer 200 and pass over, or answer line by line, what is not the caller's."""


def test_every_method_of_the_store_has_a_rule_or_is_for_administrators() -> None:
    methods = {name for name in dir(TrackingStore) if not name.startswith("_")} - {"uri"}
    assert methods - RULES.keys() == FOR_ADMINISTRATORS | NOT_CALLED


@pytest.fixture(scope="module")
def kept(team: Team) -> Iterator[Kept]:
    with closing(Kept(Path(team.store.uri.removeprefix("sqlite:///")))) as reader:
        yield reader


def send(team: Team, who: str, endpoint: Endpoint, method: str, path: str, *, workspace: str = "") -> Any:
    fields = fields_of(team, endpoint)
    for name, value in fields.items():
        path = path.replace(f"{{{name}}}", str(value))
    path = path.replace("{path}", f"{team.experiment_id}/{team.run_id}/artifacts/note.txt").replace("{tag_key}", "k")
    kind = {} if endpoint.sends is Body.FILE else {"Content-Type": endpoint.sends.value}
    kind |= {"X-MLFLOW-WORKSPACE": workspace} if workspace else {}
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
        "job_id": team.job_id,
        "project": team.model,
        "grids": ["their-grid"],
        "work": {"uri": "/p", "project": team.model, "target": team.model, "experiment_id": team.experiment_id},
        "works": [{"uri": "/p", "project": team.model, "target": team.model, "experiment_id": team.experiment_id}],
        "settings": {"name": team.model, "uri": "/changed"},
        "target": {"name": team.model, "kind": "local"},
        "reading": {"problem": "changed"},
        "request_id": "f" * 32,
        "uri": "/project",
        "subject": "user:stranger",
        "place": f"experiment:{team.experiment_id}",
        "role": "manager",
        "resource_type": "experiment",
        "resource_id": team.experiment_id,
        "resource_pattern": team.experiment_id,
        "role_id": team.group_id,
        "role_permission_id": team.group_grant,
        "tags": [],
    }


CALLS = [
    pytest.param(endpoint, method, path, id=f"{method} {path}")
    for endpoint in ENDPOINTS
    for method in endpoint.methods
    for path in endpoint.paths
]


@pytest.mark.parametrize(("endpoint", "method", "path"), CALLS)
def test_nobody_gets_more_than_their_role(team: Team, kept: Kept, endpoint: Endpoint, method: str, path: str) -> None:
    if endpoint.permission is Permission.PUBLIC:
        assert team.ask("", method, path).status_code in (200, 400, 401, 501)
        return
    assert send(team, "", endpoint, method, path).status_code == 401
    if endpoint.answers is Body.EVENTS:
        return  # has no end; what it tells comes from the store, like every other answer
    before = kept.rows()
    answer = send(team, "stranger", endpoint, method, path)
    assert kept.rows() == before or endpoint.name in _BEGINS
    for secret in ("secret-run", "secret-param", "their-model-text"):
        assert secret not in answer.text
    if endpoint.permission is Permission.ADMIN:
        assert {send(team, who, endpoint, method, path).status_code for who in PEOPLE[:-1]} == {403}
    elif endpoint.is_write and endpoint.name not in _BEGINS | _OF_MANY | _OWN:
        refusals = {403, 404} | ({400} if endpoint.name in _NEED_MORE else set())
        assert answer.status_code in refusals, answer.text
        reader = send(team, "reader", endpoint, method, path)
        assert reader.status_code in {400, 403, 404}, reader.text
        assert kept.rows() == before


def test_all_families_are_asked(team: Team) -> None:
    assert {endpoint.family for endpoint in ENDPOINTS} == set(Family)


HAVE: dict[str, Ability] = {
    "stranger": NOTHING,
    "service": NOTHING,
    "neighbour": NOTHING,
    **{name: parse_role(name).abilities for name in ROLES},
    **{name: role.abilities for name, role in OWN_ROLES.items()},
    "admin": EVERY_ABILITY,
    **{who: scope.abilities for who, (_, scope) in CAPPED.items()},
}
"""What each may do at most with the records that are asked about."""
GUARDED = [
    one
    for one in CALLS
    if one.values[0].permission is not Permission.PUBLIC
    and one.values[0].answers is not Body.EVENTS
    and one.values[0].name not in _BEGINS | _OF_MANY | _OWN
]
_ONCE = [one for one in GUARDED if "/ajax-api/" not in one.values[2]]
"""Each by one of its addresses."""
_ENDS = ("delete", "purge", "rename", "remove", "users/", "sign-out", "groups/", "restore", "archive", "move")
_IN_ORDER = sorted(
    (one for one in GUARDED if not one.values[0].waits and "users/" not in one.values[0].path),
    key=lambda one: any(word in one.values[0].path for word in _ENDS),
)
"""What ends records comes last, so that those before find them; what ends accounts is tried in `test_mlflow`."""


def needed_for(endpoint: Endpoint) -> Ability:
    """As the rules say it; what they leave open, as the row does. What is granted here is everything."""
    if endpoint.store in {"set_grant", "remove_grant"}:
        return EVERY_ABILITY
    rule = RULES.get(endpoint.store) if endpoint.store else None
    says_more = rule is not None and rule.ability not in Ability.READ
    return rule.ability if rule is not None and says_more else NEEDS[endpoint.permission]


@pytest.mark.parametrize(("endpoint", "method", "path"), GUARDED)
def test_who_has_less_than_a_call_needs_is_refused(
    team: Team, kept: Kept, endpoint: Endpoint, method: str, path: str
) -> None:
    """Tokens count as the lesser of what they may and what their user may, an administrator's as well."""
    needed = needed_for(endpoint)
    below = [who for who, abilities in HAVE.items() if needed not in abilities]
    if not endpoint.is_write:
        below = [who for who in below if not HAVE[who]]
    before = kept.rows()
    for who in below:
        answer = send(team, who, endpoint, method, path)
        assert not any(secret in answer.text for secret in _SECRETS), (who, answer.text)
        if endpoint.is_write:
            assert answer.status_code in {400, 403, 404}, (who, answer.text)
    assert kept.rows() == before


SCOPES = (*(role for role in BUILT_IN if role.abilities), *OWN_ROLES.values())
NO_LIMITS = {PlaceKind.EVERYTHING, PlaceKind.NEW, PlaceKind.DATASET}
"""Places that a token cannot be limited to, or that hold no record of the calls asked about."""


@pytest.fixture(scope="module")
def limited(team: Team) -> dict[PlaceKind, str]:
    """Of each kind, a place at which nothing lies of what is asked about."""
    team.store.create_registered_model("elsewhere")
    team.store.create_project(ProjectSettings(name="elsewhere", uri="/p"))
    team.store.create_target(Target(name="elsewhere", kind=TargetKind.LOCAL))
    keys = {
        PlaceKind.WORKSPACE: team.tenant,
        PlaceKind.FOLDER: "elsewhere",
        PlaceKind.EXPERIMENT: team.store.create_experiment("elsewhere/own"),
        **{PlaceKind(kind): "elsewhere" for kind in NAMED},
    }
    assert keys.keys() | NO_LIMITS == set(PlaceKind)
    for kind, scope, owner in product(keys, SCOPES, ("manager", "admin")):
        made = team.store.create_token(owner, scope=scope, places=(Place(kind, keys[kind]),))
        team.tokens[f"{owner} {scope.name} {kind}"] = made.secret
    there = [Place(PlaceKind.EXPERIMENT, team.experiment_id), *(Place(PlaceKind(kind), team.model) for kind in NAMED)]
    for scope, owner in product(SCOPES, ("manager", "admin")):
        made = team.store.create_token(owner, scope=scope, places=tuple(there))
        team.tokens[f"{owner} {scope.name} there"] = made.secret
    return keys


@pytest.mark.parametrize(("endpoint", "method", "path"), _ONCE)
def test_a_token_that_is_limited_to_other_places_reaches_nothing(
    team: Team, kept: Kept, limited: dict[PlaceKind, str], endpoint: Endpoint, method: str, path: str
) -> None:
    """Whoever made it, whatever its scope."""
    before = kept.rows()
    owners = cycle(product(SCOPES, ("manager", "admin")))
    for kind, (scope, owner) in zip(limited, owners, strict=False):
        answer = send(team, f"{owner} {scope.name} {kind}", endpoint, method, path)
        assert not any(secret in answer.text for secret in _SECRETS), (kind, scope, owner, answer.text)
        if endpoint.is_write:
            assert answer.status_code in {400, 403, 404}, (kind, scope, owner, answer.text)
    assert kept.rows() == before


@pytest.mark.parametrize(("endpoint", "method", "path"), [one for one in _ONCE if one.values[0].is_write])
def test_a_token_that_is_limited_to_the_records_does_no_more_than_its_scope(
    team: Team, kept: Kept, limited: dict[PlaceKind, str], endpoint: Endpoint, method: str, path: str
) -> None:
    """And what belongs to no record, such as accounts and the server itself, is not changed by it at all."""
    needed = needed_for(endpoint)
    is_file = endpoint.family is Family.MLFLOW_ARTIFACTS
    is_elsewhere = endpoint.permission is Permission.ADMIN or not (is_of_a_record(endpoint) or is_file)
    before = kept.rows()
    for scope, owner in product(SCOPES, ("manager", "admin")):
        if needed not in scope.abilities or is_elsewhere:
            answer = send(team, f"{owner} {scope.name} there", endpoint, method, path)
            assert answer.status_code in {400, 403, 404}, (scope, owner, answer.text)
    assert kept.rows() == before


_SECRETS = ("secret-run", "secret-param", "their-model-text")


@pytest.mark.parametrize(("endpoint", "method", "path"), _IN_ORDER)
def test_who_has_what_a_call_needs_is_not_refused(worn: Team, endpoint: Endpoint, method: str, path: str) -> None:
    """The other side of the matrix: a rule that refuses everybody would pass the one above."""
    needed = EVERY_ABILITY if "/permissions/" in path else needed_for(endpoint)
    if endpoint.permission is Permission.ADMIN or not is_of_a_record(endpoint):
        able = ["admin"]  # what belongs to no record needs a role on everything
    else:
        able = [who for who, abilities in HAVE.items() if needed in abilities]
    for who in able:
        answer = send(worn, who, endpoint, method, path)
        assert answer.status_code not in {401, 403}, (who, answer.text)


def is_of_a_record(endpoint: Endpoint) -> bool:
    """What agents do belongs to a workspace, and what the server itself tells to no record."""
    rule = RULES.get(endpoint.store) if endpoint.store else None
    return rule is not None and rule.apply is not everything and endpoint.store not in _OF_A_WORKSPACE


@pytest.mark.parametrize(("endpoint", "method", "path"), _ONCE)
def test_who_manages_another_workspace_reaches_nothing_from_it(
    team: Team, kept: Kept, endpoint: Endpoint, method: str, path: str
) -> None:
    """Names hold in one's own workspace, ids everywhere, and neither leads to what belongs to others."""
    before = kept.rows_outside(team.tenant)
    for workspace in (team.tenant, ""):
        answer = send(team, "tenant", endpoint, method, path, workspace=workspace)
        assert not any(secret in answer.text for secret in _SECRETS), answer.text
        assert answer.status_code < 500
    assert kept.rows_outside(team.tenant) == before


@pytest.mark.parametrize(("endpoint", "method", "path"), _ONCE)
def test_a_foreign_workspace_is_as_one_that_is_not_there(
    team: Team, endpoint: Endpoint, method: str, path: str
) -> None:
    for who in ("stranger", "manager"):
        foreign, absent = (
            send(team, who, endpoint, method, path, workspace=workspace) for workspace in (team.tenant, "absent")
        )
        assert foreign.status_code == absent.status_code == 404
        told = [
            answer.json()["message"].replace(name, "...")
            for answer, name in ((foreign, team.tenant), (absent, "absent"))
        ]
        assert told[0] == told[1]


def odd_spellings(path: str) -> list[str]:
    """Of a path, none of which may lead past the rules; those that the router decodes lead to the same rule."""
    first, _, last = path.rpartition("/")
    encoded = f"{first}/%{ord(last[0]):02x}{last[1:]}"
    twice = f"{first}/%25{ord(last[0]):02x}{last[1:]}"
    return [
        *(f"/{path}", path.replace("/", "//"), f"{path}/", f"{path}/.", f"{path}//", f"{path};x", f"{path}%00"),
        *(encoded, twice, path.upper(), f"/x/..{path}", f"/health/..{path}", f"/static/%2e%2e{path}"),
        *(path.replace("/", "\\"), path.replace("/api", "/ajax-api/../api"), f"{path}%20", f"{path}.json"),
        # As servers in front of others have read them: matrix parameters, slashes encoded once, twice and too long.
        *(f"/health/..;{path}", f"/x;/..;{path}", f"{first}%2f{last}", f"{first}%252f{last}", f"{first}%c0%af{last}"),
        *(f"/%c0%ae%c0%ae{path}", f"{path}%0a", f"{path}%09", f"{path}%ef%bc%8f", path.swapcase(), f"{path}#/health"),
    ]


@pytest.mark.parametrize(("endpoint", "method", "path"), _ONCE)
def test_odd_spellings_of_a_path_open_nothing(
    team: Team, kept: Kept, endpoint: Endpoint, method: str, path: str
) -> None:
    before = kept.rows()
    for odd, who in zip(odd_spellings(path), cycle(("", "stranger")), strict=False):
        answer = send(team, who, endpoint, method, odd)
        assert not any(secret in answer.text for secret in _SECRETS), (who, odd, answer.text)
        # A page of the application answers under any address that is no call's, and tells nothing.
        is_page = method == "GET" and answer.headers.get("content-type", "").startswith("text/html")
        assert is_page or answer.status_code >= 300 or not endpoint.is_write, (who, odd, answer.text)
    assert kept.rows() == before


@pytest.mark.parametrize(("endpoint", "method", "path"), _ONCE)
def test_methods_that_no_call_has_open_nothing(
    team: Team, kept: Kept, endpoint: Endpoint, method: str, path: str
) -> None:
    """HEAD goes with GET and needs what it needs; what a header or a field says of the method changes nothing."""
    before = kept.rows()
    for other in ("HEAD", "OPTIONS", "TRACE", "PROPFIND"):
        asked = msgspec.structs.replace(endpoint, methods=(other,))
        who = "" if other == "HEAD" else "stranger"
        answer = send(team, who, asked, other, f"{path}?_method={method}")
        assert not any(secret in f"{answer.text} {answer.headers}" for secret in _SECRETS), other
        assert answer.status_code >= 400, (other, answer.text)
    assert kept.rows() == before


ODD_WORKSPACES = (
    *(" tenants", "tenants ", "TENANTS", "%74enants", "tenants%00", "tenants,default", "default,tenants", "../tenants"),
    *("tenants/", "tenants;x", "*", "None"),
)
"""Names of a workspace as no client writes them: none of them is the one that is meant, or leads into it."""


@pytest.mark.parametrize(("endpoint", "method", "path"), _ONCE)
def test_a_workspace_in_an_odd_form_is_none(team: Team, kept: Kept, endpoint: Endpoint, method: str, path: str) -> None:
    before = kept.rows()
    # Four of them for each call, others for the next.
    start = len(path) % len(ODD_WORKSPACES)
    forms = (ODD_WORKSPACES[start:] + ODD_WORKSPACES)[:4]
    for odd, who in zip(forms, cycle(("stranger", "tenant", "neighbour")), strict=False):
        answer = send(team, who, endpoint, method, path, workspace=odd)
        assert not any(secret in answer.text for secret in _SECRETS), (who, odd, answer.text)
        assert answer.status_code in range(400, 500) or (odd.strip() == "tenants" and who == "tenant")
    assert kept.rows() == before


@pytest.mark.parametrize("names", [("tenants", "default"), ("default", "tenants"), ("tenants", ""), ("", "tenants")])
def test_two_workspaces_in_one_call_are_no_way_into_either(team: Team, names: tuple[str, str]) -> None:
    made = team.ask(
        "tenant",
        "POST",
        "/api/2.0/mlflow/experiments/create",
        json={"name": f"own {names}"},
        headers={"X-MLFLOW-WORKSPACE": team.tenant},
    )
    assert made.status_code == 200, made.text
    twice = [("X-MLFLOW-WORKSPACE", name) for name in names]
    for who in ("", "stranger", "manager"):
        for target in ("experiments/search", f"experiments/search?workspace={team.tenant}"):
            own = [("Authorization", f"Bearer {team.tokens[who]}")] if who else []
            answer = team.client.post(f"/api/2.0/mlflow/{target}", json={"max_results": 100}, headers=[*own, *twice])
            assert f"own {names}" not in answer.text
            assert answer.status_code < 500


@pytest.mark.parametrize("who", ["", "stranger", "reader"])
@pytest.mark.parametrize("name", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
def test_a_method_is_what_it_is(team: Team, kept: Kept, who: str, name: str) -> None:
    """Neither a header nor a field makes a read into a write, or a call into one of another address."""
    before = kept.rows()
    for method, call in (("GET", "/api/2.0/mlflow/runs/get"), ("POST", "/api/2.0/mlflow/runs/search")):
        for wanted in ("DELETE", "PATCH", "POST", "PUT"):
            fields = {"run_id": team.run_id, "_method": wanted, "experiment_ids": [team.experiment_id]}
            sent = {"params": {"run_id": team.run_id, "_method": wanted}} if method == "GET" else {"json": fields}
            headers = {name: wanted, "X-Original-URL": "/health", "X-Rewrite-URL": "/health"}
            answer = team.ask(who, method, call, headers=headers, **sent)
            assert who == "reader" or "secret-run" not in answer.text
    assert kept.rows() == before
