"""The deletion of workspaces on a server with users: who may, and what everybody else still reaches."""

from __future__ import annotations

import pytest

from runfold.domain.access import Role, parse_place
from runfold.domain.job import NewJob
from runfold.domain.retention import RetentionRule, RuleKey
from runfold.domain.run import NewRun
from runfold.errors import InvalidState, NotFound
from runfold.server.retention.passes import Retention
from runfold.stores.audit import AuditQuery
from runfold.testing.stores.records import unique
from tests.unit.server.access.conftest import PASSWORD, Team


class Vision:
    """A workspace that `ann` manages, with an experiment and a run."""

    def __init__(self, team: Team) -> None:
        self.team = team
        self.name, self.ann = unique("vision"), unique("ann")
        team.store.create_workspace(self.name)
        team.store.create_user(self.ann, password=PASSWORD)
        team.store.update_user(self.ann, workspace=self.name)
        team.tokens[self.ann] = team.store.create_token(self.ann, scope=Role.MANAGER).secret
        team.grant(f"user:{self.ann}", f"workspace:{self.name}", "manager")
        self.inside = team.store.in_workspace(self.name)
        self.experiment_name = unique("experiment")
        self.experiment_id = self.inside.create_experiment(self.experiment_name)
        self.run_id = team.store.create_run(NewRun(experiment_id=self.experiment_id)).info.run_id

    def delete(self, who: str = "admin", **fields: object) -> int:
        return self.team.post(who, "workspaces/delete", workspace_name=self.name, **fields).status_code

    def reaches(self, who: str) -> int:
        return self.team.mlflow(who, "GET", "runs/get", run_id=self.run_id).status_code


@pytest.fixture
def vision(team: Team) -> Vision:
    return Vision(team)


def test_deleting_restoring_and_purging_is_for_administrators(vision: Vision) -> None:
    for who in (vision.ann, "manager", "stranger"):
        for call in ("delete", "restore", "purge", "trash"):
            assert vision.team.post(who, f"workspaces/{call}", workspace_name=vision.name).status_code == 403
    assert vision.delete(mode="trash") == 200
    listed = vision.team.post("admin", "workspaces/trash").json()["workspaces"]
    assert vision.name in [one["name"] for one in listed]


def test_nobody_but_administrators_reaches_what_is_in_the_trash(vision: Vision) -> None:
    team = vision.team
    team.grant(f"user:{vision.ann}", f"experiment:{vision.experiment_id}", "manager")
    team.grant("user:reader", "everything", "reader")
    assert (vision.reaches(vision.ann), vision.reaches("admin")) == (200, 200)
    assert vision.delete(mode="trash") == 200
    assert [vision.reaches(who) for who in (vision.ann, "reader", "stranger", "admin")] == [404, 404, 404, 200]
    logged = team.mlflow(vision.ann, "POST", "runs/log-metric", run_id=vision.run_id, key="m", value=1, timestamp=1)
    assert logged.status_code == 404
    named = team.ask(vision.ann, "POST", "/api/runfold/v1/trash/list", headers={"X-MLFLOW-WORKSPACE": vision.name})
    assert named.status_code == 404
    found = team.mlflow(vision.ann, "GET", "experiments/get-by-name", experiment_name=vision.experiment_name)
    assert found.status_code == 404
    assert team.store.get_user(vision.ann).workspace == "default"
    assert team.post("admin", "workspaces/restore", workspace_name=vision.name).status_code == 200
    assert [vision.reaches(who) for who in (vision.ann, "stranger")] == [200, 404]
    team.post("admin", "grants/remove", subject="user:reader", place="everything")


def test_its_rules_rest_in_the_trash_and_end_with_it(vision: Vision) -> None:
    team, store = vision.team, vision.team.store
    saved = team.post(vision.ann, "retention/save", name="old", workspace=vision.name, next_time_ms=1)
    assert saved.status_code == 200
    server_rule = unique("of-the-server")
    store.save_retention_rule(
        RetentionRule(name=server_rule, place=parse_place(f"workspace:{vision.name}/folder:a"), next_time_ms=1)
    )
    key = RuleKey(vision.name, "old")
    begun = store.begin_retention_pass(key, "me", by="", lease_s=-1)
    assert key in store.due_retention_rules()
    vision.delete(mode="trash")
    assert key not in store.due_retention_rules()
    assert (vision.name, "old") not in [one.key for one in store.list_retention_rules()]
    with pytest.raises(NotFound):
        store.retire(begun, "me", (), path="", lease_s=300)
    retention: Retention = team.client.app.state.services.retention  # type: ignore[attr-defined]
    with pytest.raises(NotFound):
        retention.apply(key)
    team.post("admin", "workspaces/restore", workspace_name=vision.name)
    assert key in store.due_retention_rules()
    vision.delete(mode="trash")
    store.purge_workspace(vision.name, dry_run=False)
    store.create_workspace(vision.name)
    assert store.list_retention_rules(vision.name) == ()
    (kept,) = [one for one in store.list_retention_rules("") if one.name == server_rule]
    assert not kept.is_active, "it must not fall to another workspace of this name"


def test_what_moves_is_granted_as_the_other_workspace_has_it(vision: Vision) -> None:
    team, store = vision.team, vision.team.store
    model = unique("model")
    vision.inside.create_registered_model(model)
    contributor, outsider = unique("carl"), unique("olga")
    for user in (contributor, outsider):
        store.create_user(user, password=PASSWORD)
    team.grant(f"user:{contributor}", f"workspace:{vision.name}/model:{model}", "contributor")
    team.grant(f"user:{outsider}", f"workspace:{vision.name}/folder:team", "reader")
    other = Vision(team)
    assert vision.reaches(other.ann) == 404
    for name, place in ((vision.name, "denied"), (vision.name, "both"), (other.name, "both")):
        team.grant(f"user:{outsider}", f"workspace:{name}/dataset:{place}", "none")
    team.grant(f"user:{contributor}", f"workspace:{vision.name}/dataset:open", "reader")
    for name in (vision.name, other.name):
        team.grant(f"user:{contributor}", f"workspace:{name}/new", "reader" if name == other.name else "manager")
    assert vision.delete(mode="move", to=other.name) == 200
    assert (vision.reaches(other.ann), vision.reaches(vision.ann)) == (200, 404)
    grants = store.list_grants(place=parse_place(f"workspace:{other.name}/model:{model}"))
    assert [(grant.subject.name, grant.role) for grant in grants] == [(contributor, Role.CONTRIBUTOR)]
    assert store.list_grants(place=parse_place(f"workspace:{other.name}/folder:team")) == ()
    datasets = [
        (name, len(store.list_grants(place=parse_place(f"workspace:{other.name}/dataset:{name}"))))
        for name in ("denied", "both", "open")
    ]
    assert datasets == [("denied", 1), ("both", 1), ("open", 0)]
    (of_new,) = store.list_grants(place=parse_place(f"workspace:{other.name}/new"))
    assert of_new.role is Role.READER
    members = store.list_grants(place=parse_place(f"workspace:{other.name}"))
    assert [(grant.subject.text, grant.role) for grant in members] == [
        ("everyone", Role.NONE),
        (f"user:{other.ann}", Role.MANAGER),
    ]


def test_mlflow_clients_say_it_in_the_query(vision: Vision) -> None:
    path = f"/api/3.0/mlflow/workspaces/{vision.name}"
    held = vision.team.ask("admin", "DELETE", path)
    assert (held.status_code, "1 experiment" in held.json()["message"]) == (400, True)
    assert vision.team.ask("admin", "DELETE", path, params={"mode": "CASCADE"}).status_code == 204
    vision.team.post("admin", "workspaces/restore", workspace_name=vision.name)
    assert vision.team.ask("admin", "DELETE", path, params={"mode": "SET_DEFAULT"}).status_code == 204
    assert vision.team.store.get_experiment(vision.experiment_id).workspace == "default"


def test_the_audit_says_what_became_of_it(vision: Vision) -> None:
    vision.delete(mode="move", to="default", dry_run=True)
    vision.delete(mode="move", to="default")
    query = AuditQuery(filter=f"object = 'workspace:{vision.name}' AND action = 'workspaces/delete'")
    details = [one.act.detail for one in vision.team.store.search_audit(query).items]
    assert sorted(details) == ["dry_run=True mode=move to=default", "mode=move to=default"]


def test_files_go_with_a_purge(vision: Vision) -> None:
    team = vision.team
    path = f"/api/2.0/mlflow-artifacts/artifacts/{vision.experiment_id}/{vision.run_id}/artifacts/w.bin"
    assert team.ask(vision.ann, "PUT", path, content=b"12345").status_code == 200
    vision.delete(mode="trash")
    planned = team.post("admin", "workspaces/purge", workspace_name=vision.name).json()
    assert (planned["n_files"], planned["n_bytes"], planned["contents"]["n_bytes"]) == (1, 5, 5)
    done = team.post("admin", "workspaces/purge", workspace_name=vision.name, dry_run=False).json()
    assert (done["n_files"], done["is_dry_run"]) == (1, False)
    assert team.ask("admin", "GET", path).status_code == 404
    assert team.post("admin", "workspaces/purge", workspace_name=vision.name).status_code == 404


def test_nothing_is_added_to_a_workspace_in_the_trash(vision: Vision) -> None:
    vision.delete(mode="trash")
    with pytest.raises(NotFound):
        vision.inside.submit_job(NewJob(uri="/p"))
    vision.team.store.restore_workspace(vision.name)
    vision.inside.submit_job(NewJob(uri="/p"))
    with pytest.raises(InvalidState):
        vision.team.store.delete_workspace(vision.name)
