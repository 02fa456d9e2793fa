"""A server with users, and people who may do different things with one experiment and one model."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import pytest
from starlette.testclient import TestClient

from runfold.artifacts.local import LocalArtifacts
from runfold.config import ServerSettings, StoreSettings
from runfold.domain.access import Grant, Role, parse_place, parse_subject
from runfold.domain.logged_model import NewLoggedModel
from runfold.domain.run import NewRun, RunBatch
from runfold.server import create_app
from runfold.stores.base import RunQuery
from runfold.stores.sql.store import SqlStore

PASSWORD = "correct horse battery"
ROLES = ("reader", "contributor", "manager")
PEOPLE = ("stranger", *ROLES, "admin")


def basic(name: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


@dataclass
class Team:
    """People by what they may do with `experiment_id`, `run_id` and `model`, which the manager's neighbour made.

    Attributes:
        tokens: by name, of the scope manager.
    """

    client: TestClient
    store: SqlStore
    tokens: dict[str, str]
    experiment_id: str
    run_id: str
    model: str
    model_id: str

    def what_is_kept(self) -> tuple[object, ...]:
        """Of the records that are not the stranger's; when a run was last written is noted in the background."""
        found = self.store.get_run(self.run_id)
        run = msgspec.structs.replace(found, info=msgspec.structs.replace(found.info, last_write_ms=0, change=0))
        return (
            self.store.get_experiment(self.experiment_id),
            run,
            self.store.get_registered_model(self.model),
            self.store.latest_model_versions(self.model),
            self.store.get_logged_model(self.model_id),
            len(self.store.search_runs(RunQuery(experiment_ids=(self.experiment_id,))).items),
            self.store.list_users(),
            self.store.list_grants(place=parse_place(f"experiment:{self.experiment_id}")),
            self.store.list_targets(),
            self.store.list_secrets(),
        )

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
    folder: Path = tmp_path_factory.mktemp("team")
    store = SqlStore(f"sqlite:///{folder}/runfold.db", StoreSettings(durability="process"))
    experiment_id = store.create_experiment("theirs/wine")
    run_id = store.create_run(NewRun(experiment_id=experiment_id, run_name="secret-run")).info.run_id
    store.log_batch(run_id, RunBatch(params=(("secret-param", "1"),), tags=(("secret-tag", "x"),)))
    store.create_registered_model("their-model", description="their-model-text")
    logged = store.create_logged_model(NewLoggedModel(experiment_id=experiment_id, name="secret-run"))
    tokens = {}
    for name in PEOPLE:
        store.create_user(name, password=PASSWORD, is_admin=name == "admin")
        tokens[name] = store.create_token(name, scope=Role.MANAGER).secret
        if name in ROLES:
            for place in (f"experiment:{experiment_id}", "model:their-model"):
                role = Role[name.upper()]
                store.set_grant(Grant(subject=parse_subject(f"user:{name}"), place=parse_place(place), role=role))
    files = LocalArtifacts(folder / "files")
    app = create_app(ServerSettings(auth=True), store, files)
    with TestClient(app, base_url="http://localhost", raise_server_exceptions=False) as client:
        yield Team(client, store, tokens, experiment_id, run_id, "their-model", logged.model_id)
