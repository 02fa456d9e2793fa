"""Grants on datasets: what is told of one, to whom, and who notes that it was used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from runfold.domain.access import Role, parse_place
from runfold.domain.dataset import Dataset, DatasetUse
from runfold.domain.logged_model import LoggedModelStatus
from runfold.domain.metric import Metric
from runfold.domain.registered_model import ModelCard, ModelDataset, NewModelVersion
from runfold.domain.run import NewRun, RunBatch
from runfold.testing.stores.records import unique
from runfold.wire.endpoints import ENDPOINTS, Body, Permission
from tests.unit.server.access.conftest import Team, a_team
from tests.unit.server.access.test_matrix import send

NAME, DIGEST = "patients-9c41", "digest-9c41"
SECRETS = (NAME, DIGEST, "source-9c41", "schema-9c41", "profile-9c41", "context-9c41")
PATIENTS = Dataset(
    name=NAME,
    digest=DIGEST,
    source_type="source-9c41-type",
    source='{"uri": "s3://source-9c41"}',
    schema='{"columns": "schema-9c41"}',
    profile='{"rows": "profile-9c41"}',
)
WINE = Dataset(name="wine", digest="open", source_type="local", source="{}")
DENIED = ("denied reader", "denied contributor", "denied manager", "denied by group", "denied workspace manager")
"""Who may otherwise do with the run and the model what their names say."""


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    with a_team(tmp_path_factory.mktemp("datasets")) as team:
        store = team.store
        used = DatasetUse(dataset=PATIENTS, tags={"mlflow.data.context": "context-9c41", "k": "context-9c41"})
        store.log_inputs(team.run_id, [used, DatasetUse(dataset=WINE)])
        points = (
            Metric("auc", 0.5, 1, 0, team.model_id, NAME, DIGEST),
            Metric("auc", 0.9, 2, 0, team.model_id, "wine"),
        )
        store.log_batch(team.run_id, RunBatch(metrics=points))
        store.finalize_logged_model(team.model_id, LoggedModelStatus.READY)
        card = ModelCard(datasets=(ModelDataset(name=NAME, digest=DIGEST, context="context-9c41"),))
        version = NewModelVersion(name=team.model, source="s", run_id=team.run_id, model_id=team.model_id, card=card)
        store.create_model_version(version)
        store.set_model_alias(team.model, "best", 1)
        for who in DENIED:
            name = who.replace(" ", "-")
            store.create_user(name)
            team.tokens[who] = store.create_token(name, scope=Role.MANAGER).secret
            role = who.removeprefix("denied ")
            for place in (f"experiment:{team.experiment_id}", f"model:{team.model}"):
                team.grant(f"user:{name}", place, role if role in ("reader", "contributor") else "manager")
            team.grant(f"user:{name}", "workspace:default", "manager" if "workspace" in who else "reader")
            if who != "denied by group":
                team.grant(f"user:{name}", f"dataset:{NAME}", "none")
        store.set_group("kept-out", ["denied-by-group"])
        team.grant("group:kept-out", f"dataset:{NAME}", "none")
        yield team


def leaked(answer: Any) -> list[str]:
    told = f"{answer.headers} {answer.text}"
    return [secret for secret in SECRETS if secret in told]


READS = [
    pytest.param(endpoint, method, path, id=f"{method} {path}")
    for endpoint in ENDPOINTS
    for method in endpoint.methods
    for path in endpoint.paths
    if endpoint.permission is not Permission.PUBLIC and endpoint.answers is not Body.EVENTS and not endpoint.is_write
]


@pytest.mark.parametrize(("endpoint", "method", "path"), READS)
def test_no_call_that_reads_tells_of_a_dataset_that_is_denied(
    team: Team, endpoint: Any, method: str, path: str
) -> None:
    for who in DENIED:
        answer = send(team, who, endpoint, method, path)
        assert answer.status_code < 500 or answer.status_code == 501
        assert not leaked(answer), (who, answer.text)


def ways(team: Team) -> dict[str, Any]:
    """Every way by which a dataset's name, digest, source, schema, profile or context gets out, as a question."""
    ids, run = [team.experiment_id], {"run_id": team.run_id}
    version = {"name": team.model, "version": "1"}

    def runs(**more: Any) -> Any:
        return lambda who: team.post(who, "runs/search", experiment_ids=ids, **more)

    def models(**more: Any) -> Any:
        return lambda who: team.mlflow(who, "POST", "logged-models/search", experiment_ids=ids, **more)

    return {
        "the run": lambda who: team.mlflow(who, "GET", "runs/get", **run),
        "runs": runs(),
        "runs by MLflow's call": lambda who: team.mlflow(who, "POST", "runs/search", experiment_ids=ids),
        "changes of runs": lambda who: team.post(who, "runs/changes", experiment_ids=ids, after=0),
        "datasets": lambda who: team.mlflow(who, "POST", "experiments/search-datasets", experiment_ids=ids),
        "the workspace's datasets": lambda who: team.post(who, "datasets/list"),
        "the workspace's datasets of a name": lambda who: team.post(who, "datasets/list", name=NAME),
        "a group by name": lambda who: team.post(who, "runs/group", experiment_ids=ids, by=["dataset.name"]),
        "a group by digest": lambda who: team.post(who, "runs/group", experiment_ids=ids, by=["dataset.digest"]),
        "a group by context": lambda who: team.post(who, "runs/group", experiment_ids=ids, by=["dataset.context"]),
        "a column": lambda who: team.post(who, "runs/table", experiment_ids=ids, fields=["dataset.name"]),
        "the logged model": lambda who: team.mlflow(who, "GET", f"logged-models/{team.model_id}"),
        "logged models": models(),
        "the version": lambda who: team.mlflow(who, "GET", "model-versions/get", **version),
        "the version's record": lambda who: team.post(who, "model-versions/get", name=team.model, version=1),
        "versions": lambda who: team.post(who, "model-versions/search"),
        "versions at a place": lambda who: team.post(who, "model-versions/at", locations=["s"]),
        "an alias's record": lambda who: team.post(who, "model-aliases/get", name=team.model, alias="best"),
        "the model's record": lambda who: team.post(who, "models/get", name=team.model),
        "versions by MLflow's call": lambda who: team.mlflow(who, "GET", "model-versions/search"),
        "the model": lambda who: team.mlflow(who, "GET", "registered-models/get", name=team.model),
        "models": lambda who: team.post(who, "models/search"),
        "an alias": lambda who: team.mlflow(who, "GET", "registered-models/alias", name=team.model, alias="best"),
        "latest versions": lambda who: team.mlflow(
            who, "POST", "registered-models/get-latest-versions", name=team.model
        ),
        "one's own grants": lambda who: team.post(
            who, "grants/list", subject=f"user:{who.replace(' ', '-')}" if who in DENIED else "user:denied-reader"
        ),
    }


def test_none_of_the_ways_is_open_to_who_is_denied(team: Team) -> None:
    told_of = set()
    for way, ask in ways(team).items():
        for who in DENIED:
            answer = ask(who)
            assert answer.status_code == 200, (way, answer.text)
            assert not leaked(answer), (way, who, answer.text)
        told_of.update([way] if leaked(ask("admin")) else [])
    # Each is a way indeed, but for those of MLflow that never name datasets.
    silent = {"the version", "versions by MLflow's call", "the model", "latest versions", "an alias"}
    assert ways(team).keys() - told_of <= silent


FILTERS = (
    f"dataset.name = '{NAME}'",
    f"dataset.name IN ('{NAME}', 'nothing')",
    "dataset.name LIKE 'patients%'",
    "dataset.name ILIKE '%9C41'",
    f"dataset.digest = '{DIGEST}'",
    "dataset.context = 'context-9c41'",
    "dataset.context IS NOT NULL",
    "dataset.name != 'wine'",
)


@pytest.mark.parametrize("clause", FILTERS)
def test_a_filter_on_a_denied_dataset_finds_nothing(team: Team, clause: str) -> None:
    ids = [team.experiment_id]
    asked = [
        ("POST", "runs/search", {"experiment_ids": ids, "filter": clause}, "run"),
        ("POST", "runs/search", {"experiment_ids": ids, "filter": f"NOT NOT {clause}"}, "run"),
    ]
    for _, call, fields, word in asked:
        assert f'"{word}_id"' in team.post("reader", call, **fields).text
        for who in DENIED:
            found = team.post(who, call, **fields)
            assert (found.status_code, f'"{word}_id"' in found.text) == (200, False), (who, found.text)
    if clause == "dataset.context IS NOT NULL" or "!=" in clause:
        return  # the version has an open dataset like that
    clause = clause.replace("dataset.", "datasets.")
    for call in ("model-versions/search", "models/search"):
        assert '"version"' in team.post("reader", call, filter=clause).text
        for who in DENIED:
            assert '"version"' not in team.post(who, call, filter=clause).text


def test_metrics_measured_on_a_denied_dataset_neither_filter_nor_order_models(team: Team) -> None:
    ids, on_it = [team.experiment_id], [{"dataset_name": NAME, "dataset_digest": DIGEST}]

    def n_found(who: str, **fields: Any) -> int:
        found = team.mlflow(who, "POST", "logged-models/search", experiment_ids=ids, **fields)
        assert found.status_code == 200, found.text
        return len(found.json().get("models", ()))

    for clause, datasets in (("metrics.auc = 0.5", []), ("metrics.auc > 0", on_it)):
        assert n_found("reader", filter=clause, datasets=datasets) == 1
        assert {n_found(who, filter=clause, datasets=datasets) for who in DENIED} == {0}
    assert {n_found(who, filter="metrics.auc = 0.9") for who in ("reader", *DENIED)} == {1}


def test_the_open_dataset_beside_it_is_told_of(team: Team) -> None:
    for who in DENIED:
        run = team.mlflow(who, "GET", "runs/get", run_id=team.run_id).json()["run"]
        assert [one["dataset"]["name"] for one in run["inputs"]["dataset_inputs"]] == ["wine"]


def noting(team: Team, who: str, dataset: Dataset, run_id: str) -> list[int]:
    """The answers to every way of noting that a dataset was used."""
    fields = {key: getattr(dataset, key) for key in ("name", "digest", "source_type", "source")}
    point = {"key": "auc", "value": 1, "timestamp": 3, "step": 0, "model_id": team.model_id}
    measured = {**point, "dataset_name": dataset.name, "dataset_digest": dataset.digest}
    experiment = {"experiment_id": team.experiment_id}
    card = {"datasets": [{"name": dataset.name, "digest": dataset.digest}]}
    answers = [
        team.mlflow(who, "POST", "runs/log-inputs", run_id=run_id, datasets=[{"dataset": fields}]),
        team.post(who, "runs/log-datasets", run_id=run_id, datasets=[{"dataset": fields}]),
        team.mlflow(who, "POST", "runs/log-batch", run_id=run_id, metrics=[measured]),
        team.mlflow(who, "POST", "runs/log-metric", run_id=run_id, **measured),
        team.post(who, "runs/register", **experiment, datasets=[{"dataset": fields}], status="FINISHED"),
        team.post(who, "model-versions/update-card", name=team.model, version=1, **card),
    ]
    assert not [secret for answer in answers for secret in leaked(answer) if answer.status_code != 200]
    return [answer.status_code for answer in answers]


def test_who_is_denied_or_may_only_read_a_dataset_does_not_note_its_use(team: Team) -> None:
    run_id = team.store.create_run(NewRun(experiment_id=team.experiment_id)).info.run_id
    rows = team.store.create_run(NewRun(experiment_id=team.experiment_id)).info.run_id
    before = team.store.get_model_version(team.model, 1).card.datasets
    for who in DENIED[1:]:
        assert set(noting(team, who, PATIENTS, run_id)) == {403}
    team.grant("user:contributor", "dataset:wine", "reader")
    assert set(noting(team, "contributor", WINE, rows)) == {403}
    assert team.store.get_run(run_id).datasets == team.store.get_run(rows).datasets == ()
    assert team.store.get_model_version(team.model, 1).card.datasets == before
    team.grant("user:contributor", "dataset:wine", "contributor")
    assert set(noting(team, "contributor", WINE, rows)) == {200}


def test_a_card_that_somebody_denied_changes_keeps_what_they_do_not_see(team: Team) -> None:
    model = unique("carded")
    team.store.create_registered_model(model)
    kept, other = (ModelDataset(name=one, digest="d") for one in (NAME, "digits"))
    team.store.create_model_version(NewModelVersion(name=model, source="s", card=ModelCard(datasets=(kept, other))))
    team.grant("user:denied-contributor", f"model:{model}", "contributor")
    who = "denied contributor"
    changed = team.post(who, "model-versions/update-card", name=model, version=1, owner="me", datasets=[])
    assert changed.status_code == 200, changed.text
    assert not leaked(changed)
    assert team.store.get_model_version(model, 1).card.datasets == (kept,)


def test_who_manages_the_workspace_decides_on_its_datasets_and_nobody_else_at_first(team: Team) -> None:
    fields = {"subject": "user:stranger", "place": f"dataset:{unique('new')}", "role": "none"}
    for who, status in (("stranger", 404), ("manager", 404), ("denied manager", 403), ("admin", 200)):
        assert team.post(who, "grants/set", **fields).status_code == status, who
    assert team.post("denied workspace manager", "grants/set", **fields).status_code == 200
    fields["place"] = f"dataset:{NAME}"
    assert team.post("denied workspace manager", "grants/set", **fields).status_code == 404
    team.grant("user:manager", "dataset:shared", "manager")
    assert team.post("manager", "grants/set", **{**fields, "place": "dataset:shared"}).status_code == 200
    assert team.post("manager", "grants/explain", place="dataset:shared").status_code == 200


def listed(team: Team, who: str) -> dict[str, int]:
    """Names of datasets, with the number of runs that are told of."""
    answer = team.post(who, "datasets/list", max_results=1000)
    assert answer.status_code == 200, answer.text
    return {one["name"]: one.get("n_runs", 0) for one in answer.json().get("datasets", ())}


def test_a_role_on_a_dataset_opens_it_without_its_runs(team: Team) -> None:
    name = unique("opened")
    run_id = team.store.create_run(NewRun(experiment_id=team.experiment_id)).info.run_id
    dataset = Dataset(name=name, digest="d", source_type="local", source="{}", schema="the-schema")
    team.store.log_inputs(run_id, [DatasetUse(dataset=dataset)])
    ref = {"name": name, "digest": "d"}
    assert name not in listed(team, "stranger")
    assert team.post("stranger", "datasets/get", **ref).status_code == 404
    assert listed(team, "reader")[name] == 1

    team.grant("user:stranger", f"dataset:{name}", "reader")

    assert listed(team, "stranger") == {name: 0}
    told = team.post("stranger", "datasets/get", **ref)
    assert told.json()["dataset"]["schema"] == "the-schema"
    assert team.mlflow("stranger", "GET", "runs/get", run_id=run_id).status_code == 404
    assert team.post("stranger", "datasets/list").json()["datasets"][0].get("experiment_ids", []) == []


def test_a_denied_dataset_and_one_that_is_not_there_answer_alike(team: Team) -> None:
    def answers(who: str, name: str) -> list[tuple[int, str]]:
        place = f"dataset:{name}"
        found = [
            team.post(who, "datasets/get", name=name, digest=DIGEST),
            team.post(who, "grants/list", place=place),
            team.post(who, "grants/explain", place=place, user=who.replace(" ", "-")),
            team.post(who, "grants/set", place=place, subject="everyone", role="reader"),
            team.post(who, "grants/remove", place=place, subject="everyone"),
            team.post(who, "tokens/create", user=who.replace(" ", "-"), scope="reader", places=[place]),
        ]
        texts = [{key: value for key, value in one.json().items() if key != "request_id"} for one in found]
        return [(one.status_code, str(text).replace(name, "it")) for one, text in zip(found, texts, strict=True)]

    team.store.create_user("nobody-denied")
    team.grant("user:nobody-denied", f"dataset:{NAME}", "none")
    team.tokens["nobody denied"] = team.store.create_token("nobody-denied", scope=Role.MANAGER).secret
    assert answers("nobody denied", NAME) == answers("nobody denied", "not-there")
    assert [status for status, _ in answers("nobody denied", NAME)] == [404] * 6


def test_runs_are_not_taken_out_of_a_workspace_by_who_is_denied_something_in_it(team: Team) -> None:
    team.store.create_workspace("elsewhere")
    target = team.store.in_workspace("elsewhere").create_experiment("target")
    name, who = "denied-contributor", "denied contributor"
    team.grant(f"user:{name}", "workspace:elsewhere", "manager")
    team.store.in_workspace("elsewhere").create_registered_model("copied")
    without = team.store.create_run(NewRun(experiment_id=team.experiment_id)).info.run_id
    elsewhere = {"X-MLFLOW-WORKSPACE": "elsewhere"}
    for run_id in (team.run_id, without):
        moved = team.post(who, "runs/move", run_ids=[run_id], experiment_id=target)
        version = {"name": "copied", "source": f"runs:/{run_id}/m", "run_id": run_id}
        path = "/api/2.0/mlflow/model-versions/create"
        made = team.ask(who, "POST", path, json=version, headers=elsewhere)
        assert (moved.status_code, made.status_code) == (403, 403), (moved.text, made.text)
        assert not leaked(moved)
        assert not leaked(made)


def test_a_rule_of_retention_finds_no_denied_dataset(team: Team) -> None:
    place, clause = f"experiment:{team.experiment_id}", f"dataset.name = '{NAME}'"
    for who, found in (("admin", True), ("denied workspace manager", False)):
        rule = {"name": unique("rule"), "workspace": "default", "place": place, "filter": clause}
        planned = team.post(who, "retention/plan", **rule)
        assert planned.status_code == 200, planned.text
        assert (team.run_id in planned.text) is found, planned.text


def test_a_token_for_a_dataset_reads_it_as_its_owner_does_and_nothing_else(team: Team) -> None:
    made = team.store.create_token("reader", scope=Role.MANAGER, places=[parse_place(f"dataset:{NAME}")])
    team.tokens["for the dataset"] = made.secret
    assert team.mlflow("for the dataset", "GET", "runs/get", run_id=team.run_id).status_code == 404
    assert listed(team, "for the dataset") == {NAME: 0}
    own = team.post("for the dataset", "grants/explain", place=f"dataset:{NAME}", user="reader")
    assert own.status_code == 200, own.text
