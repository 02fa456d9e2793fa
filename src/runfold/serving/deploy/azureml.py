"""Azure Machine Learning: a managed online endpoint with one deployment, through Azure's own SDK.

The image holds the model, so no environment is built in Azure. Settings: image (in a registry that the workspace may
pull from; required), instance_type, instances.

Azure cannot be reached from where this is tested: the tests hand the real code a client that answers as recorded.

Source: Azure, "Deploy a custom container to an online endpoint" (SDK v2, azure-ai-ml).
"""

from __future__ import annotations

import re
from typing import Any

from runfold.errors import (
    AlreadyExists,
    InvalidValue,
    MissingDependency,
    NotFound,
    RunfoldError,
    Unauthenticated,
    Unavailable,
)
from runfold.serving.container.image import PORT
from runfold.serving.deploy.base import Config, Deployment, check_name, take, whole
from runfold.serving.deploy.call import post

SETTINGS = {"image": "", "instance_type": "Standard_DS3_v2", "instances": "1"}
_URI = re.compile(r"azureml:/+([0-9a-fA-F-]{36})/([\w.()-]{1,90})/([\w-]{3,33})")
_MODEL_TAG, _OWNER_TAG = "runfold-model-uri", "runfold"
_NAMES = ("blue", "green")
"""A new deployment is made beside the old one, under the other name, and then gets all requests."""


class AzureMl:
    """Args:
    uri: `azureml:/<subscription>/<resource group>/<workspace>`.
    client: an `azure.ai.ml.MLClient`; None: made with the user's own credentials.
    """

    def __init__(self, uri: str, client: Any = None) -> None:
        parts = _URI.fullmatch(uri)
        if not parts:
            raise InvalidValue(f"{uri[:200]!r} is no workspace: azureml:/subscription/group/workspace.")
        try:
            from azure.ai.ml import MLClient, entities
            from azure.identity import DefaultAzureCredential
        except ImportError:
            raise MissingDependency(
                "azure-ai-ml and azure-identity", needed_for="Deploying to Azure ML", extra="azureml"
            ) from None
        self._entities: Any = entities
        self._client: Any = client or MLClient(DefaultAzureCredential(), *parts.groups())

    def create(self, name: str, model_uri: str, config: Config) -> Deployment:
        settings = _settings(config)
        try:
            self.get(name)
        except NotFound:
            tags = {_MODEL_TAG: model_uri, _OWNER_TAG: "true"}
            endpoint = self._entities.ManagedOnlineEndpoint(name=name, auth_mode="key", tags=tags)
            self._call(name, lambda: self._client.online_endpoints.begin_create_or_update(endpoint).result())
            return self._put(name, _NAMES[0], model_uri, settings)
        raise AlreadyExists("deployment", name, "`runfold deployments update` changes it.")

    def update(self, name: str, model_uri: str, config: Config) -> Deployment:
        before = self.get(name)
        old = str(before.details["deployment"])
        kept = {key: str(before.details[key]) for key in SETTINGS if key in before.details}
        new = _NAMES[1] if old == _NAMES[0] else _NAMES[0]
        after = self._put(name, new, model_uri or before.model_uri, _settings({**kept, **config}))
        self._call(name, lambda: self._client.online_deployments.begin_delete(name=old, endpoint_name=name).result())
        return after

    def delete(self, name: str) -> None:
        self.get(name)
        self._call(name, lambda: self._client.online_endpoints.begin_delete(name=name).result())

    def list_all(self) -> tuple[Deployment, ...]:
        found = self._call("endpoints", lambda: list(self._client.online_endpoints.list()))
        return tuple(sorted((self._read(item) for item in found if _OWNER_TAG in (item.tags or {})), key=_name))

    def get(self, name: str) -> Deployment:
        return self._read(self._call(check_name(name), lambda: self._client.online_endpoints.get(name=name)))

    def predict(self, name: str, body: bytes, content_type: str) -> bytes:
        endpoint = self.get(name).endpoint
        keys = self._call(name, lambda: self._client.online_endpoints.get_keys(name=name))
        return post(endpoint, body, content_type, token=keys.primary_key)

    def _put(self, name: str, deployment: str, model_uri: str, settings: dict[str, str]) -> Deployment:
        routes = {
            "liveness_route": {"port": PORT, "path": "/v2/health/live"},
            "readiness_route": {"port": PORT, "path": "/v2/health/ready"},
            "scoring_route": {"port": PORT, "path": "/invocations"},
        }
        made = self._entities.ManagedOnlineDeployment(
            name=deployment,
            endpoint_name=name,
            environment=self._entities.Environment(image=settings["image"], inference_config=routes),
            instance_type=settings["instance_type"],
            instance_count=whole(settings, "instances"),
        )
        self._call(name, lambda: self._client.online_deployments.begin_create_or_update(made).result())
        endpoint = self._call(name, lambda: self._client.online_endpoints.get(name=name))
        endpoint.traffic = {deployment: 100}
        endpoint.tags = {**(endpoint.tags or {}), _MODEL_TAG: model_uri, **_remembered(settings)}
        self._call(name, lambda: self._client.online_endpoints.begin_create_or_update(endpoint).result())
        return self.get(name)

    def _read(self, endpoint: Any) -> Deployment:
        tags = dict(endpoint.tags or {})
        serving = [name for name, share in (endpoint.traffic or {}).items() if share]
        details = {key: tags[f"runfold-{key}"] for key in SETTINGS if f"runfold-{key}" in tags}
        return Deployment(
            name=endpoint.name,
            state=str(endpoint.provisioning_state or "unknown"),
            model_uri=tags.get(_MODEL_TAG, ""),
            endpoint=str(endpoint.scoring_uri or ""),
            details={"deployment": serving[0] if serving else "", **details},
        )

    def _call(self, name: str, work: Any) -> Any:
        try:
            return work()
        except Exception as error:
            raise _meaning(error, name) from error


def _name(deployment: Deployment) -> str:
    return deployment.name


def _remembered(settings: dict[str, str]) -> dict[str, str]:
    return {f"runfold-{key}": value for key, value in settings.items()}


def _settings(config: Config) -> dict[str, str]:
    settings = take(config, SETTINGS)
    if not settings["image"]:
        raise InvalidValue("Say which image to deploy: -C image=<name>; `runfold models build-image` makes one.")
    return settings


def _meaning(error: Exception, name: str) -> RunfoldError:
    """By the names of azure.core's exceptions, which need not be imported for that."""
    match type(error).__name__:
        case "ResourceNotFoundError":
            return NotFound("deployment", name)
        case "ClientAuthenticationError" | "CredentialUnavailableError":
            return Unauthenticated(f"Azure does not know who you are: {error}")
        case "HttpResponseError" | "ValidationException":
            return InvalidValue(f"Azure refused: {error}")
    return Unavailable(f"Azure ML cannot be used: {error}")
