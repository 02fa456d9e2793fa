"""Targets: the places where jobs are executed, and how each is reached."""

from __future__ import annotations

import enum
import math
import re
from collections.abc import Iterable

import msgspec

from runfold.domain.limits import check_text
from runfold.domain.secret import check_reference
from runfold.errors import InvalidValue, LimitExceeded

TargetName = str

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
# What goes to other programs as a word: nothing in it is an option, a space or a sign of a shell.
_WORD = re.compile(r"[A-Za-z0-9_.:/@%+=,\[\]{}~-]*")
_MAX_NAME = 100
_MAX_TEXT = 8_000


class TargetKind(enum.StrEnum):
    """Who executes there: this machine, a host by SSH, or an engine that is there already."""

    LOCAL = "local"
    SSH = "ssh"
    SLURM = "slurm"
    KUBERNETES = "kubernetes"
    RAY = "ray"


class SshSettings(msgspec.Struct, frozen=True, kw_only=True):
    """A host that one logs in to.

    Attributes:
        port: 0: as the agent's `~/.ssh/config` says, else 22.
        key: where the private key is found (`file:~/.ssh/id`, `secret:NAME`); empty: the keys and the agent of the
            user who runs the job's agent.
        host_key: the host's public key as a line of `known_hosts` has it (`ssh-ed25519 AAAA...`); empty: the
            `known_hosts` files of that user decide. A host whose key is not known is never trusted.
        folder: where jobs have their folders over there; a relative one begins at the user's home.
        python: the program that runs what has to be done there.
    """

    host: str = ""
    user: str = ""
    port: int = 0
    key: str = ""
    host_key: str = ""
    folder: str = "runfold-jobs"
    python: str = "python3"


class SlurmSettings(msgspec.Struct, frozen=True, kw_only=True):
    """A cluster under Slurm, spoken to by its own commands.

    Attributes:
        login: the host that has the commands; None: the agent's own machine has them.
        folder: where jobs have their folders; the compute nodes must see it, too.
        partition, account, qos: as `sbatch` takes them; empty: the cluster's default.
        time_limit_min: of a job that names none; 0: the partition's.
        array_limit: so many tasks of an array run at a time, when its jobs say nothing; 0: no limit.
        options: further options of `sbatch`, such as `--constraint=a100`.
        python: the program on the compute nodes that prepares a job.
    """

    login: SshSettings | None = None
    folder: str = "runfold-jobs"
    partition: str = ""
    account: str = ""
    qos: str = ""
    time_limit_min: int = 0
    array_limit: int = 0
    options: tuple[str, ...] = ()
    python: str = "python3"


class KubernetesSettings(msgspec.Struct, frozen=True, kw_only=True):
    """A cluster of Kubernetes.

    Attributes:
        kubeconfig: where its configuration is found (`file:~/.kube/config`, `secret:NAME`); empty: the default of the
            user who runs the job's agent, or the service account inside a cluster.
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


class RaySettings(msgspec.Struct, frozen=True, kw_only=True):
    """A cluster of Ray, spoken to by its jobs API.

    Attributes:
        address: of the dashboard, `http://host:8265`.
        token: where the token for it is found; empty: none is needed.
    """

    address: str = ""
    token: str = ""


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """A place where jobs are executed.

    Attributes:
        labels: what it has, such as `gpu` or `eu-west`; projects ask for them.
        n_gpus, memory_gib: what a job can get there; 0: not said, so projects that ask for some do not go there.
        queue: the queue of the agents that can reach it; a job for this target that names no queue goes there.
        tracking_uri: the server's address as seen from there; empty: as the agent knows it.
        ssh, slurm, kubernetes, ray: settings of its kind; the others are None.
    """

    name: TargetName
    kind: TargetKind
    description: str = ""
    labels: tuple[str, ...] = ()
    n_gpus: int = 0
    memory_gib: float = 0.0
    queue: str = ""
    tracking_uri: str = ""
    ssh: SshSettings | None = None
    slurm: SlurmSettings | None = None
    kubernetes: KubernetesSettings | None = None
    ray: RaySettings | None = None
    creation_time_ms: int = 0
    last_update_time_ms: int = 0

    @property
    def place(self) -> str:
        """Where it is, in a word or two for people."""
        match self.kind:
            case TargetKind.SSH:
                return _place(self.ssh or SshSettings())
            case TargetKind.SLURM:
                login = (self.slurm or SlurmSettings()).login
                return _place(login) if login else "sbatch"
            case TargetKind.KUBERNETES:
                settings = self.kubernetes or KubernetesSettings()
                return "/".join(filter(None, [settings.context, settings.namespace]))
            case TargetKind.RAY:
                return (self.ray or RaySettings()).address
        return "the agent's machine"

    @property
    def references(self) -> tuple[str, ...]:
        """Where its credentials are found."""
        login = self.slurm.login if self.slurm else None
        found = [self.ssh.key if self.ssh else "", login.key if login else ""]
        found += [self.kubernetes.kubeconfig if self.kubernetes else "", self.ray.token if self.ray else ""]
        return tuple(filter(None, found))


def _place(settings: SshSettings) -> str:
    return (f"{settings.user}@" if settings.user else "") + settings.host + (f":{settings.port}" * bool(settings.port))


def check_target(target: Target) -> None:
    """Refuse what can be no target.

    Raises:
        InvalidValue: the message names the field.
        LimitExceeded: a text is too long.
    """
    if not _NAME.fullmatch(target.name) or len(target.name) > _MAX_NAME:
        raise InvalidValue(
            f"{target.name[:_MAX_NAME]!r} is no name of a target: up to {_MAX_NAME} letters, digits, '.', '_' and '-', "
            "of which the first is a letter or digit."
        )
    for kind in (TargetKind.SSH, TargetKind.SLURM, TargetKind.KUBERNETES, TargetKind.RAY):
        has = getattr(target, kind.value) is not None
        if has and kind is not target.kind:
            raise InvalidValue(f"Target {target.name!r} is of kind {target.kind.value!r} and has settings for {kind}.")
        if not has and kind is target.kind:
            raise InvalidValue(f"Target {target.name!r} is of kind {target.kind.value!r} and lacks its settings.")
    if target.n_gpus < 0 or not 0 <= target.memory_gib < math.inf:
        raise InvalidValue("n_gpus and memory_gib take numbers from 0.")
    _check_texts([target.description, target.queue, target.tracking_uri, *target.labels])
    for reference in target.references:
        check_reference("the credential", reference)
    for login in (target.ssh, target.slurm.login if target.slurm else None):
        if login is not None:
            _check_ssh(login)
    if target.slurm is not None:
        _check_slurm(target.slurm)
    if target.kubernetes is not None:
        _check_words("kubernetes", target.kubernetes, ("context", "namespace", "image", "service_account"))
    if target.ray is not None and not target.ray.address.startswith(("http://", "https://")):
        raise InvalidValue(f"ray.address is {target.ray.address[:80]!r}; give http://host:8265.")


def _check_ssh(settings: SshSettings) -> None:
    if not settings.host:
        raise InvalidValue("ssh.host is empty; name the host to log in to.")
    _check_words("ssh", settings, ("host", "user", "folder", "python"))
    if not 0 <= settings.port < 65536:
        raise InvalidValue(f"ssh.port is {settings.port}; give 1 to 65535, or 0 for the default.")
    if settings.host_key and len(settings.host_key.split()) < 2:
        raise InvalidValue("ssh.host_key takes a public key as known_hosts has it, such as 'ssh-ed25519 AAAA...'.")
    _check_texts([settings.host_key])


def _check_slurm(settings: SlurmSettings) -> None:
    _check_words("slurm", settings, ("folder", "partition", "account", "qos", "python"))
    if settings.array_limit < 0:
        raise InvalidValue(f"slurm.array_limit is {settings.array_limit}; give a number of tasks, or 0 for no limit.")
    if settings.time_limit_min < 0:
        raise InvalidValue(f"slurm.time_limit_min is {settings.time_limit_min}; give minutes, or 0 for the default.")
    for option in settings.options:
        if not option.startswith("--") or not _WORD.fullmatch(option):
            raise InvalidValue(f"slurm.options holds {option[:80]!r}; write options of sbatch as --name=value.")
        if option.partition("=")[0] == "--array":
            raise InvalidValue(
                "slurm.options cannot hold --array: jobs that are submitted together become an array by themselves. "
                "How many run at a time is the setting array_limit."
            )
        if option.partition("=")[0] in ("--wrap", "--output", "--parsable"):
            raise InvalidValue(f"slurm.options cannot hold {option[:80]!r}: a job is one command, with one log.")


def _check_words(where: str, settings: msgspec.Struct, names: Iterable[str]) -> None:
    for name in names:
        value = getattr(settings, name)
        if value.startswith("-") or len(value) > _MAX_TEXT or not _WORD.fullmatch(value):
            raise InvalidValue(f"{where}.{name} is {value[:80]!r}, which holds signs that it cannot.")


def _check_texts(texts: Iterable[str]) -> None:
    for text in texts:
        check_text("target", text)
        if len(text) > _MAX_TEXT:
            raise LimitExceeded(f"A text of the target has {len(text)} characters; at most {_MAX_TEXT} are allowed.")
