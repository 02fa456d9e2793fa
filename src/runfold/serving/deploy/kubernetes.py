"""Plain Kubernetes: a Deployment and a Service, by kubectl.

Settings: image (required; `runfold models build-image` makes it, and it must be where the cluster pulls from),
replicas, cpu, memory.
"""

from __future__ import annotations

from typing import Any

from runfold.errors import AlreadyExists, InvalidValue, NotFound
from runfold.serving.deploy import manifests
from runfold.serving.deploy.base import Config, Deployment, check_name, take, whole
from runfold.serving.deploy.call import post
from runfold.serving.deploy.kubectl import Kubectl
from runfold.serving.deploy.manifests import MANAGED_BY, MODEL, Manifest

SETTINGS = {"image": "", "replicas": "1", "cpu": "500m", "memory": "1Gi"}


class Kubernetes:
    """Args: uri: `kubernetes:/<namespace>`."""

    kind = "deployment"

    def __init__(self, uri: str) -> None:
        namespace = uri.partition(":")[2].strip("/") or "default"
        self._kubectl = Kubectl(check_name(namespace))

    def objects(self, name: str, model_uri: str, config: Config) -> list[Manifest]:
        """What would be applied: for review, or for tools that apply it themselves."""
        settings = take(config, SETTINGS)
        if not settings["image"]:
            raise InvalidValue("Say which image to deploy: -C image=<name>; `runfold models build-image` makes one.")
        return self._objects(check_name(name), model_uri, settings)

    def create(self, name: str, model_uri: str, config: Config) -> Deployment:
        objects = self.objects(name, model_uri, config)
        try:
            self._kubectl.get(self.kind, name)
        except NotFound:
            self._kubectl.apply(objects)
            return self.get(name)
        raise AlreadyExists("deployment", name, "`runfold deployments update` changes it.")

    def update(self, name: str, model_uri: str, config: Config) -> Deployment:
        before = self._kubectl.get(self.kind, check_name(name))
        objects = self.objects(name, model_uri or _model_of(before), {"image": self._image_of(before), **config})
        self._kubectl.apply(objects)
        return self.get(name)

    def delete(self, name: str) -> None:
        self._kubectl.delete(self.kind, check_name(name))
        self._kubectl.delete("service", name)

    def list_all(self) -> tuple[Deployment, ...]:
        found = [self._read(item) for item in self._kubectl.find(self.kind, MANAGED_BY)]
        return tuple(sorted(found, key=lambda deployment: deployment.name))

    def get(self, name: str) -> Deployment:
        return self._read(self._kubectl.get(self.kind, check_name(name)))

    def predict(self, name: str, body: bytes, content_type: str) -> bytes:
        with self._kubectl.forwarded(check_name(name)) as address:
            return post(f"{address}/invocations", body, content_type)

    def _objects(self, name: str, model_uri: str, settings: dict[str, str]) -> list[Manifest]:
        namespace = self._kubectl.namespace
        return [
            manifests.deployment(
                name,
                namespace,
                settings["image"],
                model_uri,
                replicas=whole(settings, "replicas"),
                cpu=settings["cpu"],
                memory=settings["memory"],
            ),
            manifests.service(name, namespace, model_uri),
        ]

    def _read(self, found: dict[str, Any]) -> Deployment:
        status = found.get("status", {})
        ready, wanted = status.get("readyReplicas", 0), found["spec"].get("replicas", 1)
        name = found["metadata"]["name"]
        return Deployment(
            name=name,
            state="ready" if ready >= wanted else f"{ready} of {wanted} ready",
            model_uri=_model_of(found),
            endpoint=f"http://{name}.{self._kubectl.namespace}.svc/invocations",
            details={"image": self._image_of(found)},
        )

    def _image_of(self, found: dict[str, Any]) -> str:
        return str(found["spec"]["template"]["spec"]["containers"][0]["image"])


def _model_of(found: dict[str, Any]) -> str:
    return str(found["metadata"].get("annotations", {}).get(MODEL, ""))
