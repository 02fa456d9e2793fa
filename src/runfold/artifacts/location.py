"""URIs of artifact stores, taken apart once and for all.

The one parser decides what a URI names; stores work with the parts and never look at the text again. A second
reading of the same text (as a URL with a query, a fragment, parameters) is how checks were walked around
elsewhere.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import NoReturn
from urllib.parse import unquote

import msgspec

from runfold.errors import InvalidValue

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):(.*)", re.DOTALL)
_WINDOWS = re.compile(r"[A-Za-z]:[\\/]|\\\\")
_AUTHORITY = re.compile(r"(?:(?P<user>[^@:]*)@)?(?P<host>\[[0-9A-Fa-f:.]+\]|[^@:\[\]]*)(?::(?P<port>\d{1,5}))?")
_UNUSABLE = re.compile("[?#;\\\\\x00-\x1f\x7f-\x9f]")


class Location(msgspec.Struct, frozen=True):
    """Where the root of an artifact store is.

    Attributes:
        scheme: in lower case; `file` for plain paths.
        user: the name before `@`, or "".
        host: host, bucket or container; "" where there is none.
        port: `None` where the URI names none.
        path: without slashes at both ends; for `file` a path of this machine as it is.
    """

    scheme: str
    user: str
    host: str
    port: int | None
    path: str

    @property
    def authority(self) -> str:
        """Host and port, as in a URL."""
        return self.host if self.port is None else f"{self.host}:{self.port}"

    @property
    def uri(self) -> str:
        if self.scheme == "file":
            return Path(self.path).absolute().as_uri()
        user = f"{self.user}@" if self.user else ""
        return f"{self.scheme}://{user}{self.authority}/{self.path}".rstrip("/")


class ServerAccess(msgspec.Struct, frozen=True):
    """How the tracking server is reached whose proxy holds `mlflow-artifacts:` locations.

    Attributes:
        uri: its base URL.
        headers: sent with each request, such as `Authorization`; only ever to this server.
        ca_file: certificate authorities to trust instead of the system's.
        client_cert_file: certificate and key of this client, in one PEM file.
        verify: `False` skips the check of the server's certificate.
    """

    uri: str
    headers: dict[str, str] = {}
    ca_file: str | None = None
    client_cert_file: str | None = None
    verify: bool = True


def parse_location(uri: str) -> Location:
    """Takes a URI or a plain path apart.

    Plain paths and `file:` name a folder of this machine, Windows drives and shares only where this is
    Windows.

    Raises:
        InvalidValue: the text has a query, fragment, parameters, `..`, a password or an impossible host or
            port.
    """
    if not uri.strip():
        _refuse(uri, "it is empty")
    if _WINDOWS.match(uri):
        return _local(uri, uri)
    match = _SCHEME.fullmatch(uri)
    if match is None:
        return _local(uri, uri)
    scheme, rest = match[1].lower(), match[2]
    if _UNUSABLE.search(rest):
        _refuse(uri, "'?', '#', ';', backslashes and control characters have no meaning in a location")
    if scheme == "file":
        return _local(uri, _path_of_file_uri(uri, rest))
    return _remote(uri, scheme, rest)


def _remote(uri: str, scheme: str, rest: str) -> Location:
    authority, path = "", rest
    if rest.startswith("//"):
        authority, _, path = rest[2:].partition("/")
    path = path.strip("/")
    if ".." in path.split("/"):
        _refuse(uri, "it contains '..'")
    match = _AUTHORITY.fullmatch(authority)
    if match is None:
        _refuse(uri, "the host is not valid; passwords do not belong there but into the environment")
    port = int(match["port"]) if match["port"] else None
    if port is not None and not 0 < port < 65536:
        _refuse(uri, f"port {port} does not exist")
    return Location(scheme, match["user"] or "", match["host"], port, path)


def _path_of_file_uri(uri: str, rest: str) -> str:
    if rest.startswith("//"):
        host, slash, path = rest[2:].partition("/")
        if host.lower() not in ("", "localhost"):
            _refuse(uri, f"files on the host {host!r} cannot be reached this way; write file:///path")
        rest = slash + path
    path = unquote(rest)
    if ".." in path.split("/") or _UNUSABLE.search(path):
        _refuse(uri, "it contains '..' or characters that paths here cannot have")
    # file:///C:/folder: the drive is the first name of the path
    return path[1:] if re.match(r"/[A-Za-z]:(/|$)", path) else path


def _local(uri: str, path: str) -> Location:
    if not path or "\x00" in path:
        _refuse(uri, "it names no folder")
    if re.match(r"[A-Za-z]:|\\\\", path) and os.name != "nt":
        _refuse(uri, "it is a path of a Windows machine and this is none")
    return Location("file", "", "", None, path)


def _refuse(uri: str, reason: str) -> NoReturn:
    # What stands before an @ may be a password and does not belong in a message.
    shown = re.sub(r"//[^/]*@", "//***@", uri)
    raise InvalidValue(f"The artifact location {shown!r} cannot be used: {reason}.")
