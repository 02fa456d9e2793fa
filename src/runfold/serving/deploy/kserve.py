"""KServe: an InferenceService around the image of a model, by kubectl. Settings are those of plain Kubernetes."""

from __future__ import annotations

from typing import Any

from runfold.errors import Unavailable
from runfold.serving.deploy import manifests
from runfold.serving.deploy.base import Deployment, check_name, whole
from runfold.serving.deploy.call import post
from runfold.serving.deploy.kubernetes import Kubernetes
from runfold.serving.deploy.manifests import MODEL, Manifest


class KServe(Kubernetes):
    """Args: uri: `kserve:/<namespace>`."""

    kind = "inferenceservice"

    def delete(self, name: str) -> None:
        self._kubectl.delete(self.kind, check_name(name))

    def predict(self, name: str, body: bytes, content_type: str) -> bytes:
        endpoint = self.get(name).endpoint
        if not endpoint:
            raise Unavailable(f"The inference service {name!r} has no address yet.")
        return post(endpoint, body, content_type)

    def _objects(self, name: str, model_uri: str, settings: dict[str, str]) -> list[Manifest]:
        return [
            manifests.inference_service(
                name,
                self._kubectl.namespace,
                settings["image"],
                model_uri,
                replicas=whole(settings, "replicas"),
                cpu=settings["cpu"],
                memory=settings["memory"],
            )
        ]

    def _read(self, found: dict[str, Any]) -> Deployment:
        status = found.get("status", {})
        conditions = {item["type"]: item["status"] for item in status.get("conditions", ())}
        url = str(status.get("url", ""))
        return Deployment(
            name=found["metadata"]["name"],
            state="ready" if conditions.get("Ready") == "True" else "not ready",
            model_uri=str(found["metadata"].get("annotations", {}).get(MODEL, "")),
            endpoint=f"{url}/invocations" if url else "",
            details={"image": self._image_of(found)},
        )

    def _image_of(self, found: dict[str, Any]) -> str:
        return str(found["spec"]["predictor"]["containers"][0]["image"])
