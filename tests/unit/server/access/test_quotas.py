"""A server tells who may not keep or ask more what, how much and why, and counts what it stores."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from runfold.artifacts.local import LocalArtifacts
from runfold.config import ServerSettings, StoreSettings
from runfold.domain.access import Grant, Place, PlaceKind, Role, Subject, SubjectKind
from runfold.domain.quota import Owner, OwnerKind, Quota
from runfold.server import create_app
from runfold.stores.sql.store import SqlStore

FILES = "/api/2.0/mlflow-artifacts/artifacts"


class Shop:
    """A server on which `ann` has a quota, `ben` none, and `root` administers."""

    def __init__(self, client: TestClient, store: SqlStore) -> None:
        self.client = client
        self.store = store
        self.tokens: dict[str, str] = {}
        for name in ("ann", "ben", "root"):
            store.create_user(name, password="correct horse battery", is_admin=name == "root")
            self.tokens[name] = store.create_token(name, scope=Role.MANAGER).secret
        self.experiment_id = self.ask("ann", "POST", "/api/2.0/mlflow/experiments/create", json={"name": "ann"}).json()[
            "experiment_id"
        ]
        self.experiments = {"default": self.experiment_id}

    def limit(self, **quota: Any) -> None:
        self.store.set_quota(Owner(OwnerKind.USER, "ann"), Quota(**quota))

    def open_workspace(self, name: str) -> None:
        """Where all contribute; with an experiment."""
        self.store.create_workspace(name)
        place = Place(PlaceKind.WORKSPACE, name)
        self.store.set_grant(Grant(subject=Subject(SubjectKind.EVERYONE), place=place, role=Role.CONTRIBUTOR))
        self.experiments[name] = self.store.in_workspace(name).create_experiment("shared")

    def limit_workspace(self, name: str, **quota: Any) -> None:
        self.store.set_quota(Owner(OwnerKind.WORKSPACE, name), Quota(**quota))

    def ask(self, who: str, method: str, path: str, **options: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.tokens[who]}", **options.pop("headers", {})}
        return self.client.request(method, path, headers=headers, **options)

    def create_run(self, who: str = "ann", workspace: str = "default") -> Any:
        document = {"experiment_id": self.experiments[workspace]}
        headers = {"X-MLFLOW-WORKSPACE": workspace}
        return self.ask(who, "POST", "/api/2.0/mlflow/runs/create", json=document, headers=headers)

    def new_run_id(self) -> str:
        run_id: str = self.create_run().json()["run"]["info"]["run_id"]
        return run_id

    def put(self, run_id: str, name: str, content: Any, who: str = "ann") -> Any:
        path = f"{FILES}/{self.experiment_id}/{run_id}/artifacts/{name}"
        return self.ask(who, "PUT", path, content=content)

    def kept(self) -> tuple[int, int]:
        found = self.store.get_usage("ann")
        return found.n_runs, found.n_bytes


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    store = SqlStore(f"sqlite:///{tmp_path}/runfold.db", StoreSettings(durability="process"))
    app = create_app(ServerSettings(auth=True), store, LocalArtifacts(tmp_path / "files"))
    with TestClient(app, base_url="http://localhost", raise_server_exceptions=False) as client:
        yield Shop(client, store)


def test_a_run_too_many_is_refused_and_the_others_take_all_that_is_sent(shop: Shop) -> None:
    shop.limit(max_runs=1)
    run_id = shop.new_run_id()
    refused = shop.create_run()
    assert (refused.status_code, refused.json()["error_code"]) == (403, "QUOTA_EXCEEDED")
    assert "1 runs" in refused.json()["message"]
    point = {"run_id": run_id, "key": "loss", "value": 1, "timestamp": 1, "step": 0}
    assert shop.ask("ann", "POST", "/api/2.0/mlflow/runs/log-metric", json=point).status_code == 200
    document = {"experiment_id": shop.experiment_id, "run_name": "done", "status": "FINISHED"}
    assert shop.ask("ann", "POST", "/api/runfold/v1/runs/register", json=document).status_code == 403


def test_files_count_when_they_are_stored_replaced_deleted_and_purged(shop: Shop) -> None:
    run_id = shop.new_run_id()
    assert shop.put(run_id, "a.bin", b"x" * 100).status_code == 200
    shop.put(run_id, "a.bin", b"x" * 40)
    shop.put(run_id, "d/b.bin", b"x" * 60)
    shop.put(run_id, "d/c.bin", iter([b"x" * 10, b"x" * 10]))
    assert shop.kept() == (1, 120)
    shop.ask("ann", "DELETE", f"{FILES}/{shop.experiment_id}/{run_id}/artifacts/d")
    assert shop.kept() == (1, 40)
    shop.store.delete_runs([run_id])
    assert shop.ask("root", "POST", "/api/runfold/v1/purge", json={"dry_run": False}).status_code == 200
    assert shop.kept() == (0, 0)


@pytest.mark.parametrize("is_announced", [True, False])
def test_a_file_too_large_is_refused_and_what_it_would_replace_stays(shop: Shop, is_announced: bool) -> None:
    shop.limit(max_bytes=100)
    run_id = shop.new_run_id()
    shop.put(run_id, "a.bin", b"x" * 80)
    content = b"y" * 101
    refused = shop.put(run_id, "a.bin", content if is_announced else iter([content[:50], content[50:]]))
    assert (refused.status_code, refused.json()["error_code"]) == (413, "QUOTA_EXCEEDED")
    assert "100 bytes" in refused.json()["message"]
    assert shop.put(run_id, "b.bin", b"z" * 21).status_code == 413
    assert shop.put(run_id, "b.bin", b"z" * 20).status_code == 200
    path = f"{FILES}/{shop.experiment_id}/{run_id}/artifacts/a.bin"
    assert shop.ask("ann", "GET", path).content == b"x" * 80
    assert shop.kept() == (1, 100)


def test_a_file_counts_for_whose_run_it_lies_in_whoever_sends_it(shop: Shop) -> None:
    run_id = shop.new_run_id()
    assert shop.put(run_id, "a.bin", b"x" * 10, who="root").status_code == 200
    assert shop.kept() == (1, 10)
    assert shop.store.get_usage("root").n_bytes == 0


def test_a_registered_run_counts_with_its_files(shop: Shop) -> None:
    shop.limit(max_bytes=10)
    document = {"experiment_id": shop.experiment_id, "artifacts": [{"path": "note.txt", "text": "ten bytes!"}]}
    assert shop.ask("ann", "POST", "/api/runfold/v1/runs/register", json=document).status_code == 200
    refused = shop.ask("ann", "POST", "/api/runfold/v1/runs/register", json=document)
    assert refused.status_code == 413
    assert shop.kept() == (1, 10)


def test_a_quota_of_requests_holds_for_its_user_at_once(shop: Shop) -> None:
    listing = "/api/runfold/v1/experiments/list"
    set_quota = {"owner": "user:ann", "max_requests_per_s": 0.2}
    assert shop.ask("root", "POST", "/api/runfold/v1/quotas/set", json=set_quota).status_code == 200
    answers = [shop.ask("ann", "POST", listing, json={}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert "quota" in answers[-1].json()["message"]
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert shop.ask("ben", "POST", listing, json={}).status_code == 200


def test_a_token_has_a_limit_of_its_own(tmp_path: Path) -> None:
    store = SqlStore(f"sqlite:///{tmp_path}/runfold.db", StoreSettings(durability="process"))
    store.create_user("ann", password="correct horse battery")
    one, other = (store.create_token("ann", scope=Role.MANAGER).secret for _ in range(2))
    app = create_app(
        ServerSettings(auth=True, max_requests_per_s_of_token=0.2), store, LocalArtifacts(tmp_path / "files")
    )
    with TestClient(app, base_url="http://localhost") as client:

        def ask(token: str) -> int:
            headers = {"Authorization": f"Bearer {token}"}
            return client.post("/api/runfold/v1/experiments/list", json={}, headers=headers).status_code

        assert [ask(one) for _ in range(3)] == [200, 200, 429]
        assert ask(other) == 200


def test_everybody_sees_their_own_usage_and_administrators_all(shop: Shop) -> None:
    shop.new_run_id()
    mine = shop.ask("ann", "POST", "/api/runfold/v1/usage/get", json={}).json()["usage"]
    assert (mine["owner"], mine["n_runs"], mine["limits"]["max_runs"]) == ("user:ann", 1, -1)
    assert shop.ask("ben", "POST", "/api/runfold/v1/usage/get", json={"user": "ann"}).status_code == 404
    assert shop.ask("ben", "POST", "/api/runfold/v1/usage/list", json={}).status_code == 403
    assert shop.ask("ben", "POST", "/api/runfold/v1/quotas/set", json={"owner": "user:ben"}).status_code == 403
    listed = shop.ask("root", "POST", "/api/runfold/v1/usage/list", json={}).json().get("usages", [])
    assert [one["owner"] for one in listed] == ["default", "default:workspaces", "user:ann", "user:ben", "user:root"]
    for wrong in ("nobody", "group:x", "user:", ""):
        assert shop.ask("root", "POST", "/api/runfold/v1/quotas/set", json={"owner": wrong}).status_code == 400


def test_a_workspace_at_its_quota_says_so_to_all_who_work_in_it(shop: Shop) -> None:
    shop.open_workspace("vision")
    shop.limit_workspace("vision", max_runs=1, max_bytes=100)
    run_id = shop.create_run(workspace="vision").json()["run"]["info"]["run_id"]
    refused = shop.create_run(who="ben", workspace="vision")
    assert (refused.status_code, refused.json()["error_code"]) == (403, "QUOTA_EXCEEDED")
    assert "the workspace 'vision'" in refused.json()["message"]
    assert "administrator" in refused.json()["message"]
    assert shop.create_run().status_code == 200
    path = f"{FILES}/{shop.experiments['vision']}/{run_id}/artifacts/a.bin"
    inside = {"X-MLFLOW-WORKSPACE": "vision"}
    assert shop.ask("ben", "PUT", path, content=b"x" * 101, headers=inside).status_code == 413
    assert shop.ask("ben", "PUT", path, content=iter([b"x" * 60, b"x" * 60]), headers=inside).status_code == 413
    assert shop.ask("ben", "PUT", path, content=b"x" * 100, headers=inside).status_code == 200
    assert shop.kept() == (2, 100)


def test_the_default_of_workspaces_holds_for_each_that_says_nothing_of_its_own(shop: Shop) -> None:
    for name in ("vision", "speech"):
        shop.open_workspace(name)
    quota = {"owner": "default:workspaces", "max_runs": 1, "max_bytes": 10, "max_requests_per_s": 0.3}
    assert shop.ask("root", "POST", "/api/runfold/v1/quotas/set", json=quota).status_code == 200
    shop.limit_workspace("speech", max_runs=2, max_requests_per_s=-1)
    assert [shop.create_run(workspace="vision").status_code for _ in range(3)] == [200, 403, 403]
    answers = [shop.create_run(workspace="speech") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200, 200, 403, 403, 403, 403]
    assert "workspace 'speech'" in answers[-1].json()["message"]
    path = f"{FILES}/{shop.experiments['speech']}/{answers[0].json()['run']['info']['run_id']}/artifacts/a.bin"
    inside = {"X-MLFLOW-WORKSPACE": "speech"}
    assert shop.ask("ann", "PUT", path, content=b"x" * 11, headers=inside).status_code == 413
    assert shop.ask("ann", "PUT", path, content=b"x" * 10, headers=inside).status_code == 200
    refused = shop.create_run(workspace="vision")
    assert (refused.status_code, "the workspace 'vision'" in refused.json()["message"]) == (429, True)


def test_requests_of_all_in_a_workspace_count_together(shop: Shop) -> None:
    shop.open_workspace("vision")
    shop.limit_workspace("vision", max_requests_per_s=0.2)
    listing, inside = "/api/runfold/v1/experiments/list", {"X-MLFLOW-WORKSPACE": "vision"}
    answers = [shop.ask(who, "POST", listing, json={}, headers=inside) for who in ("ann", "ben", "ann")]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert "the workspace 'vision'" in answers[-1].json()["message"]
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert shop.ask("ann", "POST", listing, json={}).status_code == 200


def test_calls_by_id_count_where_the_record_lies(shop: Shop) -> None:
    shop.open_workspace("vision")
    run_id = shop.create_run(workspace="vision").json()["run"]["info"]["run_id"]
    for name in ("vision", "default"):
        quota = {"owner": f"workspace:{name}", "max_requests_per_s": 0.02}
        assert shop.ask("root", "POST", "/api/runfold/v1/quotas/set", json=quota).status_code == 200
    point = {"run_id": run_id, "metrics": [{"key": "loss", "value": 1, "timestamp": 1, "step": 0}]}

    def log(who: str) -> Any:
        return shop.ask(who, "POST", "/api/2.0/mlflow/runs/log-batch", json=point)

    answers = [log("ann"), log("ben")]
    assert [answer.status_code for answer in answers] == [200, 429]
    assert "the workspace 'vision'" in answers[-1].json()["message"]
    assert int(answers[-1].headers["retry-after"]) >= 1
    listing, inside = "/api/runfold/v1/experiments/list", {"X-MLFLOW-WORKSPACE": "vision"}
    assert shop.ask("ann", "POST", listing, json={}, headers=inside).status_code == 429
    by_experiment = {"experiment_id": shop.experiments["vision"]}
    assert shop.ask("ann", "GET", "/api/2.0/mlflow/experiments/get", params=by_experiment).status_code == 429
    path = f"{FILES}/{shop.experiments['vision']}/{run_id}/artifacts/a.txt"
    assert shop.ask("ann", "PUT", path, content=b"x").status_code == 429
    asked = [shop.ask("ann", "POST", listing, json={}).status_code for _ in range(2)]
    assert asked == [200, 429], "nothing of it was taken from the workspace that they named"


def test_who_may_not_reach_a_record_does_not_take_from_its_workspace(shop: Shop) -> None:
    shop.open_workspace("vision")
    run_id = shop.create_run(workspace="vision").json()["run"]["info"]["run_id"]
    shop.limit_workspace("vision", max_requests_per_s=0.2)
    everyone, vision = Subject(SubjectKind.EVERYONE), Place(PlaceKind.WORKSPACE, "vision")
    shop.store.set_grant(Grant(subject=everyone, place=vision, role=Role.NONE))
    asked = [shop.ask("ben", "GET", "/api/2.0/mlflow/runs/get", params={"run_id": run_id}) for _ in range(4)]
    assert {answer.status_code for answer in asked} == {404}


def test_who_manages_a_workspace_sees_what_it_keeps_and_administrators_see_all(shop: Shop) -> None:
    shop.open_workspace("vision")
    shop.open_workspace("speech")
    ann, vision = Subject(SubjectKind.USER, "ann"), Place(PlaceKind.WORKSPACE, "vision")
    shop.store.set_grant(Grant(subject=ann, place=vision, role=Role.MANAGER))
    shop.create_run(who="ben", workspace="vision")
    usage = "/api/runfold/v1/usage/workspaces"
    asked = {"root": ["default", "speech", "vision"], "ann": ["vision"], "ben": []}
    for who, names in asked.items():
        listed = shop.ask(who, "POST", usage, json={}).json().get("usages", [])
        assert [one["owner"] for one in listed] == [f"workspace:{name}" for name in names]
    (mine,) = shop.ask("ann", "POST", usage, json={"workspaces": ["vision"]}).json()["usages"]
    assert (mine["n_runs"], mine["limits"]["max_runs"]) == (1, -1)
    assert shop.ask("ben", "POST", usage, json={"workspaces": ["vision"]}).status_code == 403
    assert shop.ask("ann", "POST", usage, json={"workspaces": ["vision", "gone"]}).status_code == 404
    quota = {"owner": "workspace:vision", "max_points": 5}
    assert shop.ask("ann", "POST", "/api/runfold/v1/quotas/set", json=quota).status_code == 403
    assert shop.ask("root", "POST", "/api/runfold/v1/quotas/set", json=quota).json()["usage"]["own"]["max_points"] == 5
