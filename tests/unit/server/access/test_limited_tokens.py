"""A token that is limited to places is worth something there alone, whoever made it."""

from typing import Any

import pytest

from runfold.domain.access import Role, parse_place
from runfold.domain.run import NewRun
from runfold.testing.stores.records import unique
from tests.unit.server.access.conftest import Team


def limited(team: Team, who: str, *places: str, scope: Role = Role.MANAGER) -> str:
    """A name that `team` knows the token by."""
    made = team.store.create_token(who, scope=scope, places=tuple(map(parse_place, places)))
    name = f"{who} on {', '.join(places)}"
    team.tokens[name] = made.secret
    return name


def search(team: Team, who: str) -> set[str]:
    found = team.mlflow(who, "POST", "experiments/search", max_results=1000).json()
    return {one["name"] for one in found.get("experiments", ())}


def status(answer: Any) -> int:
    return int(answer.status_code)


@pytest.mark.parametrize("owner", ["manager", "admin"])
def test_it_works_where_it_is_limited_to_and_finds_nothing_else(team: Team, owner: str) -> None:
    other = team.store.create_experiment(unique("other"))
    run_id = team.store.create_run(NewRun(experiment_id=other)).info.run_id
    who = limited(team, owner, f"experiment:{team.experiment_id}")
    assert status(team.mlflow(who, "POST", "runs/set-tag", run_id=team.run_id, key="k", value="v")) == 200
    assert search(team, who) == {"theirs/wine"}
    assert status(team.mlflow(who, "GET", "runs/get", run_id=run_id)) == 404
    assert status(team.mlflow(who, "GET", "experiments/get", experiment_id=other)) == 404
    assert status(team.mlflow(who, "POST", "experiments/create", name=unique("mine"))) == 403
    assert status(team.mlflow(who, "GET", "registered-models/get", name=team.model)) == 404
    assert team.mlflow(who, "GET", "registered-models/search").json() == {}
    found = team.mlflow(who, "POST", "runs/search", experiment_ids=[other, team.experiment_id]).json()
    assert {run["info"]["experiment_id"] for run in found["runs"]} == {team.experiment_id}


def test_it_gives_nothing_that_its_owner_may_not(team: Team) -> None:
    who = limited(team, "reader", f"experiment:{team.experiment_id}", f"model:{team.model}")
    assert status(team.mlflow(who, "GET", "runs/get", run_id=team.run_id)) == 200
    assert status(team.mlflow(who, "POST", "runs/set-tag", run_id=team.run_id, key="k", value="v")) == 403
    assert status(team.mlflow(who, "GET", "registered-models/get", name=team.model)) == 200
    stranger = limited(team, "stranger", f"experiment:{team.experiment_id}")
    assert status(team.mlflow(stranger, "GET", "runs/get", run_id=team.run_id)) == 404


def test_a_folder_or_workspace_holds_for_what_lies_in_it(team: Team) -> None:
    folder = limited(team, "admin", "folder:theirs")
    assert search(team, folder) == {"theirs/wine"}
    assert status(team.mlflow(folder, "POST", "experiments/create", name=f"theirs/{unique('new')}")) == 200
    assert status(team.mlflow(folder, "POST", "experiments/create", name=unique("elsewhere"))) == 403
    workspace = unique("tenant")
    team.store.create_workspace(workspace)
    inside = team.store.in_workspace(workspace).create_experiment("wine")
    who = limited(team, "admin", f"workspace:{workspace}")
    assert status(team.mlflow(who, "GET", "experiments/get", experiment_id=inside)) == 200
    assert status(team.mlflow(who, "GET", "experiments/get", experiment_id=team.experiment_id)) == 404
    assert status(team.mlflow(folder, "GET", "experiments/get", experiment_id=inside)) == 404
    entered = team.ask(folder, "GET", f"/api/3.0/mlflow/workspaces/{workspace}")
    assert entered.status_code == 404


def test_it_manages_no_account_and_no_server(team: Team) -> None:
    who = limited(team, "admin", f"experiment:{team.experiment_id}")
    assert status(team.post(who, "users/list")) == 403
    assert status(team.post(who, "tokens/create", scope="manager")) == 403
    assert status(team.post(who, "storage/records")) == 403
    assert team.post(who, "jobs/list").json() == {}
    assert status(team.post(who, "jobs/get", job_id=team.job_id)) == 404
    assert status(team.post(who, "jobs/submit", work={"uri": "/p"})) == 403
    assert status(team.post(who, "secrets/list")) == 403
    assert status(team.mlflow(who, "PATCH", "users/update-password", username="admin", password="x" * 20)) == 403
    granted = {"subject": "user:stranger", "place": "everything", "role": "manager"}
    assert status(team.post(who, "grants/set", **granted)) == 403


def test_places_are_shown_and_those_of_others_are_not_found(team: Team) -> None:
    place = f"experiment:{team.experiment_id}"
    made = team.post("reader", "tokens/create", name="board", scope="reader", places=[place])
    assert made.json()["token"]["places"] == [place]
    assert place in str(team.post("reader", "tokens/list").json())
    for hidden in (place, "model:their-model", "model:absent", "experiment:99999", "workspace:absent"):
        assert status(team.post("stranger", "tokens/create", scope="reader", places=[hidden])) == 404, hidden
    for bad in ("everything", "nothing", "experiment:"):
        assert status(team.post("reader", "tokens/create", scope="reader", places=[bad])) == 400, bad
