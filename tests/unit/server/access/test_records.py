"""What is told, changed and found of the records of others."""

from __future__ import annotations

import itertools

import pytest

from runfold.domain.run import NewRun
from tests.unit.server.access.conftest import Team

numbers = itertools.count()


def test_a_foreign_record_and_one_that_is_not_there_answer_alike(team: Team) -> None:
    def answers(experiment_id: str, run_id: str, model: str) -> list[object]:
        found = [
            team.mlflow("stranger", "GET", "experiments/get", experiment_id=experiment_id),
            team.mlflow("stranger", "POST", "experiments/delete", experiment_id=experiment_id),
            team.mlflow("stranger", "GET", "runs/get", run_id=run_id),
            team.mlflow("stranger", "POST", "runs/log-metric", run_id=run_id, key="a", value=1, timestamp=1),
            team.mlflow("stranger", "POST", "runs/create", experiment_id=experiment_id),
            team.mlflow("stranger", "GET", "metrics/get-history", run_id=run_id, metric_key="a"),
            team.mlflow("stranger", "GET", "artifacts/list", run_id=run_id),
            team.mlflow("stranger", "GET", "registered-models/get", name=model),
            team.mlflow("stranger", "GET", "model-versions/get", name=model, version="1"),
            team.post("stranger", "views/list", scope=f"experiment:{experiment_id}"),
            team.post("stranger", "grants/list", place=f"experiment:{experiment_id}"),
        ]
        texts = []
        for answer in found:
            text = str({key: value for key, value in answer.json().items() if key != "request_id"})
            text = text.replace(run_id, "it").replace(model, "it").replace(f"'{experiment_id}'", "'it'")
            texts.append((answer.status_code, text))
        return texts

    assert answers(team.experiment_id, team.run_id, team.model) == answers("987654", "f" * 32, "no-model")


def test_a_stranger_finds_nothing_and_a_reader_everything(team: Team) -> None:
    ids = [team.experiment_id]
    calls = [
        ("experiments/list", {}, "theirs/wine"),
        ("runs/search", {"experiment_ids": ids}, "secret-run"),
        ("runs/table", {"experiment_ids": ids, "fields": ["attributes.run_name"]}, "secret-run"),
        ("runs/group", {"experiment_ids": ids, "by": ["tags.secret-tag"], "max_run_ids": 5}, team.run_id),
        ("runs/changes", {"experiment_ids": ids, "after": 0}, "secret-run"),
        ("keys/search", {"experiment_ids": ids}, "secret-param"),
        ("keys/values", {"experiment_ids": ids, "kind": "param", "key": "secret-param"}, '"1"'),
        ("models/search", {}, "their-model"),
        ("storage", {}, "theirs/wine"),
    ]
    for call, fields, told in calls:
        strangers, readers = (team.post(who, call, **fields) for who in ("stranger", "reader"))
        assert (strangers.status_code, readers.status_code) == (200, 200), (call, strangers.text, readers.text)
        assert told not in strangers.text
        assert told in readers.text
    for who, found in (("stranger", []), ("reader", ["theirs/wine"])):
        answer = team.mlflow(who, "POST", "experiments/search", max_results=10, filter="name LIKE 'theirs/%'")
        assert [one["name"] for one in answer.json().get("experiments", [])] == found


def test_pages_are_full_though_most_is_not_visible(team: Team) -> None:
    for n in range(12):
        experiment_id = team.store.create_experiment(f"paged/{n:02}")
        if n % 4 == 3:
            team.grant("user:stranger", f"experiment:{experiment_id}", "reader")
    named: list[str] = []
    token = ""
    for _ in range(2):
        fields = {"max_results": 2, "filter": "name LIKE 'paged/%'", "order_by": ["name"], "page_token": token}
        answer = team.mlflow("stranger", "POST", "experiments/search", **fields).json()
        named += [one["name"] for one in answer["experiments"]]
        token = answer.get("next_page_token", "")
    assert (named, token) == (["paged/03", "paged/07", "paged/11"], "")


@pytest.mark.parametrize("role", ["reader", "contributor", "manager"])
def test_each_role_does_what_it_may(team: Team, role: str) -> None:
    run, experiment = {"run_id": team.run_id}, {"experiment_id": team.experiment_id}
    key = f"k{next(numbers)}"
    edits = [
        team.mlflow(role, "POST", "runs/log-metric", **run, key="m", value=1, timestamp=1),
        team.mlflow(role, "POST", "runs/log-parameter", **run, key=key, value="1"),
        team.mlflow(role, "POST", "runs/set-tag", **run, key=key, value="1"),
        team.mlflow(role, "POST", "experiments/set-experiment-tag", **experiment, key=key, value="1"),
        team.mlflow(role, "POST", "runs/create", **experiment),
        team.post(role, "runs/update", **run, run_name="secret-run"),
        team.ask(role, "POST", "/api/2.0/mlflow/upload-artifact", params={**run, "path": f"{key}.txt"}, content=b"x"),
        team.mlflow(role, "POST", "registered-models/set-tag", name=team.model, key=key, value="1"),
        team.post(role, "views/save", scope=f"experiment:{team.experiment_id}", name=key, state="{}"),
    ]
    may_edit = role != "reader"
    assert {answer.status_code for answer in edits} == {200 if may_edit else 403}, [a.text for a in edits]
    grant = {"subject": "user:reader", "place": f"experiment:{team.experiment_id}", "role": "reader"}
    manages = [
        team.post(role, "grants/set", **grant),
        team.mlflow(role, "POST", "experiments/delete", **experiment),
        team.mlflow(role, "POST", "experiments/restore", **experiment),
    ]
    assert {answer.status_code for answer in manages} == {200 if role == "manager" else 403}
    assert team.post(role, "users/list").status_code == 403
    assert team.post(role, "purge", dry_run=True).status_code == 403


def test_who_makes_something_manages_it_and_others_do_not_see_it(team: Team) -> None:
    name = f"own/{next(numbers)}"
    made = team.mlflow("stranger", "POST", "experiments/create", name=name).json()["experiment_id"]
    assert team.mlflow("stranger", "POST", "runs/create", experiment_id=made).status_code == 200
    assert team.mlflow("reader", "GET", "experiments/get", experiment_id=made).status_code == 404
    share = {"subject": "user:reader", "place": f"experiment:{made}", "role": "reader"}
    assert team.post("stranger", "grants/set", **share).status_code == 200
    assert team.mlflow("reader", "GET", "experiments/get", experiment_id=made).status_code == 200
    share = {"subject": "user:reader", "place": f"experiment:{made}"}
    assert team.post("stranger", "grants/remove", **share).status_code == 200
    assert team.mlflow("reader", "GET", "experiments/get", experiment_id=made).status_code == 404
    model = f"own-{next(numbers)}"
    assert team.mlflow("stranger", "POST", "registered-models/create", name=model).status_code == 200
    assert team.mlflow("stranger", "DELETE", "registered-models/delete", name=model).status_code == 200


def test_drafts_are_their_makers_alone_where_new_ones_are_closed_to_everyone(team: Team) -> None:
    folder = f"drafts-{next(numbers)}"
    team.grant("everyone", f"folder:{folder}", "contributor")
    team.grant("everyone", f"new:{folder}", "none")
    made = team.mlflow("stranger", "POST", "experiments/create", name=f"{folder}/mine").json()["experiment_id"]
    assert team.mlflow("stranger", "POST", "runs/create", experiment_id=made).status_code == 200
    for other in ("reader", "contributor"):
        assert team.mlflow(other, "GET", "experiments/get", experiment_id=made).status_code == 404
        theirs = team.mlflow(other, "POST", "experiments/create", name=f"{folder}/of-{other}")
        assert theirs.status_code == 200, theirs.text


def test_what_new_records_get_is_for_those_to_say_who_manage_the_workspace(team: Team) -> None:
    grant = {"subject": "user:stranger", "role": "manager"}
    for place in ("new", "new:team"):
        assert team.post("manager", "grants/set", place=place, **grant).status_code == 403
        assert team.post("admin", "grants/set", place=place, **grant).status_code == 200
        assert team.post("manager", "grants/list", place=place).status_code == 403
        assert team.post("admin", "grants/remove", place=place, subject="user:stranger").status_code == 200


def test_an_experiment_is_not_moved_into_a_folder_that_is_denied(team: Team) -> None:
    team.grant("user:stranger", "folder:closed", "none")
    assert team.mlflow("stranger", "POST", "experiments/create", name="closed/mine").status_code == 403
    made = team.mlflow("stranger", "POST", "experiments/create", name=f"open/{next(numbers)}").json()["experiment_id"]
    moved = team.mlflow("stranger", "POST", "experiments/update", experiment_id=made, new_name="closed/mine")
    assert moved.status_code == 403


def test_a_run_takes_its_rights_from_where_it_lies_now(team: Team) -> None:
    mine = team.mlflow("stranger", "POST", "experiments/create", name=f"mine/{next(numbers)}").json()["experiment_id"]
    run_id = team.mlflow("stranger", "POST", "runs/create", experiment_id=mine).json()["run"]["info"]["run_id"]
    point = {"run_id": run_id, "key": "m", "value": 1, "timestamp": 1}
    assert team.mlflow("stranger", "POST", "runs/log-metric", **point).status_code == 200
    into_theirs = {"run_ids": [run_id], "experiment_id": team.experiment_id}
    assert team.post("stranger", "runs/move", **into_theirs).status_code == 404
    assert team.post("admin", "runs/move", **into_theirs).status_code == 200
    assert team.mlflow("stranger", "POST", "runs/log-metric", **point).status_code == 404


def test_a_key_against_repetition_gets_nobody_the_run_of_another(team: Team) -> None:
    document = {"experiment_id": team.experiment_id, "idempotency_key": "shared", "run_name": "secret-run"}
    first = team.post("manager", "runs/register", **document).json()
    assert team.post("manager", "runs/register", **document).json()["run"] == first["run"]
    mine = team.mlflow("stranger", "POST", "experiments/create", name=f"mine/{next(numbers)}").json()["experiment_id"]
    other = team.post("stranger", "runs/register", **{**document, "experiment_id": mine, "run_name": "own"}).json()
    assert other["is_new"] is True
    assert "secret-run" not in str(other)


def test_a_history_bears_the_name_of_who_signed_in(team: Team) -> None:
    model = f"reviewed-{next(numbers)}"
    team.store.create_registered_model(model)
    team.grant("everyone", f"model:{model}", "contributor")
    run = team.store.create_run(NewRun(experiment_id=team.experiment_id)).info
    source = {"source": f"{run.artifact_uri}/model", "run_id": run.run_id}
    assert team.post("manager", "model-versions/register", name=model, **source).status_code == 200
    moved = team.post("manager", "model-aliases/set", name=model, alias="best", version=1, user_id="somebody else")
    assert moved.status_code == 200
    moves = team.post("manager", "model-aliases/history", name=model).json()["moves"]
    assert [move["user_id"] for move in moves] == ["manager"]


def test_a_logged_model_points_into_no_run_of_others(team: Team) -> None:
    mine = team.mlflow("stranger", "POST", "experiments/create", name=f"mine/{next(numbers)}").json()["experiment_id"]
    answers = [
        team.post("stranger", "logged-models/create", experiment_id=mine, artifact_path="m", source_run_id=run_id)
        for run_id in (team.run_id, "f" * 32)
    ]
    assert {answer.status_code for answer in answers} == {404}
    told = [answer.json()["message"].replace(team.run_id, "f" * 32) for answer in answers]
    assert told[0] == told[1]
