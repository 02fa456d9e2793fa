"""Files that are named by where they lie: they belong to the run or logged model whose folder it is.

Records decide, not the text of a path: of the runs and logged models whose ids stand in it, those count whose folder
it lies in. Should folders lie in one another, the caller needs it on every record. Files of a registered version
may also be read by who may read the model. What belongs to nothing is for administrators.
"""

from __future__ import annotations

from runfold.domain.access import Ability
from runfold.domain.artifact import ArtifactPath
from runfold.errors import NotFound, NotSupported
from runfold.server.artifacts.roots import Folder, RunFiles
from runfold.server.rights.permit import NEEDS, Permit

_MAX_NAMES = 100


def check_proxied_path(permit: Permit, files: RunFiles, text: str) -> None:
    """Check a path in the server's own store for what the call does. Raises as `check_folder`, and InvalidValue."""
    path = ArtifactPath.or_root(text.removesuffix("/"))
    check_folder(permit, files, Folder(files.store, path), NEEDS[permit.endpoint.permission])


def check_folder(permit: Permit, files: RunFiles, folder: Folder, needed: Ability) -> None:
    """
    Raises:
        NotFound: there is nothing that the caller may know of.
        PermissionDenied: the caller may read it, but may not do what is asked.
    """
    if permit.caller.rights.administers:
        return
    names = _names(folder)
    if 0 < len(names) <= _MAX_NAMES:
        if _belongs_to_record(permit, files, folder, needed):
            return
        if needed is Ability.READ and _belongs_to_version(permit, files, folder):
            return
    raise NotFound("file", "/".join(names))


def _belongs_to_record(permit: Permit, files: RunFiles, folder: Folder, needed: Ability) -> bool:
    rights = permit.caller.rights
    homes = [home for home in permit.homes_in_path(_names(folder)) if _lies_in(files, home.artifact_uri, folder)]
    granted = [rights.on_experiment(home.experiment_id, home.name, home.workspace) for home in homes]
    if not granted or not all(granted):
        return False
    if not all(needed in one for one in granted):
        raise permit.denied(needed)
    permit.visit(homes)
    return True


def _lies_in(files: RunFiles, artifact_uri: str, folder: Folder) -> bool:
    try:
        home = files.folder(artifact_uri)
    except NotSupported:
        return False
    root = _names(home)
    return home.store is folder.store and bool(root) and _names(folder)[: len(root)] == root


def _belongs_to_version(permit: Permit, files: RunFiles, folder: Folder) -> bool:
    names = _names(folder)
    above = (ArtifactPath("/".join(names[:n])) for n in range(1, len(names) + 1))
    places = [place for path in above for place in files.spellings(folder.store, path)]
    versions = permit.store.find_versions_at(places)
    return any(permit.caller.rights.on_model(found.name, found.workspace) for found in versions)


def _names(folder: Folder) -> tuple[str, ...]:
    return folder.path.names if folder.path is not None else ()
