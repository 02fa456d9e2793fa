"""Where the files of runs lie, as far as this server keeps them.

Clients name a run and a relative path; the location comes from the record. A location is opened only when it lies in
the server's own store (`mlflow-artifacts:`, or where that is) or below the root that new experiments are given: a
location never confers a right.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from runfold.artifacts.base import ArtifactStore
from runfold.artifacts.location import Location, parse_location
from runfold.artifacts.open import open_artifacts
from runfold.config import ServerSettings
from runfold.domain.artifact import ArtifactPath, FileInfo, join
from runfold.domain.registered_model import ModelVersion
from runfold.errors import InvalidValue, NotSupported

PROXY_SCHEME = "mlflow-artifacts"
# What a client may reach itself without this server having a part in it.
_REMOTE_SCHEMES = frozenset(
    {"s3", "s3a", "gs", "wasb", "wasbs", "abfs", "abfss", "dbfs", "hdfs", "webhdfs", "swebhdfs", "viewfs"}
    | {"sftp", "ftp", "webdav", "webdavs", "http", "https"}
)


@dataclass(frozen=True)
class Folder:
    """A folder inside a store; `path` None: the store's root."""

    store: ArtifactStore
    path: ArtifactPath | None

    def file(self, path: str) -> ArtifactPath:
        """A path below the folder. Raises InvalidValue for one that would lead elsewhere."""
        return join(self.path, ArtifactPath(path))

    def walk(self) -> Iterator[FileInfo]:
        """All files below the folder, depth first."""
        pending = [self.path]
        while pending:
            for info in self.store.list_folder(pending.pop()):
                if info.is_dir:
                    pending.append(info.path)
                else:
                    yield info


def list_below(folder: Folder, path: str) -> list[FileInfo]:
    """What lies in a folder at a path below another; empty: in that itself."""
    below = path.removesuffix("/")
    return folder.store.list_folder(folder.file(below) if below else folder.path)


class RunFiles:
    """Finds the folders of runs and models.

    Args:
        store: what `mlflow-artifacts:` stands for.
    """

    def __init__(self, settings: ServerSettings, store: ArtifactStore) -> None:
        self.store = store
        self._serves = settings.serve_artifacts
        root = parse_location(settings.default_artifact_root)
        self._roots = [(parse_location(settings.artifacts), store)]
        if root.scheme != PROXY_SCHEME:
            self._roots.append((root, open_artifacts(root.uri)))

    def folder(self, artifact_uri: str) -> Folder:
        """The folder at a run's artifact URI.

        Raises:
            NotSupported: this server does not keep the files of that location.
        """
        location = parse_location(artifact_uri)
        if location.scheme == PROXY_SCHEME:
            if not self._serves:
                raise NotSupported(f"This server keeps no files, so there are none at {artifact_uri}.")
            return Folder(self.store, ArtifactPath.or_root(location.path))
        found = self._find(location)
        if found is None:
            raise NotSupported(
                f"The files at {location.uri} are not kept by this server; reach them there directly. It keeps "
                f"those of {PROXY_SCHEME}:/ and of its default artifact root."
            )
        return found

    def spellings(self, store: ArtifactStore, path: ArtifactPath) -> Iterator[str]:
        """The URIs by which records name a place in a store."""
        if store is self.store:
            yield f"{PROXY_SCHEME}:/{path.text}"
        for root, opened in self._roots:
            if opened is store:
                yield f"{root.uri}/{path.text}"

    def folder_of_version(self, version: ModelVersion) -> Folder:
        """The folder of a version's files.

        Raises:
            NotSupported: this server does not keep them.
            InvalidState: the version is being registered, or never was.
        """
        version.check_ready()
        if version.storage_location.lower().startswith(("models:", "runs:")):
            raise NotSupported(f"The source {version.source} leads to no files that this server keeps.")
        return self.folder(version.storage_location)

    def check_location(self, artifact_location: str) -> None:
        """Check the location that a client wants for a new experiment.

        Raises:
            InvalidValue: it is a folder of some machine, or a scheme that nobody here knows.
        """
        if not artifact_location:
            return
        location = parse_location(artifact_location)
        if location.scheme == PROXY_SCHEME:
            ArtifactPath.or_root(location.path)
        elif "%" in location.path or (location.scheme not in _REMOTE_SCHEMES and self._find(location) is None):
            raise InvalidValue(
                f"The artifact location {artifact_location!r} cannot be used: it must lie in {PROXY_SCHEME}:/, in "
                "a remote store such as s3://, or below the server's default artifact root. For a folder that "
                "server and clients share, start the server with --default-artifact-root file:///that/folder."
            )

    def _find(self, location: Location) -> Folder | None:
        """The folder at a location below one of the roots; InvalidValue when the path leads out of it again."""
        for root, store in self._roots:
            below = _below(location, root)
            if below is not None:
                return Folder(store, ArtifactPath.or_root(below))
        return None

    def close(self) -> None:
        for _, store in self._roots:
            store.close()


def _below(location: Location, root: Location) -> str | None:
    """The path from a root to a location; None when it does not lie there."""
    if (location.scheme, location.user, location.authority) != (root.scheme, root.user, root.authority):
        return None
    path, root_path = location.path, root.path
    if location.scheme == "file":
        path, root_path = (str(Path(text).absolute()).strip("/") for text in (path, root_path))
    if not root_path:
        return path
    if path == root_path:
        return ""
    return path.removeprefix(root_path + "/") if path.startswith(root_path + "/") else None
