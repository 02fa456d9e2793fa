"""Artifacts on a WebDAV server (RFC 4918): Nextcloud, Apache, nginx with dav-ext, many NAS devices.

Uploads go to the folder `.runfold-part` at the root and are moved to their place when they are complete.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree as ET

from runfold.artifacts.base import ArtifactStore, Reader, Writer
from runfold.artifacts.http import HttpSite, netrc_headers, quoted
from runfold.artifacts.http_reader import open_url
from runfold.artifacts.http_writer import HttpWriter
from runfold.artifacts.location import Location, ServerAccess
from runfold.domain.artifact import STAGING_NAME, ArtifactPath, FileInfo, join
from runfold.errors import ArtifactError, InvalidState, InvalidValue, NotFound, RunfoldError

_WANTED = (
    b'<?xml version="1.0" encoding="utf-8"?>'
    b'<d:propfind xmlns:d="DAV:"><d:prop><d:resourcetype/><d:getcontentlength/><d:getetag/></d:prop></d:propfind>'
)
_MADE_OR_THERE = (200, 201, 204, 301, 405)
"""Answers to MKCOL; 405 is RFC 4918's for a folder that exists, 301 what some servers say then."""


def open_webdav(location: Location, server: ServerAccess | None = None) -> WebDavArtifacts:
    """`webdav://host/path` (plain HTTP) or `webdavs://host/path`; name and password are those of `~/.netrc`."""
    if not location.host:
        raise InvalidValue(f"{location.uri!r} names no host; write {location.scheme}://host/path.")
    scheme = "https" if location.scheme == "webdavs" else "http"
    site = HttpSite(f"{scheme}://{location.authority}", headers=netrc_headers(location.host))
    return WebDavArtifacts(location.uri, site, location.path)


class WebDavArtifacts(ArtifactStore):
    """The folder `root` of a WebDAV server."""

    def __init__(self, uri: str, site: HttpSite, root: str) -> None:
        self.uri = uri
        self._site = site
        self._root = root

    def list_folder(self, folder: ArtifactPath | None = None) -> list[FileInfo]:
        try:
            entries = list(self._propfind(folder, depth="1"))
        except (NotFound, InvalidState):
            return []
        own = self._place(folder)
        found = (_info_in(folder, own, place, properties) for place, properties in entries)
        return sorted((info for info in found if info is not None), key=lambda info: info.path)

    def stat(self, path: ArtifactPath) -> FileInfo:
        for _, properties in self._propfind(path, depth="0"):
            return _info(path, properties)
        raise NotFound("artifact", path.text)

    def open_read(self, path: ArtifactPath, *, start: int = 0, stop: int | None = None) -> Reader:
        # Servers answer a GET of a folder with a page for people.
        if self.stat(path).is_dir:
            raise NotFound("artifact", path.text)
        return open_url(self._site, self._url(path.text), path, start=start, stop=stop, stat=self.stat)

    def write(self, path: ArtifactPath, *, size: int | None = None, digest: str | None = None) -> Writer:
        # MOVE over a folder would replace it with all in it.
        with suppress(NotFound):
            if self.stat(path).is_dir:
                raise InvalidState(f"{path.text!r} is a folder; delete it first to store a file there.")
        part = f"{STAGING_NAME}/{uuid.uuid4().hex}"
        self._make_folders([STAGING_NAME])
        return HttpWriter(
            self._site,
            self._url(part),
            path,
            size=size,
            digest=digest,
            finish=lambda info: self._publish(part, info),
            undo=lambda: self._discard(part),
        )

    def delete(self, path: ArtifactPath) -> None:
        with suppress(NotFound, InvalidState):
            is_dir = self.stat(path).is_dir
            url = self._url(path.text) + ("/" if is_dir else "")
            self._site.call("DELETE", url, path=path, ok=(200, 202, 204, 404))

    def close(self) -> None:
        self._site.close()

    def _publish(self, part: str, info: FileInfo) -> FileInfo:
        headers = {"Destination": self._url(info.path.text), "Overwrite": "T"}
        if info.path.parent is not None:
            self._make_folders(list(info.path.parent.names))
        self._site.call("MOVE", self._url(part), path=info.path, ok=(201, 204), headers=headers)
        return self._arrived(info)

    def _arrived(self, info: FileInfo) -> FileInfo:
        """Looks whether the file is there: wsgidav 4.4 takes '?' and ';' in a destination for the end of its path."""
        try:
            found = self.stat(info.path)
        except NotFound:
            found = None
        if found is None or found.size not in (None, info.size):
            raise ArtifactError(
                f"{info.path.text!r} was uploaded, but the WebDAV server put it elsewhere or another upload replaced "
                "it meanwhile. Choose a name without '?' and ';'."
            )
        return found

    def _discard(self, part: str) -> None:
        with suppress(RunfoldError):
            self._site.call("DELETE", self._url(part), path=None, ok=(200, 202, 204, 404))

    def _make_folders(self, names: list[str]) -> None:
        """Makes a folder below the root; those above it only when they turn out to be missing."""
        root = [name for name in self._root.split("/") if name]
        if self._make_folder([*root, *names]):
            return
        for n in range(1, len(root) + len(names)):
            # The first ones may lie outside what these credentials may see or change; the last one decides.
            with suppress(RunfoldError):
                self._make_folder([*root, *names][:n])
        if not self._make_folder([*root, *names]):
            raise InvalidState(f"The WebDAV server cannot make the folder {'/'.join(names)!r} in {self.uri}.")

    def _make_folder(self, names: list[str]) -> bool:
        """Whether the folder is there now."""
        url = f"{self._site.url}/{quoted(*names)}/"
        status = self._site.call("MKCOL", url, path=None, ok=(*_MADE_OR_THERE, 404, 409, 500)).status
        if status == 500:  # what wsgidav answers when two clients make a folder at the same time
            status = self._site.call("MKCOL", url, path=None, ok=(*_MADE_OR_THERE, 404, 409)).status
        return status in _MADE_OR_THERE

    def _propfind(self, path: ArtifactPath | None, *, depth: str) -> Iterator[tuple[str, ET.Element]]:
        """Decoded path on the server and properties of each resource in the answer."""
        headers = {"Depth": depth, "Content-Type": "application/xml"}
        url = self._url(path.text if path else "")
        if depth == "1":
            url += "/"  # servers redirect, or refuse, who names a folder without it
        answer = self._site.call("PROPFIND", url, path=path, ok=(207,), headers=headers, body=_WANTED)
        for response in _parsed(answer.body).iterfind("{DAV:}response"):
            href = response.findtext("{DAV:}href", "")
            properties = response.find("{DAV:}propstat/{DAV:}prop")
            if properties is not None:
                yield unquote(urlsplit(href.strip()).path).strip("/"), properties

    def _place(self, path: ArtifactPath | None) -> str:
        return "/".join(part for part in (self._root, path.text if path else "") if part)

    def _url(self, below: str) -> str:
        return f"{self._site.url}/{quoted(self._root, below)}"


def _info_in(folder: ArtifactPath | None, own: str, place: str, properties: ET.Element) -> FileInfo | None:
    """A resource directly in the folder; `None` for the folder itself and for names that cannot be used."""
    parent, _, name = place.rpartition("/")
    if parent != own:
        return None
    try:
        return _info(join(folder, name), properties)
    except InvalidValue:
        return None


def _info(path: ArtifactPath, properties: ET.Element) -> FileInfo:
    if properties.find("{DAV:}resourcetype/{DAV:}collection") is not None:
        return FileInfo(path, is_dir=True)
    length = properties.findtext("{DAV:}getcontentlength", "")
    tag = properties.findtext("{DAV:}getetag", "")
    return FileInfo(
        path,
        is_dir=False,
        size=int(length) if length.isdecimal() else None,
        version=tag.strip('"') if tag and not tag.startswith("W/") else None,
    )


def _parsed(body: bytes) -> ET.Element:
    # Entities are what makes XML from a stranger dangerous, and WebDAV has no use for them.
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise ArtifactError("The WebDAV server's answer contains a document type, which is not read.")
    try:
        return ET.fromstring(body)  # noqa: S314 - see above
    except ET.ParseError as error:
        raise ArtifactError(f"The WebDAV server's answer is not XML: {error}.") from error
