"""Kubernetes objects for a model, as plain values; written as YAML, or given to kubectl as JSON."""

from __future__ import annotations

from typing import Any

from runfold.serving.container.image import PORT

MANAGED_BY = {"app.kubernetes.io/managed-by": "runfold"}
MODEL = "runfold.dev/model-uri"
_RUN_AS = 10001

Manifest = dict[str, Any]


def deployment(
    name: str, namespace: str, image: str, model_uri: str, *, replicas: int, cpu: str, memory: str
) -> Manifest:
    """A Deployment whose rollout waits until the new model answers."""
    labels = {"app.kubernetes.io/name": name, **MANAGED_BY}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": _metadata(name, namespace, model_uri),
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": labels},
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}},
            "template": {
                "metadata": {"labels": labels, "annotations": _scraped()},
                "spec": {
                    "automountServiceAccountToken": False,
                    "securityContext": {
                        "runAsNonRoot": True,
                        "runAsUser": _RUN_AS,
                        "seccompProfile": {"type": "RuntimeDefault"},
                    },
                    "terminationGracePeriodSeconds": 40,
                    "containers": [container(image, cpu=cpu, memory=memory)],
                },
            },
        },
    }


def service(name: str, namespace: str, model_uri: str) -> Manifest:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": _metadata(name, namespace, model_uri),
        "spec": {
            "selector": {"app.kubernetes.io/name": name, **MANAGED_BY},
            "ports": [{"name": "http", "port": 80, "targetPort": "http"}],
        },
    }


def inference_service(
    name: str, namespace: str, image: str, model_uri: str, *, replicas: int, cpu: str, memory: str
) -> Manifest:
    """KServe's InferenceService around our own container, which speaks the V2 protocol."""
    own = container(image, cpu=cpu, memory=memory)
    own["name"] = "kserve-container"
    own["ports"] = [{"name": "http1", "containerPort": PORT, "protocol": "TCP"}]
    own["readinessProbe"]["httpGet"]["port"] = own["livenessProbe"]["httpGet"]["port"] = PORT
    return {
        "apiVersion": "serving.kserve.io/v1beta1",
        "kind": "InferenceService",
        "metadata": _metadata(name, namespace, model_uri),
        "spec": {"predictor": {"minReplicas": replicas, "timeout": 60, "containers": [own]}},
    }


def container(image: str, *, cpu: str, memory: str) -> Manifest:
    return {
        "name": "model",
        "image": image,
        "ports": [{"name": "http", "containerPort": PORT, "protocol": "TCP"}],
        "resources": {"requests": {"cpu": cpu, "memory": memory}, "limits": {"memory": memory}},
        "readinessProbe": {"httpGet": {"path": "/v2/health/ready", "port": "http"}, "periodSeconds": 5},
        "livenessProbe": {
            "httpGet": {"path": "/v2/health/live", "port": "http"},
            "periodSeconds": 10,
            "initialDelaySeconds": 60,
        },
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
    }


def _metadata(name: str, namespace: str, model_uri: str) -> Manifest:
    return {
        "name": name,
        "namespace": namespace,
        "labels": {"app.kubernetes.io/name": name, **MANAGED_BY},
        "annotations": {MODEL: model_uri},
    }


def _scraped() -> dict[str, str]:
    return {"prometheus.io/scrape": "true", "prometheus.io/port": str(PORT), "prometheus.io/path": "/metrics"}
