"""From the address of a target to what talks to it.

    sagemaker:/<region>                     Amazon SageMaker
    azureml:/<subscription>/<group>/<workspace>   Azure Machine Learning, managed online endpoints
    kubernetes:/<namespace>                 Deployment and Service, by kubectl
    kserve:/<namespace>                     InferenceService, by kubectl
    ssh://<user>@<host>:<port>/<folder>     a host that one logs in to

Other packages add schemes by the entry-point group `runfold.deployments`: the name is the scheme, the value a
callable that takes the address and gives a `DeployTarget`.
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import entry_points
from typing import Any, cast

from runfold.errors import InvalidValue
from runfold.serving.deploy.base import DeployTarget

GROUP = "runfold.deployments"
_OWN = {
    "sagemaker": "runfold.serving.deploy.sagemaker:SageMaker",
    "azureml": "runfold.serving.deploy.azureml:AzureMl",
    "kubernetes": "runfold.serving.deploy.kubernetes:Kubernetes",
    "kserve": "runfold.serving.deploy.kserve:KServe",
    "ssh": "runfold.serving.deploy.ssh:SshHost",
}


def open_target(uri: str) -> DeployTarget:
    """The target of an address.

    Raises:
        InvalidValue: its scheme is not known, or the rest does not fit.
        MissingDependency: it needs a package that is not installed.
    """
    scheme = uri.partition(":")[0].lower()
    if scheme in _OWN:
        module, _, name = _OWN[scheme].partition(":")
        kind: Any = getattr(import_module(module), name)
        return cast(DeployTarget, kind(uri))
    for point in entry_points(group=GROUP, name=scheme):
        return cast(DeployTarget, point.load()(uri))
    known = sorted({*_OWN, *(point.name for point in entry_points(group=GROUP))})
    raise InvalidValue(f"There is no target {scheme[:40]!r}; known are {', '.join(known)}.")
