"""From a URI to the store behind it.

The table names code as text, so that a store and what it needs is imported when it is first used. Another
package adds a scheme with an entry point in the group `runfold.artifact_stores`: its name is the scheme, its
object a function `(Location, ServerAccess | None) -> ArtifactStore`.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import cast

import msgspec

from runfold.artifacts.base import ArtifactStore
from runfold.artifacts.location import Location, ServerAccess, parse_location
from runfold.errors import MissingDependency, NotSupported

ENTRY_POINTS = "runfold.artifact_stores"

Opener = Callable[[Location, ServerAccess | None], ArtifactStore]


class Scheme(msgspec.Struct, frozen=True):
    """Who opens the locations of one scheme.

    Attributes:
        opener: `module:function`.
        needed_for: the first words of the sentence shown when a package is missing.
        extra: the extra of runfold that brings it.
    """

    opener: str
    needed_for: str = ""
    extra: str = ""


_S3 = Scheme("runfold.artifacts.objects:open_s3", "Storing artifacts in S3", "s3")
_GCS = Scheme("runfold.artifacts.objects:open_gcs", "Storing artifacts in Google Cloud Storage", "gcs")
_AZURE = Scheme("runfold.artifacts.objects:open_azure", "Storing artifacts in Azure Storage", "azure")
_SFTP = Scheme("runfold.artifacts.sftp:open_sftp", "Storing artifacts over SFTP", "sftp")
_HDFS = Scheme("runfold.artifacts.webhdfs:open_webhdfs", "Storing artifacts in HDFS", "hdfs")
_WEBDAV = Scheme("runfold.artifacts.webdav:open_webdav")
_HTTP = Scheme("runfold.artifacts.http_put:open_http")
_PROXY = Scheme("runfold.artifacts.proxied:open_proxied")

SCHEMES: dict[str, Scheme] = {
    "file": Scheme("runfold.artifacts.open:open_local"),
    "s3": _S3,
    "s3a": _S3,
    "gs": _GCS,
    "wasb": _AZURE,
    "wasbs": _AZURE,
    "abfs": _AZURE,
    "abfss": _AZURE,
    "sftp": _SFTP,
    "hdfs": _HDFS,
    "webhdfs": _HDFS,
    "swebhdfs": _HDFS,
    "webdav": _WEBDAV,
    "webdavs": _WEBDAV,
    "http": _HTTP,
    "https": _HTTP,
    "github": Scheme("runfold.artifacts.github:open_github"),
    "mlflow-artifacts": _PROXY,
}


def open_artifacts(uri: str, *, server: ServerAccess | None = None) -> ArtifactStore:
    """The store at a URI or plain path; nothing is contacted or created yet.

    Args:
        uri: such as `./files`, `file:///srv/files`, `s3://bucket/prefix`, `sftp://user@host/path`,
            `webdavs://host/path`, `https://host/repository/raw/path`, `mlflow-artifacts:/0/<run
            id>/artifacts`.
        server: the tracking server, for `mlflow-artifacts:` locations.

    Raises:
        InvalidValue: the URI cannot be used, and why.
        NotSupported: no store knows this scheme.
        MissingDependency: the store needs a package that is not installed.
    """
    location = parse_location(uri)
    row = SCHEMES.get(location.scheme)
    if row is None:
        return _added_opener(location.scheme)(location, server)
    module, _, function = row.opener.partition(":")
    try:
        return cast("Opener", getattr(import_module(module), function))(location, server)
    except ModuleNotFoundError as error:
        if not row.extra or error.name is None:
            raise
        package = error.name.partition(".")[0]
        raise MissingDependency(package, needed_for=row.needed_for, extra=row.extra) from error


def open_local(location: Location, server: ServerAccess | None = None) -> ArtifactStore:
    from runfold.artifacts.local import LocalArtifacts

    return LocalArtifacts(Path(location.path))


def _added_opener(scheme: str) -> Opener:
    for entry in entry_points(group=ENTRY_POINTS, name=scheme):
        return cast("Opener", entry.load())
    known = ", ".join(f"{name}:" for name in sorted(SCHEMES))
    raise NotSupported(
        f"No artifact store knows the scheme {scheme!r}. Known are plain paths and {known} and those that "
        f"installed packages add (entry point group {ENTRY_POINTS!r})."
    )
