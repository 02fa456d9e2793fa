"""The code of a registered project read where it can be reached: its entry points, as of a commit."""

from __future__ import annotations

from pathlib import Path

from runfold.domain.registered_project import ProjectReading
from runfold.errors import RunfoldError
from runfold.launch.secrets import Open, nobody_opens
from runfold.projects.fetch import fetched, is_repository
from runfold.projects.spec import describe_project


def absolute(address: str) -> str:
    """The address as others on this machine can use it: a folder or archive in full."""
    place, sign, inside = address.partition("#")
    if is_repository(place):
        return address
    return f"{Path(place or '.').expanduser().resolve()}{sign}{inside}"


def read_code(
    address: str, *, version: str = "", credential: str = "", open_secret: Open = nobody_opens
) -> ProjectReading:
    """Fetch a project and describe it; what stands in the way is part of the answer, for those who asked.

    Args:
        address, version, credential, open_secret: as `fetch.fetched` takes them.
    """
    try:
        with fetched(address, version=version, credential=credential, open_secret=open_secret) as code:
            # A folder with changes is no commit that others could have.
            commit = "" if code.is_dirty else code.commit
            return ProjectReading(spec=describe_project(code.folder), commit=commit)
    except RunfoldError as error:
        return ProjectReading(problem=error.message)
