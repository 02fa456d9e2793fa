"""A workspace is a tenant: to who may not enter it, there is none."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from runfold.domain.access import parse_place
from runfold.domain.run import NewRun
from runfold.testing.stores.records import unique
from tests.unit.server.access.conftest import Team

HEADER = "X-MLFLOW-WORKSPACE"
MLFLOW = "/api/2.0/mlflow/"


class Tenant(NamedTuple):
    name: str
    experiment_id: str


@pytest.fixture
def tenant(team: Team) -> Iterator[Tenant]:
    """A workspace of which `contributor` is one and nobody else anything."""
    name = unique(tenant.name)
    made = call(team, "admin", "POST", "/api/3.0/mlflow/workspaces", "", name=name)
    assert made.status_code == 201, made.text
    team.grant("user:contributor", f"workspace:{name}", "contributor")
    inside = team.store.in_workspace(name)
    inside.create_registered_model("seen")
    yield Tenant(name, inside.create_experiment("theirs/hidden"))
    for granted in team.store.list_grants(place=parse_place("everything")):
        team.store.remove_grant(granted.subject, granted.place)


def call(team: Team, who: str, method: str, path: str, workspace: str, **fields: Any) -> Any:
    headers = {HEADER: workspace} if workspace else {}
    if method == "GET":
        return team.ask(who, method, path, params=fields, headers=headers)
    content = json.dumps(fields).encode()
    return team.ask(who, method, path, headers={**headers, "Content-Type": "application/json"}, content=content)


def test_members_work_in_it_and_see_nothing_else_by_its_names(team: Team, tenant: Tenant) -> None:
    found = call(team, "contributor", "POST", MLFLOW + "experiments/search", tenant.name, max_results=10).json()
    assert [(one["name"], one["workspace"]) for one in found["experiments"]] == [("theirs/hidden", tenant.name)]
    made = call(team, "contributor", "POST", MLFLOW + "experiments/create", tenant.name, name="theirs/mine")
    assert made.status_code == 200, made.text
    assert team.store.get_experiment(made.json()["experiment_id"]).workspace == tenant.name
    models = call(team, "contributor", "GET", MLFLOW + "registered-models/search", tenant.name).json()
    assert [one["name"] for one in models["registered_models"]] == ["seen"]


def test_others_are_told_the_same_as_of_a_workspace_that_is_not_there(team: Team, tenant: Tenant) -> None:
    run_id = team.store.create_run(NewRun(experiment_id=tenant.experiment_id)).info.run_id
    for method, path, fields in (
        ("POST", MLFLOW + "experiments/search", {"max_results": 10}),
        ("POST", MLFLOW + "experiments/create", {"name": "theirs/hidden"}),
        ("GET", MLFLOW + "experiments/get-by-name", {"experiment_name": "theirs/hidden"}),
        ("POST", MLFLOW + "registered-models/create", {"name": "seen"}),
        ("GET", MLFLOW + "registered-models/get", {"name": "seen"}),
    ):
        answers = [
            (answer.status_code, answer.json()["message"].replace(workspace, "..."))
            for workspace in (tenant.name, "absent")
            for answer in [call(team, "manager", method, path, workspace, **fields)]
        ]
        assert answers[0] == answers[1], path
        assert answers[0][0] == 404
    for workspace in ("", tenant.name):
        asked = call(team, "manager", "GET", MLFLOW + "runs/get", workspace, run_id=run_id)
        assert asked.status_code == 404
    named = call(team, "manager", "GET", MLFLOW + "experiments/get", "", experiment_id=tenant.experiment_id)
    assert named.status_code == 404
    listed = call(team, "manager", "GET", "/api/3.0/mlflow/workspaces", "").json()["workspaces"]
    assert listed == [{"name": "default"}]
    for name in (tenant.name, "absent"):
        assert call(team, "manager", "GET", f"/api/3.0/mlflow/workspaces/{name}", "").status_code == 404


def test_a_name_is_free_in_every_workspace_but_the_one_that_has_it(team: Team, tenant: Tenant) -> None:
    made = call(team, "stranger", "POST", MLFLOW + "registered-models/create", "", name="seen")
    assert made.status_code == 200, made.text
    again = call(team, "contributor", "POST", MLFLOW + "registered-models/create", tenant.name, name="seen")
    assert again.status_code == 400
    whoever_made_it = team.store.list_grants(place=parse_place(f"workspace:{tenant.name}/model:seen"))
    assert whoever_made_it == ()
    team.store.delete_registered_model("seen")


def test_runs_are_reached_by_id_with_the_rights_of_their_own_workspace(team: Team, tenant: Tenant) -> None:
    run_id = team.store.create_run(NewRun(experiment_id=tenant.experiment_id)).info.run_id
    for workspace in ("", tenant.name):
        tagged = call(
            team, "contributor", "POST", MLFLOW + "runs/set-tag", workspace, run_id=run_id, key="k", value="v"
        )
        assert tagged.status_code == 200, tagged.text
    assert call(team, "contributor", "GET", MLFLOW + "runs/get", "absent", run_id=run_id).status_code == 404


def test_what_is_granted_on_the_server_does_not_open_a_workspace(team: Team, tenant: Tenant) -> None:
    team.grant("everyone", "everything", "reader")
    assert call(team, "stranger", "POST", MLFLOW + "experiments/search", tenant.name, max_results=10).status_code == 404
    asked = call(team, "stranger", "GET", MLFLOW + "experiments/get", "", experiment_id=tenant.experiment_id)
    assert asked.status_code == 404


def test_a_nearer_grant_lets_somebody_in_to_one_thing(team: Team, tenant: Tenant) -> None:
    team.grant("user:stranger", f"experiment:{tenant.experiment_id}", "reader")
    team.store.in_workspace(tenant.name).create_experiment("theirs/other")
    found = call(team, "stranger", "POST", MLFLOW + "experiments/search", tenant.name, max_results=10).json()
    assert [one["experiment_id"] for one in found["experiments"]] == [tenant.experiment_id]
    assert call(team, "stranger", "POST", MLFLOW + "experiments/create", tenant.name, name="mine").status_code == 403


def test_a_denial_on_the_workspace_goes_before_the_server_and_after_the_record(team: Team, tenant: Tenant) -> None:
    team.grant("user:reader", "everything", "manager")
    team.grant("user:reader", f"workspace:{tenant.name}", "none")
    assert call(team, "reader", "POST", MLFLOW + "experiments/search", tenant.name, max_results=10).status_code == 404
    team.grant("user:reader", f"workspace:{tenant.name}/folder:theirs", "reader")
    found = call(team, "reader", "POST", MLFLOW + "experiments/search", tenant.name, max_results=10).json()
    assert [one["experiment_id"] for one in found["experiments"]] == [tenant.experiment_id]


def test_members_are_chosen_by_who_manages_it_and_it_is_made_by_administrators(team: Team, tenant: Tenant) -> None:
    grants = "/api/runfold/v1/grants/set"
    wanted = {"subject": "user:reader", "place": f"workspace:{tenant.name}", "role": "reader"}
    assert call(team, "contributor", "POST", grants, "", **wanted).status_code == 403
    assert call(team, "manager", "POST", grants, "", **wanted).status_code == 404
    team.grant("user:contributor", f"workspace:{tenant.name}", "manager")
    assert call(team, "contributor", "POST", grants, "", **wanted).status_code == 200
    patched = call(team, "contributor", "PATCH", f"/api/3.0/mlflow/workspaces/{tenant.name}", "", description="ours")
    assert patched.json() == {"workspace": {"name": tenant.name, "description": "ours"}}
    moved = call(
        team, "contributor", "PATCH", f"/api/3.0/mlflow/workspaces/{tenant.name}", "", default_artifact_root="/etc"
    )
    assert moved.status_code in (400, 403)
    speech = unique("speech")
    for who, status in (("contributor", 403), ("admin", 201)):
        assert call(team, who, "POST", "/api/3.0/mlflow/workspaces", "", name=speech).status_code == status


def test_a_user_has_a_workspace_for_calls_that_name_none(team: Team, tenant: Tenant) -> None:
    assert team.post("admin", "users/update", name="contributor", workspace=tenant.name).status_code == 200
    found = call(team, "contributor", "GET", MLFLOW + "experiments/get-by-name", "", experiment_name="theirs/hidden")
    assert found.json()["experiment"]["experiment_id"] == tenant.experiment_id
    team.grant("user:contributor", f"workspace:{tenant.name}", "none")
    found = call(team, "contributor", "GET", MLFLOW + "experiments/get-by-name", "", experiment_name="theirs/hidden")
    assert found.status_code == 404
