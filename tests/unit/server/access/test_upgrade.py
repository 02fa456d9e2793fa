"""A store that was open to all, and is served with users from now on."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from runfold.artifacts.local import LocalArtifacts
from runfold.config import ServerSettings, StoreSettings
from runfold.domain.access import Role
from runfold.server import create_app
from runfold.stores.sql.store import SqlStore
from tests.unit.server.access.conftest import PASSWORD

SEARCH = "/api/2.0/mlflow/runs/search"
LOG = "/api/2.0/mlflow/runs/log-parameter"
FILE = "/api/2.0/mlflow-artifacts/artifacts"


class House:
    """One store and its files, served without users first, then with them."""

    def __init__(self, folder: Path) -> None:
        self._files = LocalArtifacts(folder / "files")
        self._uri = f"sqlite:///{folder}/runfold.db"
        self.store = SqlStore(self._uri, StoreSettings(durability="process"))
        with self.served(auth=False) as client:
            made = client.post("/api/2.0/mlflow/runs/create", json={"experiment_id": "0", "run_name": "before"})
            self.run_id = made.json()["run"]["info"]["run_id"]
            self.file = f"{FILE}/0/{self.run_id}/artifacts/note.txt"
            assert client.put(self.file, content=b"a note").status_code == 200
            client.post("/api/2.0/mlflow/registered-models/create", json={"name": "churn"})

    def served(self, *, auth: bool) -> TestClient:
        """Entering it starts the server; its end leaves the store to the next."""
        store = self.store if auth else SqlStore(self._uri, StoreSettings(durability="process"))
        return TestClient(create_app(ServerSettings(auth=auth), store, self._files), base_url="http://localhost")

    def signed(self, name: str, *, is_admin: bool = False) -> dict[str, str]:
        self.store.create_user(name, password=PASSWORD, is_admin=is_admin)
        return {"Authorization": f"Bearer {self.store.create_token(name, scope=Role.MANAGER).secret}"}


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def test_what_was_open_is_seen_by_administrators_alone_until_it_is_granted(house: House) -> None:
    admin, ann = house.signed("root", is_admin=True), house.signed("ann")
    with house.served(auth=True) as client:
        asked = {"json": {"experiment_ids": ["0"]}}
        assert client.post(SEARCH, **asked).status_code == 401
        assert client.post(SEARCH, headers=ann, **asked).json().get("runs", []) == []
        assert client.get(house.file, headers=ann).status_code == 404
        models = client.get("/api/2.0/mlflow/registered-models/search", headers=ann).json()
        assert models.get("registered_models", []) == []
        assert len(client.post(SEARCH, headers=admin, **asked).json()["runs"]) == 1
        assert client.get(house.file, headers=admin).content == b"a note"


def test_one_grant_makes_it_as_open_as_it_was(house: House) -> None:
    admin, ann = house.signed("root", is_admin=True), house.signed("ann")
    with house.served(auth=True) as client:
        param = {"json": {"run_id": house.run_id, "key": "k", "value": "v"}}
        assert client.post(LOG, headers=ann, **param).status_code == 404
        for role, status in (("reader", 403), ("contributor", 200)):
            grant = {"subject": "everyone", "place": "everything", "role": role}
            assert client.post("/api/runfold/v1/grants/set", headers=admin, json=grant).status_code == 200
            assert client.get(house.file, headers=ann).content == b"a note"
            assert client.post(LOG, headers=ann, **param).status_code == status


def test_nobody_prepares_an_account_while_it_is_open(house: House) -> None:
    with house.served(auth=False) as client:
        made = client.post("/api/runfold/v1/users/create", json={"name": "me", "password": PASSWORD, "is_admin": True})
        assert made.status_code == 501
    assert house.store.list_users() == ()
