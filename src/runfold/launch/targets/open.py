"""From a target to what executes on it. Libraries of a kind are imported when a target of the kind is used."""

from __future__ import annotations

from collections.abc import Callable

from runfold.domain.target import SlurmSettings, SshSettings, Target, TargetKind
from runfold.errors import InvalidValue, MissingDependency
from runfold.launch.targets.base import Backend
from runfold.launch.targets.host import Host, LocalHost

ReadSecret = Callable[[str, str], str]
"""What it is for, and where it is found; gives the secret."""


def open_backend(target: Target, read: ReadSecret) -> Backend:
    """
    Raises:
        MissingDependency: what its kind needs is not installed.
        InvalidValue: a credential is not there, or the target is this machine itself.
    """
    match target.kind:
        case TargetKind.SSH:
            from runfold.launch.targets.ssh import SshBackend

            return SshBackend(target, open_host(target.ssh or SshSettings(), read))
        case TargetKind.SLURM:
            from runfold.launch.targets.slurm import SlurmBackend

            return SlurmBackend(target, open_host((target.slurm or SlurmSettings()).login, read))
        case TargetKind.KUBERNETES:
            return _kubernetes(target, read)
        case TargetKind.RAY:
            from runfold.launch.targets.ray import RayBackend

            token = target.ray.token if target.ray else ""
            return RayBackend(target, read(f"the cluster of {target.name}", token) if token else None)
    raise InvalidValue(f"Target {target.name!r} is of kind {target.kind.value!r}, which executes nothing elsewhere.")


def _kubernetes(target: Target, read: ReadSecret) -> Backend:
    try:
        from runfold.launch.targets.kubernetes import KubernetesBackend
    except ImportError:
        raise MissingDependency("kubernetes", needed_for="A Kubernetes target", extra="kubernetes") from None
    where = target.kubernetes.kubeconfig if target.kubernetes else ""
    return KubernetesBackend(target, read(f"the cluster of {target.name}", where) if where else None)


def open_host(settings: SshSettings | None, read: ReadSecret) -> Host:
    """The host of these settings; None: this machine."""
    if settings is None:
        return LocalHost()
    try:
        from runfold.launch.targets.ssh_host import SshHost
    except ImportError:
        raise MissingDependency("asyncssh", needed_for="A target reached by SSH", extra="ssh") from None
    key = read(f"the key of {settings.host}", settings.key) if settings.key else None
    # Files of keys end with a line end, and a key without it is none.
    return SshHost(settings, key if key is None else f"{key}\n")
