"""MLflow's calls about users and permissions, as its client makes them."""

from __future__ import annotations

import itertools

import pytest

from runfold.domain.access import Role
from tests.unit.server.access.conftest import PASSWORD, Team, basic

numbers = itertools.count()


def test_users_are_made_found_changed_and_deleted(team: Team) -> None:
    name = f"mlflow-user-{next(numbers)}"
    made = team.mlflow("admin", "POST", "users/create", username=name, password=PASSWORD)
    assert made.status_code == 200
    assert made.json()["user"] == {
        "id": team.store.get_user(name).number,
        "username": name,
        "is_admin": False,
        "experiment_permissions": [],
        "registered_model_permissions": [],
    }
    again = team.mlflow("admin", "POST", "users/create", username=name, password=PASSWORD)
    assert again.json()["error_code"] == "RESOURCE_ALREADY_EXISTS"
    assert team.mlflow("admin", "PATCH", "users/update-admin", username=name, is_admin=True).json() == {}
    assert team.mlflow("admin", "GET", "users/get", username=name).json()["user"]["is_admin"] is True
    assert team.mlflow("admin", "PATCH", "users/update-password", username=name, password=PASSWORD * 2).json() == {}
    assert team.store.sign_in(name, PASSWORD * 2).name == name
    assert team.mlflow("admin", "DELETE", "users/delete", username=name).json() == {}
    gone = team.mlflow("admin", "GET", "users/get", username=name)
    assert gone.json()["error_code"] == "RESOURCE_DOES_NOT_EXIST"


def test_everybody_changes_their_own_password_and_nothing_else(team: Team) -> None:
    team.store.create_user("own-password", password=PASSWORD)
    new = PASSWORD + " renewed"
    path = "/api/2.0/mlflow/users"
    change = {"username": "own-password", "password": new}
    headers = basic("own-password", PASSWORD)
    assert team.client.patch(f"{path}/update-password", json=change, headers=headers).status_code == 200
    headers = basic("own-password", new)
    assert team.client.get(f"{path}/get", params={"username": "own-password"}, headers=headers).status_code == 200
    raised = {"username": "own-password", "is_admin": True}
    assert team.client.patch(f"{path}/update-admin", json=raised, headers=headers).status_code == 403
    foreign = {"username": "admin", "password": new}
    assert team.client.patch(f"{path}/update-password", json=foreign, headers=headers).status_code == 404
    assert team.client.get(f"{path}/get", params={"username": "admin"}, headers=headers).status_code == 404


@pytest.mark.parametrize("sends_it_as_password", [False, True])
def test_a_token_does_not_become_the_account(team: Team, sends_it_as_password: bool) -> None:
    name, new = f"token-owner-{next(numbers)}", PASSWORD + " renewed"
    team.store.create_user(name, password=PASSWORD)
    token = team.store.create_token(name, scope=Role.MANAGER).secret
    headers = basic(name, token) if sends_it_as_password else {"Authorization": f"Bearer {token}"}

    def change(**more: str) -> tuple[int, str]:
        sent = {"username": name, "password": new, **more}
        answer = team.client.patch("/api/2.0/mlflow/users/update-password", json=sent, headers=headers)
        return answer.status_code, answer.json().get("error_code", "")

    assert change() == (403, "PERMISSION_DENIED")
    assert change(current_password=PASSWORD + " guessed") == (401, "UNAUTHENTICATED")
    assert team.store.sign_in(name, PASSWORD).name == name
    known = {"old_password": PASSWORD, "new_password": new}
    assert team.client.post("/api/runfold/v1/account/password", json=known, headers=headers).status_code == 200
    assert team.store.sign_in(name, new).name == name


def test_a_wrong_current_password_is_not_passed_over(team: Team) -> None:
    name = f"careful-{next(numbers)}"
    team.store.create_user(name, password=PASSWORD)
    sent = {"username": name, "password": PASSWORD + " renewed", "current_password": PASSWORD + " guessed"}
    path = "/api/2.0/mlflow/users/update-password"
    assert team.client.patch(path, json=sent, headers=basic(name, PASSWORD)).status_code == 401
    assert team.store.sign_in(name, PASSWORD).name == name


@pytest.mark.parametrize("kind", ["experiments", "registered-models"])
def test_permissions_are_created_found_updated_and_deleted_by_who_manages(team: Team, kind: str) -> None:
    what = {"experiment_id": team.experiment_id} if kind == "experiments" else {"name": team.model}
    word = "experiment_permission" if kind == "experiments" else "registered_model_permission"
    whose = {**what, "username": "stranger"}
    calls = f"{kind}/permissions"
    read = team.mlflow("stranger", "GET", f"{kind}/get", **what)
    assert read.status_code == 404
    for who in ("stranger", "reader", "contributor"):
        status = 404 if who == "stranger" else 403
        assert team.mlflow(who, "POST", f"{calls}/create", **whose, permission="READ").status_code == status
        assert team.mlflow(who, "GET", f"{calls}/get", **whose).status_code == status
    made = team.mlflow("admin", "POST", f"{calls}/create", **whose, permission="READ").json()[word]
    assert made == {**what, "user_id": team.store.get_user("stranger").number, "permission": "READ"}
    assert team.mlflow("stranger", "GET", f"{kind}/get", **what).status_code == 200
    again = team.mlflow("manager", "POST", f"{calls}/create", **whose, permission="READ")
    assert again.json()["error_code"] == "RESOURCE_ALREADY_EXISTS"
    own = team.mlflow("stranger", "GET", "users/get", username="stranger").json()["user"]
    assert made in own[f"{word}s"]
    for permission, found in (("USE", "READ"), ("EDIT", "EDIT"), ("MANAGE", "MANAGE"), ("NO_PERMISSIONS",) * 2):
        assert team.mlflow("manager", "PATCH", f"{calls}/update", **whose, permission=permission).json() == {}
        assert team.mlflow("manager", "GET", f"{calls}/get", **whose).json()[word]["permission"] == found
    assert team.mlflow("stranger", "GET", f"{kind}/get", **what).status_code == 404
    assert team.mlflow("manager", "DELETE", f"{calls}/delete", **whose).json() == {}
    for method, call, fields in (
        ("GET", "get", {}),
        ("PATCH", "update", {"permission": "READ"}),
        ("DELETE", "delete", {}),
    ):
        absent = team.mlflow("manager", method, f"{calls}/{call}", **whose, **fields)
        assert absent.json()["error_code"] == "RESOURCE_DOES_NOT_EXIST"
    assert team.mlflow("manager", "POST", f"{calls}/create", **whose, permission="OWNER").status_code == 400
