"""The packages that two runs had installed, held against each other."""

from __future__ import annotations

import msgspec

from runfold.domain.artifact import ArtifactPath
from runfold.domain.run import Run
from runfold.errors import NotFound
from runfold.tracking.environment import PACKAGES_PATH
from runfold.tracking.session import Session


class PackageChange(msgspec.Struct, frozen=True, kw_only=True):
    """
    Attributes:
        first, second: versions; empty: the run did not have it.
    """

    name: str
    first: str
    second: str


def changed_packages(session: Session, first: Run, second: Run) -> tuple[PackageChange, ...]:
    """By name. None where a run kept no list: nothing is known then."""
    before, after = (_packages(session, run) for run in (first, second))
    if not before or not after:
        return ()
    return tuple(
        PackageChange(name=name, first=before.get(name, ""), second=after.get(name, ""))
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    )


def _packages(session: Session, run: Run) -> dict[str, str]:
    path = ArtifactPath(PACKAGES_PATH)
    try:
        with session.open_files(run.info.artifact_uri) as files, files.open_read(path) as reader:
            text = reader.read().decode(errors="replace")
    except NotFound:
        return {}
    pairs = (line.partition("==") for line in text.splitlines() if "==" in line)
    return {name.strip().lower().replace("_", "-"): version.strip() for name, _, version in pairs}
