"""Targets: where jobs are executed."""

from __future__ import annotations

import enum

from runfold.wire.messages.base import Message


class TargetKindName(enum.StrEnum):
    """`domain.target.TargetKind`."""

    LOCAL = "local"
    SSH = "ssh"
    SLURM = "slurm"
    KUBERNETES = "kubernetes"
    RAY = "ray"


class SshTarget(Message, frozen=True, kw_only=True):
    """A host that one logs in to.

    Attributes:
        port: 0: as the agent's SSH configuration says, else 22.
        key: where the private key is found (`file:~/.ssh/id`, `secret:NAME`); empty: the keys and the SSH agent of the
            user who runs the agent.
        host_key: the host's public key (`ssh-ed25519 AAAA...`); empty: that user's `known_hosts` decides.
        folder: where jobs have their folders; a relative one begins at the user's home.
        python: the program that runs what has to be done there.
    """

    host: str
    user: str = ""
    port: int = 0
    key: str = ""
    host_key: str = ""
    folder: str = "runfold-jobs"
    python: str = "python3"


class SlurmTarget(Message, frozen=True, kw_only=True):
    """A cluster under Slurm.

    Attributes:
        login: the host that has Slurm's commands; absent: the agent's own machine has them.
        folder: where jobs have their folders; the compute nodes must see it, too.
        partition, account, qos: as `sbatch` takes them; empty: the cluster's default.
        time_limit_min: of a job that names none; 0: the partition's.
        array_limit: so many tasks of an array run at a time, when its jobs say nothing; 0: no limit.
        options: further options of `sbatch`, such as `--constraint=a100`.
    """

    login: SshTarget | None = None
    folder: str = "runfold-jobs"
    partition: str = ""
    account: str = ""
    qos: str = ""
    time_limit_min: int = 0
    array_limit: int = 0
    options: tuple[str, ...] = ()
    python: str = "python3"


class KubernetesTarget(Message, frozen=True, kw_only=True):
    """A cluster of Kubernetes.

    Attributes:
        kubeconfig: where its configuration is found (`file:~/.kube/config`, `secret:NAME`); empty: the default of the
            user who runs the agent, or the service account inside a cluster.
        context: of that configuration; empty: the current one.
        image: with Python in it; a project's own image comes before it.
        service_account: of the pods; empty: the namespace's default.
        node_selector: labels that a node must have.
        gpu_resource: how the cluster calls its GPUs.
    """

    kubeconfig: str = ""
    context: str = ""
    namespace: str = "default"
    image: str = "python:3.12-slim"
    service_account: str = ""
    node_selector: dict[str, str] = {}
    gpu_resource: str = "nvidia.com/gpu"


class RayTarget(Message, frozen=True, kw_only=True):
    """A cluster of Ray.

    Attributes:
        address: of the dashboard, `http://host:8265`.
        token: where the token for it is found; empty: none is needed.
    """

    address: str
    token: str = ""


class TargetMessage(Message, frozen=True, kw_only=True):
    """A place where jobs are executed.

    Attributes:
        labels: what it has, such as `gpu`; projects ask for them.
        n_gpus, memory_gib: what a job can get there; 0: not said, so projects that ask for some do not go there.
        queue: the queue of the agents that can reach it; a job for this target that names no queue goes there.
        tracking_uri: the server's address as seen from there; empty: as the agent knows it.
        ssh, slurm, kubernetes, ray: settings of its kind; the others are absent.
        creation_time_ms, last_update_time_ms: the server's; ignored in a request.
    """

    name: str
    kind: TargetKindName
    description: str = ""
    labels: tuple[str, ...] = ()
    n_gpus: int = 0
    memory_gib: float = 0.0
    queue: str = ""
    tracking_uri: str = ""
    ssh: SshTarget | None = None
    slurm: SlurmTarget | None = None
    kubernetes: KubernetesTarget | None = None
    ray: RayTarget | None = None
    creation_time_ms: int = 0
    last_update_time_ms: int = 0


class PutTarget(Message, frozen=True, kw_only=True):
    target: TargetMessage


class TargetRef(Message, frozen=True, kw_only=True):
    name: str


class TestTarget(Message, frozen=True, kw_only=True):
    """
    Attributes:
        queue: of the agents that may try it; empty: the target's.
        user_id: who asks.
    """

    name: str
    queue: str = ""
    user_id: str = ""


class TargetReply(Message, frozen=True, kw_only=True):
    target: TargetMessage


class TargetsReply(Message, frozen=True, kw_only=True):
    targets: tuple[TargetMessage, ...] = ()
