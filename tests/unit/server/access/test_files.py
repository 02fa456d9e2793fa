"""Files of others, by whatever way they are asked for."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from tests.unit.server.access.conftest import Team

PROXY = "/api/2.0/mlflow-artifacts/artifacts"
numbers = itertools.count()


@pytest.fixture(scope="module")
def folder(team: Team) -> str:
    """Where the files of the run lie; there is one, `secret.txt`."""
    answer = team.ask(
        "manager", "PUT", f"{PROXY}/{team.experiment_id}/{team.run_id}/artifacts/secret.txt", content=b"s"
    )
    assert answer.status_code == 200
    return f"{team.experiment_id}/{team.run_id}/artifacts"


@pytest.mark.parametrize(
    ("who", "reads", "writes"), [("stranger", 404, 404), ("reader", 200, 403), ("manager", 200, 200)]
)
def test_the_proxy_takes_the_rights_of_the_run(team: Team, folder: str, who: str, reads: int, writes: int) -> None:
    assert team.ask(who, "GET", f"{PROXY}/{folder}/secret.txt").status_code == reads
    assert team.ask(who, "HEAD", f"{PROXY}/{folder}/secret.txt").status_code == reads
    assert team.ask(who, "GET", PROXY, params={"path": folder}).status_code == reads
    assert team.ask(who, "PUT", f"{PROXY}/{folder}/{who}.txt", content=b"x").status_code == writes
    assert team.ask(who, "DELETE", f"{PROXY}/{folder}/{who}.txt").status_code == writes
    get = team.ask(who, "GET", "/get-artifact", params={"run_id": team.run_id, "path": "secret.txt"})
    assert get.status_code == reads
    digest = team.post(who, "artifacts/digest", run_id=team.run_id, path="secret.txt")
    assert digest.status_code == reads


@pytest.mark.parametrize(
    "path", ["", "{experiment}", "{experiment}/{run}", "x/{run}/artifacts/secret.txt", "{experiment}//{run}/artifacts"]
)
def test_what_belongs_to_no_run_of_theirs_is_found_by_nobody_but_administrators(
    team: Team, folder: str, path: str
) -> None:
    filled = path.format(experiment=team.experiment_id, run=team.run_id)
    for who in ("stranger", "manager"):
        answer = team.ask(who, "GET", PROXY, params={"path": filled})
        assert answer.status_code in (400, 404)
        assert "secret" not in answer.text.replace(filled, "")


def test_one_field_twice_does_not_split_check_and_use(team: Team, folder: str) -> None:
    own = team.mlflow("stranger", "POST", "experiments/create", name=f"split/{next(numbers)}").json()["experiment_id"]
    run = team.mlflow("stranger", "POST", "runs/create", experiment_id=own).json()["run"]["info"]["run_id"]
    for mine_first in (True, False):
        paths = [("path", f"{own}/{run}/artifacts"), ("path", folder)]
        answer = team.ask("stranger", "GET", PROXY, params=paths if mine_first else paths[::-1])
        assert "secret" not in answer.text


def test_a_location_confers_no_right(team: Team, folder: str) -> None:
    name = f"near/{next(numbers)}"
    location = f"mlflow-artifacts:/{folder}"
    made = team.mlflow("stranger", "POST", "experiments/create", name=name, artifact_location=location)
    assert made.status_code == 403
    assert team.store.find_experiment_by_name(name) is None
    model = f"thief-{next(numbers)}"
    assert team.mlflow("stranger", "POST", "registered-models/create", name=model).status_code == 200
    for fields in (
        {"source": location},
        {"source": f"{location}/model"},
        {"source": f"runs:/{team.run_id}/model", "run_id": team.run_id},
        {"source": f"mlflow-artifacts:/{team.experiment_id}"},
        {"source": "mlflow-artifacts:/"},
        {"source": f"models:/{team.model}/1"},
    ):
        answer = team.mlflow("stranger", "POST", "model-versions/create", name=model, **fields)
        assert answer.status_code in (400, 404), (fields, answer.text)
    assert team.store.latest_model_versions(model) == ()


def test_a_run_whose_id_stands_in_a_foreign_path_opens_nothing(team: Team, folder: str) -> None:
    own = team.mlflow("stranger", "POST", "experiments/create", name=f"ids/{next(numbers)}").json()["experiment_id"]
    for run_id in ("artifacts", "secret"):
        assert team.post("stranger", "runs/create", experiment_id=own, run_id=run_id).status_code == 200
    assert team.ask("stranger", "GET", f"{PROXY}/{folder}/secret.txt").status_code == 404
    assert team.ask("stranger", "GET", PROXY, params={"path": folder}).status_code == 404


def test_inline_files_are_not_written_before_the_right_to_record_them(team: Team, tmp_path: Path) -> None:
    run_id = f"inline{next(numbers)}"
    document = {
        "experiment_id": team.experiment_id,
        "run_id": run_id,
        "artifacts": {"note.txt": {"text": "x"}},
    }
    assert team.post("reader", "runs/register", **document).status_code in (400, 403)
    path = f"{team.experiment_id}/{run_id}"
    assert team.ask("admin", "GET", PROXY, params={"path": path}).json().get("files", []) == []


def test_who_may_read_a_model_may_read_its_files_wherever_they_lie(team: Team, folder: str) -> None:
    model = f"shared-{next(numbers)}"
    team.store.create_registered_model(model)
    team.grant("user:manager", f"model:{model}", "manager")
    team.grant("user:stranger", f"model:{model}", "reader")
    path = f"{folder}/model{next(numbers)}"
    assert team.ask("manager", "PUT", f"{PROXY}/{path}/weights", content=b"w").status_code == 200
    source = {"source": f"mlflow-artifacts:/{path}", "run_id": team.run_id}
    assert team.mlflow("manager", "POST", "model-versions/create", name=model, **source).status_code == 200
    assert team.ask("stranger", "GET", f"{PROXY}/{path}/weights").content == b"w"
    assert team.ask("stranger", "PUT", f"{PROXY}/{path}/weights", content=b"x").status_code == 404
    assert team.ask("stranger", "GET", f"{PROXY}/{folder}/secret.txt").status_code == 404


def test_registered_files_stay_though_who_changes_them_may_not_see_the_model(team: Team, folder: str) -> None:
    model = f"hidden-{next(numbers)}"
    assert team.mlflow("admin", "POST", "registered-models/create", name=model).status_code == 200
    path = f"{folder}/model{next(numbers)}"
    assert team.ask("contributor", "PUT", f"{PROXY}/{path}/weights", content=b"w").status_code == 200
    source = {"source": f"mlflow-artifacts:/{path}", "run_id": team.run_id}
    assert team.mlflow("admin", "POST", "model-versions/create", name=model, **source).status_code == 200
    for answer in (
        team.ask("contributor", "PUT", f"{PROXY}/{path}/weights", content=b"x"),
        team.ask("contributor", "DELETE", f"{PROXY}/{path}/weights"),
    ):
        assert answer.status_code == 400
        assert model not in answer.text
    assert team.ask("contributor", "GET", f"{PROXY}/{path}/weights").content == b"w"
