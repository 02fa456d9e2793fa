"""Environments of conda's packages for a host: made here for the machine that it is, and brought there whole.

The host needs no network and no program for that: rattler links the packages on this machine into a folder, whose files
already hold the name of the place where they will lie there.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path

from runfold.errors import InvalidValue
from runfold.launch.conda import CondaFailed, Machine, link
from runfold.launch.targets.base import FarEnvironment, Tell
from runfold.launch.targets.folder import JobFolder, Survey
from runfold.launch.targets.host import Host

_SUBDIRS = {
    ("Linux", "x86_64"): "linux-64",
    ("Linux", "aarch64"): "linux-aarch64",
    ("Linux", "ppc64le"): "linux-ppc64le",
    ("Linux", "s390x"): "linux-s390x",
    ("Darwin", "x86_64"): "osx-64",
    ("Darwin", "arm64"): "osx-arm64",
}

_PREFIX = "runfold-conda-"
# Nothing takes so long to be brought.
_LEFT_S = 2 * 24 * 3600.0


class CondaBringer:
    """Brings environments to one host. Safe from any thread."""

    def __init__(self, host: Host) -> None:
        self._host = host
        # Jobs that are handed over together ask for the same; the first brings it for all.
        self._lock = threading.Lock()

    def bring(self, folder: JobFolder, wanted: FarEnvironment | None, tell: Tell) -> None:
        """Have what a job needs of conda lie there, where its supervisor finds it.

        Args:
            folder: of a job there.
            wanted: its environment; one without packages of conda is made there, and nothing is brought.

        Raises:
            CondaFailed: a package or channel cannot be had here.
            InvalidValue: conda has no packages for such a machine.
            MissingDependency: rattler is not installed here.
        """
        if wanted is None or not wanted.conda_packages:
            return
        with self._lock:
            survey = folder.survey(wanted.digest)
            if not survey.is_there:
                self._make_and_bring(folder, wanted, survey, tell)

    def _make_and_bring(self, folder: JobFolder, wanted: FarEnvironment, survey: Survey, tell: Tell) -> None:
        machine = machine_of(survey, self._host.name)
        asked, channels = ", ".join(wanted.conda_packages), ", ".join(wanted.channels)
        tell(f"Solving {asked} from {channels} for {self._host.name} ({machine.subdir})")
        with tempfile.TemporaryDirectory(prefix=_PREFIX, dir=_scratch()) as aside:
            made = Path(aside) / "environment"
            try:
                link(wanted.channels, wanted.conda_packages, made, machine=machine, prefix=survey.place)
            except CondaFailed as error:
                raise CondaFailed(
                    f"The conda environment for {self._host.name} could not be made on {platform.node()}, which must "
                    f"reach its channels ({channels}). It asks for: {asked}\n{error.message}"
                ) from error
            tell(f"Bringing the conda environment to {self._host.name}; the next run finds it there")
            folder.bring_environment(wanted.digest, made)


def machine_of(survey: Survey, name: str) -> Machine:
    """What conda's packages are chosen by.

    Source of the names: conda's documentation, "Managing virtual packages".

    Args:
        name: of the host, for people.

    Raises:
        InvalidValue: conda has no packages for it.
    """
    subdir = _SUBDIRS.get((survey.system, survey.machine))
    if subdir is None:
        raise InvalidValue(
            f"{name} is a machine of {survey.system} on {survey.machine}, for which there are no packages of conda. "
            "Use --env-manager uv, which takes them from PyPI."
        )
    release = re.match(r"\d+(\.\d+)*", survey.release)
    version = release[0] if release else "0"
    brings = [("__unix", "0", "0"), ("__archspec", "1", survey.machine)]
    brings.append(("__linux" if survey.system == "Linux" else "__osx", version, "0"))
    kind, libc = survey.libc
    if kind == "glibc":
        brings.append(("__glibc", libc, "0"))
    if cuda := survey.cuda or os.environ.get("CONDA_OVERRIDE_CUDA", ""):
        brings.append(("__cuda", cuda, "0"))
    return Machine(subdir=subdir, virtual_packages=tuple(brings))


def _scratch() -> Path:
    """Beside the packages that rattler keeps, so that files are linked and not copied."""
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "runfold"
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob(f"{_PREFIX}*"):  # by an agent that was killed
        with suppress(FileNotFoundError):
            if time.time() - left.stat().st_mtime > _LEFT_S:
                shutil.rmtree(left, ignore_errors=True)
    return folder
