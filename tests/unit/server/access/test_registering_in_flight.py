"""Versions whose registration is refused on the way: reading a model's files takes as long as it takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from runfold.domain.access import Role
from runfold.domain.run import NewRun
from runfold.server.registration import registering
from runfold.testing.accounts import PASSWORD
from runfold.testing.stores.records import unique
from tests.unit.server.access.conftest import Team


class Registering:
    """Somebody who may register what they have logged."""

    def __init__(self, team: Team) -> None:
        self._team = team
        self.name, self.model = unique("maker"), unique("model")
        self.experiment_id = team.store.create_experiment(unique("made"))
        self.run_id = team.store.create_run(NewRun(experiment_id=self.experiment_id)).info.run_id
        team.store.create_registered_model(self.model)
        team.store.create_user(self.name, password=PASSWORD)
        for place in self.places:
            team.grant(f"user:{self.name}", place, "contributor")
        self.token = team.store.create_token(self.name, scope=Role.CONTRIBUTOR)
        self.source = f"mlflow-artifacts:/{self.experiment_id}/{self.run_id}/artifacts/model"
        document = b"flavors: {python_function: {loader_module: none}}\n"
        for name, content in (("MLmodel", document), ("weights", b"w" * 5000)):
            path = f"{self.source.removeprefix('mlflow-artifacts:/')}/{name}"
            sent = team.client.put(f"/api/2.0/mlflow-artifacts/artifacts/{path}", content=content, headers=self.headers)
            assert sent.status_code == 200, sent.text

    @property
    def places(self) -> tuple[str, str]:
        return f"experiment:{self.experiment_id}", f"model:{self.model}"

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token.secret}", "X-Runfold-Upload": "1"}

    def loses_the_model(self) -> None:
        self._team.grant(f"user:{self.name}", self.places[1], "none")

    def loses_the_run(self) -> None:
        self._team.grant(f"user:{self.name}", self.places[0], "none")

    def loses_the_token(self) -> None:
        assert self._team.post("admin", "tokens/revoke", token_id=self.token.token.token_id).status_code == 200

    def loses_the_account(self) -> None:
        assert self._team.post("admin", "users/update", name=self.name, is_active=False).status_code == 200

    def register(self, **fields: str) -> Any:
        return self._team.client.post(
            "/api/2.0/mlflow/model-versions/create",
            json={"name": self.model, "source": self.source, **fields},
            headers=self.headers,
        )


LOSSES: list[tuple[Callable[[Registering], None], int]] = [
    (Registering.loses_the_model, 404),
    (Registering.loses_the_run, 404),
    (Registering.loses_the_token, 401),
    (Registering.loses_the_account, 401),
]


@pytest.mark.parametrize("names_run", [True, False], ids=["of a run", "by its place"])
@pytest.mark.parametrize(("loss", "status"), LOSSES, ids=[loss.__name__ for loss, _ in LOSSES])
def test_who_may_not_any_more_when_the_files_are_read_has_registered_nothing(
    team: Team, monkeypatch: pytest.MonkeyPatch, loss: Callable[[Registering], None], status: int, names_run: bool
) -> None:
    made = Registering(team)
    read = registering.inspect_model

    def read_slowly(*args: Any, **kwargs: Any) -> Any:
        found = read(*args, **kwargs)
        loss(made)
        return found

    monkeypatch.setattr(registering, "inspect_model", read_slowly)
    answer = made.register(**({"run_id": made.run_id} if names_run else {}))
    assert answer.status_code == status, answer.text
    assert team.store.get_registered_model(made.model).n_versions == 0
