"""MLflow's calls about roles, which are groups here: what its client does not show, or would show slowly."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from runfold.domain.access import Grant, Role, parse_place, parse_subject
from tests.unit.server.access.conftest import Team

numbers = itertools.count()


def unique(word: str) -> str:
    return f"{word}-{next(numbers)}"


def ask(team: Team, who: str, call: str, *, prefix: str = "/api/3.0", **fields: Any) -> Any:
    verb = call.rpartition("/")[2]
    method = {"get": "GET", "list": "GET", "update": "PATCH", "delete": "DELETE", "remove": "DELETE"}.get(verb, "POST")
    method = "DELETE" if verb == "unassign" else method
    sent: dict[str, Any] = {"params": fields} if method == "GET" else {"json": fields}
    return team.ask(who, method, f"{prefix}/mlflow/{call}", **sent).json()


def role_in(team: Team, workspace: str = "default") -> int:
    return int(ask(team, "admin", "roles/create", workspace=workspace, name=unique("role"))["role"]["id"])


def add(team: Team, role: int, kind: str, pattern: str, permission: str = "READ", *, who: str = "admin") -> Any:
    fields = {"resource_type": kind, "resource_pattern": pattern, "permission": permission}
    return ask(team, who, "roles/permissions/add", role_id=role, **fields)


@pytest.mark.parametrize("prefix", ["/api/3.0", "/ajax-api/3.0"])
def test_pages_of_mlflow_ask_by_another_address(team: Team, prefix: str) -> None:
    name = unique("role")
    made = ask(team, "admin", "roles/create", prefix=prefix, workspace="default", name=name)["role"]
    assert made == {"id": made["id"], "name": name, "workspace": "default", "description": None, "permissions": []}
    assert ask(team, "admin", "roles/get", prefix=prefix, role_id=made["id"]) == {"role": made}
    assert made in ask(team, "admin", "roles/list", prefix=prefix, workspace="default")["roles"]
    assert ask(team, "admin", "roles/delete", prefix=prefix, role_id=made["id"]) == {}


def test_a_role_is_a_group_and_a_group_is_a_role(team: Team) -> None:
    role = role_in(team, team.tenant)
    group = next(one for one in team.store.list_groups() if one.number == role)
    assert group.name == f"{team.tenant}/{group.short_name}"
    team.grant(f"group:{group.name}", f"workspace:{team.tenant}", "contributor")
    team.grant(f"group:{group.name}", f"workspace:{team.tenant}/folder:drafts", "none")
    told = ask(team, "admin", "roles/permissions/list", role_id=role)["role_permissions"]
    assert [(one["resource_type"], one["resource_pattern"], one["permission"]) for one in told] == [
        ("workspace", "*", "EDIT"),
        ("folder", "drafts", "DENY"),
    ]
    listed = ask(team, "admin", "roles/list", workspace=[team.tenant, "nowhere"])["roles"]
    assert {one["workspace"] for one in listed} == {team.tenant}
    assert told in [one["permissions"] for one in listed]


@pytest.mark.parametrize(
    ("kind", "pattern", "place", "role", "told"),
    [
        ("workspace", "*", "workspace:default", Role.READER, "USE"),
        ("workspace", "tenants", "workspace:tenants", Role.MANAGER, "MANAGE"),
        ("registered_model", "their-model", "model:their-model", Role.CONTRIBUTOR, "EDIT"),
        ("folder", "team/vision", "folder:team/vision", Role.NONE, "DENY"),
        ("dataset", "workspace:tenants/dataset:wine", "workspace:tenants/dataset:wine", Role.READER, "READ"),
        ("new", "*", "new", Role.READER, "READ"),
        ("new", "drafts", "new:drafts", Role.READER, "READ"),
        ("everything", "*", "everything", Role.READER, "READ"),
    ],
)
def test_a_resource_is_a_place(team: Team, kind: str, pattern: str, place: str, role: Role, told: str) -> None:
    number = role_in(team)
    added = add(team, number, kind, pattern, told)["role_permission"]
    assert (added["resource_type"], added["resource_pattern"], added["permission"]) == (kind, pattern, told)
    (kept,) = (one for one in team.store.list_group_grants() if one.number == added["id"])
    assert (kept.grant.place, kept.grant.role) == (parse_place(place), role)


def test_an_experiment_goes_by_its_number_however_it_is_written(team: Team) -> None:
    added = add(team, role_in(team), "experiment", f"0{team.experiment_id}")["role_permission"]
    assert added["resource_pattern"] == team.experiment_id


@pytest.mark.parametrize(
    ("kind", "pattern", "hint"),
    [
        ("experiment", "*", "grant it on 'workspace' with '*'"),
        ("registered_model", "*", "all that lies in 'default'"),
        ("run", "*", "grant them on 'experiment'"),
        ("prompt", "greeting", "grant them on 'registered_model'"),
        ("gateway_endpoint", "*", "types are dataset, everything, experiment"),
        ("everything", "x", "takes the pattern '*' alone"),
        ("folder", "", "write an id or name"),
        ("dataset", "workspace:tenants/model:x", "is no dataset"),
    ],
)
def test_what_cannot_be_granted_says_what_to_do(team: Team, kind: str, pattern: str, hint: str) -> None:
    answer = add(team, role_in(team), kind, pattern)
    assert answer["error_code"] == "INVALID_PARAMETER_VALUE"
    assert hint in answer["message"]


def test_a_manager_of_a_workspace_sees_whom_its_roles_are_given_to_and_no_more(team: Team) -> None:
    role, other = role_in(team, team.tenant), role_in(team)
    for one in (role, other):
        ask(team, "admin", "roles/assign", username="reader", role_id=one)
    user = team.store.get_user("reader").number
    listed = ask(team, "tenant", "roles/users/list", role_id=role)["assignments"]
    assert [(one["user_id"], one["role_id"]) for one in listed] == [(user, role)]
    of_reader = ask(team, "tenant", "users/roles/list", username="reader")["roles"]
    assert [one["id"] for one in of_reader] == [role]
    assert ask(team, "tenant", "roles/get", role_id=other)["error_code"] == "RESOURCE_DOES_NOT_EXIST"
    answers = [ask(team, "tenant", "users/roles/list", username=name) for name in ("contributor", "nobody")]
    assert {answer["error_code"] for answer in answers} == {"RESOURCE_DOES_NOT_EXIST"}
    own = ask(team, "reader", "users/roles/list", username="reader")["roles"]
    assert {role, other} <= {one["id"] for one in own}
    assert ask(team, "stranger", "users/roles/list", username="stranger") == {"roles": []}


def test_a_manager_of_a_workspace_grants_nothing_outside_of_it(team: Team) -> None:
    role = role_in(team, team.tenant)
    cases = (("everything", "*"), ("workspace", "default"), ("experiment", team.experiment_id))
    answers = [add(team, role, *case, "MANAGE", who="tenant") for case in cases]
    assert all(answer["error_code"] in {"PERMISSION_DENIED", "RESOURCE_DOES_NOT_EXIST"} for answer in answers)
    name = next(one.name for one in team.store.list_groups() if one.number == role)
    assert team.store.list_group_grants(group=name) == ()


def test_the_number_of_a_permission_leads_only_who_manages_the_place_to_it(team: Team) -> None:
    role = role_in(team)
    number = add(team, role, "experiment", team.experiment_id)["role_permission"]["id"]
    ask(team, "admin", "roles/assign", username="reader", role_id=role)
    for who, told in (("reader", "PERMISSION_DENIED"), ("stranger", "RESOURCE_DOES_NOT_EXIST")):
        fields = {"role_permission_id": number}
        assert ask(team, who, "roles/permissions/update", **fields, permission="MANAGE")["error_code"] == told
        assert ask(team, who, "roles/permissions/remove", **fields)["error_code"] == told
    changed = ask(team, "admin", "roles/permissions/update", role_permission_id=number, permission="EDIT")
    assert changed["role_permission"] == {
        "id": number,
        "role_id": role,
        "resource_type": "experiment",
        "resource_pattern": team.experiment_id,
        "permission": "EDIT",
    }


def test_the_audit_names_roles_by_number_and_groups_by_name(team: Team) -> None:
    role = role_in(team, team.tenant)
    name = next(one.name for one in team.store.list_groups() if one.number == role)
    add(team, role, "workspace", "*")
    ask(team, "admin", "roles/assign", username="reader", role_id=role)
    added = 'permission=READ resource_type=workspace resource_pattern="*"'
    assert audited(team, f"role:{role}") == [("mlflow:roles/permissions/add", added)]
    assert ("mlflow:roles/assign", "username=reader") in audited(team, f"group:{name}")


def audited(team: Team, about: str) -> list[tuple[str, str]]:
    sent = {"filter": f"object = '{about}'", "max_results": 10}
    records = team.post("admin", "audit/search", **sent).json()["records"]
    return [(record["action"], record.get("detail", "")) for record in records]


def test_a_grant_to_somebody_else_is_no_permission_of_a_role(team: Team) -> None:
    place = parse_place("folder:shared")
    team.store.set_grant(Grant(subject=parse_subject("everyone"), place=place, role=Role.READER))
    assert ask(team, "admin", "roles/permissions/remove", role_permission_id=0)["error_code"] == (
        "RESOURCE_DOES_NOT_EXIST"
    )
    assert len(team.store.list_grants(place=place)) == 1
