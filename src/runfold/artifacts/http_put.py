"""Artifacts on a server that takes files by PUT: a raw repository of Nexus or Artifactory, nginx, an object gateway.

Such servers show a file when its body has arrived whole. HTTP has no listings, but most servers have pages that list a
folder: nginx's `autoindex_format json` is read, and otherwise the links of an HTML page (nginx, Apache, Artifactory,
    and
Nexus's HTML view), which know no sizes. Where there is no such page, files can be stored, read and deleted by name
only.
"""

from __future__ import annotations

from contextlib import suppress
from html.parser import HTMLParser
from urllib.parse import unquote, urljoin, urlsplit

import msgspec

from runfold.artifacts.base import ArtifactStore, Reader, Writer
from runfold.artifacts.http import Answer, HttpSite, netrc_headers, quoted
from runfold.artifacts.http_reader import open_url
from runfold.artifacts.http_writer import HttpWriter
from runfold.artifacts.location import Location, ServerAccess
from runfold.domain.artifact import ArtifactPath, FileInfo, join
from runfold.errors import InvalidValue, NotFound, NotSupported, PermissionDenied

_REDIRECTS = (301, 302, 307, 308)


class _Entry(msgspec.Struct):
    """One line of nginx's JSON index."""

    name: str
    type: str
    size: int | None = None


def open_http(location: Location, server: ServerAccess | None = None) -> HttpArtifacts:
    """`http(s)://host/path`; name and password are those of `~/.netrc`."""
    if not location.host:
        raise InvalidValue(f"{location.uri!r} names no host; write {location.scheme}://host/path.")
    site = HttpSite(f"{location.scheme}://{location.authority}", headers=netrc_headers(location.host))
    return HttpArtifacts(location.uri, site, location.path)


class HttpArtifacts(ArtifactStore):
    """What lies below the path `root` of a server."""

    def __init__(self, uri: str, site: HttpSite, root: str) -> None:
        self.uri = uri
        self._site = site
        self._root = root

    def list_folder(self, folder: ArtifactPath | None = None) -> list[FileInfo]:
        for url in self._index_urls(folder):
            answer = self._site.call(
                "GET", url, path=folder, ok=(200, 403, 404), headers={"Accept": "application/json, text/html"}
            )
            if answer.status == 200:
                return sorted(self._listed(folder, url, answer), key=lambda info: info.path)
            if answer.status == 403:
                raise PermissionDenied(f"{url} shows no listing, or not with these credentials.")
        return []

    def stat(self, path: ArtifactPath) -> FileInfo:
        answer = self._site.call("HEAD", self._url(path), path=path, ok=(200, 404, *_REDIRECTS))
        if answer.status == 200:
            length, tag = answer.headers.get("Content-Length", ""), answer.headers.get("ETag", "")
            version = tag.strip('"') if tag and not tag.startswith("W/") else None
            return FileInfo(path, is_dir=False, size=int(length) if length.isdecimal() else None, version=version)
        # A redirect is how servers add the slash to the name of a folder.
        if answer.status in _REDIRECTS or self._holds_files(path):
            return FileInfo(path, is_dir=True)
        raise NotFound("artifact", path.text)

    def open_read(self, path: ArtifactPath, *, start: int = 0, stop: int | None = None) -> Reader:
        if self.stat(path).is_dir:
            raise NotFound("artifact", path.text)
        return open_url(self._site, self._url(path), path, start=start, stop=stop, stat=self.stat)

    def write(self, path: ArtifactPath, *, size: int | None = None, digest: str | None = None) -> Writer:
        return HttpWriter(self._site, self._url(path), path, size=size, digest=digest)

    def delete(self, path: ArtifactPath) -> None:
        with suppress(NotFound):
            if not self.stat(path).is_dir:
                self._site.call("DELETE", self._url(path), path=path, ok=(200, 202, 204, 404))
                return
            for info in self.list_folder(path):
                self.delete(info.path)
            # What is left is an empty folder, which some servers keep and others never had.
            self._site.call("DELETE", self._url(path) + "/", path=path, ok=(200, 202, 204, 404, 405, 409))

    def close(self) -> None:
        self._site.close()

    def _holds_files(self, path: ArtifactPath) -> bool:
        try:
            return bool(self.list_folder(path))
        except (NotSupported, PermissionDenied):
            return False

    def _url(self, path: ArtifactPath | None) -> str:
        return f"{self._site.url}/{quoted(self._root, path.text if path else '')}"

    def _index_urls(self, folder: ArtifactPath | None) -> list[str]:
        """Where a page that lists the folder may be."""
        urls = [self._url(folder) + "/"]
        if self._root.startswith("repository/"):  # Nexus keeps its "HTML view" of a repository apart
            below = quoted(self._root.removeprefix("repository/"), folder.text if folder else "")
            urls.append(f"{self._site.url}/service/rest/repository/browse/{below}/")
        return urls

    def _listed(self, folder: ArtifactPath | None, url: str, answer: Answer) -> list[FileInfo]:
        kind = answer.headers.get("Content-Type", "").partition(";")[0]
        if kind == "application/json":
            entries = _json_entries(answer.body)
        elif kind == "text/html":
            entries = _linked_entries(answer.body, url, self._url(folder) + "/")
        else:
            raise NotSupported(f"{url} answers with {kind!r}, not with a listing. Name the files instead.")
        found = []
        for name, is_dir, size in entries:
            with suppress(InvalidValue):
                found.append(FileInfo(join(folder, name), is_dir=is_dir, size=size))
        return found


def _json_entries(body: bytes) -> list[tuple[str, bool, int | None]]:
    try:
        entries = msgspec.json.decode(body, type=list[_Entry])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise NotSupported("The server's JSON is not an index as nginx writes it. Name the files instead.") from error
    return [
        (entry.name, entry.type == "directory", None if entry.type == "directory" else entry.size)
        for entry in entries
        if "/" not in entry.name
    ]


def _linked_entries(body: bytes, page: str, folder: str) -> list[tuple[str, bool, int | None]]:
    """What a page links to directly below itself, or below the folder that it stands for."""
    links = _Links()
    links.feed(body.decode(errors="replace"))
    names: dict[str, bool] = {}
    for link in links.found:
        target = urljoin(page, link)
        for base in (page, folder):
            same_place = urlsplit(target)[:2] == urlsplit(base)[:2]
            rest = unquote(urlsplit(target).path).removeprefix(unquote(urlsplit(base).path))
            is_below = unquote(urlsplit(target).path) != rest
            name = rest.removesuffix("/")
            if same_place and is_below and name and "/" not in name:
                names[name] = rest.endswith("/")
    return [(name, is_dir, None) for name, is_dir in names.items()]


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            # Column heads link to the page itself with a sort order.
            self.found += [value for key, value in attrs if key == "href" and value and value[0] not in "?#"]
