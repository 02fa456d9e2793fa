"""Files of registered versions do not change: what is registered is what everybody loads from then on.

It holds for files that lie in the artifacts of a run or a logged model, where clients put models. A version may name
any other folder of the server's store as its source; were that closed too, registering the root would close it all.
"""

from __future__ import annotations

from collections.abc import Iterator

from runfold.domain.artifact import ArtifactPath
from runfold.domain.registered_model import ModelVersion
from runfold.errors import InvalidState
from runfold.server.artifacts.roots import Folder
from runfold.server.services import Services

_ARTIFACTS = "artifacts"


def check_changeable(services: Services, folder: Folder, path: ArtifactPath, *, deletes: bool = False) -> None:
    """
    Args:
        deletes: all that lies at the path is to go, so versions below it matter as well.

    Raises:
        InvalidState: the path lies in the files of a registered version.
    """
    above = [place for at in _upwards(path) for place in services.files.spellings(folder.store, at)]
    found = services.all_versions.find_versions_at(above) if above else ()
    if not found and deletes:
        here = list(services.files.spellings(folder.store, path))
        found = services.all_versions.find_versions_at(here, also_below=True)
    if found:
        raise InvalidState(_refusal(services, path, found[0], deletes=deletes))


def _upwards(path: ArtifactPath) -> Iterator[ArtifactPath]:
    """The path and the folders it lies in, as far as they belong to one run or logged model."""
    at: ArtifactPath | None = path
    while at is not None and _ARTIFACTS in at.names[1:]:
        yield at
        at = at.parent


def _refusal(services: Services, path: ArtifactPath, version: ModelVersion, *, deletes: bool) -> str:
    is_readable = version in services.store.find_versions_at([version.storage_location])
    named = f"version {version.version} of {version.name!r}" if is_readable else "a registered version"
    if deletes:
        return f"{path.text!r} holds files of {named}, which cannot be changed. Delete the version first."
    return f"{path.text!r} lies in {named}, which cannot be changed. Log another model and register that."
