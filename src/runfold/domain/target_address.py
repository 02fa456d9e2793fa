"""Targets written in a line: an address that says the kind and the place, and `name=value` for the other settings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

import msgspec

from runfold.domain.target import (
    KubernetesSettings,
    RaySettings,
    SlurmSettings,
    SshSettings,
    Target,
    TargetKind,
    TargetName,
)
from runfold.errors import InvalidValue

FORMS = (
    "local:, ssh://user@host:port/folder, slurm: or slurm://user@login/folder, kubernetes: or "
    "kubernetes://context/namespace, or the http://host:8265 of a Ray cluster"
)


def read_target(name: TargetName, address: str) -> Target:
    """The target that an address means.

    Raises:
        InvalidValue: it is no address; the message lists the forms.
    """
    try:
        parts = urlsplit(address)
        port = parts.port or 0
    except ValueError:
        raise InvalidValue(f"{address!r} is no address of a target; write {FORMS}.") from None
    if parts.password:
        raise InvalidValue("A target holds no password. Use a key: -s key=file:~/.ssh/id or -s key=secret:NAME.")
    match parts.scheme:
        case "local":
            return Target(name=name, kind=TargetKind.LOCAL)
        case "ssh":
            return Target(name=name, kind=TargetKind.SSH, ssh=_host(parts, port, default=SshSettings()))
        case "slurm":
            return Target(name=name, kind=TargetKind.SLURM, slurm=_slurm(parts, port))
        case "kubernetes":
            where = KubernetesSettings(
                context=unquote(parts.netloc), namespace=parts.path.strip("/") or KubernetesSettings().namespace
            )
            return Target(name=name, kind=TargetKind.KUBERNETES, kubernetes=where)
        case "http" | "https":
            return Target(name=name, kind=TargetKind.RAY, ray=RaySettings(address=address))
    raise InvalidValue(f"{address!r} is no address of a target; write {FORMS}.")


def _host(parts: SplitResult, port: int, *, default: SshSettings) -> SshSettings:
    folder = unquote(parts.path) if parts.path.strip("/") else default.folder
    return SshSettings(host=parts.hostname or "", user=unquote(parts.username or ""), port=port, folder=folder)


def _slurm(parts: SplitResult, port: int) -> SlurmSettings:
    folder = unquote(parts.path) if parts.path.strip("/") else SlurmSettings().folder
    if not parts.hostname:
        return SlurmSettings(folder=folder)
    return SlurmSettings(login=_host(parts._replace(path=""), port, default=SshSettings()), folder=folder)


def with_settings(target: Target, pairs: Iterable[tuple[str, str]]) -> Target:
    """Change settings of a target's kind.

    Args:
        pairs: names as the kind has them, with dots for what lies deeper (`login.key`, `node_selector.pool`). What
            takes several values is repeated; an empty value takes all of them away.

    Raises:
        InvalidValue: the kind has no such setting, or it does not take the value.
    """
    if target.kind is TargetKind.LOCAL:
        for key, _ in pairs:
            raise InvalidValue(f"A local target has no setting {key!r}.")
        return target
    field = target.kind.value
    settings = getattr(target, field)
    fields: dict[str, Any] = msgspec.to_builtins(settings)
    lists: set[str] = set()
    for key, value in pairs:
        _set(fields, key.split("."), value, key, lists)
    try:
        changed = msgspec.convert(fields, type(settings), strict=False)
    except msgspec.ValidationError as error:
        raise InvalidValue(f"A setting of target {target.name!r} does not fit: {error}.") from None
    return msgspec.structs.replace(target, **{field: changed})


def _set(fields: dict[str, Any], path: list[str], value: str, key: str, lists: set[str]) -> None:
    name, *deeper = path
    is_free = key.startswith("node_selector.")
    if name not in fields and not is_free:
        raise InvalidValue(f"There is no setting {key!r}; there are {', '.join(sorted(fields))}.")
    if deeper:
        if not isinstance(fields.get(name), dict):
            raise InvalidValue(f"There is no setting {key!r} here: {name!r} has nothing inside.")
        _set(fields[name], deeper, value, key, lists)
    elif isinstance(fields.get(name), list | tuple):
        before = list(fields[name]) if key in lists else []
        fields[name] = [*before, value] if value else []
        lists.add(key)
    elif is_free and not value:
        fields.pop(name, None)
    else:
        fields[name] = value
