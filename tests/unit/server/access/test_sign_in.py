from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from runfold.domain.access import Grant, Role, parse_place, parse_subject
from runfold.stores.sql.access.credentials import FREE_ATTEMPTS
from tests.unit.server.access.conftest import PASSWORD, Team, basic

ACCOUNT = "/api/runfold/v1/account"


def test_without_saying_who_one_is_one_gets_nothing_but_what_is_public(team: Team) -> None:
    answer = team.client.get(ACCOUNT)
    assert answer.status_code == 401
    assert answer.json()["error_code"] == "UNAUTHENTICATED"
    assert answer.headers["www-authenticate"].startswith("Basic ")
    for path in ("/health", "/ready", "/version", "/openapi.json", "/api/runfold/v1/server/info"):
        assert team.client.get(path).status_code == 200
    assert team.client.get("/api/runfold/v1/server/info").json()["is_authenticated"] is True


def test_one_signs_in_by_password_by_token_and_by_token_as_password(team: Team) -> None:
    token = team.tokens["reader"]
    for headers in (
        basic("reader", PASSWORD),
        basic("reader", token),
        basic("token", token),
        {"Authorization": f"Bearer {token}"},
        {"Authorization": f"bearer  {token}"},
    ):
        answer = team.client.get(ACCOUNT, headers=headers)
        assert (answer.status_code, answer.json()["user"]["name"]) == (200, "reader")


@pytest.mark.parametrize(
    "headers",
    [
        basic("reader", "wrong password"),
        basic("nobody", PASSWORD),
        {"Authorization": "Bearer rft_wrong"},
        {"Authorization": "Bearer"},
        {"Authorization": "Basic !!!"},
        {"Authorization": "Basic " + "A" * 8000},
        {"Authorization": "Negotiate abc"},
        {"Authorization": ""},
    ],
)
def test_what_is_wrong_is_refused(team: Team, headers: dict[str, str]) -> None:
    assert team.client.get(ACCOUNT, headers=headers).status_code == 401


def test_a_token_under_another_name_is_refused(team: Team) -> None:
    assert team.client.get(ACCOUNT, headers=basic("admin", team.tokens["reader"])).status_code == 401


def test_guessing_is_slowed_down_and_a_token_still_works(team: Team) -> None:
    team.store.create_user("guessed", password=PASSWORD)
    token = team.store.create_token("guessed", scope=Role.READER).secret
    for n in range(FREE_ATTEMPTS):
        assert team.client.get(ACCOUNT, headers=basic("guessed", f"guess number {n}")).status_code == 401
    answer = team.client.get(ACCOUNT, headers=basic("guessed", PASSWORD))
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) >= 1
    assert team.client.get(ACCOUNT, headers={"Authorization": f"Bearer {token}"}).status_code == 200


def test_a_token_that_is_revoked_here_ends_at_once(team: Team) -> None:
    team.store.create_user("leaver", password=PASSWORD)
    made = team.store.create_token("leaver", scope=Role.READER)
    bearer = {"Authorization": f"Bearer {made.secret}"}
    assert team.client.get(ACCOUNT, headers=bearer).status_code == 200
    assert team.post("admin", "tokens/revoke", token_id=made.token.token_id).status_code == 200
    assert team.client.get(ACCOUNT, headers=bearer).status_code == 401


def test_what_another_process_revokes_ends_within_seconds(team: Team) -> None:
    team.store.create_user("elsewhere", password=PASSWORD)
    bearer = {"Authorization": f"Bearer {team.store.create_token('elsewhere', scope=Role.READER).secret}"}
    assert team.client.get(ACCOUNT, headers=bearer).status_code == 200
    team.store.update_user("elsewhere", is_active=False)  # not through this server, which need not know
    deadline = time.monotonic() + 5
    while team.client.get(ACCOUNT, headers=bearer).status_code != 401:
        assert time.monotonic() < deadline


def test_what_another_process_moves_out_of_reach_ends_within_seconds(team: Team) -> None:
    """Names of experiments are remembered; a new one may lead into a folder with other rights."""
    team.store.create_user("of-a-folder", password=PASSWORD)
    token = team.store.create_token("of-a-folder", scope=Role.READER).secret
    moved = team.store.create_experiment("shelf/here")
    grant = Grant(subject=parse_subject("user:of-a-folder"), place=parse_place("folder:shelf"), role=Role.READER)
    team.store.set_grant(grant)

    def look() -> int:
        headers = {"Authorization": f"Bearer {token}"}
        url = f"/api/2.0/mlflow/experiments/get?experiment_id={moved}"
        return team.client.get(url, headers=headers).status_code

    deadline = time.monotonic() + 5
    while look() != 200:
        assert time.monotonic() < deadline
    team.store.rename_experiment(moved, "elsewhere/there")
    while look() == 200:
        assert time.monotonic() < deadline + 5


def test_a_token_that_expires_ends_though_nothing_changes(team: Team) -> None:
    expires_ms = time.time_ns() // 1_000_000 + 700
    made = team.store.create_token("reader", scope=Role.READER, expires_ms=expires_ms)
    bearer = {"Authorization": f"Bearer {made.secret}"}
    assert team.client.get(ACCOUNT, headers=bearer).status_code == 200
    deadline = time.monotonic() + 5
    while team.client.get(ACCOUNT, headers=bearer).status_code != 401:
        assert time.monotonic() < deadline
    assert time.time_ns() // 1_000_000 >= expires_ms


def test_a_token_does_what_its_scope_says_and_no_more(team: Team) -> None:
    secret = team.store.create_token("manager", scope=Role.READER).secret
    bearer = {"Authorization": f"Bearer {secret}"}
    run = {"run_id": team.run_id}
    assert team.client.post("/api/runfold/v1/runs/get", json=run, headers=bearer).status_code == 200
    for call, fields in (
        ("runs/update", {**run, "run_name": "x"}),
        ("tokens/create", {"scope": "manager"}),
        ("models/create", {"name": "new"}),
    ):
        assert team.client.post(f"/api/runfold/v1/{call}", json=fields, headers=bearer).status_code == 403
    admin = {"Authorization": f"Bearer {team.store.create_token('admin', scope=Role.CONTRIBUTOR).secret}"}
    assert team.client.post("/api/runfold/v1/users/list", json={}, headers=admin).status_code == 403


def test_one_makes_and_ends_tokens_of_ones_own_and_nobody_elses(team: Team) -> None:
    made = team.post("reader", "tokens/create", name="ci", scope="reader").json()
    assert made["secret"].startswith("rft_")
    listed = team.post("reader", "tokens/list").json()["tokens"]
    assert made["token"]["token_id"] in [token["token_id"] for token in listed]
    assert made["secret"] not in str(listed)
    for call, fields in (
        ("tokens/create", {"user": "reader", "scope": "reader"}),
        ("tokens/list", {"user": "reader"}),
        ("tokens/revoke", {"user": "reader", "token_id": made["token"]["token_id"]}),
        ("tokens/revoke", {"token_id": made["token"]["token_id"]}),
        ("users/get", {"name": "reader"}),
    ):
        assert team.post("stranger", call, **fields).status_code == 404
    assert team.post("reader", "tokens/revoke", token_id=made["token"]["token_id"]).status_code == 200


def test_a_page_of_a_stranger_cannot_use_credentials_that_a_browser_keeps(team: Team) -> None:
    headers = {**basic("admin", PASSWORD), "Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site"}
    fields = {"name": "mallory", "password": PASSWORD, "is_admin": True}
    assert team.client.post("/api/runfold/v1/users/create", json=fields, headers=headers).status_code == 403
    assert "mallory" not in [user.name for user in team.store.list_users()]


def test_guesses_by_the_dozen_do_not_keep_others_waiting(team: Team) -> None:
    def guess(n: int) -> int:
        return team.client.get(ACCOUNT, headers=basic(f"guessed-{n}", PASSWORD)).status_code

    with ThreadPoolExecutor(24) as strangers:
        guesses = [strangers.submit(guess, n) for n in range(24)]
        assert team.mlflow("reader", "GET", "runs/get", run_id=team.run_id).status_code == 200
        n_pending = sum(not one.done() for one in guesses)
        assert {one.result() for one in guesses} <= {401, 503}
    assert n_pending > 0
