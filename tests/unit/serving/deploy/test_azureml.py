"""Azure's SDK is replaced by one that keeps objects; its calls and their arguments are those of azure-ai-ml 1.x."""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from runfold.errors import AlreadyExists, InvalidValue, NotFound
from runfold.serving.deploy.azureml import AzureMl

URI = "azureml:/00000000-0000-0000-0000-000000000000/group/workspace"


class ResourceNotFoundError(Exception):
    """What azure.core raises."""


class Workspace:
    """The parts of `MLClient` that are called."""

    def __init__(self) -> None:
        self.endpoints: dict[str, Any] = {}
        self.deployments: dict[tuple[str, str], Any] = {}
        self.online_endpoints = SimpleNamespace(
            get=self._get,
            list=lambda: list(self.endpoints.values()),
            begin_create_or_update=self._put,
            begin_delete=lambda name: _done(self.endpoints.pop(name)),
        )
        self.online_deployments = SimpleNamespace(
            begin_create_or_update=lambda made: _done(
                self.deployments.__setitem__((made.endpoint_name, made.name), made)
            ),
            begin_delete=lambda name, endpoint_name: _done(self.deployments.pop((endpoint_name, name))),
        )

    def _get(self, name: str) -> Any:
        if name not in self.endpoints:
            raise ResourceNotFoundError(name)
        return self.endpoints[name]

    def _put(self, endpoint: Any) -> Any:
        endpoint.provisioning_state = "Succeeded"
        endpoint.scoring_uri = f"https://{endpoint.name}.example/invocations"
        self.endpoints[endpoint.name] = endpoint
        return _done(endpoint)


def _done(value: Any) -> Any:
    return SimpleNamespace(result=lambda: value)


def _entity(**fields: Any) -> Any:
    return SimpleNamespace(**{"traffic": {}, **fields})


@pytest.fixture
def workspace(monkeypatch: pytest.MonkeyPatch) -> Workspace:
    for name in ("azure", "azure.ai", "azure.ai.ml", "azure.identity"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    names = ("ManagedOnlineEndpoint", "ManagedOnlineDeployment", "Environment")
    entities = SimpleNamespace(**dict.fromkeys(names, _entity))
    monkeypatch.setattr(sys.modules["azure.ai.ml"], "entities", entities, raising=False)
    monkeypatch.setattr(sys.modules["azure.ai.ml"], "MLClient", None, raising=False)
    monkeypatch.setattr(sys.modules["azure.identity"], "DefaultAzureCredential", None, raising=False)
    return Workspace()


def test_an_endpoint_lives_through_its_life(workspace: Workspace) -> None:
    target = AzureMl(URI, workspace)

    made = target.create("churn", "models:/churn/1", {"image": "r/churn:1"})
    with pytest.raises(AlreadyExists):
        target.create("churn", "models:/churn/1", {"image": "r/churn:1"})
    changed = target.update("churn", "models:/churn/2", {"image": "r/churn:2", "instances": "2"})

    assert (made.state, made.model_uri, made.details["deployment"]) == ("Succeeded", "models:/churn/1", "blue")
    assert (changed.model_uri, changed.details["deployment"]) == ("models:/churn/2", "green")
    assert list(workspace.deployments) == [("churn", "green")]
    assert workspace.deployments["churn", "green"].instance_count == 2
    assert target.list_all() == (changed,)
    target.delete("churn")
    with pytest.raises(NotFound):
        target.get("churn")


def test_the_container_is_asked_where_our_image_answers(workspace: Workspace) -> None:
    AzureMl(URI, workspace).create("churn", "models:/churn/1", {"image": "r/churn:1"})

    routes = workspace.deployments["churn", "blue"].environment.inference_config
    assert routes["scoring_route"] == {"port": 8080, "path": "/invocations"}
    assert routes["readiness_route"] == {"port": 8080, "path": "/v2/health/ready"}


@pytest.mark.parametrize("uri", ["azureml:/x/y/z", "azureml:", f"{URI}/more"])
def test_addresses_that_are_no_workspace_are_refused(uri: str, workspace: Workspace) -> None:
    with pytest.raises(InvalidValue, match="no workspace"):
        AzureMl(uri, workspace)
