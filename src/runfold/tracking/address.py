"""Tracking URIs: what a user may write, and what is meant."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from runfold.config import ServerSettings, load
from runfold.errors import InvalidValue

_DATABASE = "runfold.db"


def resolve(uri: str) -> str:
    """The full form of a tracking URI.

    Args:
        uri: `http(s)://host`, `sqlite:///path`, `postgresql://...`; a folder (plain or `file:`), which holds an
            embedded store; empty: the folder `./.runfold`.

    Raises:
        InvalidValue: the scheme is not known.
    """
    uri = uri.strip()
    if not uri:
        return _embedded(Path.cwd() / ".runfold")
    scheme, colon, rest = uri.partition(":")
    if uri.startswith(("http://", "https://")):
        return uri.rstrip("/")
    if scheme.startswith(("sqlite", "postgresql")):
        return uri
    if scheme == "file":
        return _embedded(Path(urlsplit(uri).path if rest.startswith("//") else rest))
    if colon and "/" not in scheme and len(scheme) > 1:
        raise InvalidValue(
            f"The tracking URI {uri!r} has the scheme {scheme!r}, which is not known. Use http(s)://host:port for a "
            "server, sqlite:///path or postgresql://... for a database, or the path of a folder."
        )
    return _embedded(Path(uri))


def _embedded(folder: Path) -> str:
    return f"sqlite:///{folder.expanduser().absolute() / _DATABASE}"


def is_remote(uri: str) -> bool:
    return uri.startswith(("http://", "https://"))


def artifact_folder(uri: str) -> Path:
    """Where the files of a database lie that a server on it would hand out as `mlflow-artifacts:`."""
    if uri.startswith("sqlite:///"):
        return Path(uri.removeprefix("sqlite:///")).absolute().parent / "artifacts"
    return Path(load(ServerSettings).artifacts).absolute()


def without_secrets(uri: str) -> str:
    """The URI without user and password, fit for files, messages and tags."""
    parts = urlsplit(uri)
    if "@" not in parts.netloc:
        return uri
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
