"""Where a project runs: on the target that was named, or where its `platform` section can be satisfied."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from pathlib import Path

import msgspec

from runfold.domain.job import Resources
from runfold.domain.project import Platform
from runfold.domain.target import Target, TargetKind
from runfold.errors import InvalidValue

_GIB = 2**30


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """What a place has.

    Attributes:
        hosts: names that it goes by.
        memory_gib: 0: not known.
    """

    labels: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    n_gpus: int = 0
    memory_gib: float = 0.0
    runs_images: bool = False


def this_machine(labels: tuple[str, ...] = ()) -> Machine:
    """Args: labels: what its agent says that it has."""
    gpus = [path for path in Path("/dev").glob("nvidia*") if path.name.removeprefix("nvidia").isdigit()]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / _GIB
    return Machine(labels=labels, hosts=(platform.node(),), n_gpus=len(gpus), memory_gib=memory)


def choose_target(wanted: Platform, *, named: Target | None, targets: Sequence[Target], here: Machine) -> Target | None:
    """Where to execute; None: on this machine.

    Args:
        named: by whoever asked for the run; it must have what the project needs.
        targets: all there are.

    Raises:
        InvalidValue: nothing has what the project needs; the message says what each lacks.
    """
    if named is not None:
        missing = lacks(wanted, _machine(named, here))
        if wanted.targets and named.name not in wanted.targets:
            missing.append(f"to be one of {', '.join(wanted.targets)}")
        if missing:
            raise InvalidValue(f"Target {named.name!r} is not for this project, which asks for {', '.join(missing)}.")
        return named
    if wanted == Platform():
        return None
    known = {target.name: target for target in targets}
    if wanted.targets:
        candidates = [known[name] for name in wanted.targets if name in known]
    else:
        # A store without targets is no reason to refuse what was run here all the time.
        if not targets or not lacks(wanted, here):
            return None
        candidates = list(targets)
    for target in candidates:
        if not lacks(wanted, _machine(target, here)):
            return target
    raise InvalidValue(_nowhere(wanted, candidates, here))


def lacks(wanted: Platform, machine: Machine) -> list[str]:
    """What a project asks for and a machine does not have, in words."""
    missing = [f"the label {label!r}" for label in wanted.labels if label not in machine.labels]
    if wanted.hosts and not set(wanted.hosts) & set(machine.hosts):
        missing.append(f"the host {' or '.join(wanted.hosts)}")
    if wanted.n_gpus > machine.n_gpus:
        missing.append(f"{wanted.n_gpus} GPUs")
    if wanted.memory_gib > machine.memory_gib:
        missing.append(f"{wanted.memory_gib:g} GiB of memory")
    if wanted.image and not machine.runs_images:
        missing.append(f"the image {wanted.image!r}")
    return missing


def resources_of(wanted: Platform, asked: Resources) -> Resources:
    """What was asked for with the run, and the project's own wishes where nothing was."""
    return Resources(
        n_cpus=asked.n_cpus,
        n_gpus=asked.n_gpus or wanted.n_gpus,
        memory_gib=asked.memory_gib or wanted.memory_gib,
    )


def _machine(target: Target, here: Machine) -> Machine:
    if target.kind is TargetKind.LOCAL:
        return msgspec.structs.replace(here, labels=here.labels + target.labels)
    login = target.ssh or (target.slurm.login if target.slurm else None)
    return Machine(
        labels=target.labels,
        hosts=(target.name, *((login.host,) if login else ())),
        n_gpus=target.n_gpus,
        memory_gib=target.memory_gib,
        runs_images=target.kind is TargetKind.KUBERNETES,
    )


def _nowhere(wanted: Platform, candidates: Sequence[Target], here: Machine) -> str:
    if wanted.targets and not candidates:
        return (
            f"The project runs on {', '.join(wanted.targets)}, and there is no such target. `runfold targets add` "
            "makes one, --target names another."
        )
    found = [f"  {target.name} lacks {', '.join(lacks(wanted, _machine(target, here)))}" for target in candidates[:10]]
    return "\n".join(["No target has all that the project asks for:", *found])
