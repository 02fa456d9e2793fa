"""A server with users, and people who may do different things with one experiment and one model."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient

from runfold.artifacts.local import LocalArtifacts
from runfold.config import ServerSettings, StoreSettings
from runfold.domain.access import EVERY_ABILITY, Ability, Grant, Role, parse_place, parse_role, parse_subject
from runfold.domain.job import NewJob
from runfold.domain.logged_model import NewLoggedModel
from runfold.domain.registered_project import ProjectSettings
from runfold.domain.run import NewRun, RunBatch
from runfold.domain.target import Target, TargetKind
from runfold.server import create_app
from runfold.stores.sql.store import SqlStore

PASSWORD = "correct horse battery"
ROLES = ("reader", "contributor", "manager")
OWN_ROLES = {
    "promoter": Role("may promote", Ability.READ | Ability.PROMOTE),
    "sharer": Role("may share", Ability.READ | Ability.SHARE),
    "keeper": Role("may all but delete", EVERY_ABILITY & ~Ability.DELETE),
}
"""Roles of one's own, by who has them."""
PEOPLE = ("stranger", *ROLES, *OWN_ROLES, "admin")
NAMED = ("model", "project", "target")
CAPPED = {
    f"{name} by a {word} token": (name, scope)
    for name in ("manager", "admin")
    for word, scope in (("read", Role.READER), ("log", Role.CONTRIBUTOR), ("promoting", OWN_ROLES["promoter"]))
}
"""Who has a role, but calls with a token that is worth less."""


def basic(name: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


@dataclass
class Team:
    """People by what they may do with `experiment_id`, `run_id` and `model`, which the manager's neighbour made.

    Attributes:
        model: the name of a registered model, a project and a target.
        job_id: of the project, for the target.
        tenant: a workspace that the user `tenant` manages, and nobody else enters.
        group_id: of a group of the server, called like the model, that the reader is in.
        group_grant: the number of what is granted to it.
        tokens: by name, of the scope manager.
    """

    client: TestClient
    store: SqlStore
    tokens: dict[str, str]
    experiment_id: str
    run_id: str
    model: str
    model_id: str
    job_id: str
    tenant: str = "tenants"
    group_id: int = 0
    group_grant: int = 0

    def ask(self, who: str, method: str, path: str, **options: Any) -> httpx2.Response:
        """`who`: empty for somebody who does not say."""
        own = {"Authorization": f"Bearer {self.tokens[who]}"} if who else {}
        headers = {**options.pop("headers", {}), **own}
        return self.client.request(method, path, headers=headers, **options)

    def post(self, who: str, call: str, **fields: Any) -> httpx2.Response:
        return self.ask(who, "POST", f"/api/runfold/v1/{call}", json=fields)

    def mlflow(self, who: str, method: str, call: str, **fields: Any) -> httpx2.Response:
        sent: dict[str, Any] = {"params": fields} if method == "GET" else {"json": fields}
        return self.ask(who, method, f"/api/2.0/mlflow/{call}", **sent)

    def grant(self, subject: str, place: str, role: str) -> None:
        assert self.post("admin", "grants/set", subject=subject, place=place, role=role).status_code == 200


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    with a_team(tmp_path_factory.mktemp("team")) as made:
        yield made


@pytest.fixture(scope="module")
def worn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    """One whose records may be changed and ended."""
    with a_team(tmp_path_factory.mktemp("worn")) as made:
        yield made


@contextmanager
def a_team(folder: Path, store: SqlStore | None = None, **settings: Any) -> Iterator[Team]:
    store = store or SqlStore(f"sqlite:///{folder}/runfold.db", StoreSettings(durability="process"))
    experiment_id = store.create_experiment("theirs/wine")
    run_id = store.create_run(NewRun(experiment_id=experiment_id, run_name="secret-run")).info.run_id
    store.log_batch(run_id, RunBatch(params=(("secret-param", "1"),), tags=(("secret-tag", "x"),)))
    store.create_registered_model("their-model", description="their-model-text")
    store.create_project(ProjectSettings(name="their-model", uri="/their-model-text"))
    store.create_target(Target(name="their-model", kind=TargetKind.LOCAL, description="their-model-text"))
    job = store.submit_job(NewJob(uri="/secret-param", project="their-model", target="their-model"))
    logged = store.create_logged_model(NewLoggedModel(experiment_id=experiment_id, name="secret-run"))
    tokens = {}
    for role in OWN_ROLES.values():
        store.create_role(role)
    for name in PEOPLE:
        store.create_user(name, password=PASSWORD, is_admin=name == "admin")
        tokens[name] = store.create_token(name, scope=Role.MANAGER).secret
        if name in ROLES or name in OWN_ROLES:
            for place in (f"experiment:{experiment_id}", *(f"{kind}:their-model" for kind in NAMED)):
                role = OWN_ROLES.get(name) or parse_role(name)
                store.set_grant(Grant(subject=parse_subject(f"user:{name}"), place=parse_place(place), role=role))
    for who, (name, scope) in CAPPED.items():
        tokens[who] = store.create_token(name, scope=scope).secret
    store.create_user("service", is_service=True)
    tokens["service"] = store.create_token("service", scope=Role.MANAGER).secret
    store.create_user("neighbour", password=PASSWORD)
    tokens["neighbour"] = store.create_token("neighbour", scope=Role.MANAGER).secret
    for place in (f"experiment:{store.create_experiment('neighbours/own')}", "folder:neighbours"):
        grant = Grant(subject=parse_subject("user:neighbour"), place=parse_place(place), role=Role.MANAGER)
        store.set_grant(grant)
    store.create_workspace(Team.tenant)
    store.create_user("tenant", password=PASSWORD)
    tokens["tenant"] = store.create_token("tenant", scope=Role.MANAGER).secret
    own = parse_place(f"workspace:{Team.tenant}")
    store.set_grant(Grant(subject=parse_subject("user:tenant"), place=own, role=Role.MANAGER))
    group = store.create_group("their-model", description="their-model-text")
    store.add_member(group.name, "reader")
    readers = Grant(subject=parse_subject("group:their-model"), place=parse_place("folder:theirs"), role=Role.READER)
    store.set_grant(readers)
    store.create_group("labelling", workspace=Team.tenant)
    files = LocalArtifacts(folder / "files")
    app = create_app(ServerSettings(auth=True, **settings), store, files)
    with TestClient(app, base_url="http://localhost", raise_server_exceptions=False) as client:
        made = Team(client, store, tokens, experiment_id, run_id, "their-model", logged.model_id, job.job_id)
        made.group_id, made.group_grant = group.number, store.list_group_grants()[0].number
        yield made
