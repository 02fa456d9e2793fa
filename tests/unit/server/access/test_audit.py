"""What the audit says about what people did."""

from __future__ import annotations

from typing import Any

import pytest

from runfold.domain.audit import ChainCheck
from runfold.server.audit.trail import ALSO_WRITES, CHATTER, Care, care_for
from runfold.wire.endpoints import ENDPOINTS, Permission
from tests.unit.server.access.conftest import PASSWORD, Team, basic

READING = (
    "get_",
    "list_",
    "search_",
    "find_",
    "read_",
    "group_",
    "sample_",
    "summarize_",
    "changed_",
    "count_",
    "latest_",
    "explain_",
    "plan_",
)


def found(team: Team, filter: str) -> list[dict[str, Any]]:
    team.store.record_acts([]).result()  # what was submitted before is committed
    answer = team.post("admin", "audit/search", filter=filter)
    assert answer.status_code == 200, answer.text
    records: list[dict[str, Any]] = answer.json().get("records", [])
    return records


def test_a_write_says_who_did_what_to_which_object_from_where(team: Team) -> None:
    made = team.mlflow("contributor", "POST", "runs/create", experiment_id=team.experiment_id, start_time=1)
    run_id = made.json()["run"]["info"]["run_id"]
    (record,) = found(team, f"object = 'run:{run_id}'")
    assert record["user"] == "contributor"
    assert record["token"].startswith("rft_")
    assert record["address"] == "testclient"
    assert record["action"] == "mlflow:runs/create"
    assert record["detail"] == f"experiment_id={team.experiment_id}"
    assert record["request_id"] == made.headers["x-request-id"]
    assert record["result"] == "allowed"


def test_who_was_linked_to_whom_of_a_provider_is_told(team: Team) -> None:
    person = {"user": "reader", "issuer": "https://id.example.com", "subject": "1001"}
    for call in ("link", "unlink"):
        assert team.post("admin", f"identities/{call}", **person).status_code == 200
        (record,) = found(team, f"action = 'identities/{call}'")
        told = "subject=1001 issuer=https://id.example.com"
        assert (record["user"], record["object"], record["detail"]) == ("admin", "user:reader", told)


def test_each_of_several_objects_has_a_record(team: Team) -> None:
    run_ids = [
        team.post("manager", "runs/create", experiment_id=team.experiment_id).json()["run"]["info"]["run_id"]
        for _ in range(2)
    ]
    team.post("manager", "runs/delete", run_ids=run_ids)
    records = found(team, "action = 'runs/delete' AND user = 'manager'")
    assert sorted(record["object"] for record in records) == sorted(f"run:{run_id}" for run_id in run_ids)


def test_what_is_refused_is_recorded_once_a_minute(team: Team) -> None:
    for _ in range(3):
        assert team.mlflow("reader", "POST", "experiments/delete", experiment_id=team.experiment_id).status_code == 403
    (record,) = found(team, "user = 'reader' AND action = 'mlflow:experiments/delete'")
    assert (record["result"], record["status"]) == ("refused", 403)
    assert record["object"] == f"experiment:{team.experiment_id}"


def test_what_failed_is_recorded_too(team: Team) -> None:
    team.mlflow("manager", "POST", "experiments/update", experiment_id=team.experiment_id, new_name="Default")
    (record,) = found(team, "user = 'manager' AND action = 'mlflow:experiments/update'")
    assert (record["result"], record["status"]) == ("failed", 400)


def test_sign_ins_are_recorded_and_vain_ones_with_the_name_that_was_tried(team: Team) -> None:
    team.ask("", "GET", "/api/runfold/v1/account", headers=basic("stranger", PASSWORD))
    team.ask("", "GET", "/api/runfold/v1/account", headers=basic("mallory", "not my password"))
    team.ask("", "GET", "/api/runfold/v1/account", headers={"Authorization": "Bearer rft_guess"})
    team.ask("", "GET", "/api/runfold/v1/account")
    (right,) = found(team, "action = 'sign-in' AND user = 'stranger' AND token = ''")
    assert right["result"] == "allowed"
    vain = found(team, "action = 'sign-in' AND result = 'refused'")
    assert [record.get("object", "") for record in vain] == ["", "user:mallory"]


def test_people_who_come_in_by_a_browser_are_recorded(team: Team) -> None:
    wrong, right = ({"name": "reader", "password": password} for password in ("not the password", PASSWORD))
    assert team.ask("", "POST", "/api/runfold/v1/sessions/create", json=wrong).status_code == 401
    assert team.ask("", "POST", "/api/runfold/v1/sessions/create", json=right).status_code == 200
    team.client.cookies.clear()
    (came,) = found(team, "action = 'sessions/create'")
    assert (came["object"], came["result"]) == ("user:reader", "allowed")
    (tried,) = found(team, "action = 'sign-in' AND object = 'user:reader'")
    assert (tried["result"], tried["status"]) == ("refused", 401)


def test_files_are_recorded_by_their_run(team: Team) -> None:
    path = f"{team.experiment_id}/{team.run_id}/artifacts/a.txt"
    sent = {"Content-Type": "application/octet-stream"}
    put = team.ask("manager", "PUT", f"/api/2.0/mlflow-artifacts/artifacts/{path}", content=b"x", headers=sent)
    assert put.status_code == 200, put.text
    assert team.ask("manager", "DELETE", f"/api/2.0/mlflow-artifacts/artifacts/{path}").status_code == 200
    actions = [record["action"] for record in found(team, f"object = 'file:{path}'")]
    assert actions == ["mlflow-artifacts:DELETE artifacts/{path}", "mlflow-artifacts:PUT artifacts/{path}"]


def test_no_secret_reaches_the_audit(team: Team) -> None:
    made = team.post("admin", "users/create", name="newcomer", password="a very secret password")
    assert made.status_code == 200
    token = team.post("admin", "tokens/create", user="newcomer", name="ci", scope="log").json()
    assert "secret" not in token or token["secret"] not in str(found(team, ""))
    team.post("admin", "secrets/set", name="key", value="the value of a secret")
    text = str(found(team, ""))
    for secret in ("a very secret password", "the value of a secret"):
        assert secret not in text


def test_grants_say_to_whom_and_which_role(team: Team) -> None:
    team.grant("user:stranger", "folder:elsewhere", "reader")
    (record,) = found(team, "object = 'folder:elsewhere'")
    assert record["detail"] == "subject=user:stranger role=reader"


def test_logging_is_recorded_once_per_caller_and_run(team: Team) -> None:
    run_id = team.post("manager", "runs/create", experiment_id=team.experiment_id).json()["run"]["info"]["run_id"]
    for step in range(5):
        team.mlflow("manager", "POST", "runs/log-metric", run_id=run_id, key="m", value=1.0, timestamp=1, step=step)
    team.mlflow("contributor", "POST", "runs/log-metric", run_id=run_id, key="m", value=1.0, timestamp=1)
    records = found(team, f"object = 'run:{run_id}' AND action = 'mlflow:runs/log-metric'")
    assert [record["user"] for record in records] == ["contributor", "manager"]


def test_reads_are_not_recorded_unless_asked_for(team: Team) -> None:
    assert team.post("reader", "runs/get", run_id=team.run_id).status_code == 200
    assert found(team, "action = 'runs/get' AND result = 'allowed'") == []


@pytest.mark.parametrize("call", ["audit/search", "audit/read", "audit/head"])
def test_only_administrators_see_the_audit(team: Team, call: str) -> None:
    assert [team.post(who, call).status_code for who in ("", "stranger", "manager", "admin")] == [401, 403, 403, 200]


def test_the_chain_holds_after_all_that(team: Team) -> None:
    team.store.record_acts([]).result()
    check = ChainCheck()
    check.follow(team.store.read_audit())
    check.end(team.store.audit_head())
    assert check.n_records > 0


def test_every_change_is_recorded() -> None:
    for endpoint in ENDPOINTS:
        care = care_for(endpoint, reads=False)
        reads = endpoint.store.startswith(READING) or endpoint.store in ("", "measure_records", "ping", "audit_head")
        if endpoint.permission is Permission.READ:
            assert reads != (endpoint.name in ALSO_WRITES), endpoint.name
        elif endpoint.permission is not Permission.PUBLIC and not reads:
            assert care in (Care.ALWAYS, Care.NOW_AND_THEN), endpoint.name
    assert {endpoint.name for endpoint in ENDPOINTS} >= CHATTER | ALSO_WRITES
