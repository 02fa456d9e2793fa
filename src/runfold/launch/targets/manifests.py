"""What a Job of Kubernetes is made of: the job, the project in pieces, and what the supervisor has to know.

The project travels in ConfigMaps, of which one holds at most 1 MiB; what the supervisor has to know, secrets among it,
in a Secret. Both belong to the job, so that the cluster removes them with it.
"""

from __future__ import annotations

import base64
from typing import Any

import msgspec

from runfold.domain.target import KubernetesSettings
from runfold.errors import LimitExceeded
from runfold.launch.targets.base import Workload
from runfold.launch.targets.folder import archive, describe
from runfold.launch.targets.program import NAME, program

HOME = "/runfold"
"""The job's folders inside its pod."""
RESULT_PATH = "/dev/termination-log"
"""What is written there, the cluster keeps with the pod's state."""
LABEL = "app.kubernetes.io/managed-by"
CONTAINER = "work"

_PIECE = 700 * 1024  # of a ConfigMap's 1 MiB, in base64
_MAX_PIECES = 32
_KEEP_S = 3600
_GRACE_S = 20

# `set -e` would end the shell before the supervisor can say what is wrong.
_SCRIPT = """\
mkdir -p {home}/job || exit 1
cp {home}/code/{program} {home}/job/{program} && cp {home}/work/work {home}/job/work || exit 1
command -v python3 >/dev/null 2>&1 || {{ echo "The image has no program python3, and it needs one."; exit 127; }}
cat {home}/code/part-* | python3 -S {home}/job/{program} unpack || exit 1
exec python3 -S {home}/job/{program} run
"""


def name_of(work_id: str) -> str:
    """Of the job and all that belongs to it: letters, digits and dashes, 63 at most."""
    kept = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in work_id.lower())
    return f"runfold-{kept[:40].strip('-') or 'work'}"


def job(work: Workload, settings: KubernetesSettings, n_pieces: int) -> dict[str, Any]:
    """Suspended: its pod must not start before what it reads is there."""
    name = name_of(work.work_id)
    spec: dict[str, Any] = {
        "suspend": True,
        "backoffLimit": 0,
        "ttlSecondsAfterFinished": _KEEP_S,
        "template": {
            "metadata": {"labels": {LABEL: "runfold", "job-name": name}},
            "spec": {
                "restartPolicy": "Never",
                "terminationGracePeriodSeconds": _GRACE_S,
                "automountServiceAccountToken": bool(settings.service_account),
                "containers": [_container(work, settings)],
                "volumes": _volumes(name, n_pieces),
                **({"serviceAccountName": settings.service_account} if settings.service_account else {}),
                **({"nodeSelector": settings.node_selector} if settings.node_selector else {}),
            },
        },
    }
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": _metadata(name), "spec": spec}


def _container(work: Workload, settings: KubernetesSettings) -> dict[str, Any]:
    wanted = work.resources
    amounts: dict[str, str] = {}
    if wanted.n_cpus:
        amounts["cpu"] = str(wanted.n_cpus)
    if wanted.memory_gib:
        amounts["memory"] = f"{wanted.memory_gib * 1024:.0f}Mi"
    if wanted.n_gpus:
        amounts[settings.gpu_resource] = str(wanted.n_gpus)
    limits = {key: value for key, value in amounts.items() if key != "cpu"}
    return {
        "name": CONTAINER,
        "image": work.image or settings.image,
        "command": ["/bin/sh", "-c", _SCRIPT.format(home=HOME, program=NAME)],
        "resources": {"requests": amounts, "limits": limits} if amounts else {},
        "volumeMounts": [
            {"name": "home", "mountPath": HOME},
            {"name": "code", "mountPath": f"{HOME}/code", "readOnly": True},
            {"name": "work", "mountPath": f"{HOME}/work", "readOnly": True},
        ],
    }


def _volumes(name: str, n_pieces: int) -> list[dict[str, Any]]:
    pieces = [{"configMap": {"name": f"{name}-{number}"}} for number in range(n_pieces)]
    return [
        {"name": "home", "emptyDir": {}},
        {"name": "code", "projected": {"sources": pieces}},
        {"name": "work", "secret": {"secretName": name}},
    ]


def pieces_of(work: Workload) -> list[bytes]:
    """The project, cut into pieces that ConfigMaps can hold.

    Raises:
        LimitExceeded: it is too large for that; the message says what else to do.
    """
    pieces = [b""]
    for block in archive(work.code):
        content = pieces.pop() + block
        pieces += [content[start : start + _PIECE] for start in range(0, len(content), _PIECE)]
        if len(pieces) > _MAX_PIECES:
            raise LimitExceeded(
                f"The project is larger than {_MAX_PIECES * _PIECE // 2**20} MiB, compressed, which is what a cluster "
                "takes beside a job. Have git ignore data and outputs, put data where the command can fetch it, or put "
                "the code into an image."
            )
    return pieces


def config_maps(work: Workload, pieces: list[bytes], owner: dict[str, Any]) -> list[dict[str, Any]]:
    name = name_of(work.work_id)
    contents = [{f"part-{number:03}": piece} for number, piece in enumerate(pieces)]
    contents[0][NAME] = program()
    return [
        {
            "metadata": _metadata(f"{name}-{number}", owner),
            "binaryData": {key: base64.b64encode(content).decode() for key, content in files.items()},
        }
        for number, files in enumerate(contents)
    ]


def secret(work: Workload, owner: dict[str, Any]) -> dict[str, Any]:
    described = msgspec.json.decode(describe(work))
    # A pod has no folder that outlives it: what it says goes to the cluster's log, the result to the pod's record.
    described |= {"echo": True, "result_path": RESULT_PATH}
    content = base64.b64encode(msgspec.json.encode(described)).decode()
    return {"metadata": _metadata(name_of(work.work_id), owner), "data": {"work": content}}


def _metadata(name: str, owner: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"name": name, "labels": {LABEL: "runfold"}, **({"ownerReferences": [owner]} if owner else {})}
